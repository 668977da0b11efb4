"""The way to one client and back: messages in, checked; messages and media out; recorded where wanted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from soundfile import SoundFileRuntimeError
from websockets.exceptions import ConnectionClosed

from runtime.metrics import Metrics
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.media import Packet
from runtime.protocol.wire import Wire, encode
from runtime.record import Recorder

log = logging.getLogger(__name__)

SEND_TIMEOUT = 10.0
"""Seconds for one packet to leave. A client that has not read for so long is gone or stuck."""


class Connection(Protocol):
    """What a session needs of a websocket."""

    async def recv(self) -> str | bytes: ...
    async def send(self, message: str | bytes) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...


class Link:
    """To the client of the session with the id `session`. `over` is called when nothing more will be said."""

    def __init__(
        self, connection: Connection, wire: Wire, metrics: Metrics, session: str, over: Callable[[], None]
    ) -> None:
        self._connection, self._wire, self._metrics = connection, wire, metrics
        self._session, self._over = session, over
        self._recorder: Recorder | None = None
        self.stuck = False
        """The client has stopped reading; its connection is beyond closing politely."""

    def record(self, folder: Path, hello: m.Hello) -> None:
        """Write all that passes, from `hello` on, into a folder of its own under `folder`."""
        named = f"{time.strftime('%Y%m%d-%H%M%S')}-{self._session}"
        try:
            self._recorder = Recorder(folder / named, hello.audio_in.rate, hello.audio_out.rate)
        except OSError as error:
            log.warning("session %s is not recorded: %s", self._session, error)
        self._note(lambda recorder: recorder.received(hello))

    def close(self) -> None:
        """Nothing more is recorded."""
        self._note(Recorder.close)
        self._recorder = None

    def _note(self, note: Callable[[Recorder], None]) -> None:
        """Into the recording, if there is one. A disk that is full ends the recording and not the talk."""
        if self._recorder is None:
            return
        try:
            note(self._recorder)
        except (OSError, SoundFileRuntimeError) as error:
            log.warning("session %s is not recorded any further: %s", self._session, error)
            recorder, self._recorder = self._recorder, None
            with suppress(OSError, SoundFileRuntimeError):
                recorder.close()

    async def receive(self) -> m.FromClient | Packet:
        """What the client sends next. Raises ConnectionClosed, or ProtocolError for what is none of it."""
        item = self._wire.receive(await self._connection.recv())
        self._note(lambda recorder: recorder.received(item))
        return item

    async def send(self, message: m.FromServer | bytes) -> None:
        """To the client; a connection that is gone takes everything. One that is stuck is closed."""
        self._note(lambda recorder: recorder.sent(message))
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._connection.send(message if isinstance(message, bytes) else encode(message))
        except ConnectionClosed:
            pass
        except TimeoutError:
            log.warning("session %s: the client does not read; closing", self._session)
            self._metrics.errors.labels("slow_client").inc()
            self.stuck = True
            self._over()

    async def tell(self, error: ProtocolError) -> None:
        """What went wrong; the end of the session, if it is fatal."""
        self._metrics.errors.labels(error.code).inc()
        await self.send(error.told())
        if error.fatal:
            self._over()
