"""The notes of a character in SQLite: a full-text index (FTS5, BM25) and the vectors of the sentences."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge.asked import Asked
from runtime.knowledge.embedding import Embedder
from runtime.knowledge.notes import BadKnowledge, Note
from runtime.knowledge.words import TOKENIZER

VECTORS = 20_000
"""Notes that get a vector each: two minutes' work of one core, once, and then 3 ms a search. In larger
knowledge words alone are compared."""

RANKED = 5_000
"""Notes that one question may rank, which takes up to 12 ms. A word that more notes hold tells little."""

_SCHEMA = f"""
PRAGMA journal_mode = OFF;
CREATE VIRTUAL TABLE note USING fts5(text, heading, also, source UNINDEXED, tokenize='{TOKENIZER}');
CREATE VIRTUAL TABLE term USING fts5vocab(note, row);
CREATE TABLE vector(rowid INTEGER PRIMARY KEY, of BLOB NOT NULL);
CREATE TABLE asked(note INTEGER NOT NULL, of BLOB NOT NULL);
CREATE TABLE talked(of BLOB NOT NULL);
CREATE TABLE heard(it TEXT PRIMARY KEY, talk INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stem(it TEXT PRIMARY KEY, notes INTEGER NOT NULL) WITHOUT ROWID;
"""

_SCRATCH = f"""
DROP TABLE IF EXISTS temp.saidterm;
DROP TABLE IF EXISTS temp.said;
CREATE VIRTUAL TABLE temp.said USING fts5(text, tokenize='{TOKENIZER}');
CREATE VIRTUAL TABLE temp.saidterm USING fts5vocab(temp, said, row);
"""

_BM25 = "bm25(note, 1.0, 0.5, 0.7)"
"""The sentence itself counts most, then its other names, then the heading, which it shares with others."""

Progress = Callable[[int, int], object]
"""Told how many steps of how many are done."""


def quiet(done: int, total: int) -> None:
    """Tells nobody."""


class Index:
    """Looks notes up by number. May be used from several threads; one question is answered at a time."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lock = Lock()
        self.size: int = self._all("SELECT count(*) FROM note")[0][0]
        self.vectors = _matrix(self._all("SELECT of FROM vector ORDER BY rowid"))
        """One row a note, in the order of their numbers from 0; no rows where they have none."""
        self.asked = _matrix(self._all("SELECT of FROM asked ORDER BY rowid"))
        """One row a question that players may ask."""
        self.answers = np.array(
            [row[0] for row in self._all("SELECT note FROM asked ORDER BY rowid")], np.int64
        )
        """The number of the note that answers each."""
        self.talked = _matrix(self._all("SELECT of FROM talked ORDER BY rowid"))
        """One row a question that is answered without a note."""
        self.versed = bool(self._all("SELECT 1 FROM heard LIMIT 1"))
        """Whether it holds what is said about notes."""

    def matches(self, stems: Mapping[str, str], limit: int) -> list[int]:
        """The notes that hold any of the words (word -> stem), best first.

        Of words that very many notes hold only the rarer ones are looked for, and where all are such, notes
        that hold all of them, in no order.
        """
        rare, left = [], RANKED
        for word in sorted(stems, key=lambda word: self.holders(stems[word])):
            left -= self.holders(stems[word])
            rare += [word] if left >= 0 else []
        query = " OR ".join(map(_quoted, rare)) or " AND ".join(map(_quoted, stems))
        order = f"ORDER BY {_BM25}" if rare else ""
        sql = f"SELECT rowid - 1 FROM note WHERE note MATCH ? {order} LIMIT ?"
        return [row[0] for row in self._all(sql, query, limit)] if query else []

    def holding(self, word: str, among: Sequence[int]) -> set[int]:
        """Which of the notes `among` hold `word`."""
        marks = ", ".join(str(number + 1) for number in among)
        sql = f"SELECT rowid - 1 FROM note WHERE note MATCH ? AND rowid IN ({marks})"
        return {row[0] for row in self._all(sql, _quoted(word))}

    def get(self, number: int) -> Note:
        """The note of this number."""
        columns = "text, source, heading, also"
        return Note(*self._all(f"SELECT {columns} FROM note WHERE rowid = ?", number + 1)[0])

    def rarity(self, stem: str) -> float:
        """The weight of a stem, as in BM25: log(1 + (N - n + 1/2) / (n + 1/2)) for n notes of N."""
        return self._weight(self.holders(stem))

    @property
    def rarest(self) -> float:
        """The weight of a stem that one note holds."""
        return self._weight(1)

    def _weight(self, holders: int) -> float:
        return math.log1p(max(self.size - holders + 0.5, 0.5) / (holders + 0.5))

    def holders(self, stem: str) -> int:
        """How many notes hold it."""
        rows = self._all("SELECT notes FROM stem WHERE it = ?", stem)
        return int(rows[0][0]) if rows else 0

    def strangers(self, stems: Iterable[str], talk: bool) -> list[str]:
        """Those of `stems` that are in no note and nothing said about one, nor, with `talk`, in what is said
        else."""
        sql = "SELECT 1 FROM heard WHERE it = ? AND talk <= ?"
        return [stem for stem in stems if not self._all(sql, stem, int(talk))]

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()


def made(
    known: Sequence[Note],
    embedder: Embedder | None,
    database: sqlite3.Connection,
    progress: Progress = quiet,
    asked: Sequence[Asked] = (),
    spoken: tuple[str, str] = ("", ""),
    talked: Sequence[str] = (),
) -> Index:
    """Fill an empty database. `asked` are questions that its notes answer, `talked` such as are answered
    without; `spoken` is what is said about notes and what the character says else.

    Raises BadKnowledge where SQLite was built without FTS5.
    """
    try:
        database.executescript(_SCHEMA)
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise BadKnowledge(
            "this Python's SQLite has no full-text search; take one built with FTS5"
        ) from error
    vectors = embedder if embedder and len(known) <= VECTORS else None
    steps = count(1)
    total = len(known) * (2 if vectors else 1) + (len(asked) + len(talked)) * bool(vectors)
    for note in known:
        values = (note.text, note.heading, note.also, note.source)
        database.execute("INSERT INTO note(text, heading, also, source) VALUES (?, ?, ?, ?)", values)
        progress(next(steps), total)
    database.execute("INSERT INTO stem SELECT term, doc FROM term")
    if spoken[0]:
        database.execute("INSERT INTO heard SELECT term, 0 FROM term")
    for talk, text in enumerate(spoken):
        database.executescript(_SCRATCH)
        database.execute("INSERT INTO temp.said VALUES (?)", (text,))
        database.execute("INSERT OR IGNORE INTO heard SELECT term, ? FROM temp.saidterm", (talk,))
    if vectors:
        for number, note in enumerate(known, 1):
            vector = vectors.embed([described(note.text, note.also)])[0].astype(np.float16)
            database.execute("INSERT INTO vector VALUES (?, ?)", (number, vector.tobytes()))
            progress(next(steps), total)
        for question in asked:
            vector = vectors.embed([question.text])[0].astype(np.float16)
            database.execute("INSERT INTO asked VALUES (?, ?)", (question.note, vector.tobytes()))
            progress(next(steps), total)
        for text in talked:
            vector = vectors.embed([text])[0].astype(np.float16)
            database.execute("INSERT INTO talked VALUES (?)", (vector.tobytes(),))
            progress(next(steps), total)
    database.commit()
    return Index(database)


def _matrix(rows: Sequence[tuple[bytes]]) -> NDArray[np.float32]:
    """Vectors as they are stored, one a row."""
    joined = np.frombuffer(b"".join(row[0] for row in rows), np.float16).astype(np.float32)
    return joined.reshape(len(rows), -1) if rows else joined.reshape(0, 0)


def in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def described(text: str, also: str) -> str:
    """What of a note is compared by meaning: its other words too, which bring the right one nearer."""
    return f"{text} ({also.replace(',', '')})" if also else text


def _quoted(word: str) -> str:
    return f'"{word}"'
