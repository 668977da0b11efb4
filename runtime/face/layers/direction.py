"""What a face is told to do, in time: how to feel, where to look, whether to speak, listen, think or rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

Times: TypeAlias = NDArray[np.float64]
"""Seconds since a face began to live, increasing, shape (frames,)."""

Mode: TypeAlias = Literal["rest", "listening", "thinking", "speaking"]
Emotion: TypeAlias = Literal["neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise"]

MODES: Final[tuple[str, ...]] = get_args(Mode)
EMOTIONS: Final[tuple[str, ...]] = get_args(Emotion)
"""The six of Ekman (1992), and none of them."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to look at, as seen from between the eyes of a head that faces straight ahead."""

    yaw: float = 0.0
    """Degrees towards the character's own left, -180 to 180."""
    pitch: float = 0.0
    """Degrees up, -90 to 90."""
    distance: float = 1.2
    """Metres. The default is the social distance at which two strangers talk (Hall 1966)."""

    def __post_init__(self) -> None:
        if not (abs(self.yaw) <= 180 and abs(self.pitch) <= 90 and 0 < self.distance < math.inf):
            raise ValueError(
                f"{self} cannot be looked at: yaw within 180 degrees, pitch within 90, distance above 0"
            )

    @classmethod
    def at(cls, x: float, y: float, z: float) -> Target:
        """What is `x` metres to the character's own left, `y` up and `z` ahead: the axes of an ARKit face."""
        across = math.hypot(x, z)
        yaw, pitch = math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, across))
        return cls(yaw, pitch, math.hypot(across, y))


PLAYER: Final = Target()


@dataclass(frozen=True, slots=True)
class Direction:
    """A change that counts from `at`, seconds; None leaves a thing as it is."""

    at: float
    feelings: Mapping[str, float] | None = None
    """Intensity in [0, 1] of each emotion."""
    look: Target | None = None
    mode: str | None = None


def checked(
    at: float,
    emotion: str | Mapping[str, float] | None,
    intensity: float,
    look: Target | tuple[float, float] | None,
    mode: str | None,
) -> Direction:
    """The direction meant by these words; see `Life.direct`. Raises ValueError for what nobody can do."""
    if not math.isfinite(at):
        raise ValueError(f"a direction needs a time in seconds, not {at}")
    if mode is not None and mode not in MODES:
        raise ValueError(f"there is no mode {mode!r}; there are {', '.join(MODES)}")
    target = look if isinstance(look, Target) or look is None else Target(*look)
    return Direction(at, None if emotion is None else _feelings(emotion, intensity), target, mode)


def _feelings(emotion: str | Mapping[str, float], intensity: float) -> dict[str, float]:
    given = {emotion: 1.0} if isinstance(emotion, str) else emotion
    for name, strength in given.items():
        if name not in EMOTIONS:
            raise ValueError(f"there is no emotion {name!r}; there are {', '.join(EMOTIONS)}")
        if not 0 <= strength * intensity <= 1:
            raise ValueError(f"the intensity of {name} is {strength * intensity}; it must be from 0 to 1")
    felt = {name: strength * intensity for name, strength in given.items() if name != "neutral"}
    whole = max(sum(felt.values()), 1.0)  # two full emotions at once share one face
    return {name: strength / whole for name, strength in felt.items()}
