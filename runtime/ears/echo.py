"""The character's own voice, taken out of what the microphone picks up. No I/O and no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from runtime.ears import BLOCK, RATE
from runtime.ears.echo_path import AHEAD, APART, LONGEST, STEP, EchoPath, Reference, find_delay, finite
from runtime.types import Samples

_SPAN = 6400
"""Samples of microphone in which a delay is looked for, 0.4 s. Half of it finds wrong ones now and then."""
_SETTLED = 32
"""Blocks, 1 s: the earliest arrival among so many tells the clock of the microphone without the jitter."""
_CLEAR, _LIKELY = 20.0, 12.0
"""Peaks that give the delay at once, and when the block before gave the same. Where only the
player speaks one look in a hundred reaches 17, by chance; 128 ms of echo do so nineteen times of twenty, and
160 ms reach 28 as often."""
_SEARCH = 12
"""Blocks of sound, 0.4 s, after which what sounds is not the echo: delays are found in 0.13 to 0.2 s."""
_AUDIBLE = 1e-3
"""RMS, -60 dBFS: what lies below is neither looked for nor looked at."""
_SENT = 0.01
"""RMS of speech as it is sent, -40 dBFS: quieter than its vowels, louder than its pauses."""
_THERE = 0.4
"""Share of the expected echo that must be there, or the delay has changed. A player, who has nothing to do
with it, leaves it near 1; at a wrong delay it is near 0."""
_PLAYER = 0.06
"""Share of the sound, over some 60 ms, that the player must have: -12 dB. A player 6 dB below the echo has
0.2. With none three times as many replies interrupt themselves, with 0.1 no fewer."""
_FRESH, _WARY = 64, 0.25
"""Blocks of echo, 2 s, in which the filter learns a new path, and the share the player must have at first."""
_LESSONS = 2
"""Times a new path is learnt from the 0.2 s or so in which the delay was found: some 10 ms of work, once."""
_TALK = 16
"""Blocks, 0.5 s, for which an echo is taken to be there still, and somebody who talked beside it is believed
when it goes missing: a client that holds the character for a player takes it away."""
_FAINT = _AUDIBLE / 4
"""RMS, -72 dBFS: an echo below it is no reason to mute anything."""
_QUIET = 0.001
"""Gain of what is not the player."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A block of the microphone without the echo."""

    block: Samples
    """To tell by whether the player speaks: all that may be echo is gone, and some of the player with it.
    512 samples at 16 kHz, 16 ms later than what came in while an echo is possible."""
    speech: Samples
    """The same to recognise words in: some of the echo is left, and nothing is muted."""
    echo: float = 0.0
    """Share of the sound, 0 to 1, that the echo explains."""
    locked: bool = True
    """The delay is known, or there is nothing to hear; without it trust a voice less."""


