"""One connection of the client that is looked at: everything it sends is judged as it comes."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from runtime.conformance.card import Card
from runtime.conformance.told import Told
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import Wire, encode

AHEAD = 2.0
"""Seconds of microphone that may come at once: what the server takes of a client that was stopped a while."""


class Guest:
    """Reads until the connection ends. `replies` are those that it was told of."""

    def __init__(self, connection: ServerConnection, card: Card) -> None:
        self.connection, self.card = connection, card
        self.came = asyncio.get_running_loop().time()
        self.greeted = asyncio.Event()
        """It has said `hello`, or can no longer."""
        self.gone = asyncio.Event()
        self.replies: dict[int, Told] = {}
        self.rests: set[int] = set()
        self.actions: set[int] = set()
        self.dead = False
        """Its network is: nothing gets through any more."""
        self._wire = Wire()
        self._due: int | None = None
        """Time of the next microphone packet."""
        self._recorded, self._listened_since = 0, 0.0

    @property
    def hello(self) -> m.Hello | None:
        """What it said first."""
        return self._wire.hello

    async def tell(self, message: m.FromServer | dict[str, object] | bytes) -> None:
        """Send; a client that has gone is noticed elsewhere."""
        if self.dead:
            return
        if isinstance(message, dict):
            message_text: str | bytes = json.dumps(message)
        else:
            message_text = message if isinstance(message, bytes) else encode(message)
        with suppress(ConnectionClosed):
            await self.connection.send(message_text)

    async def answers(self, seconds: float) -> bool:
        """Whether a ping is answered in time."""
        with suppress(ConnectionClosed):
            pong = await self.connection.ping()
            return bool((await asyncio.wait({asyncio.ensure_future(pong)}, timeout=seconds))[0])
        return False

    def die(self) -> None:
        """Let nothing through from now on, in either direction; the client is told nothing of it."""
        self.dead = True
        self.connection.transport.pause_reading()

    async def read(self) -> None:
        """Judge everything, until the connection ends."""
        try:
            with suppress(ConnectionClosed):
                async for data in self.connection:
                    await self._take(data)
        finally:
            self.gone.set()
            self.greeted.set()

    async def _take(self, data: str | bytes) -> None:
        first = not self.greeted.is_set()
        try:
            item = self._wire.receive(data)
        except ProtocolError as error:
            rule = "hello.protocol" if error.code == "protocol_version" else "wire.valid"
            self.card.note(rule, False, f"{error.code}: {error}")
            self.card.note("hello.first", error.code not in ("hello_expected", "hello_repeated"), str(error))
            return
        self.card.note("wire.valid", True, "")
        match item:
            case m.Hello():
                self.card.note("hello.first", first, "`hello` came late")
                self.card.note("hello.protocol", True, "")
                self.greeted.set()
            case m.Playback():
                self._playback(item)
            case m.Ping(at=at):
                await self.tell(m.Pong(at=at))
            case m.ActionResult(action=action):
                self.card.note("wire.known", action in self.actions, f"there is no action {action}")
            case media.Packet():
                self._hear(item)

    def _playback(self, report: m.Playback) -> None:
        number = report.reply
        if number in self.rests:
            self.card.note("rest.quiet", False, f"`{report.state}` was reported of rest {number}")
        elif self.card.note("wire.known", number in self.replies, f"a report on reply {number}, never sent"):
            self.replies[number].report(report, asyncio.get_running_loop().time())

    def _hear(self, packet: media.Packet) -> None:
        now, rate = asyncio.get_running_loop().time(), self.hello.audio_in.rate if self.hello else 1
        length = len(packet.payload) // 2
        if self._due is None:  # a clock may go on from an earlier connection
            self._due, self._listened_since = packet.time, now
        text = f"a packet at {packet.time} where {self._due} was due"
        self.card.note("microphone.clock", packet.time == self._due, text)
        self._due, self._recorded = (packet.time + length) % 2**32, self._recorded + length
        ahead = self._recorded / rate - (now - self._listened_since)
        self.card.note("microphone.pace", ahead <= AHEAD, f"{ahead:.1f} s more than time has passed")
