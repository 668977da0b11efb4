"""One SQLite file and what is done when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runtime.memory.aside import identity, open_or_begin, set_aside
from runtime.memory.schema import damaged
from runtime.memory.store import MemoryFailed, MemoryRenewed


class Database:
    """One connection to `file`, for one thread at a time. Raises MemoryFailed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._open()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Takes the write lock at once, so that what is read inside is still true when it is written."""
        with self._failing():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows."""
        with self._failing():
            return self._connection.execute(query, values).fetchall()

    def write(self, query: str, *values: Any) -> int:
        """The id of the row that was put in, if one was."""
        with self._failing():
            return self._connection.execute(query, values).lastrowid or 0

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> None:
        self._connection = open_or_begin(self.file)
        self._identity = identity(self.file)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """A file that broke while it was used is set aside: this step is lost, the next finds a new file."""
        try:
            yield
        except sqlite3.Error as error:
            if not damaged(error):
                raise MemoryFailed(f"the memory in {self.file} does not answer: {error}") from error
            self._connection.close()
            set_aside(self.file, error, self._identity)
            self._open()
            raise MemoryRenewed(f"the memory in {self.file} was damaged and is begun anew") from error
