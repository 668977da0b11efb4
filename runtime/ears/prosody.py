"""How the voice sounds at the end of what was said: does it fall, drawl and fade, or hang in the air?

Pitch by the autocorrelation of short frames (Boersma 1993, without its path search: one number is wanted, not
a contour), all frames in one FFT.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from runtime.types import Samples

SECONDS = 1.6
"""Of speech that is looked at: the last words, and enough before them to know the speaker's pitch."""
_FRAME, _HOP = 0.04, 0.02
"""Seconds: nearly three periods of the deepest voice, and about as often as pitch changes."""
_LOWEST, _HIGHEST = 70.0, 400.0
"""Hertz."""
_PERIODIC = 0.5
"""Share of a frame's energy that repeats after one period, where it counts as voiced."""
_LOUD = 25.0
"""Decibels below the loudest frames, down to which a frame belongs to the speech."""
_END = 8
"""Voiced frames that count as the end, 0.16 s: the last syllable."""
_ASTRAY = 7.0
"""Semitones from the median beyond which a pitch is taken for a mistake, mostly of an octave."""


class Prosody(NamedTuple):
    """The end of an utterance against the rest of it."""

    moves: float
    """How far the pitch rises or falls from the half second before into the end, semitones, at most 6."""
    drawl: float
    """Length of the last voiced stretch, log2 against 0.2 s."""
    fade: float
    """How much weaker the last 0.1 s of speech is than its middle, in 10 dB."""


def measure(audio: Samples, rate: int) -> Prosody | None:
    """Of speech that ends with `audio`, shape (n,). None where there is too little voice to tell."""
    tail = audio[-int(SECONDS * rate) :]
    tail = tail[: len(tail) // 2 * 2].reshape(-1, 2).mean(axis=1)  # half the rate is enough for a pitch
    size, hop = int(_FRAME * rate / 2), int(_HOP * rate / 2)
    if len(tail) < 10 * size:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(tail, size)[::hop]
    level = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-10)
    loud = level > np.percentile(level, 95) - _LOUD
    last = int(np.flatnonzero(loud)[-1]) + 1
    pitch, strength = _pitch(frames[:last], rate / 2)
    voiced = np.flatnonzero((strength > _PERIODIC) & loud[:last])
    tones = 12 * np.log2(pitch[voiced])
    right = np.abs(tones - np.median(tones)) < _ASTRAY if len(tones) else np.zeros(0, bool)
    voiced, tones = voiced[right], tones[right]
    if len(voiced) < 2 * _END:
        return None
    end, before = tones[-_END:], tones[-3 * _END : -_END]
    gaps = np.flatnonzero(np.diff(voiced) > 2)
    stretch = len(voiced) - (int(gaps[-1]) + 1 if len(gaps) else 0)
    weaker = np.median(level[voiced]) - np.mean(level[max(0, last - round(0.1 / _HOP)) : last])
    return Prosody(
        moves=min(6.0, abs(float(np.median(before) - np.median(end[-_END // 2 :])))),
        drawl=float(np.log2(stretch * _HOP / 0.2)),
        fade=float(weaker) / 10,
    )


def _pitch(frames: NDArray[np.float32], rate: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Hertz of each frame, and how periodic it is, 0 to 1."""
    size = 1 << (2 * frames.shape[1] - 1).bit_length()
    window = np.hanning(frames.shape[1]).astype(np.float32)
    again = np.fft.irfft(np.abs(np.fft.rfft(_stack(frames, window), size)) ** 2)
    low, high = int(rate / _HIGHEST), int(rate / _LOWEST)
    # Divided by the window's own, so that long periods are not held to be weaker.
    alone = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)[low:high]
    repeats = again[:, low:high] / (again[:, :1] + 1e-9) / (alone / np.square(window).sum())
    best = np.argmax(repeats, axis=1)
    strength = np.take_along_axis(repeats, best[:, None], axis=1)[:, 0]
    strength[best == 0] = 0  # still rising towards no shift at all: not a period
    return rate / (best + low), strength.astype(np.float32)


def _stack(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    centred: NDArray[np.float32] = (frames - frames.mean(axis=1, keepdims=True)) * window
    return centred
