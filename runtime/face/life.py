"""What a living face does beside speaking: it blinks, looks about, lifts its brows where it means something.

Nothing here moves the jaw or parts the lips, so that it never fights the mouth for a closure. Times are
seconds of the reply; blinks and glances are drawn from one seed in the order of time, so that they do not
depend on how a reply is cut into clauses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT
from runtime.types import Weights

BLINK_APART = (2.0, 6.0)
"""Seconds between blinks of a person who talks."""

CLOSING, SHUT, OPENING = 0.060, 0.020, 0.095
"""Seconds; lids come down faster than they go up, about 175 ms in all."""

LOOK = (0.5, 2.5)
"""Seconds a gaze rests."""

SACCADE = 0.040
"""Seconds of a small jump of the eyes."""

AWAY = 0.25
"""Share of glances that leave the face of the one spoken to."""

ACCENT_APART = 0.7
ACCENT = 0.35
"""Seconds between accents of the brows, and the length of one."""

_ON_FACE, _OFF_FACE = (0.05, 0.03), (0.22, 0.12)
"""Sideways and upward reach of a glance: from eye to eye and mouth, and to somewhere beyond."""

_ACCENTS = (("browInnerUp", 0.14), ("browOuterUpLeft", 0.09), ("browOuterUpRight", 0.09))
_KINDLY = (
    *(("mouthSmileLeft", 0.05), ("mouthSmileRight", 0.05)),
    *(("cheekSquintLeft", 0.05), ("cheekSquintRight", 0.05)),
    *(("eyeSquintLeft", 0.04), ("eyeSquintRight", 0.04)),
)
_LIDS = (AT["eyeBlinkLeft"], AT["eyeBlinkRight"])


class Life:
    """The life of one face for one reply. Ask for its frames in the order of time."""

    def __init__(self, seed: int) -> None:
        lids, eyes, brows = np.random.SeedSequence(seed).spawn(3)
        self._lids, self._eyes, self._brows = (np.random.default_rng(s) for s in (lids, eyes, brows))
        self._blinks = [float(self._lids.uniform(0.4, BLINK_APART[1]))]
        self._looks = [(-1.0, 0.0, 0.0)]
        self._accents = [-ACCENT_APART]

    def add(self, face: Weights, times: NDArray[np.float64], stresses: Sequence[float]) -> None:
        """Add to `face`, shape (frames, 52), in place. `stresses` are the middles of stressed vowels."""
        if not len(times):
            return
        unseen = [stress for stress in stresses if stress - ACCENT / 2 >= times[0]]
        self._plan(float(times[-1]) + 1.0, unseen)
        for name, weight in _KINDLY:
            face[:, AT[name]] += np.float32(weight)
        lift = _humps(np.array(self._accents), ACCENT, times)
        for name, weight in _ACCENTS:
            face[:, AT[name]] += weight * lift
        self._look(face, times)
        self._blink(face, times)
        np.clip(face, 0, 1, out=face)

    def _plan(self, until: float, stresses: Sequence[float]) -> None:
        while self._blinks[-1] < until:
            wait = BLINK_APART[0] + self._lids.exponential(1.4)
            self._blinks.append(self._blinks[-1] + min(wait, BLINK_APART[1]))
        while self._looks[-1][0] < until:
            sideways, upward = _OFF_FACE if self._eyes.random() < AWAY else _ON_FACE
            x, y = self._eyes.uniform(-1, 1, 2) * (sideways, upward)
            self._looks.append((self._looks[-1][0] + self._eyes.uniform(*LOOK), float(x), float(y)))
        for stress in stresses:
            if stress - self._accents[-1] >= ACCENT_APART and self._brows.random() < 0.6:
                self._accents.append(stress)

    def _blink(self, face: Weights, times: NDArray[np.float64]) -> None:
        since = times[:, None] - np.array(self._blinks)
        down = np.clip(since / CLOSING, 0, 1)
        up = np.clip((CLOSING + SHUT + OPENING - since) / OPENING, 0, 1)
        lids = _ease(np.minimum(down, up)).max(1)
        for column in _LIDS:
            face[:, column] = np.maximum(face[:, column], 0.95 * lids)

    def _look(self, face: Weights, times: NDArray[np.float64]) -> None:
        starts, x, y = np.array(self._looks).T
        now = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
        before = np.maximum(now - 1, 0)
        moved = _ease(np.clip((times - starts[now]) / SACCADE, 0, 1))
        left = x[before] + (x[now] - x[before]) * moved
        up = y[before] + (y[now] - y[before]) * moved
        for name, value in (
            *(("eyeLookOutLeft", left), ("eyeLookInRight", left), ("eyeLookInLeft", -left)),
            *(("eyeLookOutRight", -left), ("eyeLookUpLeft", up), ("eyeLookUpRight", up)),
            *(("eyeLookDownLeft", -up), ("eyeLookDownRight", -up)),
        ):
            face[:, AT[name]] = np.maximum(value, 0)
        for column in _LIDS:
            face[:, column] = np.maximum(-up, 0) * 0.5  # lids follow a lowered gaze


def _ease(share: NDArray[np.float64]) -> NDArray[np.float64]:
    eased: NDArray[np.float64] = share * share * (3 - 2 * share)
    return eased


def _humps(centres: NDArray[np.float64], length: float, times: NDArray[np.float64]) -> NDArray[np.float64]:
    near = np.clip(1 - np.abs(times[:, None] - centres) / (length / 2), 0, 1)
    return _ease(near.max(1))