class EchoGuard:
    """Follows one session: tell it what is played and what is heard, each in order of time.

    The delay is looked for first, and again when the expected echo is missing; meanwhile what sounds is
    muted, for at most 0.4 s in which an echo would have been found. Then the path is learnt and taken out.
    """

    def __init__(self) -> None:
        self._reference = Reference()
        self._path = EchoPath()
        self._zero: float | None = None
        self._next = 0  # index behind the microphone's last sample
        self._late: deque[int] = deque(maxlen=_SETTLED)
        self._past: deque[Samples] = deque(maxlen=_SPAN // BLOCK)
        self._delay: int | None = None
        self._lost = True
        self._guess = -1
        self._searched = self._learnt = self._talking = self._there = 0  # blocks
        self._expected = self._present = self._sound = self._clean = 0.0  # energies

    def played(self, samples: Samples, rate: int, at: float) -> None:
        """`samples` were sent; the first can have been heard at `at` seconds at the earliest."""
        if self._zero is None:
            self._zero = at
        self._reference.put(samples, rate, round((at - self._zero) * RATE))

    def heard(self, block: Samples, at: float) -> Heard:
        """Clean `block`, 512 samples at 16 kHz of which the last arrived at `at` seconds.

        While nothing can be heard it comes back as it is. Raises ValueError for another length.
        """
        if block.shape != (BLOCK,):
            raise ValueError(f"the guard takes {BLOCK} samples, not {block.shape}")
        if self._zero is None:
            return Heard(block, block)
        self._follow(round((at - self._zero) * RATE))
        if self._next > self._reference.end + LONGEST + 2 * BLOCK:
            self._past.clear()
            self._talking = 0
            return Heard(block, block)
        block = finite(block)
        self._past.append(block)
        if self._lost:
            self._look()
        return self._unknown(block) if self._lost else self._cancel(block)

    def _follow(self, now: int) -> None:
        """Where this block ends on the time line: samples are counted, arrivals correct the count."""
        if not self._late:
            self._next = now - BLOCK
        self._next += BLOCK
        self._late.append(now - self._next)
        early = min(self._late)
        stalled = early < -APART  # the count began when the network stood still: so did the delay
        if stalled or (early > APART and len(self._late) == _SETTLED):
            self._next += early
            self._late.clear()
            self._late.append(now - self._next)
        if stalled and self._delay is not None:
            self._delay += early

    def _look(self) -> None:
        """Look for the delay. A new path is learnt from what was heard already."""
        # Sent as long ago as the longest delay and still not heard: then it never will be.
        self._searched += _power(self._reference.get(self._next - LONGEST - BLOCK, BLOCK)) > _SENT**2
        sound = np.concatenate(self._past)
        if _power(sound[-BLOCK:]) < _AUDIBLE**2:
            return
        reference = self._reference.get(self._next - len(sound) - LONGEST, len(sound) + LONGEST)
        lag, clarity = find_delay(reference, sound)
        sure = clarity > _CLEAR or (clarity > _LIKELY and abs(lag - self._guess) < AHEAD // 2)
        self._guess = lag if clarity > _LIKELY else -1
        if sure:
            self._lock(lag)

    def _lock(self, lag: int) -> None:
        self._lost, self._guess, self._searched = False, -1, 0
        self._expected = self._present = 0.0
        if self._delay is not None and abs(lag - self._delay) < AHEAD // 2:
            return
        self._delay, self._learnt, self._path = lag, 0, EchoPath()
        before = list(self._past)[:-1]
        for _ in range(_LESSONS):
            for k, block in enumerate(before):
                self._filter(block, lag, self._next - (len(before) - k) * BLOCK)

    def _unknown(self, block: Samples) -> Heard:
        """Not to be told from an echo for a while; then it is none. Who was talking goes on talking."""
        passed = self._searched > _SEARCH
        mute = not passed and not self._talking
        return Heard(block * _QUIET if mute else block, block, float(mute), passed)

    def _cancel(self, block: Samples) -> Heard:
        assert self._delay is not None, "locked"
        cleaned, speech, echo = self._filter(block, self._delay, self._next)
        self._sound = 0.5 * self._sound + float(block @ block)
        self._clean = 0.5 * self._clean + float(cleaned @ cleaned)
        share = min(1.0, self._clean / (self._sound + 1e-9))
        self._check(block, echo)
        talking = share > _WARY and self._there and _power(cleaned) > 4 * _AUDIBLE**2
        self._talking = min(_TALK, self._talking + 3) if talking else max(0, self._talking - 1)
        loud = _power(echo)
        self._learnt += loud > _AUDIBLE**2
        least = max(_PLAYER, _WARY * (1 - self._learnt / _FRESH))
        mine = share < least and loud > _FAINT**2
        sure = self._learnt > _FRESH // 3 and self._there > 0
        return Heard(cleaned * _QUIET if mine else cleaned, speech, 1 - share, sure)

    def _filter(self, block: Samples, delay: int, end: int) -> Samples:
        """The block that ends at index `end`, cleaned strictly and mildly, and the echo in it: (3, 512)."""
        sent = self._reference.get(end - BLOCK - delay + AHEAD, BLOCK)
        steps = [self._path.step(sent[k : k + STEP], block[k : k + STEP]) for k in range(0, BLOCK, STEP)]
        return np.concatenate(steps, axis=1)

    def _check(self, block: Samples, echo: Samples) -> None:
        """The delay has changed when the expected echo is not in what is heard."""
        self._expected = 0.7 * self._expected + float(echo @ echo)
        self._present = 0.7 * self._present + float(block @ echo)
        self._there = max(0, self._there - 1)
        # The sums hold 3.3 blocks: an echo that is barely audible in all of them is worth a judgement.
        if self._expected > 12 * BLOCK * _AUDIBLE**2:
            self._lost = self._present < _THERE * self._expected
            self._there = 0 if self._lost else _TALK


def _power(block: Samples) -> float:
    return float(np.mean(np.square(block)))
