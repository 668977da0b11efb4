"""How anything moves: every movement is a sum of minimum-jerk steps, in closed form.

One step is the reach of least jerk of Flash and Hogan (1985), with a single-peaked speed; a movement that is
redirected on its way adds the next step to the one that is still running (Flash and Henis 1991). A value at
some time so depends on the steps and the time alone, never on the frame rate or on what was asked before.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runtime.face.layers.direction import Times


class _Step(NamedTuple):
    start: float
    seconds: float
    delta: NDArray[np.float64]

    @property
    def end(self) -> float:
        return self.start + self.seconds


class Track:
    """Values of `width` columns over time, 0 at first. No step may start before a time that was asked for."""

    def __init__(self, width: int) -> None:
        self._base = np.zeros(width)
        self._steps: deque[_Step] = deque()

    def move(self, at: float, seconds: float, columns: int | slice | list[int], delta: ArrayLike) -> None:
        """From `at` on change `columns` by `delta` in `seconds`, on top of whatever moves them already."""
        change = np.zeros(len(self._base))
        change[columns] = delta
        self._steps.append(_Step(at, seconds, change))

    def pulse(
        self,
        at: float,
        rise: float,
        hold: float,
        fall: float,
        columns: int | slice | list[int],
        size: ArrayLike,
    ) -> None:
        """There and back again: `rise` seconds out, `hold` there, `fall` home."""
        there = np.asarray(size, float)
        self.move(at, rise, columns, there)
        self.move(at + rise + hold, fall, columns, -there)

    def __call__(self, times: Times) -> NDArray[np.float64]:
        """The values at `times`, which begin where those of the call before ended; shape (frames, width)."""
        first, last = float(times[0]), float(times[-1])
        while self._steps and self._steps[0].end <= first:
            self._base += self._steps.popleft().delta
        values = np.empty((len(times), len(self._base)))
        values[:] = self._base
        for step in self._steps:  # one after another: the same sum, to the bit, however time is cut
            if step.start < last:
                begun, over = times.searchsorted((step.start, step.end))
                share = (times[begun:over] - step.start) / step.seconds
                values[begun:over] += _minimum_jerk(share)[:, None] * step.delta
                values[over:] += step.delta
        return values


def _minimum_jerk(share: NDArray[np.float64]) -> NDArray[np.float64]:
    reached: NDArray[np.float64] = share * share * share * (share * (share * 6 - 15) + 10)
    return reached
