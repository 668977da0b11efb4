"""How one character's face differs from another's: the table `[face]` of a character.toml."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Final

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from runtime.face import ARKIT, AT
from runtime.face.layers.direction import EMOTIONS, Emotion

MOST_GAIN: Final = 5.0
"""A rig that needs more than five times a weight has its shape wrong."""

PAIRS: Final = {n.removesuffix("Left") for n in ARKIT if n.endswith("Left")} - {"jaw", "mouth"}
"""Names of two weights at once. jawLeft and mouthLeft are ways to go, not halves of something."""


class FaceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Temper of a face and fit to its rig.

    Names are checked always, single numbers when msgspec reads them from a file; its error says where.
    """

    gains: dict[str, float] = {}
    """What a weight is multiplied with, 0 to 5, by ARKit name; `mouthSmile` means Left and Right."""
    offsets: dict[str, float] = {}
    """What is added to a weight after that, -1 to 1."""
    mood: Emotion = "neutral"
    """What shows when nothing else is felt."""
    mood_intensity: Annotated[float, Meta(ge=0, le=1)] = 0.3
    liveliness: Annotated[float, Meta(ge=0, le=2)] = 1.0
    """Size of all that moves unasked: head, brows, nods and glances. 0 keeps blinks and breath alone."""
    blinks_per_minute: Annotated[float, Meta(ge=0, le=40)] = 17.0
    """17 at rest and 26 in talk are usual (Bentivoglio et al. 1997); with 17 they are 2 to 6 s apart."""
    eye_contact: Annotated[float, Meta(ge=0.2, le=1)] = 0.8
    """Share of speaking time that it looks at its partner. Listening it looks away a quarter as much."""

    def __post_init__(self) -> None:
        if self.mood not in EMOTIONS:
            raise ValueError(f"mood: there is no {self.mood!r}; there are {', '.join(EMOTIONS)}")
        _check("gains", self.gains, 0.0, MOST_GAIN)
        _check("offsets", self.offsets, -1.0, 1.0)


def columns(name: str) -> list[int]:
    """Columns of an ARKit name, or of both sides of one without Left or Right. KeyError if there is none."""
    return [AT[name]] if name in AT else [AT[name + "Left"], AT[name + "Right"]]


def row(values: Mapping[str, float], rest: float = 0.0) -> NDArray[np.float64]:
    """A weight for each of the 52, `rest` where `values` names none; a side outranks a pair."""
    found = np.full(len(ARKIT), rest)
    for name, value in sorted(values.items(), key=lambda item: item[0] in AT):
        found[columns(name)] = value
    return found


def _check(field: str, values: Mapping[str, float], low: float, high: float) -> None:
    for name, value in values.items():
        if name not in AT and name not in PAIRS:
            near = get_close_matches(name, [*sorted(PAIRS), *ARKIT], 1)
            hint = f"; did you mean {near[0]!r}?" if near else "; the names are those of ARKit"
            raise ValueError(f"{field}: there is no blendshape {name!r}{hint}")
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"{field}: {name} is {value}; it must be from {low:g} to {high:g}")
