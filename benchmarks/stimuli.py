"""What players say: sentences in several voices with the moment their last sound ends, and room noise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from runtime.character import Voice
from runtime.flow import Stream
from runtime.types import Line, Samples
from runtime.voice import VoiceEngine

RATE = 16000

SENTENCES = (
    "Good evening! Do you have a room for the night?",
    "Who are you, and what is this place?",
    "What can you tell me about the city?",
    "I am looking for something warm to eat.",
    "How much does it cost?",
    "Have you heard anything about the harbour?",
    "Is it safe to walk around here after dark?",
    "My name is Robin. I came from the north.",
    "What do you do when nobody is around?",
    "That is a beautiful story, thank you.",
)

SPEAKERS = (Voice(), Voice(pitch=2, speed=1.1), Voice(pitch=-7, size=1.12), Voice(pitch=-3, speed=0.9))
"""Four people, made from the embedded voice: different heights, tempos, and lengths of the throat."""


@dataclass(frozen=True)
class Stimulus:
    """Something said, trimmed to its last audible sample."""

    text: str
    audio: Samples
    rate: int


async def say(engine: VoiceEngine, text: str, voice: Voice) -> Samples:
    """`text` as `voice` says it, at the engine's rate."""

    async def line() -> Stream[Line]:
        yield Line(text, text)

    return np.concatenate([speech.audio async for speech in engine.speak(line(), voice)])


async def spoken(engine: VoiceEngine, count: int) -> list[Stimulus]:
    """`count` sentences, each by the next speaker, at 16 kHz."""
    made = []
    for k in range(count):
        text = SENTENCES[k % len(SENTENCES)]
        audio = await say(engine, text, SPEAKERS[(k + k // len(SENTENCES)) % len(SPEAKERS)])
        audio = soxr.resample(audio, engine.rate, RATE).astype(np.float32)
        made.append(Stimulus(text, trim(audio), RATE))
    return made


def recorded(file: Path) -> Stimulus:
    """A recording, as it is but for the silence at its end."""
    from runtime.talk import read

    audio, rate = read(file)
    return Stimulus(file.stem, trim(audio), rate)


def trim(audio: Samples) -> Samples:
    """Up to the last sample that is louder than -40 dB of the loudest: the true end of speech."""
    loud = np.flatnonzero(np.abs(audio) > 0.01 * np.abs(audio).max())
    return audio[: loud[-1] + 1]


def room(samples: int, level: float, seed: int = 0) -> Samples:
    """Pink-ish noise at `level` dBFS: rooms are never silent, and a silent one is too easy."""
    white = np.random.default_rng(seed).standard_normal(samples + 1)
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, len(white))[:samples]
    return (noise * 10 ** (level / 20) / np.sqrt(np.mean(noise**2))).astype(np.float32)
