"""Memories on a PostgreSQL server, for any number of Townsfolk servers at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from runtime.memory import postgres_search as search
from runtime.memory.facts import IMPORTANCE, Fact, Kind, Memo, Pair, Relation, Said, salience
from runtime.memory.postgres_forgetting import fade, forget_all, forget_words
from runtime.memory.postgres_link import Link
from runtime.memory.postgres_search import MEMO, PAIR, STEMS
from runtime.memory.sqlite import EXCHANGES
from runtime.memory.store import MemoryFailed, Vectors, plain
from runtime.memory.vectors import Cache

_ADD = """
    WITH pair AS (
        INSERT INTO townsfolk.pairs (npc, player, trust, mood, met, last, exchanges, visits)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (npc, player) DO UPDATE SET trust = excluded.trust, mood = excluded.mood,
        last = greatest(pairs.last, excluded.last), exchanges = excluded.exchanges, visits = excluded.visits
        RETURNING id
    )
    INSERT INTO townsfolk.exchanges (pair, at, player, reply, interrupted) SELECT id, %s, %s, %s, %s FROM pair
"""
_LEARN = f"""
    WITH memory AS (
        INSERT INTO townsfolk.memories (pair, kind, key, text, value, at, used, salience, words)
        VALUES ({PAIR}, %s, %s, %s, %s, %s, %s, %s, array_to_tsvector(ARRAY({STEMS}))) RETURNING id, pair
    )
    INSERT INTO townsfolk.meanings (memory, pair, vector)
    SELECT id, pair, %s::real[] FROM memory WHERE %s::real[] IS NOT NULL
"""
_USE = f"""
    UPDATE townsfolk.memories SET used = %s, salience = salience + %s * (%s - used)
    WHERE pair = {PAIR} AND id = ANY(%s::bigint[]) AND used < %s
"""
"""Salience grows by the same each second of use, whatever the importance: see `salience`."""
_DROP = f"""
    DELETE FROM townsfolk.memories WHERE pair = {PAIR}
    AND key = ANY(%s::text[]) AND left(key, 128) = ANY(%s::text[])
"""
_PUT = """
    INSERT INTO townsfolk.stories (npc, player, place) VALUES (%s, %s, %s)
    ON CONFLICT (npc, player) DO UPDATE SET place = excluded.place
"""
_OLDEST = f"""
    DELETE FROM townsfolk.exchanges WHERE id IN (
        SELECT id FROM townsfolk.exchanges WHERE pair = {PAIR} ORDER BY at DESC, id DESC OFFSET %s
    )
