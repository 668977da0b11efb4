"""A face that lives: all layers on one clock, over the mouth of whatever speaks through it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from copy import deepcopy
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT, POSE
from runtime.face.layers import direction, eyes, lips
from runtime.face.layers.blinks import Blinks
from runtime.face.layers.body import BEAT, CONVERGE, GAZE, HEAD, LIDS, SWAY, TALK, Body, Layer
from runtime.face.layers.direction import Direction, Target, Times
from runtime.face.layers.expression import Expression
from runtime.face.layers.fixation import Fixation
from runtime.face.layers.gaze import Gaze
from runtime.face.layers.gestures import Beats, Nods
from runtime.face.layers.settings import FaceSettings
from runtime.face.layers.sway import Energy, Sway
from runtime.types import Pose, Weights

BEFORE: Final = 4.0
"""Seconds it has lived when its clock begins, so that the first look and blink come at no special time."""


class Life:
    """The life of one face, from second 0 on. Ask for its frames in the order of time.

    The same seed, settings, directions and stresses give the same life, at any frame rate and however its
    time is cut into requests. Not for two threads at once.
    """

    def __init__(
        self, seed: int, settings: FaceSettings | None = None, mode: direction.Mode = "speaking"
    ) -> None:
        rngs = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(7)]
        self._body = Body(settings or FaceSettings(), mode)
        blinks = Blinks(rngs[0], -BEFORE + rngs[0].uniform(0, 3))
        self._beats = Beats(rngs[1])
        self._layers: list[Layer] = [
            *(Expression(rngs[2]), Gaze(rngs[3], blinks), blinks),
            *(Fixation(rngs[4], -BEFORE), Nods(rngs[5]), self._beats),
        ]
        self._sway, self._energy = Sway(rngs[6]), Energy()
        self._fit = lips.Fit(self._body.settings.gains, self._body.settings.offsets)
        self._ahead: list[Direction] = [direction.checked(-BEFORE, None, 1.0, None, mode)]
        self._asked, self._zero = -BEFORE, 0.0

    def direct(
        self,
        at: float,
        *,
        emotion: str | Mapping[str, float] | None = None,
        intensity: float = 1.0,
        look: Target | tuple[float, float] | None = None,
        mode: direction.Mode | None = None,
    ) -> None:
        """From second `at` on feel, look or behave so; what is None stays. Raises ValueError.

        `emotion` replaces what was felt: one of EMOTIONS at `intensity`, or several with a share each, all in
        [0, 1]; "neutral" leaves the mood. `look` is a Target or its (yaw, pitch) in degrees; PLAYER is
        straight ahead. A direction for a time already asked for counts from the first frame not yet made.
        Direct "speaking" `expression.TAKE_OVER` seconds before the first sound where that is known.
        """
        told = direction.checked(max(at + self._zero, self._asked), emotion, intensity, look, mode)
        insort(self._ahead, told, key=attrgetter("at"))

    def perform(
        self,
        times: Times,
        mouth: Weights | None = None,
        stresses: Sequence[float] = (),
        loud: NDArray[np.float32] | None = None,
    ) -> tuple[Weights, Pose]:
        """Face and pose at `times`, seconds, increasing from those of the call before on. Raises ValueError.

        `mouth`, shape (frames, 52), is what the speech asks for; None where nothing is said. `stresses` are
        the middles of stressed vowels, seconds of this life, in order; tell each `gestures.LEAD` ahead, once
        or again. `loud`, shape (frames,), is the loudness of the speech in [0, 1].
        """
        if not len(times):
            return np.zeros((0, len(ARKIT)), np.float32), np.zeros((0, len(POSE)), np.float32)
        times = times + self._zero
        if times[0] < self._asked or times[-1] < times[0]:
            come, asked = self._asked - self._zero, times.min() - self._zero
            raise ValueError(f"this life has come to second {come:.3f}; {asked:.3f} is past")
        _fits("mouth", mouth, (len(times), len(ARKIT)))
        _fits("loud", loud, (len(times),))
        self._beats.tell([stress + self._zero for stress in stresses], self._asked)
        self._live(float(times[-1]))
        return self._shape(times, mouth, self._energy(times, loud))

    def fork(self, second: float = 0.0) -> Life:
        """Another life that goes on alike from here; its second 0 is `second` of this one.

        For what is made ahead and may never be seen, on a clock of its own: keep one from before a clause,
        and when the player breaks in, perform it up to what was shown and direct it from there.
        """
        other = deepcopy(self)
        other._zero += second
        return other

    def _live(self, until: float) -> None:
        """Everything that is due, in the order of time; what was directed before what happens by itself."""
        while True:
            layer = min(self._layers, key=attrgetter("due"))
            if self._ahead and self._ahead[0].at <= min(layer.due, until):
                self._turn(self._ahead.pop(0))
            elif layer.due <= until:
                layer.act(self._body)
            else:
                break
        self._asked = until

    def _turn(self, told: Direction) -> None:
        body = self._body
        body.feelings = body.feelings if told.feelings is None else told.feelings
        body.look = told.look or body.look
        body.mode = told.mode or body.mode
        for layer in self._layers:
            layer.turn(told.at, body)

    def _shape(
        self, times: Times, mouth: Weights | None, energy: float | NDArray[np.float64]
    ) -> tuple[Weights, Pose]:
        body = self._body
        motion, face = body.motion(times), body.features(times)
        size = motion[:, SWAY] * energy
        unasked = motion[:, BEAT] + body.settings.liveliness * self._sway.drift(times)
        head = motion[:, HEAD] + unasked * size[:, None]
        head[:, 1] += self._sway.breath(times)
        looking = eyes.angles(motion[:, GAZE], head, motion[:, CONVERGE])
        talk = motion[:, TALK : TALK + 1]
        lips.give_way(face, talk)
        closed = talk if mouth is None else 1 - lips.speak(face, mouth.astype(np.float64))
        eyes.look(face, looking, motion[:, LIDS])
        if self._fit.any:
            self._fit.apply(face, closed)
        np.minimum(np.maximum(face, 0, out=face), 1, out=face)
        return face.astype(np.float32), np.concatenate([head, looking], 1, dtype=np.float32)


def _fits(name: str, array: NDArray[np.float32] | None, shape: tuple[int, ...]) -> None:
    if array is not None and array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; for {shape[0]} times it must be {shape}")
