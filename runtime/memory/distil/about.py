"""What players say of themselves: where from, what they do, have, like and look for, and who is theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from runtime.memory.distil import readings as reading
from runtime.memory.distil.clauses import OPENING, Clause
from runtime.memory.distil.words import KIN
from runtime.memory.facts import Fact

_ADVERBS = (
    r"(?:(?:really|also|just|still|only|always|absolutely|quite|truly|so|do|honestly|rather|simply"
    r"|originally|actually|currently|usually|mostly|both|particularly|especially|now|even|secretly|never"
    r"|completely|terribly|very) )*"
)


class Rule(NamedTuple):
    """What a clause has to look like, and the fact it then holds, if it does."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Fact | None]


def about(clause: Clause) -> Iterator[Fact]:
    """The facts in one clause: at most one of each rule."""
    if clause.asks or clause.condition:
        return
    for rule in _RULES:
        if (match := rule.pattern.match(clause.text)) and (fact := rule.read(match)):
            yield fact
            return


def apposition(text: str) -> Iterator[Fact]:
    """What follows a name: "I'm Viktor, the smith's apprentice"."""
    _, _, rest = text.partition(", ")
    if re.match(r"(?:an?|the) ", rest):
        yield from about(Clause(f"I'm {rest}"))
    elif rest and " " not in rest:
        yield from about(Clause(f"I'm a {rest}"))


def _rule(pattern: str, read: Callable[[re.Match[str]], Fact | None]) -> Rule:
    return Rule(re.compile(OPENING + pattern, re.IGNORECASE), read)


_FAVOUR = "|".join(sorted(map(re.escape, reading.VERBS), key=len, reverse=True))
_SUBJECT = rf"i {_ADVERBS}"
_BE = rf"i'm {_ADVERBS}"
_NAMED = r"(?-i:[A-Z][\w'-]+)"
_RULES = (
    _rule(r"(?P<verb>i'm|i come|i hail|i moved here) (?:originally |all the way )?(?P<at>from)"
    r" (?P<x>.+)", reading.origin),
    _rule(r"(?P<verb>i was born|i grew up|i was raised|i live)(?: and raised)? (?:here )?(?P<at>in|on"
    r"|by|near|at|under|beyond) (?P<x>.+)", reading.origin),
    _rule(_BE + r"(?:an? )?(?P<x>[a-z]+)$", reading.demonym),
    _rule(_BE + r"(?P<x>(?:\d{1,3}|[a-z]+ty(?:[ -][a-z]+)?|[a-z]+teen|five|six|seven|eight|nine|ten|eleven"
    r"|twelve))(?: years old)?$", reading.age),
    _rule(r"i(?:'m| (?P<was>used to be|was)|'ve (?P<been>(?:always )?been)) (?:just |only |actually "
    r"|also |still )?(?P<article>an?|the) (?P<x>.+)", reading.trade),
    _rule(_SUBJECT + r"work(?:ed)? (?P<at>as|at|in|for|on|with) (?P<x>.+)", reading.work),
    _rule(_SUBJECT + r"(?P<verb>sell|repair|build|grow|teach|breed|bake|brew|paint|raise|train|fix|weave"
    r"|study) (?P<x>.+)", reading.craft),
    _rule(rf"i {_ADVERBS}(?P<verb>{_FAVOUR}) (?P<x>.+)", reading.taste),
    _rule(r"i'm (?P<not>not )?" + _ADVERBS + r"(?P<verb>fond of|into|keen on|a (?:big |huge )?fan of"
    r"|allergic to|good at|bad at|crazy about|scared of|afraid of|interested in) (?P<x>.+)", reading.leaning),
    _rule(r"my (?:\w+ )?favou?rite (?P<what>[\w ]{2,30}?) (?:is|are|has always been|would be)"
    r" (?P<x>.+)", reading.favourite),
    _rule(r"(?:this|here) is my (?P<kin>" + KIN + r"),? (?:called |named )?(?P<x>.+)", reading.kin_name),
    _rule(r"my (?P<kin>" + KIN + r")(?:'s)? (?:name is|name's|is called|was called|are called"
    r"|is named|goes by) (?P<x>.+)", reading.kin_name),
    _rule(r"my (?P<kin>" + KIN + r"),? (?P<name>" + _NAMED + r")?,? ?(?P<verb>is|was|are|were|has|had"
    r"|lives|lived|works|worked|loves|likes|died|went|left|taught|gave|sailed|turned|said|needs?"
    r"|[a-z]{2,}(?<!s)s)\b ?(?P<x>.+)?", reading.kin_fact),
    _rule(rf"(?:i {_ADVERBS}(?:have|own|keep)|i've got|i got) (?P<count>an?|one|two|three|four|five"
    rf"|six|seven|eight|nine|ten|some|my own) (?P<x>.+)", reading.having),
    _rule(r"(?P<verb>i'm (?:looking for|searching for|hunting|after|trying to|here to)|i(?:'ve)? lost"
    r"|i seek|i came to|i've come to|i need to find|i have to find|i've been looking for)"
    r" (?P<x>.+)", reading.quest),
    _rule(_BE + r"(?P<x>(?:married|engaged|divorced|widowed|vegetarian|vegan|left-handed|blind|deaf"
    r"|pregnant|colou?r-?blind|an orphan|an only child|a widow|a widower|a vegetarian|a vegan|a twin"
    r"|new (?:here|in town|to)|a stranger here|a father|a mother)\b.{0,40})", reading.state),
)  # fmt: skip
"""The first that fits is taken, so the particular stand before the general."""
