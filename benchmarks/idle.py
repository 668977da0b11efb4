"""What players cost who say nothing: memory and CPU of a session, with the microphone closed and open."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rich.console import Console
from websockets.asyncio.client import ClientConnection

from benchmarks.peer.launch import pipecat, side
from benchmarks.player import Room, playing
from benchmarks.process import ServerProcess, server
from benchmarks.report import Report
from benchmarks.sides import Side, Townsfolk

SESSIONS = 500
OPEN = 10
"""Sessions with an open microphone: enough to tell from none, and within two cores."""
WARMING = 10
"""Sessions opened and left first: what only the first ones allocate belongs to nobody."""
SETTLING = 2.0
"""Seconds for sessions to be built before anything is measured."""
SECONDS = 20.0
"""Every websocket is pinged once in these."""

console = Console(stderr=True)


async def measure(sessions: int = SESSIONS, opened: int = OPEN, peer: bool = False) -> list[Report]:
    """`sessions` at once that are silent, then `opened` microphones in a room of -60 dBFS."""
    report = Report("A session that says nothing")
    async with _roomy(sessions + WARMING) as process:
        ours = Townsfolk(process.url)
        base = await _base(process, ours)
        memory, cpu = await _closed(process, ours, sessions)
        report.add(**row(ours.name, "closed", sessions, memory, cpu, base))
        report.add(**row(ours.name, "open", opened, *await _open(process, ours, opened), base))
    if peer:
        async with pipecat() as process:
            theirs = side(process, "tuned")
            base = await _base(process, theirs)
            report.add(**row(theirs.name, "open", opened, *await _open(process, theirs, opened), base))
    return [report]


def row(
    name: str, microphone: str, sessions: int, memory: float, cpu: float, base: float
) -> dict[str, str | float | int]:
    """Figures of one session: `memory` in MiB and shares of a core are those of all; `base` without any."""
    return {
        "server": name,
        "microphone": microphone,
        "sessions": sessions,
        "rss_kb_a_session": round(memory * 1024 / sessions),
        "core_percent_a_session": round(100 * (cpu - base) / sessions, 3),
        "core_percent_in_all": round(100 * cpu, 1),
    }


@asynccontextmanager
async def _roomy(sessions: int) -> AsyncIterator[ServerProcess]:
    """Our server with places for `sessions`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "townsfolk.toml"
        settings.write_text(f"sessions = {sessions}\n")
        async with server("--config", str(settings)) as process:
            yield process


async def _base(process: ServerProcess, side: Side) -> float:
    """The share of a core without anybody, after a first few have come and gone."""
    async with AsyncExitStack() as stack:
        for _ in range(WARMING):
            await stack.enter_async_context(side.connect())
    await asyncio.sleep(SETTLING)
    return await _share(process)


async def _closed(process: ServerProcess, side: Side, sessions: int) -> tuple[float, float]:
    """MiB and the share of a core of all sessions together."""
    console.print(f"  {side.name}: {sessions} sessions, microphones closed", style="dim")
    before = process.memory()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        readers = []
        for _ in range(sessions):
            connection = await stack.enter_async_context(side.connect())
            readers.append(tasks.create_task(_drain(connection)))
        await asyncio.sleep(SETTLING)
        share = await _share(process)
        memory = process.memory() - before
        for reader in readers:
            reader.cancel()
    return memory, share


async def _open(process: ServerProcess, side: Side, sessions: int) -> tuple[float, float]:
    """The same with microphones that hear a quiet room."""
    console.print(f"  {side.name}: {sessions} sessions, microphones open", style="dim")
    before = process.memory()
    room = Room(-60.0)
    async with AsyncExitStack() as stack:
        for _ in range(sessions):
            await stack.enter_async_context(playing(side, room))
        await asyncio.sleep(SETTLING)
        share = await _share(process)
        return process.memory() - before, share


async def _share(process: ServerProcess) -> float:
    cpu, began = process.cpu(), time.perf_counter()
    await asyncio.sleep(SECONDS)
    return (process.cpu() - cpu) / (time.perf_counter() - began)


async def _drain(connection: ClientConnection) -> None:
    async for _ in connection:
        pass
