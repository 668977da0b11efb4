"""A session that outlives its connections."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from runtime.client.incoming import decode
from runtime.client.link import RETRIED, Link, State, waits
from runtime.client.session import Client, Event
from runtime.client.standing import Standing
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.types import Samples

Open: TypeAlias = Callable[
    [str | None, m.Played | None], Coroutine[Any, Any, tuple[ClientConnection, m.Ready]]
]

NORMAL = 1000
"""Close code of a server that has ended the session; after any other the client comes back."""


class Resuming(Client):
    """A client that reads in the background, notices a lost connection, opens another and resumes."""

    waits = staticmethod(waits)
    """Seconds before each attempt to come back."""

    def __init__(self, open_again: Open, connection: ClientConnection, ready: m.Ready) -> None:
        super().__init__(connection, ready)
        self.state: State = "connected"
        self._open = open_again
        self._standing = Standing()
        self._items: deque[Event] = deque()
        """Without bound: a server sends little ahead of time."""
        self._news, self._up = asyncio.Event(), asyncio.Event()
        self._up.set()
        self._over, self._fault = False, None  # type: bool, Exception | None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Resuming]:
        """Read until this is left."""
        reading = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            await self._connection.close()

    # ------------------------------------------------------------ to the server

    async def send(self, message: m.FromClient) -> None:
        """Any message of a client; waits while there is no connection. Raises ConnectionClosed at the end.

        A report on playback does not wait: the next `hello` says the same.
        """
        self._standing.note(message)
        while self._up.is_set() or not isinstance(message, m.Playback):
            await self._up.wait()
            connection = self._connection
            try:
                return await super().send(message)
            except ConnectionClosed:
                if self._over:
                    raise
                if connection is self._connection:  # noticed here before it was noticed by reading
                    self._up.clear()
        return None

    async def hear(self, samples: Samples, audible: bool = False) -> None:
        """Send a stretch of microphone. What is said while there is no connection is lost."""
        if self._up.is_set() and not self._over:
            with suppress(ConnectionClosed):
                await super().hear(samples, audible)

    async def show(self, picture: bytes) -> None:
        """Send a picture of the player's camera. What is seen while there is no connection is lost."""
        if self._up.is_set() and not self._over:
            with suppress(ConnectionClosed):
                await super().show(picture)

    # ------------------------------------------------------------ from the server

    async def __aiter__(self) -> AsyncGenerator[Event]:
        """Everything the server sends, and a `Link` where the connection is lost or found again.

        Ends when the server ends the session; raises ProtocolError where it does so for a fault.
        """
        while not self._over or self._items:
            while self._items:
                yield self._items.popleft()
            if not self._over:
                self._news.clear()
                await self._news.wait()
        if self._fault is not None:
            raise self._fault

    def waiting(self) -> list[Event]:
        """All that has come and was not read, without waiting; from any thread. Raises as iterating does."""
        items: list[Event] = []
        while self._items:
            items.append(self._items.popleft())
        if not items and self._fault is not None:
            raise self._fault
        return items

    @property
    def over(self) -> bool:
        """The session has ended for good."""
        return self._over

    async def _run(self) -> None:
        try:
            await self._follow()
            while self._connection.close_code != NORMAL:
                await self._again()
                await self._follow()
        except Exception as error:  # noqa: BLE001 - a refusal, or a tap's fault: for whoever reads
            self._fault = error
        finally:
            self._over = True
            self._up.set()
            self._news.set()

    async def _follow(self) -> None:
        """Read to the end of this connection. Raises ProtocolError where another would end so, too."""
        with suppress(ConnectionClosed):
            async for data in self._connection:
                item = decode(data)
                if item is not None:
                    self._tell(item)
                if isinstance(item, m.Error) and item.fatal and item.code not in RETRIED:
                    raise ProtocolError(item.code, item.message, fatal=True)

    async def _again(self) -> None:
        """Open another connection, however long it takes. Raises ProtocolError where it is refused."""
        self._up.clear()
        self.state = "reconnecting"
        for attempt, wait in enumerate(self.waits(), 1):
            self._tell(Link("reconnecting", attempt=attempt))
            await asyncio.sleep(wait)
            try:
                connection, ready = await self._open(self.ready.resume, self.heard())
            except ProtocolError as error:
                if error.code not in RETRIED:
                    raise
            except (OSError, WebSocketException):
                continue
            else:
                return await self._resume(connection, ready, attempt)
        return None

    async def _resume(self, connection: ClientConnection, ready: m.Ready, attempt: int) -> None:
        self._connection, self.ready, self._sent = connection, ready, 0
        self.state = "resumed" if ready.resumed else "refused"
        if not ready.resumed:
            self.latest = m.Played(reply=0, at=0)
            with suppress(ConnectionClosed):
                for message in self._standing.told():
                    await super().send(message)
        self._tell(Link(self.state, tuple(ready.missed), attempt))
        self._up.set()

    def _tell(self, item: Event) -> None:
        self._note(item)
        self._items.append(item)
        self._news.set()
