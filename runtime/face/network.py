"""The learned face engine: lips from the sound alone, of any voice, as it comes.

A small recurrent network (see `training` and assets/face/card.md) hears log-mel frames and says how far the
mouth opens and spreads, and how likely lips, lip and teeth, or teeth touch. Contacts are then made whole by
the same rules as where the sounds are known: an average of faces would never close its lips.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]

from runtime.bundled import bundled
from runtime.face import ARKIT, AT, contact, features
from runtime.face.articulation import SETTLE
from runtime.face.coarticulation import segments
from runtime.face.visemes import CHANNELS
from runtime.types import Samples, Speech, Weights

STEP = 0.020
"""Seconds between two things that the network says."""

DELAY = 3
"""Steps: what it says at the end of step k, 20 (k + 1) ms, is true of 20 (k - DELAY) ms."""

LOOK_AHEAD = round((DELAY + 1) * STEP + 1 / features.BLOCKS, 3)
"""Seconds of sound after a frame that the frame depends on: the network's delay, the step after the frame,
and the rest of the block."""

SURE = {"lips": (0.25, 0.60), "lip_teeth": (0.30, 0.70), "teeth": (0.35, 0.75)}
"""Probability at which a contact begins to show, and at which it is whole."""

REST = (0.70, 0.95)
"""Probability of silence at which the mouth begins to close, and at which it is shut."""


def _spread() -> Weights:
    spread = np.zeros((len(CHANNELS), len(ARKIT)), np.float32)
    for row, name in enumerate(CHANNELS):
        for side in ("", "Left", "Right"):
            if name + side in AT:
                spread[row, AT[name + side]] = 1.0
    return spread


_NONE = np.zeros((0, len(ARKIT)), np.float32)
_WIDTH = len(CHANNELS)
_MOTION = np.array([1.0] * _WIDTH + [0.0] * len(SURE) + [1.0], np.float32)
_SPREAD = _spread()
_SURE = np.array(list(SURE.values()), np.float32).T


def shape(said: NDArray[np.float32]) -> Weights:
    """Weights, shape (steps, 52), of channels, contacts and rest as the network says them, (steps, 15)."""
    channels, contacts, rest = said[:, :_WIDTH], said[:, _WIDTH:-1], said[:, -1:]
    awake = 1 - _sure(rest, *REST)
    face: Weights = np.maximum(np.minimum(channels * awake, 1), 0) @ _SPREAD
    lips, lip_teeth, teeth = (_sure(contacts, *_SURE) * awake).T
    contact.press(face, lips, lip_teeth, teeth)
    return face


def _sure(probability: Weights, low: Any, high: Any) -> Weights:
    share = np.maximum(np.minimum((probability - low) / (high - low), 1), 0)  # np.clip takes thrice as long
    eased: Weights = share * share * (3 - 2 * share)
    return eased


def _between(rows: Weights, places: list[float]) -> Weights:
    """Rows at places between them, by straight lines."""
    shares = np.zeros((len(places), len(rows)), np.float32)
    for number, place in enumerate(places):
        low = int(place)
        shares[number, low] = 1 - (place - low)
        if place > low:
            shares[number, low + 1] = place - low
    return shares @ rows


class FaceStream:
    """One voice and its mouth, as the voice comes. Not thread-safe; any number of them share a `Network`.

    How the samples are cut makes no difference to the frames, to the last bit.
    """

    def __init__(self, session: Any, state: dict[str, Any], rate: int, fps: int, guess: bool) -> None:
        if not 1 <= fps <= 240:
            raise ValueError(f"{fps} frames a second: choose between 1 and 240")
        self._session, self._state, self._guess = session, state, guess
        self._front = features.FrontEnd(rate)
        self.rate, self.fps = rate, fps
        self._heard = self._given = 0
        self._step, self._last = -1, np.zeros((1, len(ARKIT)), np.float32)
        """The number of the last step, and the mouth in it."""

    def push(self, samples: Samples) -> Weights:
        """Frames that became known with `samples`, shape (k, 52), k may be 0. Samples are in [-1, 1].

        Raises ValueError for anything but one row of finite numbers.
        """
        sound = np.asarray(samples, np.float32)
        if sound.ndim != 1 or not np.isfinite(sound).all():
            raise ValueError(f"one channel of finite samples, please, not an array of shape {sound.shape}")
        self._heard += len(sound)
        return self._frames(sound)

    def finish(self) -> Weights:
        """The frames that are left, so that there are ceil(seconds * fps) in all. Push nothing after it."""
        wanted = -(-self._heard * self.fps // self.rate)
        quiet = np.zeros(self.rate // features.BLOCKS, np.float32)
        found = [_NONE]
        while self._given < wanted:
            room = wanted - self._given
            found.append(self._frames(quiet)[:room])
        return np.concatenate(found)

    def _frames(self, sound: Samples) -> Weights:
        mel = self._front.push(sound)
        blocks = [self._block(mel[k : k + features.HOPS]) for k in range(0, len(mel), features.HOPS)]
        return blocks[0] if len(blocks) == 1 else np.concatenate([_NONE, *blocks])

    def _block(self, mel: features.Frames) -> Weights:
        """The frames up to the end of a block, by straight lines between the steps of the network."""
        said, *state = self._session.run(None, {"mel": mel[None], **self._state})
        self._state = dict(zip(self._state, state, strict=True))
        rows = np.concatenate([self._last, shape(said if self._guess else said * _MOTION)])
        self._last = rows[-1:]
        last, places = len(rows) - 1, []
        self._step += last
        while (at := self._given / (STEP * self.fps) + DELAY - self._step) <= 1e-9:
            places.append(min(last + at, last))
            self._given += 1
        return _between(rows, places)


class NetworkMouth:
    """The mouth of one reply: motion from the sound, contacts from the phones where the voice tells them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._left = np.zeros(len(ARKIT), np.float32)

    def follow(self, speech: Speech, times: NDArray[np.float64], fps: int) -> Weights:
        """The mouth at `times`, seconds of the clause, 1 / fps apart; shape (len(times), 52)."""
        if not len(times):
            return _NONE
        parts = segments(speech.phones, speech.seconds)
        told = len(parts) > 1
        stream = self._network.stream(speech.rate, fps, guess=not told)
        rest = np.zeros((1, len(ARKIT)), np.float32)
        rows = np.concatenate([stream.push(speech.audio), stream.finish(), rest])
        face = _between(rows, np.clip(times * fps, 0, len(rows) - 1).tolist())
        if told:
            contact.touch(face, parts, times, speech.seconds)
        handover = np.clip(1 - (times - times[0]) / SETTLE, 0, 1)
        eased = np.asarray(handover**2 * (3 - 2 * handover), np.float32)[:, None]
        handed: Weights = np.maximum(face + eased * (self._left - face[0]), 0)
        self._left = handed[-1]
        return handed


class Network:
    """The network, for any number of streams and threads: each stream keeps its own state."""

    look_ahead = LOOK_AHEAD

    def __init__(self, file: Path | None = None) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        graph = (file or bundled("assets") / "face" / "mouth.onnx").read_bytes()
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._begin = {
            one.name: np.zeros(one.shape, np.float32)
            for one in self._session.get_inputs()
            if one.name != "mel"
        }
        self._begin["context"][:] = features.SILENCE

    def stream(self, rate: int, fps: int = 60, *, guess: bool = True) -> FaceStream:
        """A mouth for sound of `rate` Hz; without `guess` its contacts are left to who knows the sounds.

        Raises ValueError for a rate or fps that cannot be followed.
        """
        return FaceStream(self._session, dict(self._begin), rate, fps, guess)

    def mouth(self) -> NetworkMouth:
        """A mouth for one reply."""
        return NetworkMouth(self)

    def close(self) -> None:
        """Nothing to let go of but memory."""
