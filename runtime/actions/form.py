"""What a player does with a clause: order, wish, ask, tell or refuse. Rules over its first words. Pure.

Speech acts of requests follow their conventional forms (Searle 1975, Indirect speech acts): "can you", "would
you mind", "I'd like". What only looks like one is told by its subject, tense and negation.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["order", "wish", "ask", "tell", "refuse"]

_EXPAND = (
    ("’", "'"), ("won't", "will not"), ("can't", "can not"), ("n't", " not"), ("'m ", " am "),
    ("'re ", " are "), ("'ll ", " will "), ("'d ", " would "), ("'ve ", " have "), ("let's", "let us"),
    ("gonna", "going to"), ("wanna", "want to"), ("gimme", "give me"),
)  # fmt: skip
_IS = re.compile(r"\b(it|that|there|here|he|she|what|who|where|how)'s\b")

_OPENER = re.compile(
    r"^(?:(?:hey|hello|hi|oh|ok|okay|well|please|kindly|now|so|yes|alright|right|and|then|also|quick|quickly|"
    r"just|maybe|perhaps|first|next|finally|excuse me)\b[ ,!]*|here, |\w+, (?=\w))+"
)
_TAG = re.compile(
    r"(?:[ ,]+(?:please|will you|would you|could you|can you|if you please|if you would|if you could|"
    r"if you do not mind|thanks|thank you|now|at once|right away|then|for me))+$|\bplease\b,? ?"
)
_BE_SO_KIND = (
    r"(?:please |kindly |just |maybe |possibly |also |be so (?:kind|good) (?:as )?to |be kind enough to )*"
)
_ORDER = re.compile(
    rf"^(?:(?:would|do) you mind |(?:can|could|would|will|might) (?:you|ye|we) {_BE_SO_KIND}|"
    r"why (?:do not you|not) |how about you |"
    r"(?:do|would|can) you (?:think|suppose) you (?:could|can) |will you not |would you not |"
    r"i would (?:really )?(?:like|love|prefer) (?:it if )?you (?:to |could |would )?|"
    r"i (?:really )?(?:want|need) you to |you (?:should|must|can|could|may|might|need to|have to) |"
    r"it is time to |i (?:order|command|ask|beg) you to |be so (?:kind|good) (?:as )?(?:to|and) )"
)
_WISH = re.compile(
    r"^(?:(?:i|we) would (?:really )?(?:like|love|prefer|take|kill for) |"
    r"(?:i|we) (?:really )?(?:want|need) (?!\w+ed)|"
    r"(?:i|we) (?:could|can) (?:use|do with) |(?:i|we) will |(?:can|could|may|might) (?:i|we) |"
    r"(?:how|what) about |let us |here (?:is|are) |(?:i am|we are) (?:in need of|looking for|dying for) )"
)
_PIECE = re.compile(r"^(?:an?|some|another|more|\d+|two|three|four|five|six|seven|eight|nine|ten|one)\b")
_PLEASED = re.compile(
    r" (?:would be|will be|is) (?:great|nice|lovely|good|perfect|fine|wonderful)$| will do$"
)
_ASKS = re.compile(
    r"^(?:who|whom|whose|what|when|where|why|which|how|do|does|did|is|are|was|were|am|have|has|had|should|shall|"
    r"can|could|would|will|may|might|must|ever)\b"
)
_TELLS = re.compile(
    r"^(?:i|he|she|they|we|it|that|this|there|these|those|you|the|my|your|his|her|our|their|some(?:body|one)|"
    r"nobody|no one|nothing|everybody|everyone|people|if|when|whenever|once|unless|because|since|no|"
    r"yesterday|last|thank|thanks|sorry|good (?:morning|day|evening|night|bye)|goodbye|farewell|never mind|"
    r"nice|\w*[aeiouy]\w*ing)\b"
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|had|did|does|will|would|said|says|\w{3,}ed)\b")
_NEGATED = re.compile(r"\b(?:not|never|no|nobody|nothing|none|without|stop|refuse|neither|nor)\b")
_SPEECH = "tell explain describe remember imagine guess listen believe speak talk"
_SPEAKS = frozenset(_SPEECH.split())
"""Orders to speak, which ask for words and no deed, unless a game offers them as verbs."""
_LIGHT_VERB = re.compile(
    r"^(?:take|have) an? (?:close |quick |good )?(?=(?:look|peek|glance|walk|rest|sip)\b)"
)
"""In "take a look" the noun is what is done (Jespersen 1942, light verbs)."""
_CONDITION = re.compile(r"\b(?:if|when|whenever|unless|once (?:he|she|it|they|i|we|the))\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as it is compared with others."""

    said: str
    """As the player said it."""
    core: str
    """Lower case, contractions written out, politeness left away: what would be done."""
    form: Form

    @property
    def wanted(self) -> bool:
        """Whether it says that something be done, rather than how things are."""
        return self.form in ("order", "wish")

    @property
    def signature(self) -> tuple[str, ...]:
        """Its first two words: "i am". Who tells of another, or of another time, means something else."""
        return tuple(self.core.split()[:2])


def clause(said: str, heads: Collection[str] = ()) -> Clause:
    """Read one clause. `heads` are the first words of what may be ordered."""
    plain = expanded(said)
    tagged = _TAG.search(plain) is not None
    core = _OPENER.sub("", _TAG.sub("", plain).strip(" ,")).strip(" ,")
    if _CONDITION.search(core) and not _ASKS.match(core):
        return Clause(said, core, "refuse")
    if found := _ORDER.match(core):
        rest = core[found.end() :]
        return Clause(
            said, _LIGHT_VERB.sub("", _bare(rest, heads)), "refuse" if _NEGATED.search(rest) else "order"
        )
    if _NEGATED.search(core):
        return Clause(said, core, "refuse")
    return _spoken(Clause(said, *_other(core, tagged)), heads)


def expanded(said: str) -> str:
    """Lower case, one space, contractions written out, no mark at the end."""
    text = " ".join(said.lower().replace("’", "'").split()) + " "
    text = _IS.sub(r"\1 is", text)
    for short, long in _EXPAND:
        text = text.replace(short, long)
    return " ".join(text.split()).strip(" .!?;:,\"'")


def _other(core: str, tagged: bool) -> tuple[str, Form]:
    if _WISH.match(core):
        return core, "wish"
    pleased = _PLEASED.sub("", core)
    if _PIECE.match(core) and (pleased != core or not _FINITE.search(core)):
        return pleased, "wish"
    if _ASKS.match(core):
        return core, "ask"
    if _TELLS.match(core) and not (tagged and not _FINITE.search(core)):
        return core, "tell"
    return _LIGHT_VERB.sub("", core), "order"


def _spoken(read: Clause, heads: Collection[str]) -> Clause:
    first = read.core.partition(" ")[0]
    return replace(read, form="ask") if first in _SPEAKS and first not in heads else read


def _bare(rest: str, heads: Collection[str]) -> str:
    """ "closing the door", behind "would you mind", as "close the door"."""
    head, _, tail = rest.partition(" ")
    if not head.endswith("ing") or len(head) < 6 or head in heads:
        return rest
    stem = head[:-3]
    known = [word for word in (stem, f"{stem}e", stem[:-1]) if word in heads]
    return f"{(known or [stem])[0]} {tail}".strip()
