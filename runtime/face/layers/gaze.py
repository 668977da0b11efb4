"""The layer of gaze: eyes jump to what is attended, heads follow, and now and then both look elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from runtime.face.layers.blinks import Blinks
from runtime.face.layers.body import CONVERGE, GAZE, HEAD, Body
from runtime.face.layers.direction import Target

CONTACT: Final = (0.9, 2.6)
"""Seconds on the face of the one attended, before the gaze goes to another part of it or away."""

AWAY: Final = (0.4, 1.2)
"""Seconds of a look aside in talk."""

LINGER: Final = {"rest": (1.2, 4.0), "thinking": (0.7, 1.8)}
"""Seconds of a look of a mind that is elsewhere."""

BEYOND: Final = 2.5
"""Metres to whatever it is that one looks at past the other."""

NOTICE: Final = 0.35
"""Share of looks that one who rests has for what there is to attend to."""

SACCADE: Final = (0.021, 0.0022)
"""Seconds of a jump, and for each degree of it (the main sequence, after Carpenter 1988)."""

SLOWER: Final = 3
"""By how much eyes turn towards each other more slowly than they jump."""

HEAD_LATER: Final = 0.04
"""Seconds by which a head sets off after the eyes."""

HEAD_SECONDS: Final = (0.30, 0.010)
"""Seconds of a turn of the head, and for each degree of it: peak speeds of 50 to 100 degrees a second."""

EYES_ALONE: Final = 10.0
"""Degrees that eyes go without the head. Below the mean of 18 to each side in Stahl (1999): a head that moves
is how a player sees, from afar, where a character looks."""

FOLLOW: Final = {True: 0.85, False: 0.45}
"""Share of what is beyond that the head takes over: for what is attended, and for a mere look aside."""

NECK: Final = (55.0, 28.0)
"""Degrees that a head turns and nods with ease."""

EYE_APART: Final = 0.0315
"""Metres from between the eyes to either: half of 63 mm (Dodgson 2004)."""


class _Glance(NamedTuple):
    target: Target
    seconds: float
    attended: bool


@dataclass(slots=True)
class Gaze:
    """Where the eyes are, jump by jump."""

    rng: np.random.Generator
    blinks: Blinks
    due: float = np.inf
    _told: tuple[str, Target] | None = None
    _wanted: bool = False
    """What is attended is looked at next, whatever chance says."""
    _attends: bool = False
    _side: float = 1.0
    _head: tuple[float, float] = (0.0, 0.0)
    _converged: float = 0.0

    def act(self, body: Body) -> None:
        """Look at the next thing."""
        at = self.due
        glance = self._next(body)
        self._wanted, self._attends = False, glance.attended
        self._look(at, glance, body)
        self.due = at + glance.seconds

    def turn(self, at: float, body: Body) -> None:
        """Look at once at what was pointed out, at whom one talks to, or away in thought."""
        told, before = (body.mode, body.look), self._told
        if told == before:
            return
        pointed = before is not None and body.look != before[1]
        self._told, self._wanted = told, pointed or body.mode in ("speaking", "listening")
        self._side = float(self.rng.choice((-1.0, 1.0)))
        if pointed or body.mode != "rest" or before is None:
            self.due = at  # one who comes to rest ends the look he is in

    def _next(self, body: Body) -> _Glance:
        if self._wanted:
            return self._contact(body)
        if body.mode == "thinking":
            return self._aside(body)
        if body.mode == "rest":
            return self._contact(body) if self.rng.random() < NOTICE else self._wander(body)
        leaves, returns = _chances(body)
        away = self.rng.random() < (leaves if self._attends else 1 - returns)
        return self._away(body) if away else self._contact(body)

    def _contact(self, body: Body) -> _Glance:
        """From eye to eye and mouth of a face 1.2 m away, in proportion where it is farther."""
        spread = min(body.settings.liveliness, 1.0) * min(1.2 / body.look.distance, 1.5)
        yaw, pitch = self.rng.normal(0, (1.2, 0.9)) * spread
        return _Glance(_beside(body.look, yaw, pitch), self.rng.uniform(*CONTACT), True)

    def _away(self, body: Body) -> _Glance:
        yaw, pitch = self.rng.choice((-1, 1)) * self.rng.uniform(6, 15), self.rng.uniform(-9, 5)
        return self._elsewhere(body, body.look.yaw + yaw, body.look.pitch + pitch, AWAY)

    def _aside(self, body: Body) -> _Glance:
        """Aside and up, mostly to the same side as long as the thought lasts."""
        self._side *= 1 if self.rng.random() < 0.9 else -1
        yaw, pitch = self._side * self.rng.uniform(9, 18), self.rng.uniform(5, 12)
        return self._elsewhere(body, body.look.yaw + yaw, body.look.pitch + pitch, LINGER["thinking"])

    def _wander(self, body: Body) -> _Glance:
        yaw, pitch = np.clip(self.rng.normal((0, -3), (14, 5)), (-32, -14), (32, 10))
        return self._elsewhere(body, yaw, pitch, LINGER["rest"])

    def _elsewhere(self, body: Body, yaw: float, pitch: float, stay: tuple[float, float]) -> _Glance:
        """The less lively, the nearer to what is attended; eyes that go farther than usual look shifty."""
        lively, look = min(body.settings.liveliness, 1.0), body.look
        target = _beside(look, (yaw - look.yaw) * lively, (pitch - look.pitch) * lively, BEYOND)
        return _Glance(target, self.rng.uniform(*stay), False)

    def _look(self, at: float, glance: _Glance, body: Body) -> None:
        target = glance.target
        shift = (target.yaw - body.aim[0], target.pitch - body.aim[1])
        far = math.hypot(*shift)
        seconds = SACCADE[0] + SACCADE[1] * min(far, 60)
        inwards = math.degrees(math.atan(EYE_APART / target.distance))
        body.motion.move(at, seconds, GAZE, shift)
        body.motion.move(at, SLOWER * seconds, CONVERGE, inwards - self._converged)
        body.aim, self._converged = (target.yaw, target.pitch), inwards
        self._turn_head(at, glance, body)
        self.blinks.go_along(at, far, body)

    def _turn_head(self, at: float, glance: _Glance, body: Body) -> None:
        share = FOLLOW[glance.attended]
        yaw, pitch = (
            math.copysign(min(max(abs(angle) - EYES_ALONE, 0) * share, most), angle)
            for angle, most in zip((glance.target.yaw, glance.target.pitch), NECK, strict=True)
        )
        turn = (yaw - self._head[0], pitch - self._head[1], 0.0)
        if any(turn):
            seconds = HEAD_SECONDS[0] + HEAD_SECONDS[1] * math.hypot(*turn)
            body.motion.move(at + HEAD_LATER, seconds, HEAD, turn)
            self._head = (yaw, pitch)


def _beside(target: Target, yaw: float, pitch: float, distance: float | None = None) -> Target:
    yaw, pitch = float(np.clip(target.yaw + yaw, -180, 180)), float(np.clip(target.pitch + pitch, -90, 90))
    return Target(yaw, pitch, distance or target.distance)


def _chances(body: Body) -> tuple[float, float]:
    """How likely a look at the other is followed by one away, and one away by one back.

    Contact so has its share of the time: the mean looks of a chain of two states.
    """
    share = body.settings.eye_contact
    if body.mode == "listening":
        share = 1 - (1 - share) / 4  # listeners look far more than speakers (Argyle and Cook 1976)
    odds = sum(CONTACT) / sum(AWAY) * (1 - share) / share
    return min(odds, 1.0), min(1 / max(odds, 1e-9), 1.0)
