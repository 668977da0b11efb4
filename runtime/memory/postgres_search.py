"""Words and meanings: how memories are found on PostgreSQL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from runtime.memory.facts import Fact, Memo
from runtime.memory.postgres_link import Link, Row
from runtime.memory.recall import terms
from runtime.memory.store import Vectors
from runtime.memory.vectors import Cache

MEMO = "m.id, m.kind, m.key, m.text, m.value, m.at, m.used"
PAIR = "(SELECT id FROM townsfolk.pairs WHERE npc = %s AND player = %s)"

_LONGEST = 64
"""Characters of a word that count: a tsvector takes 2,046 bytes, and no word of a language has as many."""

STEMS = "SELECT DISTINCT stem FROM unnest(%s::text[]) word, unnest(ts_lexize('townsfolk.stem', word)) stem"
"""Of words as `words` gives them: only letters and digits, so that quotes around them are enough."""

_MATCH = f"""
    WITH stems AS ({STEMS}),
    hits AS (
        SELECT m.id, m.words FROM townsfolk.memories m
        WHERE m.pair = {PAIR} AND m.words @@ (SELECT string_agg(quote_literal(stem), '|')::tsquery FROM stems)
    ),
    found AS (
        SELECT hits.id, length(hits.words) AS size, stems.stem
        FROM hits, unnest(hits.words) AS word JOIN stems ON stems.stem = word.lexeme
    ),
    whole AS (
        SELECT count(*)::float8 AS n, avg(length(words))::float8 AS size FROM townsfolk.memories
        WHERE pair = {PAIR}
    ),
    weights AS (
        SELECT stem, ln(1 + (n - count(*) + 0.5) / (count(*) + 0.5)) AS weight FROM found, whole
        GROUP BY stem, n
    ),
    best AS (
        SELECT id, sum(weight * 2.2 / (1 + 1.2 * (0.25 + 0.75 * found.size / whole.size))) AS score
        FROM found JOIN weights USING (stem), whole GROUP BY id ORDER BY score DESC, id DESC LIMIT %s
    )
    SELECT {MEMO}, best.score FROM best JOIN townsfolk.memories m USING (id)
    ORDER BY best.score DESC, id DESC
"""
"""BM25 (Robertson & Zaragoza 2009) with k1 = 1.2 and b = 0.75 among the memories of a pair, each word counted
once in a sentence. ts_rank knows nothing of how rare a word is.

No index of words: a pair's memories are found by the pair, 10,000 at most, however many others there are.
What is the same for all rows stands in a SELECT of its own, here and below: it is worked out once then.
"""

_NEAR = f"""
    SELECT {MEMO}, near.cosine FROM (
        SELECT memory, -(vector <#> (SELECT %s::real[]::vector)) AS cosine FROM townsfolk.meanings
        WHERE pair = {PAIR} AND vector_dims(vector) = %s ORDER BY cosine DESC LIMIT %s
    ) near JOIN townsfolk.memories m ON m.id = near.memory ORDER BY near.cosine DESC
"""
"""Exact: the memories of one pair are too few for an approximate index, which would look among all pairs'."""

_VECTORS = """
    SELECT memory, vector::real[] FROM townsfolk.meanings WHERE pair = %s AND memory > %s ORDER BY memory
"""


def memos(rows: Sequence[Row]) -> list[Memo]:
    """Of rows that begin with MEMO."""
    return [Memo(row[0], Fact(*row[1:5]), *row[5:7]) for row in rows]


def scored(rows: Sequence[Row]) -> list[tuple[Memo, float]]:
    """Of rows that begin with MEMO and end with a number."""
    return list(zip(memos(rows), (float(row[-1]) for row in rows), strict=True))


def words(texts: Sequence[str]) -> list[str]:
    """Each in letters and digits, without accents and case; nothing is left of some."""
    folded = (re.sub(r"[\W_]+", "", fold(text))[:_LONGEST] for text in texts)
    return [word for word in folded if word]


def fold(text: str) -> str:
    """Without accents and case, and with one kind of apostrophe."""
    parts = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def indexed(text: str) -> list[str]:
    """The words by which a memory is found."""
    return words(terms(text))


def matching(link: Link, pair: Sequence[str], asked: Sequence[str], limit: int) -> list[Row]:
    """Memories that share words, best first, with their BM25."""
    found = words(asked)
    return link.read(_MATCH, found, *pair, *pair, limit) if found else []


def near(link: Link, pair: Sequence[str], vector: Vectors, limit: int) -> list[Row]:
    """By pgvector: memories nearest first, with their cosines."""
    return link.read(_NEAR, vector.tolist(), *pair, len(vector), limit)


def near_here(link: Link, cache: Cache, pair: Sequence[str], vector: Vectors, limit: int) -> list[Row]:
    """The same without pgvector. Vectors are read once: a pair's ids grow, as its writers take turns."""
    number = next((int(row[0]) for row in link.read(f"SELECT {PAIR}", *pair) if row[0]), 0)
    rows = cache.rows(number, len(vector))
    new = link.read(_VECTORS, number, rows.read)
    rows.extend([(id_, np.array(numbers, "<f4").tobytes()) for id_, numbers in new], len(vector))
    rows.read = max([rows.read, *(id_ for id_, _ in new)])
    nearest = dict(rows.nearest(vector, limit))
    found = link.read(f"SELECT {MEMO} FROM townsfolk.memories m WHERE id = ANY(%s::bigint[])", list(nearest))
    by_id = {row[0]: row for row in found}
    return [(*by_id[id_], cosine) for id_, cosine in nearest.items() if id_ in by_id]
