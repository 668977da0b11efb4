"""A stretch of speech and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.face.lips import Lips
from runtime.types import Phone, Samples

FPS: Final = 60
"""Frames a second at which everything is measured; truth of another rate is interpolated to it."""

PAUSE: Final = 0.3
"""Seconds without a phone from which on the mouth should be at rest."""

SETTLING: Final = 0.12
"""Seconds at either edge of a pause in which a mouth may still move: JALI's onset and decay."""

BILABIAL: Final = frozenset("pbm")
LABIODENTAL: Final = frozenset("fv")
OPEN: Final = frozenset("ɑɒaæʌɔɛAIWY")
"""Vowels with a low jaw, in the alphabet of `runtime.face.visemes`."""


@dataclass(frozen=True)
class Clip:
    """Speech with its phones in time, and the true mouth at FPS where there is one."""

    name: str
    audio: Samples
    rate: int
    phones: tuple[Phone, ...] = ()
    truth: Lips | None = None
    tags: frozenset[str] = field(default_factory=frozenset)
    """`weights` if the truth has the scale of ARKit weights, so that speeds can be compared."""

    @property
    def seconds(self) -> float:
        return len(self.audio) / self.rate

    @property
    def frames(self) -> int:
        return int(np.ceil(len(self.audio) * FPS / self.rate))

    def spans(self, symbols: frozenset[str]) -> list[tuple[float, float]]:
        """Start and end, seconds, of the phones among `symbols`; of two in a row, one span."""
        found: list[tuple[float, float]] = []
        for phone in self.phones:
            if phone.symbol in symbols:
                if found and phone.start - found[-1][1] < 1 / FPS:
                    found[-1] = (found[-1][0], phone.end)
                else:
                    found.append((phone.start, phone.end))
        return found

    def pauses(self) -> list[tuple[float, float]]:
        """Stretches of at least PAUSE between phones and at the ends, without SETTLING on the inner sides."""
        edges = [0.0, *(t for phone in self.phones for t in (phone.start, phone.end)), self.seconds]
        gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= PAUSE]
        return [(a + SETTLING * (a > 0), b - SETTLING * (b < self.seconds)) for a, b in gaps]

    def speech(self) -> NDArray[np.bool_]:
        """Which frames are speech: all but long pauses."""
        spoken = np.ones(self.frames, bool)
        for start, end in self.pauses():
            spoken[frames(start, end)] = False
        return spoken

    def still(self) -> NDArray[np.bool_]:
        """Which frames belong to a long pause."""
        return ~self.speech()


def frames(start: float, end: float) -> slice:
    """Frames at or after `start` and before `end`, seconds."""
    return slice(max(0, int(np.ceil(start * FPS - 1e-9))), max(0, int(np.ceil(end * FPS - 1e-9))))


def at_fps(curve: NDArray[np.float64], times: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """A curve known at `times`, seconds, at `count` frames of FPS."""
    return np.interp(np.arange(count) / FPS, times, curve)
