"""Memories in one SQLite file: WAL, FTS5 for words, rows of float32 for meanings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.memory.database import Database
from runtime.memory.facts import (
    IMPORTANCE,
    Fact,
    Kind,
    Memo,
    Pair,
    Relation,
    Said,
    salience,
)
from runtime.memory.forgetting import erase, fade, forget_all, forget_story, forget_words, owner, scrub
from runtime.memory.recall import terms
from runtime.memory.store import Vectors, plain
from runtime.memory.vectors import Cache

EXCHANGES = 2_000
"""Kept of one pair at most; the oldest go. They are some forty evenings, of which facts are kept longer."""

_MEMO = "m.id, m.kind, m.key, m.text, m.value, m.at, m.used"
_MATCH = f"""
    SELECT {_MEMO}, best.score FROM memories m JOIN
    (SELECT rowid, -bm25(words, 0, 1) AS score FROM words WHERE words MATCH ? ORDER BY score DESC LIMIT ?)
    best ON m.id = best.rowid ORDER BY best.score DESC
"""


class SqliteStore:
    """A Store in `file`."""

    def __init__(self, file: Path) -> None:
        self._database = Database(file)
        self._vectors = Cache()

    def transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()

    def close(self) -> None:
        self._database.close()

    # ------------------------------------------------------------ reading

    def talk(self, pair: Pair, until: float, limit: int) -> list[Said]:
        query = """SELECT at, player, reply, interrupted FROM exchanges
                   WHERE pair = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?"""
        rows = self._database.read(query, self._pair(pair), until, limit)
        return [Said(at, player, reply, bool(cut)) for at, player, reply, cut in rows]

    def relation(self, pair: Pair) -> tuple[Relation, float]:
        query = "SELECT trust, mood, met, exchanges, visits, last FROM pairs WHERE npc = ? AND player = ?"
        for trust, mood, met, exchanges, visits, last in self._database.read(query, *pair):
            return Relation(trust, mood, datetime.fromtimestamp(met, UTC), exchanges, visits), last
        return Relation(), 0.0

    def known(self, pair: Pair, kinds: Sequence[Kind], limit: int) -> list[Memo]:
        marks = ", ".join("?" * len(kinds))
        query = f"""SELECT {_MEMO} FROM memories m WHERE pair = ? AND kind IN ({marks})
                    ORDER BY at DESC, id DESC LIMIT ?"""
        return [_memo(row) for row in self._database.read(query, self._pair(pair), *kinds, limit)]

    def salient(self, pair: Pair, limit: int) -> list[Memo]:
        query = f"SELECT {_MEMO} FROM memories m WHERE pair = ? ORDER BY salience DESC LIMIT ?"
        return [_memo(row) for row in self._database.read(query, self._pair(pair), limit)]

    def matching(self, pair: Pair, words: Sequence[str], limit: int) -> list[tuple[Memo, float]]:
        if not words:
            return []
        terms = " OR ".join('"' + word.replace('"', "") + '"' for word in words)
        query = f'owner : "{owner(self._pair(pair))}" AND text : ({terms})'
        return [(_memo(row), row[-1]) for row in self._database.read(_MATCH, query, limit)]

    def near(self, pair: Pair, vector: Vectors, limit: int) -> list[tuple[Memo, float]]:
        number = self._pair(pair)
        rows = self._vectors.rows(number, len(vector))
        query = "SELECT id, vector FROM memories WHERE pair = ? AND id > ? AND vector IS NOT NULL ORDER BY id"
        new = self._database.read(query, number, rows.read)
        rows.extend(new, len(vector))
        rows.read = max([rows.read, *(id_ for id_, _ in new)])
        nearest = dict(rows.nearest(vector, limit))
        marks = ", ".join("?" * len(nearest))
        found = self._database.read(f"SELECT {_MEMO} FROM memories m WHERE id IN ({marks})", *nearest)
        memos = {row[0]: _memo(row) for row in found}
        return [(memos[id_], cosine) for id_, cosine in nearest.items() if id_ in memos]

    def place(self, pair: Pair) -> str:
        rows = self._database.read("SELECT place FROM stories WHERE npc = ? AND player = ?", *pair)
        return str(rows[0][0]) if rows else ""

    def pairs(self, npc: str | None = None, player: str | None = None) -> list[Pair]:
        query = """SELECT npc, player FROM
                   (SELECT npc, player FROM pairs UNION SELECT npc, player FROM stories)
                   WHERE npc = coalesce(?, npc) AND player = coalesce(?, player) ORDER BY npc, player"""
        return [Pair(*row) for row in self._database.read(query, npc, player)]

    def export(self, pair: Pair) -> dict[str, Any]:
        relation, last = self.relation(pair)
        memories = "SELECT kind, text, at, used FROM memories WHERE pair = ? ORDER BY at, id"
        return {
            "npc": pair.npc,
            "player": pair.player,
            "trust": round(relation.trust, 4),
            "mood": round(relation.mood, 4),
            "met": relation.met.isoformat() if relation.met else None,
            "last": _date(last) if relation.met else None,
            "visits": relation.visits,
            "story": plain(self.place(pair)),
            "exchanges": [
                {"at": _date(s.at), "player": s.player, "reply": s.reply, "interrupted": s.interrupted}
                for s in reversed(self.talk(pair, math.inf, EXCHANGES))
            ],
            "memories": [
                {"kind": kind, "text": text, "at": _date(at), "used": _date(used)}
                for kind, text, at, used in self._database.read(memories, self._pair(pair))
            ],
        }

    # ------------------------------------------------------------ writing

    def add(self, pair: Pair, said: Said, relation: Relation) -> None:
        met = relation.met.timestamp() if relation.met else said.at
        self._database.write(
            """INSERT INTO pairs (npc, player, trust, mood, met, last, exchanges, visits)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (npc, player) DO UPDATE SET trust = excluded.trust, mood = excluded.mood,
               last = max(last, excluded.last), exchanges = excluded.exchanges, visits = excluded.visits""",
            *pair, relation.trust, relation.mood, met, said.at, relation.exchanges, relation.visits,
        )  # fmt: skip
        number = self._pair(pair)
        self._database.write(
            "INSERT INTO exchanges (pair, at, player, reply, interrupted) VALUES (?, ?, ?, ?, ?)",
            number, said.at, said.player, said.reply, said.interrupted,
        )  # fmt: skip
        if relation.exchanges > EXCHANGES:
            self._database.write(
                """DELETE FROM exchanges WHERE pair = ? AND id NOT IN
                   (SELECT id FROM exchanges WHERE pair = ? ORDER BY at DESC, id DESC LIMIT ?)""",
                number, number, EXCHANGES,
            )  # fmt: skip

    def learn(self, pair: Pair, facts: Sequence[Fact], vectors: Vectors | None, at: float) -> None:
        number = self._pair(pair)
        self.drop(pair, [fact.key for fact in facts])
        for n, fact in enumerate(facts):
            vector = None if vectors is None else vectors[n].astype("<f4").tobytes()
            row = self._database.write(
                """INSERT INTO memories (pair, kind, key, text, value, at, used, salience, vector)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                number, fact.kind, fact.key, fact.text, fact.value, at, at,
                salience(IMPORTANCE[fact.kind], at), vector,
            )  # fmt: skip
            index = "INSERT INTO words (rowid, owner, text) VALUES (?, ?, ?)"
            self._database.write(index, row, owner(number), " ".join(terms(fact.text)))
        fade(self._database, number, at)

    def drop(self, pair: Pair, keys: Sequence[str]) -> None:
        marks = ", ".join("?" * len(keys))
        query = f"SELECT id FROM memories WHERE pair = ? AND key IN ({marks})"
        erase(self._database, self._database.read(query, self._pair(pair), *keys))

    def put(self, pair: Pair, place: str) -> None:
        self._database.write(
            "INSERT OR REPLACE INTO stories (npc, player, place) VALUES (?, ?, ?)", *pair, place
        )

    def use(self, pair: Pair, ids: Sequence[int], at: float) -> None:
        for id_ in ids:
            for (kind,) in self._database.read(
                "SELECT kind FROM memories WHERE id = ? AND used < ?", id_, at
            ):
                strength = salience(IMPORTANCE[kind], at)
                self._database.write(
                    "UPDATE memories SET used = ?, salience = ? WHERE id = ?", at, strength, id_
                )

    def forget(self, pair: Pair, about: Sequence[str] = ()) -> int:
        number = self._pair(pair)
        with self.transaction():
            if about:
                count = forget_words(self._database, number, about)
            else:
                count = forget_all(self._database, number) + forget_story(self._database, pair)
        scrub(self._database)
        self._vectors.clear()
        return count

    def _pair(self, pair: Pair) -> int:
        """Its number; 0 is nobody's."""
        rows = self._database.read("SELECT id FROM pairs WHERE npc = ? AND player = ?", *pair)
        return int(rows[0][0]) if rows else 0


def _memo(row: tuple[Any, ...]) -> Memo:
    id_, kind, key, text, value, at, used = row[:7]
    return Memo(id_, Fact(kind, key, text, value), at, used)


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
