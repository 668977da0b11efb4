"""The scripted server: lets the client in, speaks to it in bad timing, and waits for what it reports."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve

from runtime.conformance import speech
from runtime.conformance.card import Card
from runtime.conformance.guest import Guest
from runtime.conformance.patience import within
from runtime.conformance.speech import Timing
from runtime.conformance.told import Told
from runtime.face.names import SHAPES
from runtime.gateway.http import WEBSOCKET
from runtime.protocol import messages as m
from runtime.protocol.wire import LIMITS

BACK = 10.0
"""Seconds in which a client is back that was lost."""
REPORTED = 4.0
"""Seconds beyond its length in which a reply is over: buffers, slow starts, a machine with other work."""
CAST = [
    m.Npc(id="mara", name="Mara", description="Keeps an inn.", greeting="Come in."),
    m.Npc(id="odo", name="Odo", description="Keeps the gate.", greeting="Who goes there?"),
]


class Absent(Exception):
    """The client is not there, and does not come."""


class Kit:
    """One run. An act takes the place of a reply's voice; `guest` is the connection that is there now."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.url = ""
        self.guest: Guest | None = None
        self.ready: m.Ready | None = None
        self.number = 0
        self._door: asyncio.Queue[Guest] = asyncio.Queue()

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator[Kit]:
        """Listen on the loopback interface."""

        async def admit(connection: ServerConnection) -> None:
            guest = Guest(connection, self.card)
            self._door.put_nowait(guest)
            await guest.read()

        server = await serve(
            admit, "127.0.0.1", port, compression=None, max_size=None, ping_interval=None, close_timeout=1
        )
        async with server:
            taken = server.sockets[0].getsockname()[1]
            self.url = f"ws://127.0.0.1:{taken}{WEBSOCKET}"
            yield self

    # ------------------------------------------------------------ who is there

    async def knock(self, seconds: float) -> Guest:
        """The next connection, with its `hello`. Raises Absent."""
        found: list[Guest] = []

        async def come() -> None:
            found.append(await self._door.get())
            await found[0].greeted.wait()

        if not await within(come(), seconds):
            raise Absent(f"no connection with a `hello` within {seconds:.0f} s")
        if found[0].hello is None:
            raise Absent("it went without a `hello`")
        return found[0]

    def knocked(self) -> bool:
        """Somebody stands at the door."""
        return not self._door.empty()

    async def welcome(
        self, guest: Guest, resumed: bool = False, missed: list[m.Missed] | None = None
    ) -> Guest:
        """Answer a `hello`."""
        assert guest.hello is not None
        hello = guest.hello
        self.ready = m.Ready(
            protocol=m.PROTOCOL,
            server="townsfolk conformance",
            session=secrets.token_hex(8),
            resume=secrets.token_urlsafe(24),
            resumed=resumed,
            missed=missed or [],
            cast=CAST,
            attending=CAST[0].id,
            blendshapes=list(SHAPES[hello.face.shapes][0]),
            audio_in=hello.audio_in,
            audio_out=hello.audio_out,
            face=hello.face,
            look_ahead=0.1,
            limits=LIMITS,
        )
        await guest.tell(self.ready)
        self.guest = guest
        return guest

    async def present(self, seconds: float = BACK) -> tuple[Guest, m.Ready]:
        """The client, let in again if it had gone. Raises Absent."""
        if self.guest is None or self.guest.gone.is_set():
            guest = await self.knock(seconds)
            await self.welcome(guest, resumed=guest.hello is not None and guest.hello.resume is not None)
        assert self.guest is not None
        assert self.ready is not None
        return self.guest, self.ready

    async def lose(self) -> Guest:
        """Cut the connection, as a cable that is pulled."""
        guest, _ = await self.present()
        guest.connection.transport.abort()
        await guest.gone.wait()
        return guest

    # ------------------------------------------------------------ what it is told

    async def begin(self, npc: str = "mara", number: int | None = None) -> Told:
        """Announce a reply."""
        guest, ready = await self.present()
        self.number = self.number + 1 if number is None else number
        told = Told(self.number, npc, ready.audio_out.rate, self.card)
        guest.replies[told.number] = told
        await guest.tell(m.Reply(reply=told.number, npc=npc))
        return told

    async def utter(
        self, told: Told, seconds: float, timing: Timing | None = None, done: bool = True
    ) -> None:
        """Send a reply to its end."""
        guest, ready = await self.present()
        samples = round(seconds * told.rate)
        text = "Left at the well, then follow the water."
        await guest.tell(speech.line(told.number, told.npc, text, samples))
        loop = asyncio.get_running_loop()
        started = loop.time()
        for packet in speech.departures(told.number, seconds, ready, timing or Timing()):
            await asyncio.sleep(started + packet.due - loop.time())
            if packet.voice_until:
                told.sends(packet.voice_until, loop.time())
            await guest.tell(packet.data)
        if done:
            await self.done(told, samples, text)

    async def done(self, told: Told, samples: int, text: str = "") -> None:
        """All of it has been sent."""
        guest, ready = await self.present()
        told.samples = samples
        latency = m.Latency(ears=0, mind=0, voice=0, face=0, total=0)
        count = speech.frames(samples / told.rate, ready.face.fps)
        await guest.tell(
            m.Done(reply=told.number, npc=told.npc, text=text, samples=samples, frames=count, latency=latency)
        )

    async def cancel(self, told: Told) -> None:
        """End it where it is."""
        guest, _ = await self.present()
        await guest.tell(told.cancel(asyncio.get_running_loop().time()))

    async def say(self, seconds: float, timing: Timing | None = None, npc: str = "mara") -> Told:
        """A whole reply, heard to its end or not."""
        told = await self.begin(npc)
        await self.utter(told, seconds, timing)
        await self.finished(told, seconds)
        return told

    async def finished(self, told: Told, seconds: float) -> bool:
        """Whether the client says in time that it has heard all of it."""
        over = await within(told.over.wait(), seconds + REPORTED)
        self.card.note("playback.finished", over, f"reply {told.number}: no end was reported")
        return over and told.reports[-1].state == "finished"

    async def heard(self, seconds: float = 0.5, npc: str = "mara") -> bool:
        """Say something, and see whether the same connection hears it to its end."""
        before = self.guest
        try:
            told = await self.begin(npc)
            await self.utter(told, seconds)
        except Absent:
            return False
        over = await within(told.over.wait(), seconds + REPORTED)
        return over and self.guest is before and before is not None and not before.gone.is_set()