"""


class PostgresStore:
    """A Store in the schema `townsfolk` of the database at `url`, a connection URI as libpq reads it.

    Servers take turns by pair, not by database. `make` False raises MemoryFailed where there are no tables.
    """

    def __init__(self, url: str, make: bool = True) -> None:
        self._link = Link(url, make)
        self._vectors = Cache()

    def transaction(self) -> AbstractContextManager[None]:
        return self._link.transaction()

    def close(self) -> None:
        self._link.close()

    # ------------------------------------------------------------ reading

    def talk(self, pair: Pair, until: float, limit: int) -> list[Said]:
        query = f"""SELECT at, player, reply, interrupted FROM townsfolk.exchanges
                    WHERE pair = {PAIR} AND at <= %s ORDER BY at DESC, id DESC LIMIT %s"""
        return [Said(*row) for row in self._link.read(query, *self._ids(pair), until, _limit(limit))]

    def relation(self, pair: Pair) -> tuple[Relation, float]:
        query = f"""SELECT trust, mood, met, exchanges, visits, last FROM townsfolk.pairs
                    WHERE id = {PAIR}"""
        for trust, mood, met, exchanges, visits, last in self._link.read(query, *self._ids(pair)):
            return Relation(trust, mood, datetime.fromtimestamp(met, UTC), exchanges, visits), last
        return Relation(), 0.0

    def known(self, pair: Pair, kinds: Sequence[Kind], limit: int) -> list[Memo]:
        query = f"""SELECT {MEMO} FROM townsfolk.memories m WHERE pair = {PAIR} AND kind = ANY(%s::text[])
                    ORDER BY at DESC, id DESC LIMIT %s"""
        return search.memos(self._link.read(query, *self._ids(pair), list(kinds), _limit(limit)))

    def salient(self, pair: Pair, limit: int) -> list[Memo]:
        query = f"""SELECT {MEMO} FROM townsfolk.memories m WHERE pair = {PAIR}
                    ORDER BY salience DESC, id DESC LIMIT %s"""
        return search.memos(self._link.read(query, *self._ids(pair), _limit(limit)))

    def matching(self, pair: Pair, words: Sequence[str], limit: int) -> list[tuple[Memo, float]]:
        return search.scored(search.matching(self._link, self._ids(pair), words, limit))

    def near(self, pair: Pair, vector: Vectors, limit: int) -> list[tuple[Memo, float]]:
        if self._link.pgvector:
            return search.scored(search.near(self._link, self._ids(pair), vector, limit))
        return search.scored(search.near_here(self._link, self._vectors, self._ids(pair), vector, limit))

    def place(self, pair: Pair) -> str:
        query = "SELECT place FROM townsfolk.stories WHERE npc = %s AND player = %s"
        rows = self._link.read(query, *self._ids(pair))
        return str(rows[0][0]) if rows else ""

    def pairs(self, npc: str | None = None, player: str | None = None) -> list[Pair]:
        query = """SELECT npc, player FROM (SELECT npc, player FROM townsfolk.pairs
                   UNION SELECT npc, player FROM townsfolk.stories) both_ WHERE npc = coalesce(%s::text, npc)
                   AND player = coalesce(%s::text, player) ORDER BY npc COLLATE "C", player COLLATE "C" """
        return [Pair(*row) for row in self._link.read(query, npc, player)]

    def export(self, pair: Pair) -> dict[str, Any]:
        relation, last = self.relation(pair)
        memos = sorted(self.salient(pair, -1), key=lambda memo: (memo.at, memo.id))
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
                {"kind": m.fact.kind, "text": m.fact.text, "at": _date(m.at), "used": _date(m.used)}
                for m in memos
            ],
        }

    # ------------------------------------------------------------ writing

    def add(self, pair: Pair, said: Said, relation: Relation) -> None:
        met = relation.met.timestamp() if relation.met else said.at
        with self._link.step():
            ids = self._ids(pair)
            self._link.write(
                _ADD, *ids, relation.trust, relation.mood, met, said.at, relation.exchanges, relation.visits,
                said.at, _storable(said.player), _storable(said.reply), said.interrupted,
            )  # fmt: skip
            if relation.exchanges > EXCHANGES:
                self._link.write(_OLDEST, *ids, EXCHANGES)

    def learn(self, pair: Pair, facts: Sequence[Fact], vectors: Vectors | None, at: float) -> None:
        with self._link.step():
            ids = self._ids(pair)
            self.drop(pair, [fact.key for fact in facts])
            for n, fact in enumerate(facts):
                vector = None if vectors is None else vectors[n].tolist()
                kept = map(_storable, (fact.kind, fact.key, fact.text, fact.value))
                strength = salience(IMPORTANCE[fact.kind], at)
                words = search.indexed(fact.text)
                self._link.write(_LEARN, *ids, *kept, at, at, strength, words, vector, vector)
            fade(self._link, ids, at)

    def drop(self, pair: Pair, keys: Sequence[str]) -> None:
        if keys:
            stored = [_storable(key) for key in keys]
            with self._link.step():
                self._link.write(_DROP, *self._ids(pair), stored, [key[:128] for key in stored])

    def put(self, pair: Pair, place: str) -> None:
        with self._link.step():
            self._link.write(_PUT, *self._ids(pair), _storable(place))

    def use(self, pair: Pair, ids: Sequence[int], at: float) -> None:
        with self._link.step():
            self._link.write(_USE, at, salience(1.0, 1.0), at, *self._ids(pair), list(ids), at)

    def forget(self, pair: Pair, about: Sequence[str] = ()) -> int:
        with self._link.step():
            ids = self._ids(pair)
            count = forget_words(self._link, ids, about) if about else forget_all(self._link, ids)
        self._vectors.clear()
        return count

    def _ids(self, pair: Pair) -> tuple[str, str]:
        """Inside of a transaction, from now to its end nobody else writes of this pair."""
        if any(_storable(id_) != id_ for id_ in pair):  # changed, it might be somebody else's
            raise MemoryFailed(f"PostgreSQL cannot hold the id of {pair!r}: it has NUL or half a character")
        digest = blake2b("\0".join(pair).encode(), digest_size=8).digest()
        self._link.lock(int.from_bytes(digest, signed=True))
        return pair


def _storable(text: str) -> str:
    """PostgreSQL's text takes neither NUL nor the halves of UTF-16's pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _limit(limit: int) -> int | None:
    return None if limit < 0 else limit


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
