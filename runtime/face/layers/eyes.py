"""From where one looks to how eyes and lids stand."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT

FULL: Final = 35.0
"""Degrees of an eye at an eyeLook weight of 1, and the farthest it turns; rigs for ARKit have 30 to 35."""

FOLLOW_DOWN, FOLLOW_UP = 0.45, 0.15
"""eyeBlink at eyeLookDown 1, and eyeWide at eyeLookUp 1: lids go with the eyes."""

_LEFT, _RIGHT = (
    [AT[f"eyeLook{way}{side}"] for way in ways]
    for side, ways in (("Left", ("Out", "In", "Up", "Down")), ("Right", ("In", "Out", "Up", "Down")))
)
_LOOK: Final = [*_LEFT, *_RIGHT]
"""Columns of left, right, up and down of the left eye, then of the right."""
_BLINK: Final = slice(AT["eyeBlinkLeft"], AT["eyeBlinkRight"] + 1, AT["eyeBlinkRight"] - AT["eyeBlinkLeft"])
_WIDE: Final = slice(AT["eyeWideLeft"], AT["eyeWideRight"] + 1, AT["eyeWideRight"] - AT["eyeWideLeft"])


def angles(
    gaze: NDArray[np.float64], head: NDArray[np.float64], inwards: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Left yaw, left pitch, right yaw, right pitch in degrees of the head, shape (frames, 4).

    The eyes make up for every movement of the head, as the vestibulo-ocular reflex does, but for its roll:
    eyes hardly turn about their axis. Degrees: `gaze` (frames, 2), `head` (frames, 3), `inwards` (frames,).
    """
    eyes = np.empty((len(gaze), 4))
    eyes[:, :2] = eyes[:, 2:] = gaze - head[:, :2]
    eyes[:, 0] -= inwards
    eyes[:, 2] += inwards
    return np.minimum(np.maximum(eyes, -FULL, out=eyes), FULL, out=eyes)


def look(face: NDArray[np.float64], eyes: NDArray[np.float64], lids: NDArray[np.float64]) -> None:
    """Put eyes of those angles and a blink, 0 to 1 (frames,), into `face`, shape (frames, 52), in place."""
    turned = eyes / FULL
    ways = np.empty((len(face), 8))
    ways[:, 0::2], ways[:, 1::2] = turned, -turned
    face[:, _LOOK] = np.maximum(ways, 0, out=ways)
    open_ = 1 - np.minimum(np.maximum(lids, 0), 1)[:, None]
    lowered = face[:, _BLINK] + FOLLOW_DOWN * ways[:, 3::4]
    face[:, _BLINK] = 1 - (1 - np.minimum(lowered, 1)) * open_
    face[:, _WIDE] = (face[:, _WIDE] + FOLLOW_UP * ways[:, 2::4]) * open_
