"""What was heard of one voice, as far as it is still needed."""

from __future__ import annotations

import numpy as np

from runtime.types import Samples


class Recording:
    """Samples at known places, with silence before the first and after the last."""

    def __init__(self) -> None:
        self._samples: Samples = np.zeros(0, np.float32)
        self._start = 0

    @property
    def end(self) -> int:
        """Where the next sample goes."""
        return self._start + len(self._samples)

    def append(self, samples: Samples) -> None:
        """Add what was heard next."""
        self._samples = np.concatenate((self._samples, samples), dtype=np.float32)

    def window(self, start: int, length: int) -> Samples:
        """A copy of `length` samples from `start` on. What lies outside the recording is silent."""
        cut = np.zeros(length, np.float32)
        begin, stop = max(start, self._start), min(start + length, self.end)
        if begin < stop:
            cut[begin - start : stop - start] = self._samples[begin - self._start : stop - self._start]
        return cut

    def forget(self, before: int) -> None:
        """Drop what lies before a sample; nobody asks for it again."""
        drop = min(max(before - self._start, 0), len(self._samples))
        self._samples, self._start = self._samples[drop:], self._start + drop
