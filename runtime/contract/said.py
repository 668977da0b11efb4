"""Speech for engines that hear it or move to it, by the embedded voice."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import soxr

from runtime.character import Voice
from runtime.ears import RATE
from runtime.flow import Stream
from runtime.types import Line, Samples, Speech
from runtime.voice.hibari import HibariVoice

TEXT = ("Good evening, is the bridge open?", "The miller asked me.")


@cache
def clauses() -> tuple[Speech, ...]:
    """Two sentences."""
    with ThreadPoolExecutor(1) as apart:  # who asks may be on a loop already
        return apart.submit(lambda: asyncio.run(_speak())).result()


async def _speak() -> tuple[Speech, ...]:
    engine = HibariVoice()
    try:
        return tuple([speech async for speech in engine.speak(lines(*TEXT), Voice())])
    finally:
        engine.close()


def recording() -> Samples:
    """The first of them as a microphone hears it: 16 kHz, shape (n,)."""
    first = clauses()[0]
    heard: Samples = np.asarray(soxr.resample(first.audio, first.rate, RATE), np.float32)
    return heard


async def lines(*texts: str) -> Stream[Line]:
    """Lines that are said as they are shown."""
    for text in texts:
        yield Line(text, text)


async def speech() -> Stream[Speech]:
    """The two sentences, as a voice gives them."""
    for clause in clauses():
        yield clause
