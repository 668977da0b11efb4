"""What the layers move, and what all of them know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from runtime.face import ARKIT
from runtime.face.layers.direction import PLAYER, Target
from runtime.face.layers.movement import Track
from runtime.face.layers.settings import FaceSettings

GAZE: Final = slice(0, 2)
"""Columns of `Body.motion`: where one looks, yaw and pitch in degrees of the body, whatever the head does."""
CONVERGE: Final = 2
"""Degrees by which each eye turns inwards."""
HEAD: Final = slice(3, 6)
"""Yaw, pitch and roll of the head in degrees, of purpose."""
BEAT: Final = slice(6, 9)
"""The same in time with the speech; `SWAY` scales them."""
SWAY: Final = 9
"""Size of the movements of a head that accompany speech or happen by themselves; 1 in even speech."""
LIDS: Final = 10
"""How far a blink has the lids down, 0 to 1."""
TALK: Final = 11
"""1 while the mouth belongs to the speech, 0 while feelings may shape it."""
_WIDTH: Final = 12


@dataclass(slots=True)
class Body:
    """A face and a neck: two tracks of movement, and what was directed last."""

    settings: FaceSettings
    mode: str
    look: Target = PLAYER
    feelings: Mapping[str, float] = field(default_factory=dict)
    motion: Track = field(default_factory=lambda: Track(_WIDTH))
    features: Track = field(default_factory=lambda: Track(len(ARKIT)))
    """The 52 weights beside mouth, eyes and blinks."""
    aim: tuple[float, float] = (0.0, 0.0)
    """Where the gaze goes, yaw and pitch in degrees."""

    @property
    def felt(self) -> dict[str, float]:
        """What shows: the feelings, and the mood as far as they leave it room."""
        mood = self.settings.mood
        shown = dict(self.feelings)
        if mood != "neutral":
            room = max(1 - sum(shown.values()), 0.0)
            shown[mood] = shown.get(mood, 0.0) + room * self.settings.mood_intensity
        return shown


class Layer(Protocol):
    """One kind of life. Draws what it does from its own seed, in the order of time."""

    due: float
    """When it does something next, seconds; infinite while it has nothing to do."""

    def act(self, body: Body) -> None:
        """Do what is due, with movements that start no earlier than `due`, and set the next `due`."""
        ...

    def turn(self, at: float, body: Body) -> None:
        """Take in that something was directed at `at`; movements start no earlier."""
        ...
