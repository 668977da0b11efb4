"""A digital double: the player's own face and head, for the avatar that others see. No I/O, no clock.

    mirror = Mirror()
    weights, pose = mirror.seen(observation, now)  # (52,) of ARKIT and (7,) of POSE

The first two seconds of a face are its rest: what it shows then is taken off, and where its head points then
is straight ahead. Values are smoothed by as little as a tracker's noise allows.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT, POSE
from runtime.perception.filters import LOST, OneEuro
from runtime.perception.neutral import LEARNS, Neutral
from runtime.perception.observation import Observation, eyes
from runtime.types import Weights

Frame: TypeAlias = tuple[Weights, NDArray[np.float32]]
"""Weights in [0, 1], shape (52,), and angles in degrees, shape (7,): one row of what `media.face` packs."""

_WEIGHTS, _ANGLES = (2.5, 12.0), (1.5, 0.15)
"""Cutoff in hertz at rest, and more for each unit (degree) a second: a blink of 0.15 s keeps nine tenths of
its depth at 30 frames a second, and a head at rest does not tremble."""
_FARTHEST = np.array([70, 45, 40, 35, 35, 35, 35], np.float32)
"""Degrees that necks turn to, and eyes: what is beyond is a tracker's mistake."""
_AHEAD = 20.0
"""Degrees of the head that can be the place of a camera; beyond that somebody looks elsewhere as it is
learnt."""
_EASE = 0.4
"""Seconds in which a face that is lost comes to rest, by half of it and half of the rest and so on."""


class Mirror:
    """Makes frames for an avatar of the observations of one player."""

    def __init__(self) -> None:
        self.frame: Frame = np.zeros(len(AT), np.float32), np.zeros(len(POSE), np.float32)
        """The last one."""
        self._neutral = Neutral()
        self._weights, self._angles = OneEuro(*_WEIGHTS), OneEuro(*_ANGLES)
        self._heads: list[tuple[float, float, float]] = []
        self._ahead = np.zeros(3)
        self._since = math.nan
        self._seen_at = self._at = -math.inf

    @property
    def calibrated(self) -> bool:
        """Whether the resting face has been learnt."""
        return self._neutral.learnt

    def recalibrate(self) -> None:
        """Learn it anew: another player, another seat."""
        self._neutral, self._heads, self._since = Neutral(), [], math.nan

    def seen(self, observed: Observation, now: float) -> Frame:
        """The avatar's frame for this observation. Without a face in it, it stays and then comes to rest."""
        if observed.weights is None:
            return self.passed(now)
        weights = self._weights(self._neutral(observed.weights, now), now)
        angles = self._angles(self._turned(observed, now), now)
        self._seen_at = self._at = now
        self.frame = (
            np.clip(weights, 0, 1).astype(np.float32),
            np.clip(angles, -_FARTHEST, _FARTHEST).astype(np.float32),
        )
        return self.frame

    def passed(self, now: float) -> Frame:
        """The frame at `now`, where no face was seen since the last one."""
        if now - self._seen_at > LOST:
            share = np.float32(0.5 ** (max(0.0, now - max(self._at, self._seen_at + LOST)) / _EASE))
            self.frame = self.frame[0] * share, self.frame[1] * share
        self._at = max(self._at, now)
        return self.frame

    def _turned(self, observed: Observation, now: float) -> NDArray[np.float64]:
        assert observed.weights is not None
        head = observed.head
        angles = np.zeros(3) if head is None else np.array([head.yaw, head.pitch, head.roll])
        if head is not None:
            self._learn((head.yaw, head.pitch, head.roll), now)
        return np.concatenate([angles - self._ahead * (head is not None), eyes(observed.weights)])

    def _learn(self, angles: tuple[float, float, float], now: float) -> None:
        """Where the head points while it rests: cameras stand above screens and beside them."""
        if math.isnan(self._since):
            self._since = now
        if math.isinf(self._since):
            return
        self._heads.append(angles)
        if now - self._since >= LEARNS:
            self._ahead = np.clip(np.median(self._heads, axis=0), -_AHEAD, _AHEAD)
            self._heads.clear()
            self._since = math.inf
