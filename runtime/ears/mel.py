"""The picture of sound that Whisper was trained on: a log-mel spectrogram (arXiv:2212.04356, section 2.2)."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from runtime.types import Samples

_WINDOW, _HOP = 400, 160
"""Samples of one look and between looks at 16 kHz: 25 and 10 ms."""
_HANN = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
_RANGE = 8.0
"""Decades below the loudest bin at which the picture is cut off."""
_TOGETHER = 10
"""Looks multiplied at once. Larger products wake the threads of BLAS, and where every core has work to do the
wait for them takes 16 ms instead of the 1 ms of the product itself."""


def log_mel(audio: Samples, filters: NDArray[np.float32]) -> NDArray[np.float32]:
    """The log-mel spectrogram of 16 kHz audio, shape (mels, frames), 100 frames a second, about -1 to 2.

    The audio must be a whole number of tenths of a second; `filters` has the shape (mels, 201).
    """
    around = np.pad(audio, _WINDOW // 2, mode="reflect")
    looks = sliding_window_view(around, _WINDOW)[:-1:_HOP] * _HANN
    power = np.square(np.abs(np.fft.rfft(looks))).reshape(-1, _TOGETHER, _WINDOW // 2 + 1)
    mel = np.log10(np.maximum(power @ filters.T, 1e-10)).reshape(-1, len(filters)).T
    picture: NDArray[np.float32] = np.maximum(mel, mel.max() - _RANGE) / 4 + 1
    return picture
