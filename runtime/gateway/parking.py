"""Conversations whose client has gone, or is about to come back on another connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from runtime.conversations import Conversations

PARKED = 300.0
"""Seconds that conversations wait for a client to resume them."""

LEAVING = 5.0
"""Seconds for a session to end whose connection was cut. It takes milliseconds; nobody waits for ever."""


@dataclass
class Open:
    """Conversations with a client that is there."""

    cut: Callable[[], object]
    """Drops its connection."""
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Parking:
    """All conversations by their tokens: those that are open, and those that wait."""

    def __init__(self) -> None:
        self._open: dict[str, Open] = {}
        self._parked: dict[str, tuple[float, Conversations]] = {}

    def open(self, conversations: Conversations, cut: Callable[[], object]) -> None:
        """A session goes on with them."""
        self._open[conversations.token] = Open(cut)

    def park(self, conversations: Conversations) -> None:
        """Their session has ended."""
        now = time.monotonic()
        self._parked = {k: v for k, v in self._parked.items() if v[0] > now}
        self._parked[conversations.token] = (now + PARKED, conversations)
        if here := self._open.pop(conversations.token, None):
            here.over.set()

    async def take(self, token: str | None) -> Conversations | None:
        """Those of `token`, if they are still known.

        A client whose network was lost comes back before the server has noticed: its old connection is cut.
        """
        if token is None:
            return None
        if here := self._open.get(token):
            here.cut()
            with suppress(TimeoutError):
                await asyncio.wait_for(here.over.wait(), LEAVING)
        until, conversations = self._parked.pop(token, (0.0, None))
        return conversations if until > time.monotonic() else None
