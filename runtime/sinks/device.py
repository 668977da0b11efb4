"""The machine's own loudspeakers and microphone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from runtime.client import PACKET
from runtime.flow import Channel
from runtime.microphone import sound_card
from runtime.sinks.show import RATE, SIZE, Show
from runtime.sinks.sound import Shown
from runtime.types import Samples

LATEST = 1.0
"""Seconds to the ear beyond which a sound card's word is not believed: some say 0, or the time of day."""


async def play(show: Show, shown: Shown) -> None:
    """Play on the system's loudspeakers until cancelled: a moment is shown when the card says that it sounds.

    Raises OSError where there are none.
    """
    sound = sound_card()
    loop = asyncio.get_running_loop()

    def fill(out: np.ndarray, frames: int, time: Any, _: object) -> None:
        moment = show.next()
        out[:, 0] = moment.audio
        ahead = time.outputBufferDacTime - time.currentTime
        wait = ahead if 0 < ahead < LATEST else stream.latency
        loop.call_soon_threadsafe(loop.call_later, wait, shown, moment)

    try:
        stream = sound.OutputStream(RATE, SIZE, channels=1, dtype="float32", latency="low", callback=fill)
    except sound.PortAudioError as error:
        raise OSError(f"the loudspeakers cannot be opened: {error}") from error
    with stream:
        await asyncio.Event().wait()


@contextmanager
def microphone(rate: int, heard: Channel[Samples]) -> Iterator[None]:
    """Post what the system's microphone hears, in packets. Raises OSError where there is none."""
    sound = sound_card()
    loop = asyncio.get_running_loop()

    def captured(block: np.ndarray, *_: object) -> None:
        loop.call_soon_threadsafe(heard.post, block[:, 0].copy())

    try:
        source = sound.InputStream(rate, round(rate * PACKET), channels=1, dtype="float32", callback=captured)
    except sound.PortAudioError as error:
        raise OSError(f"the microphone cannot be opened: {error}") from error
    with source:
        yield
