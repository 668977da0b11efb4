"""What memory is made of: facts, memories, relations, and what is recalled of them. All frozen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "name", "promise", "vow", "threat", "remember", "kept", "origin", "plan", "work", "kin", "quest",
    "self", "thing", "taste", "request", "told", "asked",
]  # fmt: skip

IMPORTANCE: dict[Kind, float] = {
    "name": 1.0, "promise": 0.9, "remember": 0.9, "vow": 0.7, "threat": 0.8, "origin": 0.7, "work": 0.7,
    "kin": 0.7, "quest": 0.7, "plan": 0.6, "self": 0.6, "thing": 0.5, "taste": 0.5, "kept": 0.5,
    "request": 0.4, "told": 0.3, "asked": 0.2,
}  # fmt: skip
"""0 to 1. Park et al. ask a language model for this ("mundane" to "poignant"); the kind says as much here,
and costs nothing. People forgive a forgotten drink sooner than a forgotten name or promise."""

PASSING: tuple[Kind, ...] = ("told", "asked", "request", "kept", "plan")
"""Kinds that fade when nothing brings them back; who somebody is does not."""

DECAY = 0.995
"""Recency falls by this factor each hour since a memory was last used (Park et al. 2023, section 4.1): to
one half in 5.8 days."""

FADED = 0.02
"""A passing memory whose importance times recency is below this is forgotten: `told` after 23 days unused,
`asked` after 19."""


class Pair(NamedTuple):
    """Whose memory of whom."""

    npc: str
    player: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A short sentence in which the player is "the player" and the character "you"."""

    kind: Kind
    key: str
    """What it is about: a newer fact of the same key takes its place."""
    text: str
    value: str = ""
    """The bare value where there is one: the name itself."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What an exchange taught: new facts, and keys of old ones that turned out wrong."""

    facts: tuple[Fact, ...] = ()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Memo:
    """A fact as it is remembered. Times are seconds since 1970, UTC."""

    id: int
    fact: Fact
    at: float
    """When it was said."""
    used: float
    """When it last stood in a prompt, or was said."""

    @property
    def importance(self) -> float:
        return IMPORTANCE[self.fact.kind]


@dataclass(frozen=True, slots=True)
class Said:
    """An exchange as it was heard, and when (seconds since 1970, UTC)."""

    at: float
    player: str
    reply: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """How a character stands to a player."""

    trust: float = 0.0
    """-1 (none at all) to 1. Changes slowly and stays."""
    mood: float = 0.0
    """-1 (angry) to 1 (delighted), at the time it was asked for. Passes within hours."""
    met: datetime | None = None
    """When they first spoke."""
    exchanges: int = 0
    visits: int = 0
    """Conversations: exchanges with no long silence between them."""

    @property
    def sentence(self) -> str:
        """For a prompt; empty where there is nothing to say."""
        feeling = next((words for least, words in _MOODS if abs(self.mood) >= abs(least) > 0
                        and self.mood * least > 0), "")  # fmt: skip
        trust = next((words for least, words in _TRUST if self.trust * least > 0
                      and abs(self.trust) >= abs(least)), "")  # fmt: skip
        return " ".join(filter(None, (trust, feeling)))


_TRUST = (
    (0.5, "You trust the player and count them as a friend."),
    (0.2, "You have come to like the player."),
    (-0.5, "You do not trust the player at all."),
    (-0.2, "You are wary of the player."),
)
_MOODS = ((0.4, "The player has just cheered you up."), (-0.4, "You are angry with the player."))


@dataclass(frozen=True, slots=True)
class Recalled:
    """What comes to a character's mind about a player."""

    facts: tuple[str, ...] = ()
    """The most telling first, each a sentence; together with `last` within the budget."""
    last: str | None = None
    """What was talked about last time, as a sentence."""
    name: str | None = None
    """What the player is called; the first of `facts` says so too."""
    days_since: float | None = None
    """Days since they last spoke before this conversation; None where they never did."""
    relation: Relation = Relation()
    relevances: tuple[float, ...] = ()
    """How much each of `facts` has to do with what was said, 0 to 1."""
    asks_last: bool = False
    """What was said asks for the last conversation."""
    ids: tuple[int, ...] = field(default=(), repr=False)
    """The memories in `facts`: once the reply is heard, they count as used."""


def salience(importance: float, used: float) -> float:
    """log(importance x recency) but for what is the same for all memories at one time: it can be stored.

    importance * DECAY ** hours(now - used) has the logarithm salience - hours(now) * log(1 / DECAY), so the
    order of memories by it never changes while they lie unused.
    """
    return math.log(importance) - used / 3600 * math.log(DECAY)


def recency(used: float, now: float) -> float:
    """1 just now, falling by DECAY each hour."""
    return float(DECAY ** (max(0.0, now - used) / 3600))
