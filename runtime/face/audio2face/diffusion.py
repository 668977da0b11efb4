"""The diffusion network of Audio2Face-3D (v3.0): half a second of frames from each second of audio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face.network import Rows, Track
from runtime.face.audio2face.recording import Recording


@dataclass
class Diffusion:
    """The loaded network; a recurrent state goes from window to window."""

    session: Any
    rate: int
    length: int
    padding: int
    """Samples of a window, and how many before the audio the first one begins."""
    left: int
    centre: int
    right: int
    """Frames of a window: thrown away, kept, thrown away."""
    gain: float
    identity: NDArray[np.float32]
    """One-hot."""
    noise: NDArray[np.float32]
    """Shape (1, steps + 1, frames, features). Always the same, so that the same audio gives the same face."""
    latents: tuple[int, ...]
    """Shape of the state: steps, layers, 1, size."""

    @property
    def frames(self) -> int:
        return self.left + self.centre + self.right

    @property
    def stride(self) -> int:
        return self.length * self.centre // self.frames

    @property
    def fps(self) -> float:
        return self.frames * self.rate / self.length

    @property
    def look_ahead(self) -> float:
        """The first frame of a block waits for the whole block and for what is thrown away on its right."""
        return (self.centre + self.right) / self.fps

    def track(self, emotion: NDArray[np.float32], fps: int) -> Track:
        return _DiffusionTrack(self, emotion)


class _DiffusionTrack:
    def __init__(self, network: Diffusion, emotion: NDArray[np.float32]) -> None:
        self._net, self.fps = network, network.fps
        self._emotion = np.broadcast_to(emotion, (1, network.centre, len(emotion))).copy()
        self._latents = np.zeros(network.latents, np.float32)
        self._start = -network.padding
        """Where the next window begins, in samples."""
        self._next = network.left - network.padding * network.frames // network.length
        """Its first frame that is kept."""
        self._kept: Rows = np.zeros((0, network.noise.shape[-1]), np.float32)
        """Frames before that one that were not asked for yet."""

    def read(self, heard: Recording, first: int, until: int | None) -> Iterator[Rows]:
        while True:
            begin = self._next - len(self._kept)
            stop = self._next if until is None else min(self._next, until)
            if stop > max(first, begin):
                yield self._kept[max(first - begin, 0) : stop - begin]
                first = stop
            self._kept = self._kept[max(first - begin, 0) :]
            if self._start + self._net.length > heard.end or (until is not None and first >= until):
                break
            self._kept, self._latents = self._run(heard, self._start, self._latents)
            self._start += self._net.stride
            self._next += self._net.centre
        if until is not None:
            yield from self._guessed(heard, first, until)

    def needs(self, first: int) -> int:
        return self._start

    def _guessed(self, heard: Recording, first: int, until: int) -> Iterator[Rows]:
        """Frames whose windows are not full yet."""
        latents, start, begin = self._latents, self._start, self._next
        while begin < until:
            rows, latents = self._run(heard, start, latents)
            if begin + len(rows) > first:
                yield rows[max(first - begin, 0) : until - begin]
            start += self._net.stride
            begin += self._net.centre

    def _run(
        self, heard: Recording, start: int, latents: NDArray[np.float32]
    ) -> tuple[Rows, NDArray[np.float32]]:
        net = self._net
        feed = {
            "window": (heard.window(start, net.length) * np.float32(net.gain))[None],
            "identity": net.identity,
            "emotion": self._emotion,
            "input_latents": latents,
            "noise": net.noise,
        }
        prediction, after = net.session.run(["prediction", "output_latents"], feed)
        return prediction[0, net.left : net.left + net.centre], after
