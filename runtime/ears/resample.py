"""From the microphone's rate to the blocks the ears work on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr

from runtime.ears import BLOCK, RATE
from runtime.types import Samples

_QUALITY = "LQ"
"""Holds back 20 ms of sound at 24 kHz and above, half of what MQ and HQ do, and keeps everything above 8 kHz
out by more than 100 dB. QQ holds back nothing but folds hiss and sibilants into the speech band."""

_NOTHING = np.zeros(0, np.float32)


class Blocks:
    """Cuts one microphone stream into blocks of 512 samples at 16 kHz, whatever the packets were."""

    def __init__(self, rate: int) -> None:
        """`rate` in hertz, 8000 to 96000."""
        if not 8000 <= rate <= 96000:
            raise ValueError(f"a microphone runs at 8000 to 96000 Hz, not {rate}")
        self._rate = rate
        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, "float32", _QUALITY)
        self._rest: Samples = _NOTHING
        self.behind = 0.0
        """Seconds of sound that came in and have not come out: in the filter, and short of a block."""

    def push(self, samples: Samples) -> Iterator[Samples]:
        """Take a packet at the microphone's rate, give the blocks that are complete."""
        self.behind += len(samples) / self._rate
        sound = samples if self._stream is None else self._stream.resample_chunk(samples.astype(np.float32))
        self._rest = np.concatenate((self._rest, sound), dtype=np.float32)
        while len(self._rest) >= BLOCK:
            block, self._rest = self._rest[:BLOCK], self._rest[BLOCK:]
            self.behind -= BLOCK / RATE
            yield block

    def drain(self) -> Samples:
        """All that is still held back, shorter than it was long in time; the stream then begins anew."""
        tail = _NOTHING
        if self._stream is not None:
            tail = self._stream.resample_chunk(_NOTHING, last=True)
            self._stream.clear()
        rest, self._rest, self.behind = np.concatenate((self._rest, tail)), _NOTHING, 0.0
        return rest
