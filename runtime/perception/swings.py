"""To and fro: the swings of a head that nods or of a hand that waves. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Swing(NamedTuple):
    """A movement from one turning point to the next."""

    begin: float
    """Seconds: the last moment near where it set out from."""
    end: float
    """Seconds: the first moment near where it came to."""
    size: float
    """How far, with its sign."""


def swings(times: Sequence[float], values: Sequence[float], step: float) -> list[Swing]:
    """The swings of more than `step` in these values, in order; the last may be under way."""
    turns = _turns(values, step)
    return [_swing(times, values, a, b, step) for a, b in pairwise(turns)]


def _turns(values: Sequence[float], step: float) -> list[int]:
    """Where the values turn: extremes that are left by more than `step`, and the last one so far."""
    turns: list[int] = []
    low = high = 0
    way = 0
    for at, value in enumerate(values):
        if value >= values[high]:
            high = at
        if value <= values[low]:
            low = at
        if way >= 0 and values[high] - value > step:
            turns.append(high)
            way, low = -1, at
        elif way <= 0 and value - values[low] > step:
            turns.append(low)
            way, high = 1, at
    return [*turns, high if way > 0 else low] if way else turns


def _swing(times: Sequence[float], values: Sequence[float], a: int, b: int, step: float) -> Swing:
    """Without the rest at either end, which noise puts the extremes into anywhere."""
    leave = max(at for at in range(a, b + 1) if abs(values[at] - values[a]) <= step)
    reach = min(at for at in range(leave, b + 1) if abs(values[at] - values[b]) <= step or at == b)
    return Swing(times[leave], times[reach], values[b] - values[a])


class Track:
    """The latest values of a few quantities, as far back as a gesture may begin."""

    def __init__(self, seconds: float, gap: float) -> None:
        """`gap`: seconds without a value after which what was before is forgotten."""
        self._seconds, self._gap = seconds, gap
        self.times: deque[float] = deque()
        self._rows: deque[tuple[float, ...]] = deque()

    def add(self, now: float, *values: float) -> None:
        """One more row; times that go back are left out."""
        if self.times and now - self.times[-1] > self._gap:
            self.clear()
        if self.times and now <= self.times[-1]:
            return
        self.times.append(now)
        self._rows.append(values)
        while now - self.times[0] > self._seconds:
            self.times.popleft()
            self._rows.popleft()

    def column(self, index: int) -> list[float]:
        """One quantity over time."""
        return [row[index] for row in self._rows]

    def clear(self) -> None:
        """Forget all."""
        self.times.clear()
        self._rows.clear()


def run(found: Sequence[Swing], least: float, longest: float, hold: float) -> list[Swing]:
    """The swings up to the last that follow one another at once: each of `least` or more, in at most
    `longest` seconds, at most `hold` after the one before."""
    kept: list[Swing] = []
    for swing in reversed(found):
        late = bool(kept) and kept[0].begin - swing.end > hold
        if abs(swing.size) < least or swing.end - swing.begin > longest or late:
            break
        kept.insert(0, swing)
    return kept
