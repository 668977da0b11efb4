"""One session over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Literal, TypeAlias

import numpy as np
from websockets.asyncio.client import ClientConnection

from runtime.client.answer import Answer, collect
from runtime.client.incoming import Item, decode
from runtime.client.link import Link
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode
from runtime.types import Samples

PACKET = 0.02
"""Seconds of microphone in a packet, as browsers and engines send it."""

Event: TypeAlias = Item | Link
"""What a client yields: what the server sent, and what became of the connection."""


class Client:
    """A session. Iterate over it for everything that comes, or ask for whole answers."""

    def __init__(self, connection: ClientConnection, ready: m.Ready) -> None:
        self.ready = ready
        self.taps: list[Callable[[Event], None]] = []
        """Called with everything that comes, before it is yielded."""
        self.latest = m.Played(reply=0, at=0)
        """The latest reply that was announced, and how many of its samples have come."""
        self.heard: Callable[[], m.Played | None] = self._received
        """How much of the latest reply the player has had; whoever plays it knows better than what came."""
        self._connection = connection
        self._sent = 0

    # ------------------------------------------------------------ to the server

    async def send(self, message: m.FromClient) -> None:
        """Any message of a client."""
        await self._connection.send(encode(message))

    async def say(self, text: str, to: str | None = None) -> None:
        """Type a line to a character."""
        await self.send(m.Say(text=text, to=to))

    async def ask(self, text: str, to: str | None = None) -> Answer:
        """Type a line and wait for the answer. Raises ProtocolError where the server refuses it."""
        before = self.latest.reply
        await self.say(text, to)
        return await self.answer(after=before)

    async def hear(self, samples: Samples, audible: bool = False) -> None:
        """Send a stretch of microphone, at `ready.audio_in.rate`; `audible`: a character may be in it."""
        await self._connection.send(media.microphone(self._sent, samples, audible))
        self._sent += len(samples)

    async def show(self, picture: bytes) -> None:
        """Send a picture of the player's camera, as it was taken: JPEG, WebP or PNG, of 15 a second or fewer.

        Needs the player's consent: `player=Player(camera=True)`.
        """
        await self._connection.send(media.camera(picture))

    async def speak(self, samples: Samples, silence: float = 1.5) -> float:
        """Send `samples` as a microphone would, in real time, then `silence` seconds of nothing.

        Returns the loop time at which the last sample was sent.
        """
        rate = self.ready.audio_in.rate
        size = round(rate * PACKET)
        loop = asyncio.get_running_loop()
        whole = np.concatenate([samples, np.zeros(round(silence * rate), np.float32)])
        started, ended = loop.time(), 0.0
        for at in range(0, len(whole), size):
            await asyncio.sleep(started + (at + size) / rate - loop.time())
            await self.hear(whole[at : at + size])
            if at < len(samples):
                ended = loop.time()
        return ended

    async def played(self, answer: Answer) -> None:
        """Report that the player has heard all that was collected of a reply."""
        state: Literal["finished", "interrupted"] = "interrupted" if answer.cancelled else "finished"
        await self.send(m.Playback(reply=answer.reply, state=state, at=len(answer.audio)))

    # ------------------------------------------------------------ from the server

    async def __aiter__(self) -> AsyncGenerator[Event]:
        """Everything the server sends, in order, until the connection ends."""
        async for data in self._connection:
            if (item := decode(data)) is not None:
                self._note(item)
                yield item

    async def answer(self, after: int = 0) -> Answer:
        """The next whole reply with a number above `after`; reported as played where nothing plays it.

        Raises ProtocolError where the server refuses, ConnectionError where the connection ends first.
        """
        answer = Answer(0, "")
        async for item in self:
            if isinstance(item, m.Reply) and item.reply > after:
                answer = Answer(item.reply, item.npc)
            elif isinstance(item, m.Error):
                raise ProtocolError(item.code, item.message, fatal=item.fatal)
            elif isinstance(item, Link):
                if broken := _broken(answer, item):
                    return broken
            elif collect(answer, item):
                if self.heard == self._received:
                    await self.played(answer)
                return answer
        raise ConnectionError("the server closed the connection before the reply was over")

    def _received(self) -> m.Played | None:
        return self.latest if self.latest.reply else None

    def _note(self, item: Event) -> None:
        """Keep count, and pass it on to whoever listens."""
        match item:
            case m.Reply(reply=reply):
                self.latest = m.Played(reply=reply, at=0)
            case media.Packet(kind=media.VOICE, reply=self.latest.reply):
                end = item.time + len(item.payload) // 2
                self.latest = m.Played(reply=item.reply, at=max(self.latest.at, end))
        for tap in self.taps:
            tap(item)


def _broken(answer: Answer, link: Link) -> Answer | None:
    """What is left of an answer when the connection was lost. Raises ConnectionError where it is nothing."""
    if link.state == "reconnecting":
        return None
    missed = next((each for each in link.missed if answer.reply in (0, each.reply)), None)
    if missed is None and not answer.reply:
        raise ConnectionError("the connection was lost before the answer began; ask again")
    if missed is not None:
        answer.reply, answer.npc, answer.missed = missed.reply, missed.npc, missed.text
    answer.text = " ".join(line.text for line in answer.lines)
    answer.cancelled = m.Cancel(
        reply=answer.reply, npc=answer.npc, valid_through=len(answer.audio), reason="closing"
    )
    return answer
