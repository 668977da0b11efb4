"""Nods and shakes of the head, from its angles. No clock.

Both are swings that follow one another without a rest, which tells them from a look aside or down and back
(as in Kawato and Ohya 2000, "Real-time detection of nodding and head-shaking by directly detecting and
tracking the between-eyes", FG). Listeners nod at 0.2 to 7 Hz, mostly at 1 to 4 (Hadar, Steiner and Rose 1985,
"Head movement during listening turns in conversation", Journal of Nonverbal Behavior 9).
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

from runtime.perception.swings import Swing, Track, run, swings

Sign: TypeAlias = Literal["nod", "shake"]

_STEP = 2.0
"""Degrees below which a movement is none: four times the noise of a tracked head (0.5 degrees)."""
_WINDOW = 2.2
"""Seconds: three swings at the slowest."""
_GAP = 0.35
"""Seconds without a head in which a whole swing may be lost."""
_LONGEST = 0.65
"""Seconds of one swing; slower movements are looks and leans."""
_HOLD = 0.22
"""Seconds of rest between two swings: a look aside fixates for longer (0.25 s and more)."""
_ONCE, _OFTEN, _SHAKE = 7.0, 4.5, 6.0
"""Degrees of a swing: of a single nod, of one that goes on, of a shake. Heads beat time to their own speech
with 1 to 3 degrees."""
_WIDEST = 75.0
"""Degrees of a swing beyond which somebody looks round."""
_ALIKE = 0.5
"""A single nod comes back at least this much of its way."""
_OWN = 1.6
"""How many times as much a nod moves in pitch as in yaw, and a shake the other way round."""
_ALONG = 1.2
"""How many times as far as the head the eyes go in a look down."""
_QUIET = 0.8
"""Seconds without swings after which the next sign is another one."""
_YAW, _PITCH, _GAZE = 0, 1, 2


class Signed(NamedTuple):
    """A sign that was made."""

    sign: Sign
    confidence: float
    """0 to 1."""
    begin: float
    """Seconds: its first movement."""
    end: float
    """Seconds: its last so far."""


class Nods:
    """Finds each nod and shake once, as soon as it is plain."""

    def __init__(self) -> None:
        self._track = Track(_WINDOW, _GAP)
        self._last_end = -math.inf

    def seen(self, yaw: float, pitch: float, gaze: float | None, now: float) -> Signed | None:
        """The head at `now`, in degrees. `gaze` is the pitch of the eyes in the world, where it is known:
        eyes stay where they are in a nod, and go along in a look down."""
        self._track.add(now, yaw, pitch, pitch / 2 if gaze is None else gaze)
        signed = self._nod() or self._shake()
        if signed is None:
            return None
        known = signed.begin < self._last_end + _QUIET
        self._last_end = max(self._last_end, signed.end)
        return None if known else signed

    def _nod(self) -> Signed | None:
        found = self._swings(_PITCH)
        often = run(found, _OFTEN, _LONGEST, _HOLD)
        if len(often) >= 3:
            return self._judged("nod", often)
        once = run(found, _ONCE, _LONGEST, _HOLD)[-2:]
        back = len(once) == 2 and once[0].size < 0 and abs(once[1].size) >= _ALIKE * abs(once[0].size)
        if not back or self._span(_GAZE, once) > _ALONG * self._span(_PITCH, once):
            return None
        return self._judged("nod", once)

    def _shake(self) -> Signed | None:
        turns = run(self._swings(_YAW), _SHAKE, _LONGEST, _HOLD)
        wide = max((abs(swing.size) for swing in turns), default=0.0)
        return self._judged("shake", turns) if len(turns) >= 3 and wide < _WIDEST else None

    def _judged(self, sign: Sign, found: list[Swing]) -> Signed | None:
        """The plainer the axis and the more swings, the surer."""
        own, other = (_PITCH, _YAW) if sign == "nod" else (_YAW, _PITCH)
        plain = self._span(own, found) / max(_OWN * self._span(other, found), 1e-6)
        if plain < 1:
            return None
        sure = min(1.0, 0.5 + 0.1 * (len(found) - 1) + 0.15 * min(plain - 1, 2.0))
        return Signed(sign, round(sure, 2), found[0].begin, found[-1].end)

    def _swings(self, column: int) -> list[Swing]:
        return swings(list(self._track.times), self._track.column(column), _STEP)

    def _span(self, column: int, found: list[Swing]) -> float:
        """How far one quantity goes while these swings last."""
        begin, end = found[0].begin, found[-1].end
        rows = zip(self._track.times, self._track.column(column), strict=True)
        values = [value for at, value in rows if begin <= at <= end]
        return max(values) - min(values)
