"""Promises of either side, and whether the player's were kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from runtime.memory.distil.clauses import OPENING, Clause
from runtime.memory.distil.person import ended, of_character, of_player, trimmed
from runtime.memory.distil.undertaking import undertaken
from runtime.memory.distil.words import topic
from runtime.memory.facts import Fact, Kind

_THREATENS = re.compile(
    r"(?:kill|hurt|rob|burn|fight|stab|punch|hit|beat|destroy|break|steal|report|throw you|arrest"
    r"|hunt you|make you (?:sorry|pay|suffer)"
    r"|tell (?:the|my) \w+ (?:about|on) you)\b",
    re.IGNORECASE,
)
_SWORN = re.compile(
    r"\b(?:i (?:promise|swear|vow)\b|my word\b|cross my heart|on my (?:honou?r|life|mother)|(?:count|rely"
    r"|depend) on (?:me|us)\b"
    r"|hold me to (?:it|that)|without fail|see if (?:i|we) don't|i owe you\b|no joke|scout's honou?r|pinky"
    r"|make it worth your while|you'll see$|i'm good for it)",
    re.IGNORECASE,
)
_OWED = re.compile(r"\bi owe you (?:one|big|a)\b", re.IGNORECASE)
_UNSWORN = re.compile(
    r"\b(?:(?:can't|won't|don't|never|didn't|wouldn't|cannot) (?:\w+ )?(?:promise|swear|count|rely|give)"
    r"|(?:you|he|she|they|who) "
    r"(?:promise|swear|swore|vow)|(?:owe you (?:nothing|anything|an apology)|(?:how much|what) (?:do|did"
    r"|would) i owe)|(?:if|unless) i (?:promise|swear)"
    r"|(?:promise|swear),? (?:me|it|i (?:saw|heard|did|was|am|have|had|thought|never|can|could|just|know"
    r"|don't|didn't)|i'm"
    r"|i've|that'?s|it'?s|it|this|that|there|the|he|she|they)\b(?! (?:will|won't|'ll)))",
    re.IGNORECASE,
)
"""Oaths that assure what is, or that are not one's own."""
_KEPT = re.compile(
    OPENING + r"(?:here(?:'s| is| are|, i(?:'ve)? brought)|i(?:'ve)? (?:brought|bring|found|got|have"
    r"|fetched|fixed|mended|repaired|paid|delivered|made|finished|did|returned|asked|told|spoke|cleaned)"
    r"|i have (?:brought|found|your|the)|i'm back|i(?:'ve)? (?:kept|keep) my (?:promise|word)"
    r"|as promised|this is)\b(?P<x>.*)",
    re.IGNORECASE,
)


def promise(clause: Clause, sworn: bool = False) -> Fact | None:
    """What the player undertakes, or means to do; `sworn` where they gave their word beside."""
    if not (found := undertaken(clause, sworn)):
        return None
    threat = _THREATENS.match(found.what) is not None and not found.denied
    verb = "threatened" if threat else "promised" if found.binding else "means"
    what = f"{found.denied}{found.linked}{of_player(found.what)}"
    said = f"the player {verb} {what} {_condition(clause, of_player)}"
    kind: Kind = "threat" if threat else "promise" if found.binding else "plan"
    return Fact(kind, f"promise:{_about(found.what)}", ended(said.rstrip()))


def sworn(sentence: str) -> Fact | None:
    """A promise in the player's own words, where they gave their word and no clause says on what."""
    if not swears(sentence) or not (_OWED.search(sentence) or topic(_SWORN.sub("", sentence))):
        return None
    quoted = trimmed(sentence.rstrip(".!?… "))
    return Fact(
        "promise", f"promise:{_about(quoted)}", f'The player promised: "{quoted[:1].upper()}{quoted[1:]}."'
    )


def swears(sentence: str) -> bool:
    """Whether the player gives their word in `sentence`."""
    return (
        not sentence.endswith("?") and _SWORN.search(sentence) is not None and not _UNSWORN.search(sentence)
    )


def vow(clause: Clause) -> Fact | None:
    """What the character undertakes."""
    found = undertaken(clause)
    if found is None or not found.binding:
        return None
    what = of_character(found.what.partition(",")[0])  # what follows is said, not promised
    said = f"you promised {found.denied}{found.linked}{what} {_condition(clause, of_character)}"
    return Fact("vow", f"vow:{_about(found.what)}", ended(said.rstrip()))


def kept(clause: Clause, owed: Sequence[Fact]) -> Iterator[Fact]:
    """The promises among `owed` that the clause makes good, as kept ones under the same key."""
    match = _KEPT.match(clause.text)
    if match is None or clause.asks:
        return
    brought = set(topic(clause.text).split())
    back = re.search(r"\b(?:i'm back|as promised|my (?:promise|word))\b", clause.text, re.IGNORECASE)
    for fact in owed:
        words = set(fact.key.partition(":")[2].split())
        returning = re.search(r"promised to (?:be back|come back|return|be here|visit|come)\b", fact.text)
        if words & brought or (back and (returning or len(owed) == 1)):
            yield replace(fact, kind="kept", text=f"{fact.text.rstrip('.')}, and did.")


def _condition(clause: Clause, told: Callable[[str], str]) -> str:
    return told(clause.condition[:1].lower() + clause.condition[1:])


def _about(what: str) -> str:
    return topic(what) or what.lower()
