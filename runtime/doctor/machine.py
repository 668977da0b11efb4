"""The machine: Python, cores and memory, folders, ports and sound devices."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from runtime.config import Settings
from runtime.doctor.finding import Finding
from runtime.memory.where import cache_folder, memory_file

PYTHON = (3, 11)
SLOT = 47e6
"""Bytes of one conversation in the embedded mind's cache, as the setting `slots` says."""
LOADED = 1.2e9
"""Bytes of the embedded engines and Python: most that were resident while loading, slots hardly touched."""


def machine(settings: Settings) -> Iterator[Finding]:
    """All of it, one after the other."""
    yield python(sys.version_info[:3])
    yield cores(os.cpu_count() or 1)
    yield memory(available_memory(), settings.slots)
    yield from folders(settings)
    yield port(settings.host, settings.port)
    yield audio()


def python(version: tuple[int, ...]) -> Finding:
    """Whether this Python will do."""
    text = ".".join(map(str, version))
    if version[:2] < PYTHON:
        return Finding("Python", "fail", text, "install Python 3.11 or newer")
    return Finding("Python", "ok", f"{text}, {sys.platform}")


def cores(count: int) -> Finding:
    """Whether the event loop has a core beside the models."""
    if count < 2:
        return Finding("cores", "warn", "1 core", "two or more keep speech smooth while a model computes")
    return Finding("cores", "ok", f"{count} cores")


def memory(available: int | None, slots: int) -> Finding:
    """Whether the embedded engines and that many conversations fit into `available` bytes."""
    if available is None:
        return Finding("memory", "ok", "this system does not tell how much is free")
    needed = LOADED + slots * SLOT
    text = (
        f"{available / 1e9:.1f} GB free; the embedded engines with {slots} slots take {needed / 1e9:.1f} GB"
    )
    if available >= needed:
        return Finding("memory", "ok", text)
    fits = int((available - LOADED) / SLOT)
    advice = f"set slots = {fits}" if fits > 0 else "close other programs"
    return Finding("memory", "warn", text, f"{advice}, or take a smaller model")


def available_memory() -> int | None:
    """Bytes that can be had without swapping; None where nobody tells."""
    if sys.platform == "win32":
        return _windows_memory()
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        return int(lines["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in lines else None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")  # macOS tells only how much there is


def _windows_memory() -> int:
    import ctypes

    class Status(ctypes.Structure):  # MEMORYSTATUSEX of sysinfoapi.h
        _fields_ = [
            *(("length", ctypes.c_uint32), ("load", ctypes.c_uint32)),
            *(("total", ctypes.c_uint64), ("available", ctypes.c_uint64)),
            ("rest", ctypes.c_uint64 * 5),
        ]

    status = Status(length=ctypes.sizeof(Status))
    windows: Any = ctypes
    windows.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.available)


def folders(settings: Settings) -> Iterator[Finding]:
    """Whether what is made or remembered can be written."""
    yield writable("cache", cache_folder())
    where = memory_file(settings.memory)
    if isinstance(where, Path):
        yield writable("memory", where.parent)
    elif where:
        yield Finding("memory", "ok", "in a database; `townsfolk memory` looks into it")
    if settings.record:
        yield writable("recordings", Path(settings.record))


def writable(what: str, folder: Path) -> Finding:
    """Whether a file can be made in `folder`, or in the nearest folder above it that there is."""
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Finding(f"folder: {what}", "ok", str(folder))
    except OSError as error:
        advice = f"make {nearest} writable, or name another folder"
        return Finding(f"folder: {what}", "fail", f"{folder}: {error.strerror}", advice)


def port(host: str, number: int) -> Finding:
    """Whether the server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        if os.name == "posix":  # as a server does, that is started again soon; Windows means another thing
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, number))
        except OSError as error:
            advice = "end the program that has it, or choose another with --port; 0 takes any that is free"
            return Finding("port", "fail", f"{host}:{number}: {error.strerror}", advice)
    return Finding("port", "ok", f"{host}:{number} is free" if number else "any that is free")


def audio() -> Finding:
    """Whether `townsfolk talk --microphone` has what to hear and to speak with; a browser brings its own."""
    try:
        sound: Any = import_module("sounddevice")
        hears, speaks = sound.default.device
        names = [sound.query_devices(number)["name"] for number in (hears, speaks) if number >= 0]
    except ImportError:
        advice = 'for `talk --microphone`: pip install "townsfolk[microphone]"'
        return Finding("audio", "ok", "only in the browser", advice)
    except Exception as error:  # noqa: BLE001 - PortAudio has errors of its own, and OSError without it
        return Finding("audio", "warn", str(error), "install PortAudio, or talk in the browser")
    if min(hears, speaks) < 0:
        advice = "plug in a microphone and a loudspeaker, or talk in the browser"
        return Finding("audio", "warn", ", ".join(names) or "no device", advice)
    return Finding("audio", "ok", " and ".join(names))
