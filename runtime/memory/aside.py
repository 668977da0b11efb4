"""A damaged memory file is set aside, never deleted, and a new one begun."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path

from runtime.memory.schema import connect, damaged
from runtime.memory.store import MemoryFailed

log = logging.getLogger(__name__)

_COMPANIONS = ("", "-wal", "-shm")
"""SQLite's files of one database: a log beside the wrong file would be read into it."""


def open_or_begin(file: Path) -> sqlite3.Connection:
    """A connection to `file`; what is damaged is renamed to `<name>.damaged-<time>`. Raises MemoryFailed."""
    _make(file)
    seen = identity(file)
    try:
        return connect(str(file))
    except sqlite3.DatabaseError as error:
        if not damaged(error):
            raise _unusable(file, error) from error
        set_aside(file, error, seen)
    try:
        return connect(str(file))
    except sqlite3.DatabaseError as error:
        raise _unusable(file, error) from error


def set_aside(file: Path, error: sqlite3.Error, seen: tuple[int, int] | None = None) -> None:
    """Rename a damaged file and what belongs to it, unless another process has done so since."""
    if seen is not None and identity(file) != seen:
        return
    kept = file.with_name(f"{file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    log.error(
        "memory: %s is damaged (%s). It was set aside as %s, and characters begin to remember anew; "
        "`sqlite3 %s .recover` may save what is left in it",
        file,
        error,
        kept.name,
        kept.name,
    )
    try:
        for end in _COMPANIONS:
            if (part := Path(f"{file}{end}")).exists():
                part.rename(f"{kept}{end}")
    except OSError as failed:
        raise MemoryFailed(f"{file} is damaged and cannot be moved ({failed}): move it yourself") from failed
    _make(file)


def _make(file: Path) -> None:
    """An empty file that only its owner can read: it will hold what people said."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise MemoryFailed(f"memory cannot be kept in {file}: {error}. Name another file, or none") from error


def identity(file: Path) -> tuple[int, int] | None:
    """Tells a file from another of its name; None where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _unusable(file: Path, error: sqlite3.Error) -> MemoryFailed:
    return MemoryFailed(f"the memory in {file} cannot be used: {error}")
