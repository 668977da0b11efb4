"""The layer of fixation: eyes that look at one thing still jump about it, by fractions of a degree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from runtime.face.layers.body import GAZE, Body

APART: Final = (0.35, 1.2)
"""Seconds between microsaccades: one or two a second (Martinez-Conde, Macknik and Hubel 2004)."""

SIZE: Final = 0.2
"""Degrees, standard deviation each way; they stay below one degree."""

SECONDS: Final = 0.022
"""Of one jump, on the main sequence of larger ones."""


@dataclass(slots=True)
class Fixation:
    """Small jumps about the aim."""

    rng: np.random.Generator
    due: float
    _off: tuple[float, float] = (0.0, 0.0)

    def act(self, body: Body) -> None:
        """Jump to another spot near the aim."""
        yaw, pitch = self.rng.normal(0, SIZE, 2) * body.settings.liveliness
        body.motion.move(self.due, SECONDS, GAZE, (yaw - self._off[0], pitch - self._off[1]))
        self._off = (yaw, pitch)
        self.due += self.rng.uniform(*APART)

    def turn(self, at: float, body: Body) -> None:
        """Nothing changes for it."""
