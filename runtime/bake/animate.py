"""Lines to performances, with the engines loaded once: what a process of the bake does."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile as sf
import soxr

from runtime.bake.items import BadLines, Item
from runtime.bake.performance import RATE, Performance
from runtime.bake.text import sentences
from runtime.character import Voice
from runtime.face import animation
from runtime.face.animation import Animation
from runtime.face.layers import FaceSettings, Life
from runtime.face.network import Network
from runtime.flow import Stream
from runtime.types import Line, Phone, Pose, Samples, Speech, Weights, Word
from runtime.voice import VoiceEngine

SETTLED = -2.0
"""Second at which a line begins to feel what its emotion says: by 0 it shows."""

T = TypeVar("T")


class Studio:
    """A voice and a face. The same item gives the same performance, bit for bit, wherever it is made."""

    def __init__(self, voice: VoiceEngine | None = None, face: Animation | None = None) -> None:
        self._voice, self._face = voice, face or Animation(Network())

    def perform(self, item: Item, voice: Voice, fps: int, temper: FaceSettings | None = None) -> Performance:
        """Speak the item, or follow its recording. Raises BadLines if there is nothing in it to be said."""
        speech = [recording(item)] if item.wav is not None else self.speak(item, voice)
        weights, pose = self.animate(speech, fps, Life(seed(item.id), temper), item.emotion)
        audio = np.concatenate([clause.audio for clause in speech])
        return Performance(item.id, audio, speech[0].rate, fps, weights, pose, *_timed(speech))

    def speak(self, item: Item, voice: Voice) -> list[Speech]:
        """The clauses of a text, in order. Raises BadLines."""
        if self._voice is None:
            raise BadLines(f"{item.id}: a text needs a voice, and none is loaded")
        speech = asyncio.run(_all(self._voice.speak(_stream(sentences(item.text)), voice)))
        if not speech:
            raise BadLines(f"{item.id}: nothing in {item.text!r} can be said")
        return speech

    def animate(
        self, speech: Sequence[Speech], fps: int, life: Life, emotion: str = ""
    ) -> tuple[Weights, Pose]:
        """The whole face for clauses that follow each other: a mouth for each, and one life for all.

        This is the one place where bake meets the face. Frame k belongs to the time k / fps of the line. A
        mouth moves by the sound, and its lips meet by the phonemes where the voice tells them.
        """
        mouth, start = self._face.mouth(), 0
        if emotion:
            life.direct(SETTLED, emotion=emotion)
        parts = []
        for clause in speech:
            _, shape, pose = animation.perform(clause, start, mouth, life, fps)
            parts.append((shape, pose))
            start += len(clause.audio)
        shapes, poses = zip(*parts, strict=True)
        return np.concatenate(shapes), np.concatenate(poses)

    def close(self) -> None:
        """Let the engines go."""
        for engine in (self._voice, self._face):
            if engine is not None:
                engine.close()


def recording(item: Item) -> Speech:
    """The sound of a file, mono at RATE, as one clause of which only the sound is known. Raises BadLines."""
    assert item.wav is not None
    audio = load(item.wav)
    return Speech(Line(item.text, item.text), audio, RATE)


def load(path: Path) -> Samples:
    """Any sound file as mono at RATE. Raises BadLines."""
    try:
        audio, rate = sf.read(path, dtype="float32", always_2d=True)
    except (OSError, sf.LibsndfileError) as error:
        raise BadLines(f"{path}: {error}") from error
    if not len(audio):
        raise BadLines(f"{path}: there is no sound in it")
    mono = audio.mean(1)
    if not np.isfinite(mono).all():
        raise BadLines(f"{path}: it holds values that are no numbers")
    resampled = mono if rate == RATE else soxr.resample(mono, rate, RATE)
    return np.ascontiguousarray(np.clip(resampled, -1, 1), np.float32)


def seed(name: str) -> int:
    """The seed of a line: from its id alone, so that other lines may come and go."""
    return zlib.crc32(name.encode())


async def _stream(items: Sequence[T]) -> Stream[T]:
    for item in items:
        yield item


async def _all(stream: Stream[T]) -> list[T]:
    async with aclosing(stream):
        return [item async for item in stream]


def _timed(speech: Sequence[Speech]) -> tuple[tuple[Word, ...], tuple[Phone, ...]]:
    """Words and phones of all clauses, in seconds of the whole line."""
    words: list[Word] = []
    phones: list[Phone] = []
    start = 0.0
    for clause in speech:
        said = clause.words or _evenly(clause.line.text, clause.seconds)
        words += [replace(each, start=each.start + start, end=each.end + start) for each in said]
        phones += [replace(each, start=each.start + start, end=each.end + start) for each in clause.phones]
        start += clause.seconds
    return tuple(words), tuple(phones)


def _evenly(text: str, seconds: float) -> list[Word]:
    """A text of which no times are known, laid over its sound by the length of its words."""
    words = text.split()
    if not words:
        return []
    edges = np.cumsum([0, *(len(word) + 1 for word in words)])
    shares = (edges * seconds / edges[-1]).tolist()
    return [Word(word, start, end) for word, start, end in zip(words, shares, shares[1:], strict=False)]
