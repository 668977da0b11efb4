"""Keeps what was heard: each exchange of a session goes into memory once, as soon as it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from runtime.memory import Memory, MemoryFailed
from runtime.mind.prompt import Exchange
from runtime.reply import UNHEARD, Reply

log = logging.getLogger(__name__)


LOOK = 2.0
"""Seconds between two looks at how much of a reply was heard; clients report more often."""


class Diary:
    """Of one session. A memory that fails is told to the operator, never to the player."""

    def __init__(self, memory: Memory | None, player: str, tasks: asyncio.TaskGroup) -> None:
        self._memory, self._player, self._tasks = memory, player, tasks
        self._hearers: WeakKeyDictionary[Reply, tuple[str, ...]] = WeakKeyDictionary()
        self._open: dict[Reply, asyncio.Task[None]] = {}
        """Replies that may still be heard, and who waits for their ends."""

    def follow(self, reply: Reply) -> None:
        """`reply` will not grow any more: keep it when it has been heard. One that was only tried is not."""
        if self._memory is not None and reply.wanted.is_set() and reply not in self._open:
            self._open[reply] = self._tasks.create_task(self._wait(reply))

    def overheard(self, reply: Reply, hearers: Sequence[str]) -> None:
        """These heard what the player said there."""
        self._hearers[reply] = tuple(hearers)

    async def close(self) -> None:
        """Keep what is still open as it was heard by now."""
        for reply, waiting in list(self._open.items()):
            waiting.cancel()
            await self._keep(reply)

    def stop(self) -> None:
        """Wait for nothing any more; `close` keeps the rest."""
        for waiting in self._open.values():
            waiting.cancel()

    async def _wait(self, reply: Reply) -> None:
        heard = -1
        while reply.sounding() and heard < reply.heard_samples():  # else its client has gone quiet
            heard = reply.heard_samples()
            await asyncio.sleep(min(reply.remaining(), LOOK) + UNHEARD)
        await asyncio.sleep(UNHEARD)  # the last report may be on its way
        await self._keep(reply)

    async def _keep(self, reply: Reply) -> None:
        del self._open[reply]
        if self._memory is None:
            return
        used, now = reply.aware.memories, datetime.now(UTC)
        try:
            heard = reply.exchange()
            await self._memory.heard(reply.npc.id, self._player, heard, now, used, reply.npc.name)
            for hearer in self._hearers.get(reply, ()):
                said = Exchange(heard.player, "")
                await self._memory.heard(hearer, self._player, said, now)
        except (MemoryFailed, RuntimeError):  # the latter once it is closed
            log.warning("what %s heard could not be kept", reply.npc.id, exc_info=True)
