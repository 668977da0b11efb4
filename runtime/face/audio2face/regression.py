"""The regression network of Audio2Face-3D (v2.3): each frame from the half second of audio around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face.network import Rows, Track
from runtime.face.audio2face.recording import Recording


@dataclass
class Regression:
    """The loaded network, with the emotion without a name that goes in front of those with names."""

    session: Any
    rate: int
    length: int
    before: int
    """Samples of a window, and how many of them lie before the moment of the frame."""
    gain: float
    implicit: NDArray[np.float32]
    batch: int = 1
    """Frames in one run. More than one is faster on a GPU, and makes a stream wait for the others."""

    @property
    def look_ahead(self) -> float:
        return (self.length - self.before) / self.rate

    def track(self, emotion: NDArray[np.float32], fps: int) -> Track:
        return _RegressionTrack(self, np.concatenate((self.implicit, emotion)), fps)


class _RegressionTrack:
    def __init__(self, network: Regression, emotion: NDArray[np.float32], fps: int) -> None:
        self._net, self._fps = network, fps
        self.fps = float(fps)
        self._emotion = np.broadcast_to(emotion, (network.batch, 1, len(emotion))).copy()

    def read(self, heard: Recording, first: int, until: int | None) -> Iterator[Rows]:
        net = self._net
        if until is None:
            room = heard.end - (net.length - net.before)
            known = ((room + 1) * self._fps - 1) // net.rate + 1 if room >= 0 else 0
            until = known // net.batch * net.batch
        if until > first:
            for block in range(first // net.batch, -(-until // net.batch)):
                yield self._block(heard, block, first, until)

    def needs(self, first: int) -> int:
        return first * self._net.rate // self._fps - self._net.before

    def _block(self, heard: Recording, block: int, first: int, until: int) -> Rows:
        """Frames in runs that begin at multiples of the batch, so that no run depends on who asks when."""
        net = self._net
        start = block * net.batch
        frames = range(max(start, first), min(start + net.batch, until))
        windows = np.zeros((net.batch, 1, net.length), np.float32)
        for frame in frames:
            windows[frame - start, 0] = heard.window(self.needs(frame), net.length)
        (result,) = net.session.run(
            ["result"], {"input": windows * np.float32(net.gain), "emotion": self._emotion}
        )
        rows: Rows = result[frames.start - start : frames.stop - start, 0]
        return rows
