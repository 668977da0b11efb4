"""Servers in processes of their own, so that what they cost can be told from what measuring costs."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

ROOT = Path(__file__).parent.parent
STARTING = 240.0
"""Seconds to become ready, on a slow machine with cold disks that has other things to do."""
ENDING = 10.0
"""Seconds to end when asked to; after that it is not asked."""


@dataclass
class ServerProcess:
    """A server that is ready."""

    url: str
    process: psutil.Process
    cold_start: float
    """Seconds from the command to /readyz."""

    def cpu(self) -> float:
        """CPU seconds spent so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident memory in MiB."""
        return float(self.process.memory_info().rss) / 2**20

    def peak(self) -> float:
        """The most resident memory there was, in MiB, where the system tells."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return self.memory()
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024


@asynccontextmanager
async def server(*flags: str) -> AsyncIterator[ServerProcess]:
    """`server.py` on a free port of loopback, for as long as this lasts."""
    with TemporaryDirectory(prefix="townsfolk-") as folder:  # nobody's memories of real players
        environment = {**os.environ, "XDG_DATA_HOME": folder, "LOCALAPPDATA": folder}
        command = sys.executable, str(ROOT / "server.py"), *flags
        async with running(*command, path="/ws", environment=environment) as process:
            yield process


@asynccontextmanager
async def running(
    *command: str, path: str, environment: dict[str, str] | None = None
) -> AsyncIterator[ServerProcess]:
    """Any server that takes --port and answers /readyz, on a free port of loopback.

    Its websocket is at `path`. It may read its standard input to learn that nobody needs it any more.
    Raises RuntimeError where it ends or does not become ready in time.
    """
    port = _free_port()
    started = time.perf_counter()
    command = (*command, "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stderr=DEVNULL, env=environment)
    try:
        while not await asyncio.to_thread(_ready, f"http://127.0.0.1:{port}/readyz"):
            if process.returncode is not None or time.perf_counter() - started > STARTING:
                raise RuntimeError(f"the server did not become ready: {' '.join(command)}")
            await asyncio.sleep(0.05)
        took = time.perf_counter() - started
        yield ServerProcess(f"ws://127.0.0.1:{port}{path}", psutil.Process(process.pid), took)
    finally:
        await end(process)


async def end(process: Process) -> None:
    """Have a process end, politely at first, and wait until it has."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(ENDING):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
