"""A player who costs little: packets are made ahead and sent in real time, answers are only noticed."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks import stimuli
from benchmarks.sides import Side
from benchmarks.stimuli import RATE, Stimulus
from runtime.client import PACKET
from runtime.protocol.media import pcm16
from runtime.types import Samples

SIZE = round(RATE * PACKET)
"""Samples of a packet."""
PATIENCE = 8.0
"""Seconds to wait for an answer before it counts as none."""
QUIET = 1.2
"""Seconds without sound after which an answer is over: pauses between sentences are shorter."""
CUT_IN_QUIET = 4.0
"""The same after a server has cut in: it may answer the rest of the sentence, too."""


@dataclass(frozen=True)
class Turn:
    """What came of one spoken sentence."""

    wait: float | None
    """Seconds from the last packet of speech to the first of the answer; None where there is no such time."""
    cut_in: bool = False
    """The answer began before the player had ended."""

    @property
    def unanswered(self) -> bool:
        return self.wait is None and not self.cut_in


class Room:
    """A noisy room as packets of PCM16, and sentences said in it. Made once for all players."""

    def __init__(self, level: float) -> None:
        self._noise = stimuli.room(RATE * 10 // SIZE * SIZE, level)
        self.noise = _packets(self._noise)

    def said(self, stimulus: Stimulus) -> list[bytes]:
        """The packets of a sentence; the last one holds its last sample."""
        length = -(-len(stimulus.audio) // SIZE) * SIZE
        audio = self._noise[:length].copy()
        audio[: len(stimulus.audio)] += stimulus.audio
        return _packets(audio)


class Player:
    """One session with a microphone that is always open."""

    def __init__(self, side: Side, connection: ClientConnection, room: Room) -> None:
        self._side, self._connection = side, connection
        self._noise = itertools.cycle(room.noise)
        self._speech: deque[bytes] = deque()
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[float] | None = None
        self._answered = asyncio.Event()
        self._first = self._last = 0.0

    async def say(self, packets: Sequence[bytes]) -> Turn:
        """Say it, and hear the answer out."""
        self._answered.clear()
        self._ended = self._loop.create_future()
        self._speech.extend(packets)
        ended = await self._ended
        if self._answered.is_set():
            await self._quiet(CUT_IN_QUIET)
            return Turn(None, cut_in=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._answered.wait()
        if not self._answered.is_set():
            return Turn(None)
        await self._quiet(QUIET)
        return Turn(self._first - ended)

    async def hear(self) -> None:
        """Note when the character sounds, until the connection ends."""
        with suppress(ConnectionClosed):
            async for data in self._connection:
                if self._side.speaks(data):
                    self._last = self._loop.time()
                    if not self._answered.is_set():
                        self._first = self._last
                        self._answered.set()

    async def talk(self) -> None:
        """Send the microphone in real time, until cancelled. Raises ConnectionClosed."""
        started = self._loop.time()
        for count in itertools.count(1):
            await asyncio.sleep(started + count * PACKET - self._loop.time())
            pcm = self._speech.popleft() if self._speech else next(self._noise)
            await self._connection.send(self._side.packet(pcm, (count - 1) * SIZE))
            if self._ended and not self._speech and not self._ended.done():
                self._ended.set_result(self._loop.time())

    async def _quiet(self, seconds: float) -> None:
        """Until nothing has come for `seconds`; each packet moves the end."""
        while (left := self._last + seconds - self._loop.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)


@asynccontextmanager
async def playing(side: Side, room: Room) -> AsyncIterator[Player]:
    """A player in a session of `side`, microphone open. A lost connection raises an ExceptionGroup."""
    async with side.connect() as connection, asyncio.TaskGroup() as tasks:
        player = Player(side, connection, room)
        pumps = [tasks.create_task(player.hear()), tasks.create_task(player.talk())]
        yield player
        for task in pumps:
            task.cancel()


def _packets(samples: Samples) -> list[bytes]:
    return [pcm16(samples[at : at + SIZE]) for at in range(0, len(samples), SIZE)]
