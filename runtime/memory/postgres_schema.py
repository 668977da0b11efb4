"""The tables of a memory on PostgreSQL, and how older ones become those of today."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, TypeAlias

import psycopg

from runtime.memory.store import MemoryFailed

log = logging.getLogger(__name__)

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

STEPS: tuple[str, ...] = (
    """
    CREATE TEXT SEARCH DICTIONARY townsfolk.stem (TEMPLATE = pg_catalog.snowball, LANGUAGE = english);
    CREATE TABLE townsfolk.pairs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        npc text NOT NULL, player text NOT NULL,
        trust double precision NOT NULL, mood double precision NOT NULL,
        met double precision NOT NULL, last double precision NOT NULL,
        exchanges integer NOT NULL, visits integer NOT NULL,
        UNIQUE (npc, player)
    );
    CREATE TABLE townsfolk.exchanges (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pair bigint NOT NULL REFERENCES townsfolk.pairs (id) ON DELETE CASCADE,
        at double precision NOT NULL, player text NOT NULL, reply text NOT NULL, interrupted boolean NOT NULL
    );
    CREATE INDEX exchanges_at ON townsfolk.exchanges (pair, at);
    CREATE TABLE townsfolk.memories (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pair bigint NOT NULL REFERENCES townsfolk.pairs (id) ON DELETE CASCADE,
        kind text NOT NULL, key text NOT NULL, text text NOT NULL, value text NOT NULL,
        at double precision NOT NULL, used double precision NOT NULL, salience double precision NOT NULL,
        words tsvector NOT NULL
    );
    CREATE INDEX memories_salience ON townsfolk.memories (pair, salience, id);
    CREATE INDEX memories_kind ON townsfolk.memories (pair, kind, at);
    CREATE INDEX memories_key ON townsfolk.memories (pair, left(key, 128));
    CREATE TABLE townsfolk.meanings (
        memory bigint PRIMARY KEY REFERENCES townsfolk.memories (id) ON DELETE CASCADE,
        pair bigint NOT NULL, vector real[] NOT NULL
    );
    CREATE INDEX meanings_pair ON townsfolk.meanings (pair, memory);
    """,
    """
    CREATE TABLE townsfolk.stories (
        npc text NOT NULL, player text NOT NULL, place text NOT NULL, PRIMARY KEY (npc, player)
    );
    """,
)
"""STEPS[n] makes version n + 1 of version n. Never change one that was released: append.

The dictionary stems as PostgreSQL's own english one does, but drops no word: somebody may be called Will.
Keys may be as long as a sentence, and an index holds 2,700 bytes a row: it takes their beginnings. Vectors
lie apart, as they are some six times as long as all the rest of a memory.
"""

_LOCK = 0x746F776E73666F6C  # "townsfol": servers that start at once make the tables one after another


def prepare(connection: Connection, shown: str, make: bool, steps: Sequence[str] = STEPS) -> bool:
    """Make the tables, or bring them up to date; whether vectors are compared by pgvector.

    One transaction, whoever else tries. `make` False makes none where there are none. Raises psycopg.Error,
    and MemoryFailed for a database that cannot be used.
    """
    (encoding,) = _row(connection, "SHOW server_encoding")
    if encoding != "UTF8":
        raise MemoryFailed(f"{shown} holds text as {encoding}: create the database with ENCODING 'UTF8'")
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        _upgrade(connection, shown, make, steps)
        return _has_pgvector(connection)


def _upgrade(connection: Connection, shown: str, make: bool, steps: Sequence[str]) -> None:
    version = _version(connection)
    if version is None and not make:
        raise MemoryFailed(f"nothing is remembered yet: there are no memories in {shown}")
    if version is None:
        connection.execute("CREATE SCHEMA IF NOT EXISTS townsfolk")
        connection.execute("CREATE TABLE townsfolk.version (number integer NOT NULL)")
        connection.execute("INSERT INTO townsfolk.version VALUES (0)")
    for step in steps[version or 0 :]:
        connection.execute(step.encode())
    if version is not None and version > len(steps):
        raise MemoryFailed(
            f"the memory in {shown} was written by a later version of Townsfolk (format {version}, this one "
            f"knows {len(steps)}): update, or name another database"
        )
    if version != len(steps):
        connection.execute("UPDATE townsfolk.version SET number = %s", (len(steps),))


def _version(connection: Connection) -> int | None:
    """None where nothing was made yet."""
    if _row(connection, "SELECT to_regclass('townsfolk.version') IS NULL")[0]:
        return None
    return int(_row(connection, "SELECT number FROM townsfolk.version")[0])


def _has_pgvector(connection: Connection) -> bool:
    """Vectors become pgvector's as soon as the server has the extension, old ones too."""
    (kind,) = _row(
        connection,
        "SELECT format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = 'townsfolk.meanings'::regclass AND attname = 'vector'",
    )
    if kind == "real[]" and _offered(connection):
        try:
            with connection.transaction():
                connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
                connection.execute("ALTER TABLE townsfolk.meanings ALTER COLUMN vector TYPE vector")
        except psycopg.Error as error:
            log.warning(
                "memory: pgvector is there but cannot be used (%s); vectors are compared by this server. An "
                "administrator may run CREATE EXTENSION vector",
                error.diag.message_primary,
            )
            return False
        return True
    return bool(kind != "real[]")


def _offered(connection: Connection) -> bool:
    query = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
    return bool(_row(connection, query)[0])


def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None  # these queries always have one
    return row
