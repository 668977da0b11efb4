"""How a face looks when it shows nothing: no two are alike, and trackers see that as a faint expression."""

from __future__ import annotations

import math

import numpy as np

from runtime.face import AT
from runtime.types import Weights

LEARNS = 2.0
"""Seconds of a face that are enough: two or three blinks do not move the median of it."""
MOST = 0.3
"""What of a weight can be the shape of a face. Beyond that somebody smiles while it is learnt."""
_STEPS = 90
"""Frames kept: the seconds above at 45 frames a second; of more, the first."""
_EYES = [column for name, column in AT.items() if name.startswith(("eyeBlink", "eyeLook"))]
"""Lids and eyes move at all times and are as they are."""


class Neutral:
    """Learns the resting face over its first seconds, and takes it off what comes."""

    def __init__(self) -> None:
        self.rest: Weights = np.zeros(len(AT), np.float32)
        """What is taken off; 0 until it has been learnt."""
        self._frames: list[Weights] = []
        self._since = math.nan

    @property
    def learnt(self) -> bool:
        """Whether the seconds are over."""
        return math.isinf(self._since)

    def __call__(self, weights: Weights, now: float) -> Weights:
        """What the face shows beyond its rest, in [0, 1], shape (52,)."""
        if not self.learnt:
            self._learn(weights, now)
        shown: Weights = np.clip((weights - self.rest) / (1 - self.rest), 0, 1).astype(np.float32)
        return shown

    def _learn(self, weights: Weights, now: float) -> None:
        if math.isnan(self._since):
            self._since = now
        if len(self._frames) < _STEPS:
            self._frames.append(weights)
        if now - self._since >= LEARNS:
            self.rest = np.minimum(np.median(self._frames, axis=0), MOST).astype(np.float32)
            self.rest[_EYES] = 0
            self._frames.clear()
            self._since = math.inf
