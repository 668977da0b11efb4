"""One reply on its way to the ear: its sound and its face on one clock, and fades that lose nothing.

What goes under in a fade out is played again, rising, when the reply goes on; the two add up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from runtime.frames import Frames
from runtime.types import Samples


@dataclass
class Sounded:
    """What is known of one reply. Counts are in samples; `began` is one of the device."""

    reply: int
    played: int = 0
    """Have sounded in full; those of a fade out have not, as they come again if the reply goes on."""
    began: int | None = None
    """Sample of the device at which the first one sounded; None until then."""
    underruns: int = 0
    holds: int = 0
    """Times it was stopped in its place."""
    missing: int = 0
    """Never came and were silence instead."""
    over: Literal["", "finished", "interrupted"] = ""


@dataclass
class Track:
    """A reply while it is there to be played. `fade` is the length of its fades in samples."""

    sounded: Sounded
    fade: int
    frames: Frames
    audio: Samples = field(default_factory=lambda: np.zeros(1 << 15, np.float32))
    written: int = 0
    complete: bool = False
    """All of it has come."""
    running: bool = False
    since: int | None = None
    """Sample of the device at which there began to be something to play."""
    reported: int = 0
    _faded: int = 0
    """Samples at the position that have gone under and are to rise again."""
    _risen: int = 0

    def write(self, time: int, samples: Samples) -> None:
        """Put `samples` at `time`. What is there already stays, and a gap stays silent."""
        start, end = max(time, self.written), time + len(samples)
        if self.complete or end <= start:
            return
        if end > len(self.audio):
            self.audio = np.concatenate([self.audio, np.zeros(end, np.float32)])
        self.audio[start:end] = samples[start - time :]
        self.sounded.missing += start - self.written
        self.written = end

    @property
    def ready(self) -> int:
        """Samples that are there and have not sounded."""
        return self.written - self.sounded.played

    @property
    def left(self) -> int:
        """The same, less what is kept to fade out with, should nothing more come."""
        return self.ready if self.complete else self.ready - self.fade

    @property
    def rising(self) -> bool:
        return self._risen < self._faded

    def advance(self, room: int) -> Samples:
        """The next samples, at most `room`."""
        start = self.sounded.played
        self.sounded.played += min(room, self.left)
        return self.audio[start : self.sounded.played]

    def rise(self, room: int) -> Samples:
        """What had gone under, at most `room` samples of it, with the mirrored fade."""
        start, played = self._risen, self.sounded.played
        self._risen = min(start + room, self._faded)
        self.sounded.played += self._risen - start
        rising: Samples = 1 - _falling(self._faded)[start : self._risen]
        return self.audio[played : self.sounded.played] * rising

    def cut(self) -> Samples:
        """The fade out of a track that is given up here, also from the middle of its rise."""
        level = 1 - _falling(self._faded)[self._risen] if self.rising else np.float32(1)
        start = self.sounded.played
        last = self.audio[start : min(start + self.fade, self.written)]
        return last * _falling(len(last)) * level

    def stop(self) -> Samples:
        """The fade out of a track that will go on: the clock stands at its first sample."""
        under = self.cut()
        self.running, self._faded, self._risen = False, len(under), 0
        return under


def _falling(length: int) -> Samples:
    """A raised cosine from 1 towards 0: reversed and counted from 1 it is the same, so a pair adds up."""
    fall: Samples = np.cos((np.arange(length, dtype=np.float32) + 0.5) / max(1, length) * np.pi / 2) ** 2
    return fall
