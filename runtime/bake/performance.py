"""One line as it is baked: its sound and the face that says it, on one clock that begins at 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.types import Phone, Pose, Samples, Weights, Word

RATE = 24000
"""Hertz of recordings as they are baked, and of the embedded voice; another voice has its own."""


@dataclass(frozen=True)
class Performance:
    """Frame k of `weights` and `pose` belongs to the time k / fps of `audio`; frames = ceil(seconds *
    fps)."""

    id: str
    audio: Samples
    rate: int
    fps: int
    weights: Weights
    pose: Pose
    words: tuple[Word, ...] = ()
    phones: tuple[Phone, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.audio) / self.rate


def pcm16(audio: Samples) -> NDArray[np.int16]:
    """Samples as they are written: rounded, and clipped instead of wrapped."""
    whole: NDArray[np.int16] = np.clip(np.rint(audio * 32767.0), -32768, 32767).astype("<i2")
    return whole
