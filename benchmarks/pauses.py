"""Turns with pauses inside: what people say while they think of the next word, and what they finish.

A pause is made in two ways. Either the sentence is spoken whole and opened between two words, so that its
melody is that of the middle of a sentence; or its parts are spoken on their own, so that each falls like an
end. The same every time; the voices are `stimuli.SPEAKERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soxr

from benchmarks import stimuli
from benchmarks.stimuli import RATE
from runtime.character import Voice
from runtime.flow import Stream
from runtime.types import Line, Samples, Word
from runtime.voice import VoiceEngine

FINISHED = ("statement", "question", "short", "two", "number", "spelled")
"""Kinds without a pause inside a sentence."""
_BEFORE, _AFTER = 0.4, 3.0
"""Seconds of room around what is said; the longest wait there is must fit behind it."""
_LEVELS = (-60, -45)
"""Room noise, dBFS: a quiet bedroom to a fan."""
_PAUSES = (0.3, 1.5)
"""Seconds. Below 0.3 s a pause is not noticed as one; people who think for longer fill it or begin anew."""
_FADE = 0.012
"""Seconds over which the sound fades where a sentence is opened: a cut would click."""


@dataclass(frozen=True)
class Turn:
    """One turn of a player in a room, and where in it they are silent. Times in seconds."""

    kind: str
    text: str
    audio: Samples
    """16 kHz, with room noise before and behind."""
    end: float
    """The last audible sample."""
    pauses: tuple[tuple[float, float], ...] = ()
    """Silences inside a sentence: last audible sample before, first one after."""
    seams: tuple[tuple[float, float], ...] = ()
    """Silences between two sentences."""


async def turns(engine: VoiceEngine, part: Mapping[str, tuple[str, ...]], speakers: int = 2) -> list[Turn]:
    """Every sentence of `part` by this many of the four speakers."""
    made: list[Turn] = []
    for kind, texts in part.items():
        for number, text in enumerate(texts):
            for k in range(speakers):
                seed = (len(made), number, k)
                voice = stimuli.SPEAKERS[(number + 2 * k + len(kind)) % len(stimuli.SPEAKERS)]
                joined = kind != "middle" and (number + k) % 3 == 2
                made.append(await _turn(engine, kind, text, voice, joined, seed))
    return made


async def _turn(
    engine: VoiceEngine, kind: str, text: str, voice: Voice, joined: bool, seed: tuple[int, ...]
) -> Turn:
    random = np.random.default_rng(seed)
    marks = [word for word in text.split() if word in "|/"]
    if joined and "|" in marks:
        parts = [await _said(engine, _hanging(part), voice) for part in text.split("|")]
    else:
        parts = await _opened(engine, text, voice)
    sound, gaps = [parts[0]], []
    for mark, part in zip(marks, parts[1:], strict=True):
        start = sum(map(len, sound))
        length = int(random.uniform(*_PAUSES) * RATE) if mark == "|" else int(random.uniform(0.2, 0.6) * RATE)
        sound += [np.zeros(length, np.float32), part]
        gaps.append((mark, _BEFORE + start / RATE, _BEFORE + (start + length) / RATE))
    said = np.concatenate(sound)
    around = np.pad(said, (int(_BEFORE * RATE), int(_AFTER * RATE)))
    noise = stimuli.room(len(around), random.uniform(*_LEVELS), seed=int(random.integers(1 << 30)))
    return Turn(
        kind,
        text,
        around + noise,
        _BEFORE + len(said) / RATE,
        tuple((a, b) for mark, a, b in gaps if mark == "|"),
        tuple((a, b) for mark, a, b in gaps if mark == "/"),
    )


def _hanging(part: str) -> str:
    part = part.strip()
    return part if part[-1] in ".?!," else f"{part},"


async def _said(engine: VoiceEngine, text: str, voice: Voice) -> Samples:
    """`text` on its own, from its first to its last audible sample."""
    audio = await stimuli.say(engine, text, voice)
    return _audible(soxr.resample(audio, engine.rate, RATE).astype(np.float32))


async def _opened(engine: VoiceEngine, text: str, voice: Voice) -> list[Samples]:
    """`text` spoken whole, cut at its marks; each part from its first to its last audible sample."""
    plain = " ".join(word for word in text.split() if word not in "|/")

    async def line() -> Stream[Line]:
        yield Line(plain, plain)

    audio: list[Samples] = []
    words: list[Word] = []
    async for speech in engine.speak(line(), voice):
        behind = sum(map(len, audio)) / engine.rate
        words += [Word(word.text, word.start + behind, word.end + behind) for word in speech.words]
        audio.append(speech.audio)
    sound = soxr.resample(np.concatenate(audio), engine.rate, RATE).astype(np.float32)
    cuts = [0, *(_quietest(sound, words[at - 1].end, words[at].start) for at in _marks(text)), len(sound)]
    return [_audible(_faded(sound[a:b])) for a, b in pairwise(cuts)]


def _marks(text: str) -> list[int]:
    """How many words come before each mark."""
    found, words = [], 0
    for word in text.split():
        if word in "|/":
            found.append(words)
        else:
            words += 1
    return found


def _quietest(sound: Samples, end: float, start: float) -> int:
    """The sample near the gap between two words at which the sound is weakest over 10 ms."""
    low, high = int((end - 0.03) * RATE), int((start + 0.03) * RATE)
    energy = np.convolve(np.square(sound[low:high]), np.ones(RATE // 100), mode="same")
    return low + int(np.argmin(energy))


def _faded(part: Samples) -> Samples:
    ramp = np.linspace(0, 1, int(_FADE * RATE), dtype=np.float32)
    part = part.copy()
    part[: len(ramp)] *= ramp
    part[-len(ramp) :] *= ramp[::-1]
    return part


def _audible(part: Samples) -> Samples:
    """Without the silence around it, by the measure of `stimuli.trim`."""
    return stimuli.trim(stimuli.trim(part[::-1])[::-1])


def recorded(file: Path) -> Turn:
    """A recording with the pauses that are in it: 0.25 s and more at least 30 dB below its speech."""
    stimulus = stimuli.recorded(file)
    audio = soxr.resample(stimulus.audio, stimulus.rate, RATE).astype(np.float32)
    size = RATE // 100
    frames = audio[: len(audio) // size * size].reshape(-1, size)
    level = np.sqrt(np.mean(np.square(frames), axis=1))
    loud = np.flatnonzero(level > 10 ** (-30 / 20) * np.percentile(level, 95))
    gaps = [(a + 1, b) for a, b in pairwise(loud) if b - a > 25]
    around = np.pad(audio, (int(_BEFORE * RATE), int(_AFTER * RATE)))
    around = around + stimuli.room(len(around), _LEVELS[0])
    return Turn(
        "recorded",
        file.stem,
        around,
        _BEFORE + len(audio) / RATE,
        tuple((_BEFORE + a / 100, _BEFORE + b / 100) for a, b in gaps),
    )
