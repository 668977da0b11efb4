"""The layer of unrest: no head is ever still, least while it speaks, and it nods with the breath."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face.layers.direction import Times

RATES: Final = np.array([[0.13, 0.29, 0.53], [0.17, 0.37, 0.61], [0.11, 0.23, 0.47]])
"""Hertz of three slow waves for yaw, pitch and roll, no two of which ever come together again."""

SIZES: Final = np.array([1.0, 0.6, 0.35]) * np.array([[2.2], [1.4], [1.3]])
"""Degrees of each in even speech: about 1.9 of yaw, 1.2 of pitch and 1.1 of roll rms, set by eye."""

BREATH: Final = 0.25
"""Hertz: fifteen breaths a minute."""

BREATH_SIZE: Final = 0.35
"""Degrees of pitch."""

EVEN: Final = 0.6
"""Loudness, as `runtime.face.loudness.envelope` has it, of even speech; it sways by its nominal size."""

LEAST: Final = 0.4
"""Share of its sway that a head keeps in silence."""

EASES: Final = 0.4
"""Seconds in which the head takes in how loud it is: phrases, not syllables."""


class Sway:
    """Waves whose phases and rates are drawn once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rates = 2 * np.pi * RATES.ravel() * rng.uniform(0.88, 1.12, 9)
        self._phases = rng.uniform(0, 2 * np.pi, 9)
        self._sizes = SIZES.ravel()
        self._breath = rng.uniform(0, 2 * np.pi, 2)

    def drift(self, times: Times) -> NDArray[np.float64]:
        """Yaw, pitch and roll in degrees, shape (frames, 3)."""
        waves = np.sin(times[:, None] * self._rates + self._phases) * self._sizes
        drift: NDArray[np.float64] = waves[:, 0::3] + waves[:, 1::3] + waves[:, 2::3]
        return drift

    def breath(self, times: Times) -> NDArray[np.float64]:
        """Pitch in degrees, shape (frames,). No two breaths are of one length."""
        uneven = 0.8 * np.sin(times * (2 * np.pi * BREATH * 0.23) + self._breath[1])
        breath: NDArray[np.float64] = BREATH_SIZE * np.sin(
            times * (2 * np.pi * BREATH) + uneven + self._breath[0]
        )
        return breath


class Energy:
    """How much the loudness of late adds to movement: 1 in even speech or where nobody tells."""

    def __init__(self) -> None:
        self._at, self._level = 0.0, EVEN
        self._asked = 0.0

    def __call__(self, times: Times, loud: NDArray[np.float32] | None) -> float | NDArray[np.float64]:
        """Factors at `times`, 0.4 in silence to 1.4; `loud` is the loudness there, 0 to 1."""
        before, self._asked = self._asked, float(times[-1])
        if loud is None:
            return 1.0 if self._level == EVEN else LEAST + self._fading(times)
        self._level, self._at = float(self._fading(np.array([before]))[0]), before
        levels = np.empty(len(times))
        for frame, (at, now) in enumerate(zip(times.tolist(), loud.tolist(), strict=True)):
            self._level = now + (self._level - now) * math.exp((self._at - at) / EASES)
            self._at = at
            levels[frame] = self._level
        return LEAST + levels

    def _fading(self, times: Times) -> NDArray[np.float64]:
        """The level after the last loudness told, on its way back to even."""
        level: NDArray[np.float64] = EVEN + (self._level - EVEN) * np.exp((self._at - times) / EASES)
        return level
