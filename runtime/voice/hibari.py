"""English speech by Hibari, a small source-filter synthesiser that runs a hundred times faster than real
time.

Its network gives a spectral envelope, noise and pitch in frames of 12.5 ms. Pitch can so be set apart from
the envelope, which makes several people of one recorded voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from runtime import character
from runtime.flow import Stream, Worker
from runtime.types import Line, Phone, Samples, Speech
from runtime.voice import clauses, sound, timing

RATE = 24000
HEART: Mapping[str, Path | None] = MappingProxyType({"heart": None})

LONGEST = 90
"""Phonemes in one call: about 6 s of speech, which keeps each of the two steps well under 100 ms."""

FRAME = 0.0125
"""Seconds of one frame of the network; its durations count pairs of frames."""

BIN = 20.0
"""Hertz between the bins of its spectra."""

PULSES = 0.15
"""Power of a pulse train with harmonics of amplitude 1, in one bin, averaged over the bins of a voice."""

SPEEDS = (0.5, 2.0)
"""What the network was trained for."""


class Predicted(NamedTuple):
    """What the network says of a clause: spectra (601, frames), pitch (frames,), lengths (phonemes + 2,)."""

    harmonics: NDArray[np.float32]
    phase: NDArray[np.float32]
    breath: NDArray[np.float32]
    noise: NDArray[np.float32]
    noise_phase: NDArray[np.float32]
    f0: NDArray[np.float32]
    lengths: NDArray[np.int64] | None = None
    """Pairs of frames for each phoneme and the silence before and after; None where the voice cannot tell."""

    def power(self) -> NDArray[np.float32]:
        """The spectrum of the voice as it is, whoever speaks with it."""
        noise = np.exp(2 * np.minimum(self.noise, 7))
        voiced = np.where(self.f0 > sound.VOICED, PULSES, 0).astype(np.float32)
        power: NDArray[np.float32] = noise + np.exp(2 * np.minimum(self.harmonics, 7)) * voiced
        return power


class Model:
    """One loaded voice: text to phonemes, phonemes to spectra, spectra to sound. Blocking."""

    def __init__(self, name: str, file: Path | None = None) -> None:
        package: Any = import_module("hibari.tts")  # seconds of loading, and not typed
        graph = (file or Path(package.voice_path(name))).read_bytes()
        self.timed = DURATIONS.encode() in graph
        self._tts = package.Hibari(voice=name, model=with_output(graph, DURATIONS) if self.timed else graph)
        self._synth = package.dsp.synth
        first = self.predict(self.phonemes("Hello there, Xanthyr."), 1.0)
        self.timed = first.lengths is not None and 2 * int(first.lengths.sum()) == len(first.f0)

    def phonemes(self, text: str) -> str:
        """Phonemes of English text, each with an id in the network."""
        return "".join(c for c in self._tts.g2p(text) if c in self._tts.vocab)

    def predict(self, phonemes: str, speed: float) -> Predicted:
        """Run the network."""
        feed = {"ids": np.array([self._tts.ids(phonemes)]), "speed": np.array([speed], np.float32)}
        found = self._tts.sess.run(None, feed)
        lengths = found[6].ravel() if self.timed else None
        return Predicted._make([*(part[0] for part in found[:6]), lengths])

    def synthesise(self, said: Predicted, voice: character.Voice) -> Samples:
        """The sound of a clause, untrimmed. The same every time: its noise has a fixed seed."""
        f0, harmonics, phase = sound.deepen(said.f0, said.harmonics, said.phase, BIN, voice)
        audio = self._synth(harmonics, phase, *said[2:5], f0, np.random.default_rng(0))
        return sound.grow(audio, RATE, voice.size)


class HibariVoice:
    """Voices of the package `hibari-tts`, by name, each with its file.

    A voice without a file is the one in the package ("heart") or one that the package fetches once.
    """

    rate = RATE

    def __init__(self, files: Mapping[str, Path | None] = HEART) -> None:
        self._models = {name: Model(name, file) for name, file in files.items()}
        self.worker = Worker("voice")

    async def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn; see `VoiceEngine`."""
        if voice.name not in self._models:
            raise ValueError(f"there is no voice {voice.name!r}; loaded: {', '.join(self._models)}")
        model = self._models[voice.name]
        speed = min(max(voice.speed * voice.size, SPEEDS[0]), SPEEDS[1])
        urgency = 1  # somebody waits for the first clause; the others are made while that one plays
        async with aclosing(lines):
            async for line in lines:
                for piece, phonemes in await self.worker.at(
                    urgency, clauses.cut, line, model.phonemes, LONGEST
                ):
                    said = await self.worker.at(urgency, model.predict, phonemes, speed)
                    speech = await self.worker.at(urgency, _speech, model, piece, phonemes, said, voice)
                    if len(speech.audio):
                        yield speech
                        urgency = 0

    def close(self) -> None:
        """Let the thread end."""
        self.worker.close()


def _speech(model: Model, line: Line, phonemes: str, said: Predicted, voice: character.Voice) -> Speech:
    clause = sound.finish(model.synthesise(said, voice), RATE, line.spoken)
    seconds = len(clause.audio) / RATE

    def here(time: float) -> float:
        return min(max(time * voice.size - clause.offset, 0.0), seconds)

    spans = [replace(s, start=here(s.start), end=here(s.end)) for s in _heard(phonemes, said)]
    phones = tuple(Phone(s.symbol, s.start, s.end, s.stress) for s in spans if s.symbol and s.end > s.start)
    groups = groupby((s for s in spans if s.symbol), key=lambda s: s.word)
    sounds = [list(group) for _, group in groups]
    stretches = [(group[0].start, group[-1].end) for group in sounds] or [(0.0, seconds)]
    words = clauses.place_words(line.text, stretches, lambda word: len(model.phonemes(word)))
    return Speech(line, clause.audio, RATE, phones, words)


def _heard(phonemes: str, said: Predicted) -> list[timing.Span]:
    """Sounds and pauses in seconds of the network's clock; none where it keeps its lengths to itself."""
    if said.lengths is None:
        return []
    prior = timing.spans(phonemes, said.lengths * 2 * FRAME)
    return timing.align(prior, timing.band_levels(said.power(), BIN), FRAME)


DURATIONS = "/Cast_32_output_0"
"""The tensor in which the network holds a length for each phoneme. The file does not list it as an output."""


def with_output(graph: bytes, name: str) -> bytes:
    """A serialised ONNX model that also returns the tensor `name`.

    Protobuf merges a message with what is appended to it, repeated fields by adding to them: so this appends
    a model that holds nothing but graph (field 7) . output (12) . name (1). Source: onnx.proto, and "Last One
    Wins" in the encoding guide of protobuf.
    """
    return graph + _field(7, _field(12, _field(1, name.encode())))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
