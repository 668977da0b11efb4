"""Face frames as they came, by their number, to be looked at on the clock of the sound they belong to."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.protocol.media import Packet
from runtime.types import Pose, Weights

AGAIN = 0.15
"""Seconds that a frame stands in for those that are missing."""

_Rows: TypeAlias = dict[int, NDArray[np.float32]]


class Frames:
    """Weights and angles of one reply, or of one rest. `rate` and `fps` as in `ready`."""

    def __init__(self, rate: int, fps: int) -> None:
        self.rate, self.fps = rate, fps
        self._weights: _Rows = {}
        self._poses: _Rows = {}

    def add(self, packet: Packet) -> None:
        """Keep what is in a face packet."""
        first = round(packet.time * self.fps / self.rate)
        self._weights.update(enumerate(packet.weights(), first))
        if (pose := packet.pose()) is not None:
            self._poses.update(enumerate(pose, first))

    def face(self, sample: int) -> Weights | None:
        """The weights at `sample`, one row, blended between the two frames beside it."""
        return self._at(self._weights, sample)

    def pose(self, sample: int) -> Pose | None:
        """The angles at `sample`, shape (7,), in the same way."""
        return self._at(self._poses, sample)

    def forget(self, sample: int) -> None:
        """Drop what lies before `sample` and can stand in for nothing after it."""
        oldest = int(sample * self.fps / self.rate) - round(AGAIN * self.fps)
        for rows in (self._weights, self._poses):
            for number in [number for number in rows if number < oldest]:
                del rows[number]

    def _at(self, rows: _Rows, sample: int) -> NDArray[np.float32] | None:
        exact = sample * self.fps / self.rate
        last = int(exact)
        kept = (rows.get(k) for k in range(last, last - round(AGAIN * self.fps) - 1, -1))
        here = next((row for row in kept if row is not None), None)
        if here is None:
            return None
        there = rows.get(last + 1, here)
        blended: NDArray[np.float32] = here + (there - here) * np.float32(exact - last)
        return blended
