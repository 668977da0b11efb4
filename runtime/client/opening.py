"""Opens sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypedDict, Unpack

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from runtime.client.incoming import decode
from runtime.client.resuming import Resuming
from runtime.client.session import Client
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode

READY = 15.0
"""Seconds for the answer to `hello`: longer than the server itself waits for one (10 s)."""
BEAT, MISSED_BEAT, FAREWELL = 1.0, 2.0, 0.5
"""Seconds between the websocket's own pings, for an answer, and for the end of a connection that is given up:
a network that is gone without a word is noticed within 3.5 s. So there is no need of the message `ping`."""


@dataclass(frozen=True)
class Door:
    """Where a session is opened, and what is said there."""

    url: str
    hello: m.Hello

    async def open(
        self, resume: str | None = None, played: m.Played | None = None
    ) -> tuple[ClientConnection, m.Ready]:
        """A connection that is `ready`. Raises ProtocolError where it is refused, OSError where nobody is."""
        connection = await open_websocket(
            self.url,
            max_size=None,
            compression=None,
            ping_interval=BEAT,
            ping_timeout=MISSED_BEAT,
            close_timeout=FAREWELL,
        )
        try:
            async with asyncio.timeout(READY):
                hello = self.hello
                if resume is not None:
                    hello = msgspec.structs.replace(hello, resume=resume, played=played)
                return connection, await _greeted(connection, hello)
        except BaseException:
            await connection.close()
            raise


async def _greeted(connection: ClientConnection, hello: m.Hello) -> m.Ready:
    with suppress(ConnectionClosed):  # refused at the door; what was said about it is still to be read
        await connection.send(encode(hello))
    while True:
        match decode(await connection.recv()):
            case m.Ready() as ready:
                return ready
            case m.Error() as error:
                raise ProtocolError(error.code, error.message, fatal=error.fatal)
            case None:
                continue
            case other:
                name = type(other).__name__
                raise ProtocolError("hello_expected", f"the server answered `hello` with {name}")


class Options(TypedDict, total=False):
    """What may be said of a session; absent as in `hello`."""

    client: str
    """Name and version of the game, for the server's log."""
    player: m.Player
    audio_in: m.AudioIn
    audio_out: m.AudioOut
    face: m.Face
    resume: str | None
    """Token of an earlier session."""


@asynccontextmanager
async def connect(
    url: str, *cast: str, reconnect: bool = False, **options: Unpack[Options]
) -> AsyncIterator[Client]:
    """Open a session with the characters of `cast`, or with all.

    With `reconnect` a lost connection is opened again and resumed until the session is left; `Link` items
    tell of it. Raises ProtocolError where the first connection is refused, OSError where nobody answers.
    """
    if not reconnect:
        connection, ready = await door(url, *cast, **options).open()
        async with connection:
            yield Client(connection, ready)
        return
    async with resuming(url, *cast, **options) as client:
        yield client


@asynccontextmanager
async def resuming(url: str, *cast: str, **options: Unpack[Options]) -> AsyncIterator[Resuming]:
    """The same as `connect` with `reconnect`."""
    where = door(url, *cast, **options)
    connection, ready = await where.open()
    async with Resuming(where.open, connection, ready).running() as client:
        yield client


def door(url: str, *cast: str, **options: Unpack[Options]) -> Door:
    """Where `connect` of the same arguments goes."""
    said = {key: value for key, value in options.items() if value is not None}
    hello = m.Hello(protocol=m.PROTOCOL, cast=list(cast), client="townsfolk-python")
    return Door(url, msgspec.structs.replace(hello, **said))
