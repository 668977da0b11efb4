"""A server in a process of its own, so that what it costs can be told from what measuring costs."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
STARTING = 120.0
"""Seconds to become ready, on a slow machine with cold disks."""


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    command = [sys.executable, str(ROOT / "server.py"), "--port", str(port), *flags]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    try:
        while not await asyncio.to_thread(_ready, f"http://127.0.0.1:{port}/readyz"):
            if process.returncode is not None or time.perf_counter() - started > STARTING:
                raise RuntimeError(f"the server did not become ready: {' '.join(command)}")
            await asyncio.sleep(0.05)
        took = time.perf_counter() - started
        yield ServerProcess(f"ws://127.0.0.1:{port}/ws", psutil.Process(process.pid), took)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
