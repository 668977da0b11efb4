"""A client in Python: for scripts, tests, and as the shortest description of how the wire is used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode
from runtime.types import Pose, Samples, Weights

_decode = msgspec.json.Decoder(m.FromServer).decode

PACKET = 0.02
"""Seconds of microphone in a packet, as browsers and engines send it."""


@dataclass
class Answer:
    """One reply, collected."""

    reply: int
    npc: str
    text: str = ""
    lines: list[m.SpokenLine] = field(default_factory=list)
    audio: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    """At the rate of `ready.audio_out`."""
    face: Weights = field(default_factory=lambda: np.zeros((0, media.BLENDSHAPES), np.float32))
    """One row a frame, `ready.face.fps` of them a second; columns as `ready.blendshapes`."""
    pose: Pose = field(default_factory=lambda: np.zeros((0, media.ANGLES), np.float32))
    """One row a frame where they were asked for."""
    face_times: list[int] = field(default_factory=list)
    """Sample of the reply at which each face packet begins."""
    latency: m.Latency | None = None
    cancelled: m.Cancel | None = None
    first_audio: float = 0.0
    """Loop time at which the first sample arrived."""
    first_face: float = 0.0
    """Loop time at which the first frame arrived."""


class Client:
    """A session. Iterate over it for everything that comes, or ask for whole answers."""

    def __init__(self, connection: ClientConnection, ready: m.Ready) -> None:
        self.ready = ready
        self._connection = connection
        self._sent = 0

    async def send(self, message: m.FromClient) -> None:
        """Any message of a client."""
        await self._connection.send(encode(message))

    async def say(self, text: str, to: str | None = None) -> None:
        """Type a line to a character."""
        await self.send(m.Say(text=text, to=to))

    async def hear(self, samples: Samples, audible: bool = False) -> None:
        """Send a stretch of microphone, at `ready.audio_in.rate`."""
        await self._connection.send(media.microphone(self._sent, samples, audible))
        self._sent += len(samples)

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

    async def __aiter__(self) -> AsyncIterator[m.FromServer | media.Packet]:
        """Everything the server sends, in order, until the connection ends."""
        async for data in self._connection:
            yield media.unpack(data) if isinstance(data, bytes) else _decode(data)

    async def answer(self) -> Answer:
        """The next reply, whole, reported as played. Raises ProtocolError where the server refused."""
        answer = Answer(0, "")
        async for item in self:
            if isinstance(item, m.Reply):
                answer = Answer(item.reply, item.npc)
            elif isinstance(item, m.Error):
                raise ProtocolError(item.code, item.message, fatal=item.fatal)
            elif collect(answer, item):
                await self.played(answer)
                return answer
        raise ConnectionError("the server closed the connection before the reply was over")


def collect(answer: Answer, item: m.FromServer | media.Packet) -> bool:
    """Add what came to `answer`; True when that was the end of it."""
    now = asyncio.get_running_loop().time()
    match item:
        case media.Packet(kind=media.VOICE, reply=answer.reply):
            answer.first_audio = answer.first_audio or now
            answer.audio = np.concatenate([answer.audio, item.samples()])
        case media.Packet(kind=media.FACE, reply=answer.reply):
            answer.first_face = answer.first_face or now
            rows = item.weights()
            answer.face = np.concatenate([answer.face.reshape(-1, rows.shape[1]), rows])
            if (pose := item.pose()) is not None:
                answer.pose = np.concatenate([answer.pose, pose])
            answer.face_times.append(item.time)
        case m.SpokenLine(reply=answer.reply):
            answer.lines.append(item)
        case m.Done(reply=answer.reply):
            answer.text, answer.latency = item.text, item.latency
            return True
        case m.Cancel(reply=answer.reply):
            answer.cancelled = item
            return True
    return False


@asynccontextmanager
async def connect(
    url: str,
    *cast: str,
    player: m.Player | None = None,
    audio_in: m.AudioIn | None = None,
    audio_out: m.AudioOut | None = None,
    face: m.Face | None = None,
    resume: str | None = None,
) -> AsyncIterator[Client]:
    """Open a session with the characters of `cast`, or with all. Raises ProtocolError where it is refused."""
    async with open_websocket(url, max_size=None, compression=None) as connection:
        hello = m.Hello(
            protocol=m.PROTOCOL,
            client="townsfolk-python",
            cast=list(cast),
            player=player or m.Player(),
            audio_in=audio_in or m.AudioIn(),
            audio_out=audio_out or m.AudioOut(),
            face=face or m.Face(),
            resume=resume,
        )
        with suppress(ConnectionClosed):  # refused at the door; what was said about it is still to be read
            await connection.send(encode(hello))
        ready = _decode(await connection.recv())
        if isinstance(ready, m.Error):
            raise ProtocolError(ready.code, ready.message, fatal=ready.fatal)
        if not isinstance(ready, m.Ready):
            raise ProtocolError("hello_expected", f"the server answered `hello` with {type(ready).__name__}")
        yield Client(connection, ready)
