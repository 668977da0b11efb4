"""The layer of blinks: by themselves, and with the eyes when they go far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from runtime.face.layers.body import LIDS, Body

CLOSING, SHUT, OPENING = 0.060, 0.035, 0.090
"""Seconds of a blink of middle length: down faster than up (VanderWerf et al. 2003), and shut for one frame
at 30 frames a second, or some blinks would never be seen closed."""

LENGTHS: Final = (0.85, 1.07)
"""Shortest and longest against that: 157 to 198 ms."""

SOONEST, MIDDLE, LATEST = 0.57, 0.48, 1.71
"""Of the mean wait: what must pass, the mean of what chance adds, and the most. At 17 a minute 2 to 6 s."""

APART: Final = 0.6
"""Seconds between two blinks, even if the eyes go far twice."""

FAR: Final = (12.0, 35.0)
"""Degrees of a jump of the gaze up to which no blink goes with it, and from which one always does (Evinger et
al. 1994: with nearly all above 33)."""


@dataclass(slots=True)
class Blinks:
    """Lids that come down now and then."""

    rng: np.random.Generator
    due: float
    _last: float = field(default=-np.inf)

    def act(self, body: Body) -> None:
        """Blink, if this character does, and wait for the next time."""
        at = self.due
        if not body.settings.blinks_per_minute:
            self.due = np.inf
            return
        wait = min(SOONEST + MIDDLE * self.rng.exponential(), LATEST)
        self.due = at + wait * 60 / body.settings.blinks_per_minute
        length = self.rng.uniform(*LENGTHS)
        body.motion.pulse(at, CLOSING * length, SHUT * length, OPENING * length, LIDS, 1.0)
        self._last = at

    def turn(self, at: float, body: Body) -> None:
        """No direction makes one blink."""

    def go_along(self, at: float, shift: float, body: Body) -> None:
        """The gaze jumps by `shift` degrees at `at`: blink with it, the more likely the farther."""
        likely = (shift - FAR[0]) / (FAR[1] - FAR[0])
        if self.rng.random() < likely and at - self._last >= APART:
            self.due = at
            self.act(body)
