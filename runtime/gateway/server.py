"""One port: the websocket, the page, health and metrics. Admits sessions and sees them out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from runtime.bundled import bundled
from runtime.character import Character
from runtime.config import Settings
from runtime.engines import Engines
from runtime.gateway.http import Pages
from runtime.gateway.parking import Parking
from runtime.metrics import Metrics
from runtime.protocol.errors import ProtocolError
from runtime.protocol.messages import Hello
from runtime.protocol.wire import LIMITS, Wire, encode
from runtime.session import Session
from runtime.sight import Eyes

log = logging.getLogger(__name__)

HELLO_TIMEOUT = 10.0
"""Seconds for the first message; what opens a socket and says nothing holds no place."""
DRAIN = 1.0
"""Seconds for sessions to end when the server goes down; Ctrl-C shall not take two."""


class Gateway:
    """Serves until it is left: `async with Gateway(...) as gateway`, then `gateway.open(engines)`."""

    def __init__(self, settings: Settings, characters: Mapping[str, Character]) -> None:
        self.settings, self.characters = settings, characters
        self.metrics = Metrics()
        self.engines: Engines | None = None
        self._sessions: set[Session] = set()
        self._parked = Parking()
        self._eyes = Eyes(settings.models)
        self._server: Server | None = None
        self._empty = asyncio.Event()
        """Set while no session is open."""
        self._empty.set()

    async def __aenter__(self) -> Gateway:
        pages = Pages(bundled("assets"), self.metrics, lambda: self.engines is not None)

        def answer(_: ServerConnection, request: Request) -> Response | None:
            return pages.answer(request)

        self._server = await serve(
            self._admit,
            self.settings.host,
            self.settings.port,
            process_request=answer,
            max_size=LIMITS.media + 1024,  # a little more than is allowed: the answer is then ours, and kind
            compression=None,  # media is most of it, and deflate costs more than loopback or a LAN
            close_timeout=1,
            server_header=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drain()

    async def drain(self) -> None:
        """Take nobody any more, tell every session that it ends, and wait until they have."""
        if self._server is None:
            return
        self._server.close(close_connections=False)
        for session in list(self._sessions):
            session.leave(ProtocolError("closing", "the server is going down", fatal=True))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), DRAIN)
        self._server.close()
        await self._server.wait_closed()
        self._eyes.worker.close()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that are really listened on."""
        if self._server is None:
            raise RuntimeError("the gateway is not open")
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return host, port

    def open(self, engines: Engines) -> None:
        """The models are warm: take sessions."""
        self.engines = engines
        self.metrics.watch(engines.workers)
        self.metrics.failing(engines.failures)

    # ------------------------------------------------------------ one connection

    async def _admit(self, connection: ServerConnection) -> None:
        try:
            wire = Wire()
            session = await self._session(connection, wire)
        except ProtocolError as error:
            self.metrics.refused.labels(error.code).inc()
            await _refuse(connection, error)
        except ConnectionClosed:
            pass
        else:
            await self._serve(session, connection)

    async def _session(self, connection: ServerConnection, wire: Wire) -> Session:
        if self.engines is None:
            raise ProtocolError("not_ready", "the models are still being loaded", fatal=True)
        hello = await _hello(connection, wire)
        kept = await self._parked.take(hello.resume)
        if kept is None:  # who has lost a connection has a place already
            self._room()
        library = self.engines.lore.library
        cast = library.characters if library else self.characters
        try:
            session = Session(
                connection, wire, cast, self.engines, self.metrics, self.settings.lead, kept, self._eyes
            )
        except ProtocolError:
            if kept is not None:
                self._parked.park(kept)
            raise
        if self.settings.record:
            session.link.record(Path(self.settings.record), session.hello)
        return session

    def _room(self) -> None:
        """Raises ProtocolError where there is none for one session more."""
        if len(self._sessions) >= self.settings.sessions:
            raise ProtocolError("busy", f"all {self.settings.sessions} places are taken", fatal=True)
        if self.engines is not None and (delay := self.engines.delay) > self.settings.delay:
            text = f"those who talk wait {delay:.1f} s for a model already"
            raise ProtocolError("busy", text, fatal=True)

    async def _serve(self, session: Session, connection: ServerConnection) -> None:
        self._sessions.add(session)
        self._parked.open(session.conversations, connection.transport.abort)
        self._empty.clear()
        self.metrics.sessions.inc()
        try:
            await session.run()
        except* Exception:  # a fault of ours ends this session, never the others
            log.exception("session %s broke down", session.id)
        finally:
            self._sessions.discard(session)
            if not self._sessions:
                self._empty.set()
            self.metrics.sessions.dec()
            self._parked.park(session.conversations)
            if session.link.stuck:
                connection.transport.abort()


async def _hello(connection: ServerConnection, wire: Wire) -> Hello:
    """What the client introduces itself with. Raises ProtocolError where it takes too long."""
    try:
        async with asyncio.timeout(HELLO_TIMEOUT):
            return await _introduced(connection, wire)
    except TimeoutError:
        text = f"no hello within {HELLO_TIMEOUT:.0f} s"
        raise ProtocolError("hello_timeout", text, fatal=True) from None


async def _introduced(connection: ServerConnection, wire: Wire) -> Hello:
    """Read until there is a hello; a fault that is not fatal may be mended."""
    while wire.hello is None:
        try:
            wire.receive(await connection.recv())
        except ProtocolError as error:
            if error.fatal:
                raise
            await connection.send(encode(error.told()))
    return wire.hello


async def _refuse(connection: ServerConnection, error: ProtocolError) -> None:
    try:
        await connection.send(encode(error.told()))
        await connection.close(1008, error.code)
    except ConnectionClosed:
        pass
