"""The face: speech in, the same speech with 52 ARKit weights a frame out, on the clock of the reply."""

from __future__ import annotations

from typing import Protocol

from runtime.flow import Stream
from runtime.types import Speech, Take

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


class FaceEngine(Protocol):
    """Turns speech into a moving face; one serves every reply of every session."""

    def animate(self, speech: Stream[Speech], fps: int, seed: int) -> Stream[Take]:
        """Give each clause of one reply its frames, in order.

        The first clause begins at sample 0 of the reply. Frames of one take follow those of the one before
        without gap or overlap. The same speech, rate and seed give the same face.
        """
        ...

    def close(self) -> None:
        """Let its threads end."""
        ...


def frame_range(start: int, end: int, rate: int, fps: int) -> tuple[int, int]:
    """First frame at or after each of two samples of the reply; frame k is at sample k * rate / fps."""
    return -(-start * fps // rate), -(-end * fps // rate)
