"""What is noticed of the player: one value for each thing that changes or happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["presence", "distance", "gaze", "expression", "gesture", "posture"]


@dataclass(frozen=True, slots=True)
class Noticed:
    """A change of what the player is seen to be, or a gesture, which just happens."""

    kind: Kind
    what: str
    """presence: `came`, `left`. distance: `close`, `near`, `across`, `far`. gaze: the id of a character or a
    thing, or empty. expression: an emotion. gesture: `nod`, `shake`, `wave`, `palm`, `thumb_up`,
    `thumb_down`, `point`. posture: `upright`, `leaning_in`, `turned_away`, `hands_up`."""
    at: float
    """Seconds, on the clock of the caller."""
    confidence: float = 1.0
    """How sure it is, 0 to 1; what the client says is sure."""
    intensity: float = 1.0
    """How much of an expression, 0 to 1."""
    target: str = ""
    """The id of what is pointed at, where it is known."""

    @property
    def interrupts(self) -> bool:
        """Whether it asks the character to be quiet."""
        return self.kind == "gesture" and self.what == "palm"
