"""The tables of a memory file, and how an older file becomes one of today."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing

from runtime.memory.store import MemoryFailed

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE pairs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        npc TEXT NOT NULL, player TEXT NOT NULL,
        trust REAL NOT NULL DEFAULT 0, mood REAL NOT NULL DEFAULT 0,
        met REAL NOT NULL DEFAULT 0, last REAL NOT NULL DEFAULT 0,
        exchanges INTEGER NOT NULL DEFAULT 0, visits INTEGER NOT NULL DEFAULT 0,
        UNIQUE (npc, player)
    );
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        pair INTEGER NOT NULL REFERENCES pairs (id) ON DELETE CASCADE,
        at REAL NOT NULL, player TEXT NOT NULL, reply TEXT NOT NULL, interrupted INTEGER NOT NULL
    );
    CREATE INDEX exchanges_at ON exchanges (pair, at);
    CREATE TABLE memories (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        pair INTEGER NOT NULL REFERENCES pairs (id) ON DELETE CASCADE,
        kind TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, value TEXT NOT NULL,
        at REAL NOT NULL, used REAL NOT NULL, salience REAL NOT NULL, vector BLOB,
        UNIQUE (pair, key)
    );
    CREATE INDEX memories_salience ON memories (pair, salience);
    CREATE INDEX memories_kind ON memories (pair, kind);
    CREATE VIRTUAL TABLE words USING fts5 (
        owner, text, tokenize = 'porter unicode61 remove_diacritics 2'
    );
    """,
    """
    CREATE INDEX memories_pair ON memories (pair);
    CREATE TABLE stories (
        npc TEXT NOT NULL, player TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (npc, player)
    );
    """,
)
"""STEPS[n] makes version n + 1 of version n; `PRAGMA user_version` says which a file is. Never change one
that was released: append.

The index of version 2 has a pair's memories in the order of their ids, so that a recall reads only those that
came since the last. A story may have begun before a word was said: it stands apart from `pairs`.
"""

BUSY = 5000
"""Milliseconds to wait for another process that writes. Its longest transaction takes a few; five seconds
is a machine in trouble."""

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # what was committed outlives the power, too
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was forgotten is overwritten
    "PRAGMA cache_size = -16384",  # 16 MB: all of 10,000 memories without vectors
)


def connect(file: str, steps: Sequence[str] = STEPS) -> sqlite3.Connection:
    """A connection to a file that is whole and of today's version. In autocommit: transactions are explicit.

    Raises sqlite3.DatabaseError for a file that is damaged, MemoryFailed for one of a later version.
    """
    connection = sqlite3.connect(file, timeout=BUSY / 1000, isolation_level=None, check_same_thread=False)
    try:
        if not _has_fts5(connection):
            raise MemoryFailed(
                f"SQLite {sqlite3.sqlite_version} of this Python has no FTS5, which memory needs: use"
                f" a Python "
                'from python.org, uv or your distribution, or switch memory off (memory = "")'
            )
        _log_ahead(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise _damaged(verdict)
        upgrade(connection, file, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Write-ahead logging, so that readers do not wait for writers.

    Where two processes make a file's first connection at once, one is told that it is busy: SQLite does not
    wait here as it does elsewhere, so that neither waits for the other (sqlite3_busy_handler).
    """
    until = time.monotonic() + BUSY / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)


def upgrade(connection: sqlite3.Connection, file: str, steps: Sequence[str] = STEPS) -> None:
    """Take the steps that the file has not taken: each wholly or not at all, whoever else tries."""
    while (version := _version(connection)) < len(steps):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == version:  # else another process took the step while we waited
                for statement in _statements(steps[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    if version > len(steps):
        raise MemoryFailed(
            f"{file} was written by a later version of Townsfolk (format {version}, this one knows "
            f"{len(steps)}): update, or name another file"
        )


def damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, and not just busy, full or out of reach."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(verdict: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(verdict)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _has_fts5(connection: sqlite3.Connection) -> bool:
    with closing(connection.execute("PRAGMA compile_options")) as options:
        return any(option == "ENABLE_FTS5" for (option,) in options) or _makes_fts5()


def _makes_fts5() -> bool:
    """FTS5 may also be loaded as a module: the test is to use it."""
    with closing(sqlite3.connect(":memory:")) as probe:
        try:
            probe.execute("CREATE VIRTUAL TABLE probe USING fts5 (text)")
        except sqlite3.OperationalError:
            return False
    return True


def _statements(script: str) -> list[str]:
    """One by one: `executescript` would commit what is under way."""
    return [statement for each in script.split(";") if (statement := each.strip())]
