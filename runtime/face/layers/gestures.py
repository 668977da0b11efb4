"""The layers of gesture: beats of head and brows on stressed syllables, and the nods of a listener."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from runtime.face.layers.body import BEAT, HEAD, Body
from runtime.face.layers.settings import row

LEAD: Final = 0.12
"""Seconds by which a beat sets off before the middle of its vowel, so that both peak together."""

BEAT_SECONDS: Final = (0.17, 0.03, 0.30)
"""Out, there and back."""

BEATS_APART, BROWS_APART = 0.4, 1.0
"""Seconds: not every stressed syllable gets a beat, and fewer a brow."""

BEAT_LIKELY, BROW_LIKELY = 0.75, 0.45

RAISE: Final = row({"browInnerUp": 0.16, "browOuterUp": 0.13})
LOWER: Final = row({"browDown": 0.18, "eyeSquint": 0.06})
"""An accent of the brows, and that of one who is angry."""

NODS: Final = (2.5, 7.5)
"""Seconds between the nods of a listener."""


@dataclass(slots=True)
class Beats:
    """Moves head and brows with the speech. It has to be told the stresses first."""

    rng: np.random.Generator
    due: float = np.inf
    _told: float = -np.inf
    _coming: deque[float] = field(default_factory=deque)
    _beat: float = -np.inf
    _brow: float = -np.inf

    def tell(self, stresses: Iterable[float], now: float) -> None:
        """Stressed vowels, seconds. Those told before count once; those before `now` are missed."""
        fresh = sorted(stress for stress in stresses if stress > self._told + 1e-3)
        for stress in fresh:
            self._told = stress
            if stress >= now:
                self._coming.append(max(stress - LEAD, now))
        self.due = self._coming[0] if self._coming else np.inf

    def act(self, body: Body) -> None:
        """One stressed syllable. Takes the same number of draws whatever comes of it."""
        at = self._coming.popleft()
        self.due = self._coming[0] if self._coming else np.inf
        chance, brow, size = self.rng.random(3)
        tilt, turn = self.rng.normal(0, (0.7, 1.0))
        lively = body.settings.liveliness * (0.7 + 0.6 * size)
        if chance < BEAT_LIKELY and at - self._beat >= BEATS_APART:
            self._beat = at
            body.motion.pulse(at, *BEAT_SECONDS, BEAT, np.array([turn, -2.4, tilt]) * lively)
        if brow < BROW_LIKELY and at - self._brow >= BROWS_APART:
            self._brow = at
            angry = min(body.felt.get("anger", 0.0) * 1.5, 1.0)
            accent = (1 - angry) * RAISE + angry * LOWER
            body.features.pulse(at, *BEAT_SECONDS, slice(None), accent * lively)

    def turn(self, at: float, body: Body) -> None:
        """Who was interrupted does not go on nodding to what is no longer said."""
        if body.mode != "speaking":
            self._coming.clear()
            self.due = np.inf


@dataclass(slots=True)
class Nods:
    """Shows a speaker that one follows."""

    rng: np.random.Generator
    due: float = np.inf

    def act(self, body: Body) -> None:
        """Nod, and sometimes once more, smaller."""
        depth = self.rng.uniform(2.0, 4.2) * body.settings.liveliness
        twice, wait = self.rng.random() < 0.4, self.rng.uniform(*NODS)
        body.motion.pulse(self.due, 0.20, 0.02, 0.28, HEAD, (0.0, -depth, 0.0))
        if twice:
            body.motion.pulse(self.due + 0.46, 0.18, 0.02, 0.26, HEAD, (0.0, -0.55 * depth, 0.0))
        self.due += wait

    def turn(self, at: float, body: Body) -> None:
        """Begin to nod with listening, and end with it."""
        if body.mode != "listening":
            self.due = np.inf
        elif self.due == np.inf:
            self.due = at + self.rng.uniform(*NODS) / 2
