"""Is anybody there, and how near? No clock."""

from __future__ import annotations

import math

from runtime.perception.filters import LOST, OneEuro, Settled
from runtime.perception.noticed import Noticed
from runtime.perception.observation import Observation, Position

ZONES = (("close", 0.45), ("near", 1.2), ("across", 3.6), ("far", math.inf))
"""Metres up to which each reaches: the intimate, personal, social and public distance of Hall 1966, "The
Hidden Dimension"."""
_KEEPS = 0.1
"""Share of its reach by which a zone must be left: someone on its border sways by a few centimetres."""
_COMES, _LEAVES = 0.4, 2.0
"""Seconds for which somebody is seen, or is not. A face that turns away is lost for a second at a time."""
_STAYS = 0.4
"""Seconds in another zone."""
_STILL, _SPEED = 0.8, 3.0
"""Smoothing of the place: hertz at rest, and more for each metre a second."""


def zone(distance: float, was: str = "") -> str:
    """The zone of a distance in metres; `was` is the one before."""
    if was:
        reach = dict(ZONES)[was]
        below = max((far for _, far in ZONES if far < reach), default=0.0)
        if below * (1 - _KEEPS) <= distance <= reach * (1 + _KEEPS):
            return was
    return next(name for name, reach in ZONES if distance <= reach)


class Presence:
    """Comings, goings, and where the player's head is."""

    def __init__(self) -> None:
        self.position: Position | None = None
        """Metres, as in `Head.position`; None where nobody is."""
        self._present = Settled(False, _COMES)
        self._zone = Settled("", _STAYS)
        self._place = OneEuro(_STILL, _SPEED)
        self._seen_at = -math.inf
        self._known = False

    @property
    def state(self) -> bool | None:
        """Whether somebody is there; None as long as nothing is known."""
        return self._present.state if self._known else None

    def seen(self, observed: Observation, now: float) -> list[Noticed]:
        """What changes with this."""
        self._known |= observed.anybody is not None
        if observed.anybody or (observed.anybody is False and self._seen_at > now):
            self._seen_at = now
        noticed = self.passed(now) if observed.anybody is not None else []
        if observed.head is not None and observed.head.position is not None:
            x, y, z = self._place([*map(float, observed.head.position)], now)
            self.position = (float(x), float(y), float(z))
            noticed += self._moved(math.dist(self.position, (0, 0, 0)), now)
        return noticed

    def told(self, present: bool, now: float) -> list[Noticed]:
        """The client knows; until a camera says otherwise."""
        changed = present is not self.state and (present or self._known)
        self._known, self._present = True, Settled(present, _COMES)
        self._seen_at = math.inf if present else -math.inf  # it does not end because no frame comes
        return self._changed(present, now, 1.0) if changed else []

    def stands(self, distance: float, now: float) -> list[Noticed]:
        """The client knows how far away the player is, in metres."""
        x, y, z = self.position or (0.0, 0.0, 1.0)
        scale = distance / max(math.dist((x, y, z), (0, 0, 0)), 1e-3)
        self.position = (x * scale, y * scale, z * scale)
        found = zone(distance, self._zone.state)
        if found == self._zone.state:
            return []
        self._zone = Settled(found, _STAYS)
        return [Noticed("distance", found, now)]

    def passed(self, now: float) -> list[Noticed]:
        """What changes because time has passed: nobody is seen for too long, or no frame has come."""
        here = now - self._seen_at < (_LEAVES if self._present.state else LOST)
        changed = self._present(here, now, wait=_COMES if here else 0)
        return self._changed(here, now, 0.9) if changed else []

    def _changed(self, here: bool, now: float, confidence: float) -> list[Noticed]:
        if not here:
            self.position = None
            self._zone = Settled("", _STAYS)
        return [Noticed("presence", "came" if here else "left", now, confidence)]

    def _moved(self, distance: float, now: float) -> list[Noticed]:
        before = self._zone.state
        found = zone(distance, before)
        if not self._present.state or not self._zone(found, now, wait=_STAYS if before else 0):
            return []
        return [Noticed("distance", found, now, 0.8)]
