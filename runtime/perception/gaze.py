"""What does the player look at? No clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT
from runtime.perception.filters import OneEuro, Settled
from runtime.perception.noticed import Noticed
from runtime.perception.observation import Head, Observation, Position, eyes

_AT, _OFF = 12.0, 18.0
"""Degrees from a thing within which it is looked at, and beyond which it no longer is. Gaze from one camera
is wrong by 4 to 8 degrees (Zhang et al. 2019, "MPIIGaze", PAMI 41)."""
_LANDS, _LEAVES = 0.25, 0.5
"""Seconds on a thing, as short as a fixation is; and off it, longer than glances while one thinks of a
word."""
_SHUT = 0.5
"""eyeBlink from which on the eyes say nothing of where they look: lids drag eyeLookDown along."""
_STILL, _SPEED = 1.5, 0.05
"""Smoothing of the angles: hertz at rest, and more for each degree a second."""
_NOWHERE = 0.6
"""Metres of a head whose place is not known: that of one who sits at a screen."""
_ATTENDS = 2.0
"""Seconds over which attention is a mean: about one look at the other and back."""


class Gaze:
    """Where the eyes rest, among the character and things whose places are known."""

    def __init__(self, npc: str) -> None:
        self.npc = npc
        """Whose eyes the camera stands for."""
        self.places: Mapping[str, Position] = {}
        """Where the player sees each thing, as in `Head.position`: on a screen that is a place of the
        screen."""
        self.attentive = 0.0
        """Share of the last seconds in which the player looked at the character, 0 to 1."""
        self.pitch: float | None = None
        """Of the eyes in the world, degrees, unsmoothed; None where it cannot be seen."""
        self.known = False
        """Whether any look has been seen or told."""
        self._target: Settled[str] = Settled("", _LANDS)
        self._angles = OneEuro(_STILL, _SPEED)
        self._at = -math.inf

    @property
    def target(self) -> str:
        """The id of what is looked at, or empty."""
        return self._target.state

    def seen(self, observed: Observation, now: float) -> list[Noticed]:
        """What changes with this. A blink changes nothing."""
        if observed.head is None:
            self.pitch = None
            return self._settle("", 0.5, now) if observed.anybody is not None else []
        self.known = True
        yaw, pitch, open_ = _direction(observed.head, observed)
        self.pitch = pitch if open_ and observed.weights is not None else None
        if not open_:
            return self._settle(self.target, 1.0, now)
        yaw, pitch = (float(angle) for angle in self._angles([yaw, pitch], now))
        found, off = self._nearest(observed.head.position or (0.0, 0.0, _NOWHERE), yaw, pitch)
        return self._settle(found, max(0.5, 1 - off / 2 / _OFF), now)

    def passed(self, now: float) -> None:
        """No look at the player has come: attention fades."""
        self._attend(now)

    def told(self, target: str) -> None:
        """The client knows."""
        self.known = True
        self._target = Settled(target, _LANDS)

    def _settle(self, found: str, confidence: float, now: float) -> list[Noticed]:
        self._attend(now)
        if not self._target(found, now, wait=_LANDS if found else _LEAVES):
            return []
        return [Noticed("gaze", found, now, round(confidence, 2))]

    def _attend(self, now: float) -> None:
        step = min(now - self._at, _ATTENDS) if self._at > -math.inf else 0.0
        self._at = now
        share = 1 - math.exp(-max(0.0, step) / _ATTENDS)
        self.attentive += share * ((self.target == self.npc) - self.attentive)

    def _nearest(self, head: Position, yaw: float, pitch: float) -> tuple[str, float]:
        """The thing nearest to the line of sight, and its degrees off; what is looked at has an advantage."""
        sight = _ray(yaw, pitch)
        things = {self.npc: (0.0, 0.0, 0.0), **self.places}
        offs = {id: apart(sight, np.subtract(place, head)) for id, place in things.items()}
        near = min(offs, key=lambda id: offs[id] - (_OFF - _AT) * (id == self.target))
        return (near, offs[near]) if offs[near] <= (_OFF if near == self.target else _AT) else ("", _OFF)


def _direction(head: Head, observed: Observation) -> tuple[float, float, bool]:
    """Yaw and pitch of the eyes in the world, and whether they are open; of the head where no eyes are
    seen."""
    weights = observed.weights
    if weights is None:
        return head.yaw, head.pitch, True
    left_yaw, left_pitch, right_yaw, right_pitch = eyes(weights)
    shut = min(weights[AT["eyeBlinkLeft"]], weights[AT["eyeBlinkRight"]]) > _SHUT
    return head.yaw + (left_yaw + right_yaw) / 2, head.pitch + (left_pitch + right_pitch) / 2, not shut


def _ray(yaw: float, pitch: float) -> NDArray[np.float64]:
    """The line of sight in the character's terms: the player's left is its right, and ahead is back to it."""
    across = math.cos(math.radians(pitch))
    side, ahead = math.sin(math.radians(yaw)) * across, math.cos(math.radians(yaw)) * across
    return np.array([-side, math.sin(math.radians(pitch)), -ahead])


def apart(ray: NDArray[np.float64], way: NDArray[np.float64]) -> float:
    """Degrees between two directions."""
    length = float(np.linalg.norm(way))
    return math.degrees(math.acos(max(-1.0, min(1.0, float(ray @ way) / length)))) if length else 0.0
