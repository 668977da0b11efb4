"""One connection to PostgreSQL and what is done when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeAlias, TypeVar

import psycopg

from runtime.memory.postgres_address import Address
from runtime.memory.postgres_schema import Connection, prepare
from runtime.memory.store import MemoryFailed, MemoryRenewed

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]

BUSY = 5000
"""Milliseconds to wait for another server that writes of the same pair. Its longest transaction takes some
tens; five seconds is a machine in trouble."""

SLOW = 10_000
"""Milliseconds a query may take: beyond BUSY, so that it is told what it waited for."""


class Link:
    """For one thread at a time. Raises MemoryFailed, with no cause: psycopg's errors may hold passwords.

    A lost connection is made again by the next call. Nobody notices where nothing was under way: reading, and
    the beginning of a transaction, are tried twice.
    """

    def __init__(self, url: str, make: bool = True) -> None:
        self._address = Address.of(url)
        self._make = make
        self._inside = False
        self._locked: set[int] = set()
        self._pgvector = False
        self._connection: Connection | None = None
        self._connected()

    @property
    def pgvector(self) -> bool:
        """Whether vectors are compared in the database, as of the last call."""
        return self._pgvector

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is read inside of a pair is still true when it is written: see `lock`."""
        self._twice(lambda: self._execute("BEGIN"))
        self._inside = True
        try:
            yield
        except BaseException:
            with suppress(MemoryFailed):
                self._execute("ROLLBACK")
            raise
        else:
            self._commit()
        finally:
            self._inside = False
            self._locked.clear()

    def step(self) -> AbstractContextManager[None]:
        """The transaction that is under way, or one of its own."""
        return nullcontext() if self._inside else self.transaction()

    def lock(self, key: int) -> None:
        """Inside of a transaction, wait until no other server's has this key; held until its end."""
        if self._inside and key not in self._locked:
            self._execute("SELECT pg_advisory_xact_lock(%s)", key)
            self._locked.add(key)

    def read(self, query: str, *values: Any) -> list[Row]:
        """All rows."""
        if self._inside:
            return self._execute(query, *values)
        return self._twice(lambda: self._execute(query, *values))

    def write(self, query: str, *values: Any) -> int:
        """How many rows it returned. Only inside of a transaction: it is not tried twice."""
        assert self._inside
        return len(self._execute(query, *values))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    # ------------------------------------------------------------

    def _commit(self) -> None:
        try:
            self._execute("COMMIT")
        except MemoryRenewed as lost:
            # Not to be tried again: it may have been written before the answer was lost.
            raise MemoryFailed(f"{lost}; the last exchange may not have been kept") from None

    def _twice(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except MemoryRenewed:
            return call()

    def _execute(self, query: str, *values: Any) -> list[Row]:
        connection = self._connected()
        try:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []
        except (psycopg.Error, UnicodeError) as error:
            failed = self._failed(error, connection)
        raise failed  # outside of the handler, so that it has no context either

    def _failed(self, error: Exception, connection: Connection) -> MemoryFailed:
        why = self._why(error)
        if connection.closed or isinstance(error, psycopg.ProgrammingError):
            # The latter: somebody has changed the tables. Connecting again looks at them again.
            connection.close()
            self._connection = None
            return MemoryRenewed(f"the connection to the memory in {self._address.shown} was lost: {why}")
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return MemoryFailed(f"the memory in {self._address.shown} is locked by another server: {why}")
        return MemoryFailed(f"the memory in {self._address.shown} does not answer: {why}")

    def _connected(self) -> Connection:
        if self._connection is None:
            if self._inside:
                raise MemoryFailed(f"the connection to the memory in {self._address.shown} was lost")
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        connection = None
        try:
            connection = psycopg.connect(self._address.conninfo, autocommit=True)
            connection.execute(f"SET lock_timeout = {BUSY:d}".encode())
            connection.execute(_DURABLE)
            self._pgvector = prepare(connection, self._address.shown, self._make)
            connection.execute(f"SET statement_timeout = {SLOW:d}".encode())  # tables may take longer
            return connection
        except (psycopg.Error, UnicodeError) as error:
            failed = MemoryFailed(f"the memory in {self._address.shown} cannot be used: {self._why(error)}")
        except MemoryFailed as error:
            failed = error
        if connection is not None:
            connection.close()
        raise failed

    def _why(self, error: Exception) -> str:
        """Without detail lines: these may quote what players said."""
        primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        return self._address.masked(primary or str(error))


_DURABLE = b"""
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
"""What was committed outlives the server's power, too; stricter settings of its administrator stay."""
