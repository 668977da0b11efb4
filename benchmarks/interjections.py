"""What a player utters while a character speaks: to interrupt it, to show attention, or by accident."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import soxr

from benchmarks import noises
from benchmarks.report import Report
from benchmarks.stimuli import RATE, SPEAKERS, say, trim
from runtime.ears.whisper import Whisper
from runtime.models import find
from runtime.types import Samples
from runtime.voice import VoiceEngine
from runtime.voice.hibari import HibariVoice

Kind = Literal["interruption", "backchannel", "vocal", "noise"]
KINDS: tuple[Kind, ...] = get_args(Kind)

INTERRUPTIONS = (
    "Stop.",
    "Wait, wait.",
    "No, listen.",
    "Hold on a second.",
    "Where is the harbour?",
    "That is not what I asked.",
    "Excuse me, can I ask you something else?",
    "But who rang the bell?",
    "That's enough, thank you.",
    "Sorry, I have to go now.",
    "I don't want to hear about that.",
    "What does it cost?",
)
BACKCHANNELS = (
    "Uh huh.",
    "Right.",
    "Yeah.",
    "Okay.",
    "I see.",
    "Oh.",
    "Really?",
    "Wow.",
    "Ha ha ha!",
    "Sure.",
)
"""And the hum of `noises`: the embedded voice cannot close its mouth for a "mm-hm"."""

FRAME, HOP = 480, 80
"""Samples: 30 ms hold two periods of the deepest voice; every 5 ms."""
PERIODIC = 0.6
"""Normalised autocorrelation above which a frame is voiced; noise stays below 0.4."""


@dataclass(frozen=True)
class Interjection:
    """A sound at 16 kHz."""

    kind: Kind
    what: str
    """The words, or the name of the sound."""
    audio: Samples
    voiced: int
    """First voiced sample; where none is, the first audible one."""


async def interjections(engine: VoiceEngine, seed: int = 0) -> list[Interjection]:
    """Every phrase in every voice, and three of every other sound. The same for the same `seed`."""
    made = []
    spoken: dict[Kind, Sequence[str]] = {"interruption": INTERRUPTIONS, "backchannel": BACKCHANNELS}
    for kind, texts in spoken.items():
        for text in texts:
            for speaker in SPEAKERS:
                audio = soxr.resample(await say(engine, text, speaker), engine.rate, RATE)
                made.append(_interjection(kind, text, trim(audio.astype(np.float32))))
    return made + sounds(seed)


def sounds(seed: int = 0, each: int = 3) -> list[Interjection]:
    """What is not speech, `each` times a little different."""
    sources: tuple[tuple[Kind, Sequence[Callable[[np.random.Generator], Samples]]], ...] = (
        ("backchannel", (noises.hum,)),
        ("vocal", noises.VOCAL),
        ("noise", noises.THINGS),
    )
    return [
        _interjection(kind, make.__name__, make(np.random.default_rng([seed, k, ord(make.__name__[0])])))
        for kind, makers in sources
        for make in makers
        for k in range(each)
    ]


def drawn(everything: Sequence[Interjection], count: int, seed: int = 0) -> list[Interjection]:
    """`count` of them in a random order, evenly over the kinds; all differ while there are enough."""
    rng = np.random.default_rng(seed)
    heaps = [[each for each in everything if each.kind == kind] for kind in KINDS]
    orders = [[heap[k] for k in rng.permutation(len(heap))] for heap in heaps]
    chosen = [orders[k % len(orders)] for k in range(count)]
    picked = [order[k // len(orders) % len(order)] for k, order in enumerate(chosen)]
    return [picked[k] for k in rng.permutation(count)]


def _interjection(kind: Kind, what: str, audio: Samples) -> Interjection:
    return Interjection(kind, what, audio.astype(np.float32), onset(audio))


def onset(audio: Samples) -> int:
    """The first voiced sample: the first frame that is loud enough and repeats itself at 75 to 400 Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(audio, (0, FRAME)), FRAME)[::HOP]
    power = np.mean(frames**2, axis=1)
    loud = np.flatnonzero(power > 1e-3 * power.max())
    for k in loud:
        if _periodic(frames[k]) > PERIODIC:
            return int(k * HOP)
    return int(loud[0] * HOP)


def _periodic(frame: Samples) -> float:
    best = 0.0
    for lag in range(RATE // 400, RATE // 75):
        a, b = frame[:-lag], frame[lag:]
        best = max(best, float(a @ b / np.sqrt((a @ a) * (b @ b) + 1e-12)))
    return best


async def measure(seed: int = 0) -> list[Report]:
    """What the recogniser that ships makes of each."""
    whisper = Whisper(find("whisper-tiny.en"))
    table = Report("Interjections, and what a recogniser makes of them")
    quiet = np.zeros(RATE // 2, np.float32)
    for each in await interjections(HibariVoice({"heart": find("hibari-heart")}), seed):
        heard = await whisper(np.concatenate([quiet, each.audio, quiet]), final=True)
        table.add(
            kind=each.kind,
            what=each.what,
            seconds=round(len(each.audio) / RATE, 2),
            voiced_at_ms=round(each.voiced / RATE * 1000),
            heard=heard.text,
            confidence=round(heard.confidence, 2),
        )
    return [table]


if __name__ == "__main__":
    for report in asyncio.run(measure()):
        report.print()
