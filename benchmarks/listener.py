"""A player with ears and a mouth: a simulated sound card and a microphone that is never off, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np

from benchmarks import stimuli
from benchmarks.stimuli import RATE
from runtime.client import PACKET, Client, connect
from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

BLOCK = 0.01
"""Seconds that the simulated sound card asks for at once."""
ROOM = -60.0
"""Level of the room, dBFS."""


class Listener:
    """A client with a sound card and a microphone, both in real time."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.playback = Playback(client.ready.audio_out.rate, client.ready.face.fps)
        self.log: list[tuple[float, m.FromServer]] = []
        """All messages with the loop times at which they came."""
        self.silences: list[float] = []
        """Loop times at which the loudspeaker fell silent."""
        self._ticked = asyncio.Event()
        self._speech = np.zeros(0, np.float32)
        self._spoken: asyncio.Future[float] | None = None

    async def follow(self) -> None:
        """Take what the server sends."""
        loop = asyncio.get_running_loop()
        async for item in self.client:
            self.playback.take(item)
            if not isinstance(item, media.Packet):
                self.log.append((loop.time(), item))

    async def play(self) -> None:
        """Be the sound card. A silence counts from its place on the card's clock, or later if that lags."""
        loop, playback = asyncio.get_running_loop(), self.playback
        started, before = loop.time(), playback.sounding
        while True:
            await asyncio.sleep(started + playback.rendered / playback.rate - loop.time())
            playback.render(round(BLOCK * playback.rate))
            if before is not None and playback.sounding is None:
                self.silences.append(max(loop.time(), started + playback.quiet_since / playback.rate))
            before = playback.sounding
            for report in playback.reports():
                await self.client.send(report)
            self._ticked.set()

    async def listen(self) -> None:
        """Be the microphone."""
        loop, size = asyncio.get_running_loop(), round(RATE * PACKET)
        noise = stimuli.room(RATE * 10, ROOM)
        started, sent = loop.time(), 0
        while True:
            at = sent % (len(noise) - size)
            packet = noise[at : at + size].copy()
            speech, self._speech = self._speech[:size], self._speech[size:]
            packet[: len(speech)] += speech
            if len(speech) and self._spoken and not self._spoken.done():
                self._spoken.set_result(started + sent / RATE)
            sent += size
            await asyncio.sleep(started + sent / RATE - loop.time())
            await self.client.hear(packet, audible=self.playback.audible)

    async def utter(self, samples: Samples) -> float:
        """Let this be heard from now on; the loop time of its first sample at the microphone."""
        self._spoken = asyncio.get_running_loop().create_future()
        self._speech = samples
        return await self._spoken

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait for `condition`, looked at in every block of sound. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._ticked.clear()
                await self._ticked.wait()


@asynccontextmanager
async def listening(url: str, npc: str) -> AsyncIterator[Listener]:
    """A session with `npc`, heard and spoken to until the end of this."""
    audio_in = m.AudioIn(rate=RATE, echo_cancelled=True)
    async with connect(url, npc, audio_in=audio_in) as client:
        listener = Listener(client)
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(work()) for work in (listener.follow, listener.play, listener.listen)
            ]
            yield listener
            for task in working:
                task.cancel()
