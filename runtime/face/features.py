"""What the learned mouth hears: sound of any rate, as log-mel frames set against the talker's own level.

Works in blocks of fixed length, so that the result never depends on how the sound arrived. A block is HOPS
mel frames; a frame looks at the WINDOW samples that end with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from runtime.types import Samples

Frames: TypeAlias = NDArray[np.float32]
"""Shape (frames, MELS)."""

RATE = 16000
HOP, WINDOW, SIZE = 160, 400, 512
"""Samples of one step (10 ms), of what one frame looks at (25 ms), and of its Fourier transform."""

MELS = 40
BAND = (60.0, 7600.0)
"""Hertz; below is hum, above nothing that telephones or codecs keep."""

HOPS = 4
"""Frames of a block of 40 ms: short enough to wait for, long enough that calls are not the main cost."""

BLOCKS = 25
"""Blocks a second; a rate of sound has to be a multiple of it."""

QUIETEST = 1e-9
"""Power below which all is digital silence (about -90 dBFS in one band)."""

SILENCE = -3.0
"""What a normalised frame holds where nothing is heard."""

WIDTH = 8
"""Periods of the lower rate on either side of a sample that resampling looks at."""

BETA = 5.0
"""Of the Kaiser window."""


def log_mel(audio: Samples) -> Frames:
    """Log-mel frames in dB of sound at RATE; frame k ends at sample (k + 1) HOP. The start is silence."""
    count = len(audio) // HOP
    padded = np.concatenate([np.zeros(WINDOW - HOP, np.float32), audio[: count * HOP]])
    return _log_mel(padded)


def _log_mel(padded: Samples) -> Frames:
    """The same for sound with the WINDOW - HOP samples before it."""
    count = (len(padded) - WINDOW + HOP) // HOP
    starts = np.arange(0, count * HOP, HOP)[:, None] if count != HOPS else _STARTS
    parts = np.fft.rfft(padded[starts + _WITHIN] * _HANN, SIZE).view(np.float32)  # real, imaginary, real, ...
    decibels: Frames = np.log10(np.square(parts) @ _FILTERS + np.float32(QUIETEST)) * np.float32(10)
    return decibels


def _mel_filters() -> Frames:
    """Triangles on the mel scale of O'Shaughnessy (1987), shape (bins, MELS), as mean power."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in BAND)
    edges = 700 * (10 ** (np.linspace(low, high, MELS + 2) / 2595) - 1)
    bins = np.arange(SIZE // 2 + 1) * RATE / SIZE
    rise = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    filters: Frames = np.maximum(np.minimum(rise, fall), 0).astype(np.float32)
    return filters


_HANN = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
_FILTERS = np.repeat(_mel_filters(), 2, axis=0) / np.float32(np.square(_HANN).sum() * SIZE / 2)
_WITHIN = np.arange(WINDOW)
_STARTS = np.arange(0, HOPS * HOP, HOP)[:, None]


class Level:
    """How loud this talker is: up at once, down within seconds, and unmoved by silence."""

    START = -32.0
    """dB that a talker is taken for before being heard: speech at the usual -23 LUFS."""
    RISE, FALL, SETTLE = 0.05, 4.0, 0.4
    """Seconds to follow up, down, and down in the beginning, when nothing is known yet."""
    QUIET, BELOW = -66.0, 30.0
    """dBFS, and dB under the level, from which on nobody speaks: the level stays."""
    RANGE = 60.0
    """dB below the level that can be told from silence."""

    def __init__(self) -> None:
        self.level = self.START
        self.heard = 0.0
        """Seconds of speech that the level rests on."""

    def normalise(self, frames: Frames) -> Frames:
        """Frames against the level, about -3 (silence) to 1; shape as given."""
        levels = np.array([self._hear(now) for now in frames.max(1).tolist()], np.float32)[:, None]
        against: Frames = np.maximum(frames - levels, -self.RANGE) * np.float32(1 / 20)
        return against

    def _hear(self, now: float) -> float:
        step = HOP / RATE
        if now > self.level:
            self.level += (now - self.level) * step / self.RISE
        elif now > max(self.QUIET, self.level - self.BELOW) or (self.heard < self.FALL and now > self.QUIET):
            self.level += (now - self.level) * step / min(self.FALL, self.SETTLE + self.heard)
        else:
            return self.level
        self.heard = min(self.heard + step, self.FALL)
        return self.level


class FrontEnd:
    """Sound of one stream, as it comes, to normalised frames, block by block.

    Raises ValueError for a rate that is not a multiple of BLOCKS.
    """

    def __init__(self, rate: int) -> None:
        if rate < 8000 or rate % BLOCKS:
            raise ValueError(f"cannot follow sound of {rate} Hz: resample it to 16000, 24000, 44100 or 48000")
        self._resample, before = _resampler(rate)
        self._block = rate // BLOCKS
        self._sound = np.zeros(before, np.float32)
        self._tail = np.zeros(WINDOW - HOP, np.float32)
        self._level = Level()

    def push(self, samples: Samples) -> Frames:
        """Frames of the blocks that are now whole: a multiple of HOPS, perhaps none."""
        self._sound = np.concatenate([self._sound, samples])
        found = []
        width = self._resample.shape[1]
        while len(self._sound) >= width:
            block = np.concatenate([self._tail, self._resample @ self._sound[:width]])
            self._sound = self._sound[self._block :]
            self._tail = block[HOP * HOPS :]
            found.append(self._level.normalise(_log_mel(block)))
        return np.concatenate(found) if found else np.zeros((0, MELS), np.float32)


@lru_cache(maxsize=16)
def _resampler(rate: int) -> tuple[sparse.csr_matrix, int]:
    """A block at RATE as a matrix times the block at `rate` with what surrounds it, and the samples before.

    Windowed sinc (Kaiser, -55 dB beyond the transition), cut at the lower of both Nyquist frequencies.
    """
    ratio, block = rate / RATE, rate // BLOCKS
    if rate == RATE:
        return sparse.csr_matrix(np.eye(block, dtype=np.float32)), 0  # type: ignore[no-untyped-call]
    reach = int(np.ceil(WIDTH * max(ratio, 1.0)))
    centres = np.arange(HOP * HOPS) * ratio + reach
    columns = np.floor(centres)[:, None].astype(np.intp) + np.arange(-reach + 1, reach + 1)
    away = centres[:, None] - columns
    cut = 0.92 / max(ratio, 1.0)
    window = np.i0(BETA * np.sqrt(np.maximum(1 - np.square(away / reach), 0))) / np.i0(BETA)
    taps = cut * np.sinc(cut * away) * window
    rows = np.repeat(np.arange(HOP * HOPS), 2 * reach)
    shape = (HOP * HOPS, block + 2 * reach)
    entries = (taps.ravel().astype(np.float32), (rows, columns.ravel()))
    return sparse.csr_matrix(entries, shape), reach  # type: ignore[no-untyped-call]


def delay(rate: int) -> float:
    """Seconds of sound beyond a block that its resampling waits for."""
    return _resampler(rate)[1] / rate
