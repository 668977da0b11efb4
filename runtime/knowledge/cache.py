"""Indexes on disk, so that knowledge is read and embedded once."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from runtime.knowledge import asked, notes
from runtime.knowledge.embedding import Embedder
from runtime.knowledge.index import Index, Progress, in_memory, made, quiet
from runtime.knowledge.notes import BadKnowledge

log = logging.getLogger(__name__)

FORMAT = "6"
"""Of the cached file; another number makes every one anew."""


def opened(folder: Path, embedder: Embedder | None, cache: Path | None, progress: Progress = quiet) -> Index:
    """The index of `folder/*.md` and of the questions beside it, as it was kept in the folder `cache`.

    Raises BadKnowledge. A cache that cannot be written is done without.
    """
    name = f"{folder.resolve().parent.name}-{_sum(folder, embedder)}.sqlite"
    if cache and (found := _cached(cache / name)):
        return found
    known = notes.read(folder)
    questions, said = asked.read(folder.parent / asked.FILE, known), asked.spoken(folder.parent)
    talked = asked.talked(folder.parent)

    def make(database: sqlite3.Connection) -> Index:
        return made(known, embedder, database, progress, questions, said, talked)

    if not cache:
        return make(in_memory())
    try:
        return _kept(make, cache / name)
    except (OSError, sqlite3.OperationalError) as error:
        log.warning("knowledge is not cached: %s: %s", cache, error)
        return opened(folder, embedder, None, progress)


def _kept(make: Callable[[sqlite3.Connection], Index], file: Path) -> Index:
    """Made in a file beside its place and then moved there: who opens it meanwhile finds it whole or not."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        database = sqlite3.connect(part, check_same_thread=False)
        index = make(database)
        database.close()
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    _forget_others(file)
    return _cached(file) or index


def _forget_others(file: Path) -> None:
    """Remove what was made of the same character's earlier knowledge."""
    label = file.name.rpartition("-")[0]
    for other in file.parent.glob("*.sqlite"):
        if other != file and other.name.rpartition("-")[0] == label:
            with suppress(OSError):  # somebody may have it open, where open files cannot be removed
                other.unlink()


def _cached(file: Path) -> Index | None:
    """What lies there, if it can be read."""
    if not file.is_file():
        return None
    try:
        return Index(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False))
    except sqlite3.DatabaseError:
        return None


def _sum(folder: Path, embedder: Embedder | None) -> str:
    """Changes with all that an index is made of."""
    digest = sha256(f"{FORMAT} {embedder.name if embedder else ''}".encode())
    beside = [folder.parent / name for name in (asked.FILE, asked.TALK)]
    for file in [*notes.files(folder), *(file for file in beside if file.is_file())]:
        try:
            digest.update(file.name.encode() + sha256(file.read_bytes()).digest())
        except OSError as error:
            raise BadKnowledge(f"{file}: {error}") from error
    return digest.hexdigest()[:20]
