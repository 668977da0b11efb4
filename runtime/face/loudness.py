"""What the ear can tell of a mouth without knowing the words: how far it opens, and a little of its shape."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.types import Samples

Curve: TypeAlias = NDArray[np.float32]
"""One value a frame, shape (frames,)."""

WINDOW = 0.08
"""Seconds of audio behind one value: a syllable's rise and fall, but neither the single pulses of a deep
voice nor the silence inside a stop."""

FLOOR = 1e-3
"""RMS of the loud parts below which all is silence (-60 dBFS)."""


def envelope(audio: Samples, rate: int, times: NDArray[np.float64]) -> Curve:
    """Loudness in [0, 1] at `times` (seconds); 1 is the level of the loud parts of this audio."""
    reach = WINDOW / 2 * rate
    sums = np.concatenate([[0.0], np.cumsum(np.square(audio, dtype=np.float64))])
    ends = [
        np.clip(times * rate + side * part * reach, 0, len(audio)) for part in (1, 0.5) for side in (-1, 1)
    ]
    before, after, near, far = (sums[end.astype(np.intp)] for end in ends)
    power = (after - before + far - near) / (3 * reach)  # two boxes, one half as wide: a stepped Hann window
    rms = np.sqrt(np.maximum(power, 0.0))
    loud = max(float(np.percentile(rms, 90)) if len(rms) else 0.0, FLOOR)
    curve: Curve = np.sqrt(np.minimum(rms / loud, 1.0)).astype(np.float32)  # compressed: soft is not closed
    return curve


def brightness(audio: Samples, rate: int, times: NDArray[np.float64]) -> Curve:
    """Share of 1.5 to 4 kHz in the spectrum from 200 Hz to 4 kHz: low for rounded lips, high for spread."""
    size = 1 << round(np.log2(WINDOW / 2 * rate))
    padded = np.pad(audio, (size // 2, size))
    starts = np.clip((times * rate).astype(np.intp), 0, len(audio))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, size)[starts] * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(blocks, axis=1)))
    low, middle, high = (round(edge * size / rate) for edge in (200, 1500, 4000))
    share = np.sqrt(power[:, middle:high].sum(1) / (power[:, low:high].sum(1) + 1e-9))
    curve: Curve = share.astype(np.float32)
    return curve
