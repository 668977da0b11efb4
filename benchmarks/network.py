"""A bad network on loopback: a TCP proxy that delays, stalls and breaks connections."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65536


@dataclass
class Network:
    """What happens to what a server sends. Set it at any time."""

    jitter: float = 0.0
    """Each piece is late by up to so many seconds; their order stays."""
    stalls: float = 0.0
    """Share of pieces that are late by `stall` beside."""
    stall: float = 0.1
    """Seconds."""
    lost: bool = False
    """Nobody gets through."""
    url: str = ""
    """Where clients connect to: http; for websockets as for the server itself."""
    pieces: int = 0
    """Sent by the server so far."""
    stalled: int = 0
    random: random.Random = field(default_factory=lambda: random.Random(0))
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def lose(self) -> None:
        """Break all connections, without a word of farewell, and let nobody through until `lost` is unset."""
        self.lost = True
        for writer in list(self._writers):
            writer.transport.abort()

    def delay(self) -> float:
        """Seconds that the next piece is late by."""
        self.pieces += 1
        stalls = self.random.random() < self.stalls
        self.stalled += stalls
        return self.random.uniform(0, self.jitter) + (self.stall if stalls else 0.0)


@asynccontextmanager
async def between(host: str, port: int) -> AsyncIterator[Network]:
    """A network on a free port of loopback that leads to `host` and `port`."""
    network = Network()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if network.lost:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(host, port)
        network._writers |= {writer, back}
        try:
            await asyncio.gather(_straight(reader, back), _badly(network, there, writer))
        finally:
            for each in (writer, back):
                network._writers.discard(each)
                each.close()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        network.lose()
        server.close()
        await server.wait_closed()


async def _straight(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError, RuntimeError, OSError):
        writer.write_eof()


async def _badly(network: Network, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pieces are late each by itself, and none overtakes another."""
    loop = asyncio.get_running_loop()
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    reading = asyncio.create_task(_timed(network, reader, due))
    try:
        while (piece := await due.get())[1]:
            await asyncio.sleep(piece[0] - loop.time())
            writer.write(piece[1])
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        reading.cancel()
        writer.close()


async def _timed(
    network: Network, reader: asyncio.StreamReader, due: asyncio.Queue[tuple[float, bytes]]
) -> None:
    loop, latest = asyncio.get_running_loop(), 0.0
    data = b"?"
    while data:
        with suppress(ConnectionError):
            data = await reader.read(CHUNK)
            latest = max(latest, loop.time() + network.delay())
            due.put_nowait((latest, data))
            continue
        data = b""
        due.put_nowait((latest, data))
