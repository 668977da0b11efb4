"""How the player holds themselves: leaning in, turned away, hands up. No clock."""

from __future__ import annotations

import math

from runtime.perception.filters import Hysteresis, Settled
from runtime.perception.noticed import Noticed
from runtime.perception.observation import Observation, Points

_LEANS, _BACK = 0.12, 0.06
"""Metres nearer than usual from which on somebody leans in, and below which they no longer do: an upright
torso of half a metre that leans by 15 and by 7 degrees."""
_USUAL = 20.0
"""Seconds over which the usual distance is a mean. One who stays that near just sits nearer."""
_TURNED, _FACES = 48.0, 40.0
"""Degrees of the head's yaw, as it is measured: beyond what one turns to look at a second screen (Stahl 2001,
40 to 50). Landmarkers fall short where half of the face is hidden: photographs in profile measure 53."""
_UP, _DOWN = 0.1, -0.1
"""How far both wrists are above the nose, in widths of the shoulders."""
_LASTS = 0.6
"""Seconds that a posture lasts; what is shorter is a movement."""
_SURE = 0.5
"""Visibility from which on a landmark of the body counts."""
_NOSE, _EARS, _SHOULDERS, _WRISTS = 0, (7, 8), (11, 12), (15, 16)


class Posture:
    """The posture of head and trunk."""

    def __init__(self) -> None:
        self._state = Settled("upright", _LASTS)
        self._leans = Hysteresis(_LEANS, _BACK)
        self._turned = Hysteresis(_TURNED, _FACES)
        self._up = Hysteresis(_UP, _DOWN)
        self._usual = math.nan
        self._at = math.nan

    @property
    def state(self) -> str:
        """`upright`, `leaning_in`, `turned_away` or `hands_up`."""
        return self._state.state

    def told(self, state: str) -> None:
        """The client knows."""
        self._state = Settled(state, _LASTS)

    def seen(self, observed: Observation, now: float) -> list[Noticed]:
        """What changes with this."""
        if observed.body is not None and (level := _wrists(observed.body)) is not None:
            self._up(level)
        head = observed.head
        if head is not None:
            self._turned(abs(head.yaw))
            if head.position is not None:
                self._leans(self._nearer(math.dist(head.position, (0, 0, 0)), now))
        elif observed.body is not None:
            self._turned(180.0 if _aside(observed.body) else 0.0)
        changed = observed.anybody is not None and self._state(self._found(), now)
        return [Noticed("posture", self.state, now, 0.8)] if changed else []

    def _found(self) -> str:
        if self._up.high:
            return "hands_up"
        if self._turned.high:
            return "turned_away"
        return "leaning_in" if self._leans.high else "upright"

    def _nearer(self, distance: float, now: float) -> float:
        """Metres nearer than usual."""
        if math.isnan(self._usual):
            self._usual, self._at = distance, now
        share = 1 - math.exp(-max(0.0, now - self._at) / _USUAL)
        self._usual, self._at = self._usual + share * (distance - self._usual), max(now, self._at)
        return self._usual - distance


def _aside(body: Points) -> bool:
    """Whether a body without a face shows its side or back; the face may also be too far away to be found."""
    left, right = body[list(_EARS), 0]
    profile = not min(left, right) < body[_NOSE, 0] < max(left, right)
    return profile or bool(body[_SHOULDERS[0], 0] < body[_SHOULDERS[1], 0])


def _wrists(body: Points) -> float | None:
    """How far the lower wrist is above the nose, in widths of the shoulders; None where they are not seen."""
    if body[[_NOSE, *_SHOULDERS, *_WRISTS], 3].min() < _SURE:
        return None
    left, right = body[list(_SHOULDERS)]
    wide = max(float(math.dist(left[:2], right[:2])), 0.05)  # of one who stands sideways
    return (float(body[_NOSE, 1]) - float(body[list(_WRISTS), 1].max())) / wide
