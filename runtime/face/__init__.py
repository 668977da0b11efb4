"""The face: speech in, the same speech with 52 ARKit weights a frame out, on the clock of the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.flow import Stream, Worker
from runtime.types import Speech, Take, Weights

if TYPE_CHECKING:  # the layers of a life need the names below
    from runtime.face.layers import Life

ARKIT: tuple[str, ...] = (
    *("eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft"),
    *("eyeSquintLeft", "eyeWideLeft"),
    *("eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight"),
    *("eyeSquintRight", "eyeWideRight"),
    *("jawForward", "jawLeft", "jawRight", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthUpperUpLeft", "mouthUpperUpRight"),
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
)
"""Names of the weights in the order of Unreal's EARFaceBlendShape, of Live Link Face and of Audio2Face."""

AT: dict[str, int] = {name: column for column, name in enumerate(ARKIT)}
"""Column of each weight."""


POSE: tuple[str, ...] = (
    *("headYaw", "headPitch", "headRoll"),
    *("leftEyeYaw", "leftEyePitch", "rightEyeYaw", "rightEyePitch"),
)
"""Columns of a pose."""


class Mouth(Protocol):
    """The mouth of one reply, or of one recording."""

    def follow(self, speech: Speech, times: NDArray[np.float64], fps: int) -> Weights:
        """The mouth of the next clause at `times`, seconds of it, 1 / fps apart; shape (frames, 52)."""
        ...


class MouthEngine(Protocol):
    """Makes mouths, and nothing else of a face: jaw, lips, tongue and cheeks. Holds weights only."""

    look_ahead: float
    """Seconds of sound it must hear beyond the time of a frame."""

    def mouth(self) -> Mouth:
        """A fresh one."""
        ...

    def close(self) -> None:
        """Let go of its weights."""
        ...


class FaceEngine(Protocol):
    """Turns speech into a moving face; one serves every reply of every session."""

    worker: Worker
    """Its thread: lives under way are touched there alone."""
    look_ahead: float
    """Seconds of sound that a frame may depend on beyond its own time."""

    def animate(self, speech: Stream[Speech], fps: int, life: Life) -> Stream[Take]:
        """Give each clause of one reply its frames, in order, as part of this life of a face.

        The first clause begins at sample 0 of the reply and second 0 of its life. Frames of one take follow
        those of the one before without gap or overlap. The same speech, rate and life give the same face.
        """
        ...

    def close(self) -> None:
        """Let its threads end."""
        ...


def frame_range(start: int, end: int, rate: int, fps: int) -> tuple[int, int]:
    """First frame at or after each of two samples of the reply; frame k is at sample k * rate / fps."""
    return -(-start * fps // rate), -(-end * fps // rate)
