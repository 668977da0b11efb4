"""What clients hold: a stream of audio, and the mouth of a reply."""

from __future__ import annotations

import math

import numpy as np
import soxr
from numpy.typing import NDArray

from runtime.face.audio2face.voice import Model, Voice
from runtime.types import Samples, Speech, Weights

RATES = (8000, 192000)
"""Hertz: below, there is no speech left to follow; above, something else is meant than audio."""


class FaceStream:
    """A stream of audio turned into frames. The same audio gives the same frames, however it is cut."""

    def __init__(
        self, model: Model, emotion: NDArray[np.float32], rate: int, fps: int, network_fps: int
    ) -> None:
        _check(rate, fps)
        self._voice = Voice(model, emotion, network_fps or fps)
        self._rate, self._fps = rate, fps
        wanted = model.network.rate
        self._resample = soxr.ResampleStream(rate, wanted, 1, "float32") if rate != wanted else None
        self._samples = self._frames = 0
        self._done = False

    def push(self, samples: Samples) -> Weights:
        """Take samples in [-1, 1], shape (n,), any n; give the frames that became known, shape (k, 52)."""
        if self._done:
            raise RuntimeError("the stream is finished; begin another one for the next audio")
        sound = _mono(samples)
        self._samples += len(sound)
        self._voice.heard.append(self._resample.resample_chunk(sound) if self._resample else sound)
        self._voice.advance()
        ready = math.floor((self._voice.count - 1) * self._fps / self._voice.fps) + 1
        return self._until(min(ready, self._total()))

    def finish(self) -> Weights:
        """The rest, silence following; ceil(seconds * fps) frames in all."""
        if self._done:
            raise RuntimeError("the stream is finished already")
        self._done = True
        if self._resample:
            self._voice.heard.append(self._resample.resample_chunk(np.zeros(0, np.float32), last=True))
        total = self._total()
        if total > self._frames:
            self._voice.advance(math.ceil((total - 1) * self._voice.fps / self._fps) + 1)
        return self._until(total)

    def _total(self) -> int:
        return -(-self._samples * self._fps // self._rate)

    def _until(self, frame: int) -> Weights:
        places = np.arange(self._frames, frame) * self._voice.fps / self._fps
        self._frames = max(self._frames, frame)
        return self._voice.at(places)


class Mouth:
    """The mouth of one reply. Clauses follow each other without a gap; each is followed to its end."""

    def __init__(self, model: Model, emotion: NDArray[np.float32], network_fps: int) -> None:
        self._model, self._emotion, self._network_fps = model, emotion, network_fps
        self._voice: Voice | None = None
        self._fps = 0
        self._seconds = self._place = 0.0
        """Where the next clause begins, and the last frame that was given, in frames of the network."""

    def follow(self, speech: Speech, times: NDArray[np.float64], fps: int) -> Weights:
        """The mouth at `times`, seconds of the next clause, 1 / fps apart; shape (frames, 52).

        The network hears the clauses before, and silence after this one: what comes next is not known yet.
        """
        voice = self._begin(speech.rate, fps)
        voice.heard.append(self._sound(speech, voice.heard.end))
        places = np.round((self._seconds + times) * voice.fps, 6)  # 1e-6 of a frame is rounding, not meant
        places = np.maximum(places, self._place)
        self._seconds += speech.seconds
        if len(places):
            self._place = float(places[-1])
            voice.advance(max(math.ceil(self._place) + 1, voice.count))
        return voice.at(places)

    def _begin(self, rate: int, fps: int) -> Voice:
        _check(rate, fps)
        if self._voice is None:
            self._fps = fps
            self._voice = Voice(self._model, self._emotion, self._network_fps or fps)
        if fps != self._fps:
            raise ValueError(f"a reply that began at {self._fps} frames a second cannot go on at {fps}")
        return self._voice

    def _sound(self, speech: Speech, start: int) -> Samples:
        """The clause at the network's rate, as long as brings the reply to where it is on its own clock."""
        rate = self._model.network.rate
        sound = _mono(speech.audio)
        if speech.rate != rate:
            sound = soxr.resample(sound, speech.rate, rate)
        length = round((self._seconds + speech.seconds) * rate) - start
        return np.pad(sound[:length], (0, max(length - len(sound), 0)))


def _mono(samples: Samples) -> Samples:
    sound = np.asarray(samples, np.float32)
    if sound.ndim != 1:
        raise ValueError(f"audio should be mono, of shape (n,), not {sound.shape}")
    # One bad sample would stay in the states of the smoothing and of the network for ever.
    return sound if np.isfinite(sound).all() else np.nan_to_num(sound, posinf=0.0, neginf=0.0)


def _check(rate: int, fps: int) -> None:
    if not RATES[0] <= rate <= RATES[1]:
        raise ValueError(f"audio runs at {RATES[0]} to {RATES[1]} Hz, not {rate}")
    if not 1 <= fps <= 240:
        raise ValueError(f"a face runs at 1 to 240 frames a second, not {fps}")
