"""The wires a player can speak: ours, and the protobuf frames of Pipecat's websocket transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket

from benchmarks.stimuli import RATE
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.wire import encode


class Side(Protocol):
    """What a player has to know of a server. Microphones are PCM16 mono at `stimuli.RATE`."""

    @property
    def name(self) -> str: ...

    def connect(self) -> AbstractAsyncContextManager[ClientConnection]:
        """A session, ready to hear."""
        ...

    def packet(self, pcm: bytes, at: int) -> bytes:
        """A stretch of microphone whose first sample is the session's sample `at`."""
        ...

    def speaks(self, data: str | bytes) -> bool:
        """Whether this brings sound of a character."""
        ...


@dataclass(frozen=True)
class Townsfolk:
    """A session of this server."""

    url: str
    name: str = "townsfolk"

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[ClientConnection]:
        """Introduces itself and waits for `ready`."""
        hello = m.Hello(
            protocol=m.PROTOCOL, cast=["innkeeper"], audio_in=m.AudioIn(rate=RATE, echo_cancelled=True)
        )
        async with open_websocket(self.url, max_size=None, compression=None) as connection:
            await connection.send(encode(hello))
            await connection.recv()
            yield connection

    def packet(self, pcm: bytes, at: int) -> bytes:
        """Header and samples."""
        return media.HEADER.pack(media.MICROPHONE, 0, 0, 0, at % 2**32) + pcm

    def speaks(self, data: str | bytes) -> bool:
        """A voice packet does."""
        return isinstance(data, bytes) and data[0] == media.VOICE


@dataclass(frozen=True)
class Pipecat:
    """A session of the bot in `peer/bot`."""

    url: str
    name: str

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[ClientConnection]:
        """There is no greeting on its wire."""
        async with open_websocket(self.url, max_size=None, compression=None) as connection:
            yield connection

    def packet(self, pcm: bytes, at: int) -> bytes:
        """`Frame{audio: AudioRawFrame{audio, sample_rate, num_channels}}`."""
        body = _bytes(3, pcm) + _number(4, RATE) + _number(5, 1)
        return _bytes(2, body)

    def speaks(self, data: str | bytes) -> bool:
        """A frame with the field `audio` does."""
        return isinstance(data, bytes) and data[:1] == _key(2, 2)


def _key(field: int, kind: int) -> bytes:
    return bytes([field << 3 | kind])


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first (protobuf encoding, "Base 128 Varints")."""
    groups = []
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value
