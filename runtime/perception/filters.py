"""Smooth without lag, and decide without flicker. No clock: times are arguments, in seconds."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Value = TypeVar("Value", bound=Hashable)

LOST = 0.5
"""Seconds without a value after which the next one begins anew: nothing is known of what lies between."""
_SLOPE = 1.0
"""Hertz at which the slope is smoothed; the value of the paper."""


class OneEuro:
    """The 1 euro filter: still values are smoothed much, moving ones little (Casiez, Roussel and Vogel 2012,
    "1 euro filter: a simple speed-based low-pass filter for noisy input in interactive systems", CHI)."""

    def __init__(self, still: float, speed: float) -> None:
        """`still` is the cutoff in hertz of a value at rest; it rises by `speed` for each unit per second."""
        self._still, self._speed = still, speed
        self._at = -math.inf
        self._value: NDArray[np.float64] = np.zeros(0)
        self._slope: NDArray[np.float64] = np.zeros(0)

    def __call__(self, value: ArrayLike, now: float) -> NDArray[np.float64]:
        """The smoothed value at `now`, which never goes back."""
        given = np.asarray(value, np.float64)
        step = now - self._at
        if step > LOST or self._value.shape != given.shape:
            self._value, self._slope = given, np.zeros_like(given)
        elif step > 0:
            slope = (given - self._value) / step
            self._slope = self._slope + _share(_SLOPE, step) * (slope - self._slope)
            share = _share(self._still + self._speed * np.abs(self._slope), step)
            self._value = self._value + share * (given - self._value)
        self._at = max(self._at, now)
        return self._value


def _share(cutoff: NDArray[np.float64] | float, step: float) -> NDArray[np.float64] | float:
    """How much of the way to the new value a low-pass of `cutoff` hertz goes in `step` seconds."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * step))


class Hysteresis:
    """A level is high from `rise` on until it is below `fall`."""

    def __init__(self, rise: float, fall: float) -> None:
        self._rise, self._fall = rise, fall
        self.high = False

    def __call__(self, level: float) -> bool:
        self.high = level >= (self._fall if self.high else self._rise)
        return self.high


class Settled(Generic[Value]):
    """A state that changes only when another has lasted."""

    def __init__(self, state: Value, wait: float) -> None:
        """`wait`: seconds that another state has to last."""
        self.state = state
        self._wait = wait
        self._next, self._since, self._last = state, -math.inf, -math.inf

    def __call__(self, state: Value, now: float, wait: float | None = None) -> bool:
        """Whether the state has changed with this. `wait` overrides the usual one for this state."""
        if state != self._next or now - self._last > LOST:
            self._next, self._since = state, now
        self._last = now
        if state == self.state or now - self._since < (self._wait if wait is None else wait):
            return False
        self.state = state
        return True
