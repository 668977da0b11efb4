"""Many sessions whose replies are broken off at random moments: not one packet may come after its cancel."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchmarks.report import Report
from runtime.client import Client, connect
from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m

SESSIONS = 4
"""At once: as many as think at the same time."""
SOUNDING = 0.75
"""Share that is let begin: what is still being thought can be broken off, too."""
LATEST = 0.2
"""Seconds after which it is broken off at the latest: by then a hurried server has sent most of it."""
AFTER = 1.0
"""Seconds in which a last packet may still come."""
PATIENCE = 30.0
"""Seconds for one reply to be broken off; beyond it something hangs."""


@dataclass
class Tally:
    """What came of all of them."""

    left: int
    seen: Counter[str] = field(default_factory=Counter)
    stale: int = 0


async def stress(url: str, npc: str, count: int, seed: int = 0) -> Report:
    """Break off `count` replies of `npc` in SESSIONS sessions at once; count what comes too late."""
    tally = Tally(count)
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for k in range(SESSIONS):
            tasks.create_task(_session(url, npc, tally, np.random.default_rng([seed, k])))
    table = Report(f"Broken off at random moments, {SESSIONS} sessions at once")
    table.add(
        barge_ins=count,
        before_a_packet=tally.seen["nothing"],
        while_sending=tally.seen["some"],
        after_all_was_sent=tally.seen["all"],
        packets=tally.seen["packets"],
        stale_packets=tally.stale,
        seconds=round(loop.time() - started, 1),
    )
    return table


async def _session(url: str, npc: str, tally: Tally, rng: np.random.Generator) -> None:
    async with connect(url, npc) as client:
        talk = _Talk(client, npc, tally)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(talk.read())
            while tally.left > 0:
                tally.left -= 1
                async with asyncio.timeout(PATIENCE):
                    await talk.barge_in(rng)
            await asyncio.sleep(AFTER)
            reading.cancel()
        tally.stale += talk.playback.stale


class _Talk:
    """One session: asks, and does not let finish."""

    def __init__(self, client: Client, npc: str, tally: Tally) -> None:
        self.playback = Playback(client.ready.audio_out.rate)
        self._client, self._npc, self._tally = client, npc, tally
        self._asked = False
        self._reply, self._sent = 0, "nothing"
        self._sounding, self._cancelled = asyncio.Event(), asyncio.Event()

    async def read(self) -> None:
        async for item in self._client:
            self.playback.take(item)
            match item:
                case m.Reply(reply=reply):
                    self._reply, self._sent = reply, "nothing"
                case media.Packet(reply=reply):
                    self._tally.seen["packets"] += 1
                    if reply == self._reply:
                        self._sent = "some"
                        self._sounding.set()
                case m.Done():
                    self._sent = "all"
                case m.Cancel():
                    self._tally.seen[self._sent] += 1
                    self._sounding.clear()
                    self._cancelled.set()

    async def barge_in(self, rng: np.random.Generator) -> None:
        """Ask where nothing is being answered; then break in, by a word or by asking again."""
        self._cancelled.clear()
        if not self._asked:
            await self._ask(rng)
        if rng.random() < SOUNDING:
            await self._sounding.wait()
        await asyncio.sleep(rng.uniform(0, LATEST))
        self._asked = bool(rng.random() < 0.5)
        await (self._ask(rng) if self._asked else self._client.send(m.Interrupt()))
        await self._cancelled.wait()

    async def _ask(self, rng: np.random.Generator) -> None:
        written = rng.random() < 0.6
        await self._client.send(m.Greet(to=self._npc) if written else m.Say(text="What happened then?"))
