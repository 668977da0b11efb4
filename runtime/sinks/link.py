"""A session that comes back by itself when the network does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException

from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode
from runtime.types import Samples

FIRST, LONGEST = 0.25, 5.0
"""Seconds before the first new attempt, and at most between two; each wait is twice the one before."""

PULSE = 2.5
"""Seconds between two pings, and for the answer to one: a network that dies without a word is noticed within
5, before a player has given up."""

PATIENCE = 10.0
"""Seconds for a connection to be opened, and for `ready`."""

PASSING = {"busy", "not_ready", "hello_timeout", "slow_client", "closing"}
"""Refusals that time may mend."""

_decode = msgspec.json.Decoder(m.FromServer).decode


class Link:
    """One open session."""

    def __init__(self, connection: ClientConnection, ready: m.Ready) -> None:
        self.ready = ready
        self._connection = connection
        self._heard = 0

    async def send(self, message: m.FromClient) -> None:
        """Any message of a client; one that finds the connection gone is forgotten."""
        with suppress(ConnectionClosed):
            await self._connection.send(encode(message))

    async def hear(self, samples: Samples, audible: bool) -> None:
        """The next stretch of microphone, at `ready.audio_in.rate`."""
        packet = media.microphone(self._heard, samples, audible)
        self._heard += len(samples)
        with suppress(ConnectionClosed):
            await self._connection.send(packet)

    async def __aiter__(self) -> AsyncIterator[m.FromServer | media.Packet]:
        """All that comes until the connection ends. What a newer server may say beyond us is passed over."""
        with suppress(ConnectionClosed):
            async for data in self._connection:
                with suppress(msgspec.MsgspecError, media.BadMedia):
                    yield media.unpack(data) if isinstance(data, bytes) else _decode(data)


@asynccontextmanager
async def opened(url: str, hello: Callable[[], m.Hello]) -> AsyncIterator[Link]:
    """A session at `url`; `hello` is asked for when the connection stands.

    Raises ProtocolError where it is refused, and OSError where nobody answers.
    """
    try:
        connection = await open_websocket(
            url,
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=PULSE,
            ping_timeout=PULSE,
            close_timeout=1,  # the end of a program shall not wait for a network that is gone
        )
    except (InvalidURI, WebSocketException) as error:
        raise OSError(f"{url}: {error}") from error
    try:
        yield Link(connection, await _introduced(connection, hello()))
    finally:
        await connection.close()


async def _introduced(connection: ClientConnection, hello: m.Hello) -> m.Ready:
    with suppress(ConnectionClosed):  # refused at the door; what was said about it is still to be read
        await connection.send(encode(hello))
    try:
        async with asyncio.timeout(PATIENCE):
            ready = _decode(await connection.recv())
    except (ConnectionClosed, msgspec.MsgspecError, TimeoutError) as error:
        raise OSError(f"no answer to `hello`: {error}") from error
    if isinstance(ready, m.Error):
        raise ProtocolError(ready.code, ready.message, fatal=ready.fatal)
    if not isinstance(ready, m.Ready):
        raise ProtocolError("hello_expected", f"the server answered `hello` with {type(ready).__name__}")
    return ready


async def keep(
    url: str,
    hello: Callable[[str | None], m.Hello],
    talk: Callable[[Link], Awaitable[None]],
    lost: Callable[[str], object],
) -> None:
    """Hold sessions one after another for ever: `talk` has each until its connection ends.

    `hello` is given the token to resume by, and `lost` the reason of every wait. Raises ProtocolError where
    waiting does not help, and, before there was any session, OSError.
    """
    token: str | None = None
    delay = FIRST
    while True:
        why = "the connection was lost"
        try:
            async with opened(url, lambda: hello(token)) as link:  # noqa: B023 - called at once
                token, delay = link.ready.resume, FIRST
                await talk(link)
        except ProtocolError as error:
            if token is None or error.code not in PASSING:
                raise
            why = str(error)
        except OSError as error:
            if token is None:
                raise
            why = str(error)
        lost(f"{why}; again in {delay:g} s")
        await asyncio.sleep(delay)
        delay = min(2 * delay, LONGEST)
