"""Gestures of the hands: palm, wave, thumbs, pointing. Each is told once. No clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from runtime.perception import hands
from runtime.perception.filters import Settled
from runtime.perception.gaze import apart
from runtime.perception.noticed import Noticed
from runtime.perception.observation import Hand, Position
from runtime.perception.swings import Track, run, swings

_HELD = 0.35
"""Seconds that a shape is held: hands pass through shapes as they open, in a tenth of a second or two."""
_OVER = 0.6
"""Seconds without the shape, before the same is a new gesture: trackers lose moving hands for as long."""
_WINDOW, _GAP = 2.0, 0.6
"""Seconds in which a wave goes to and fro, and without the hand after which it is another."""
_STEP, _WIDTH = 0.15, 0.45
"""In lengths of the palm: noise, and the least that a wave swings. A hand that is held up stays within
0.2."""
_SLOWEST, _REST = 0.7, 0.3
"""Seconds of one swing of a wave, and of rest between two."""
_STILL = 1.2
"""Lengths of the palm each second above which a palm is on its way, or waves."""
_MEANT = 20.0
"""Degrees from a thing within which it is pointed at: one's arm errs by 10 (Herbort and Kunde 2016, "Spatial
(mis-)interpretation of pointing gestures", JEP: Human Perception and Performance 42)."""
_PALM = 0.09
"""Metres of a grown-up's palm from the wrist to the knuckle of the middle finger."""
_TALL = 0.9
"""Height of the picture in metres for each metre of distance: webcams see 55 to 75 degrees across."""


class Gesture:
    """Watches the hands; the one that gestures counts."""

    def __init__(self) -> None:
        self.places: Mapping[str, Position] = {}
        """Where the player sees each thing."""
        self._shape = Settled("", _HELD)
        self._track = Track(_WINDOW, _GAP)
        self._waved = -math.inf

    def seen(self, found: tuple[Hand, ...], now: float) -> list[Noticed]:
        """What the hands begin to do."""
        shapes = [(hand, hands.shape(hand)) for hand in found]
        hand, shape = next(((hand, shape) for hand, shape in shapes if shape), (None, ""))
        if hand is not None and shape == "palm":
            if self._waves(hand, now):
                return [Noticed("gesture", "wave", now, 0.9)]
            if self._moves(now):
                shape = self._shape.state  # on its way: what it will be is not known yet
        changed = self._shape(shape, now, wait=_HELD if shape else _OVER)
        return self._made(hand, shape, now) if changed and hand is not None else []

    def _made(self, hand: Hand, shape: str, now: float) -> list[Noticed]:
        if not shape or (shape == "palm" and now - self._waved < _OVER):
            return []
        target = self._target(hand) if shape == "point" else ""
        return [Noticed("gesture", shape, now, max(0.8, hand.score), target=target)]

    def _waves(self, hand: Hand, now: float) -> bool:
        """Whether an open hand begins to wave with this."""
        size = max(hands.length(hand.points), 1e-6)
        x, y = hand.points[:, 0].mean() / size, hand.points[:, 1].mean() / size
        self._track.add(now, float(x), float(y))
        found = swings(list(self._track.times), self._track.column(0), _STEP)
        waving = len(run(found, _WIDTH, _SLOWEST, _REST)) >= 3
        again = now - self._waved < _WINDOW
        if waving:
            self._waved = now
        return waving and not again

    def _moves(self, now: float) -> bool:
        """Whether the palm has gone some way in the last quarter of a second."""
        since = [at for at in self._track.times if now - at <= 0.25]
        x, y = (self._track.column(index)[-len(since) :] for index in (0, 1))
        way = math.dist((x[0], y[0]), (x[-1], y[-1]))
        return now - self._waved < _OVER or way > _STILL * max(since[-1] - since[0], 0.06)

    def _target(self, hand: Hand) -> str:
        """The thing that lies nearest to the line of the finger, or empty."""
        away = _PALM / max(hands.length(hand.points), 1e-3) / _TALL
        x, y = hand.points[5, :2]
        at = np.array([-x * _TALL * away, -y * _TALL * away, away])
        ray = np.array(hands.pointing(hand.points))
        offs = {id: apart(ray, np.subtract(place, at)) for id, place in self.places.items()}
        near = min(offs, key=lambda id: offs[id], default="")
        return near if near and offs[near] <= _MEANT else ""
