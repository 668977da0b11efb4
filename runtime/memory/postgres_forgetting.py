"""How memories leave a PostgreSQL database: they fade, or they are erased."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.memory import postgres_search as search
from runtime.memory.facts import FADED, PASSING, salience
from runtime.memory.forgetting import MEMORIES
from runtime.memory.postgres_link import Link
from runtime.memory.postgres_search import PAIR, STEMS

_OF_PAIR = f"DELETE FROM townsfolk.memories WHERE pair = {PAIR}"
_FADED = f"{_OF_PAIR} AND salience < %s AND kind = ANY(%s::text[])"
_WEAKEST = f"""
    DELETE FROM townsfolk.memories WHERE id IN (
        SELECT id FROM townsfolk.memories WHERE pair = {PAIR}
        ORDER BY kind = ANY(%s::text[]), salience DESC, id DESC OFFSET %s
    )
"""
_HOLDING = f"""
    {_OF_PAIR} AND words @@ (SELECT string_agg(quote_literal(stem), '&')::tsquery FROM ({STEMS}) stems)
    RETURNING id
"""


def fade(link: Link, pair: tuple[str, str], now: float) -> None:
    """Forget passing memories that nothing has brought back, and the weakest beyond the limit."""
    link.write(_FADED, *pair, salience(FADED, now), list(PASSING))
    ((count,),) = link.read(f"SELECT count(*) FROM townsfolk.memories WHERE pair = {PAIR}", *pair)
    if count > MEMORIES:
        link.write(_WEAKEST, *pair, list(PASSING), MEMORIES)


def forget_all(link: Link, pair: tuple[str, str]) -> int:
    """Everything of a pair; how many memories, exchanges and stories that was."""
    memories = link.write(f"{_OF_PAIR} RETURNING id", *pair)
    said = link.write(f"DELETE FROM townsfolk.exchanges WHERE pair = {PAIR} RETURNING id", *pair)
    link.write("DELETE FROM townsfolk.pairs WHERE npc = %s AND player = %s", *pair)
    of = "DELETE FROM townsfolk.stories WHERE npc = %s AND player = %s RETURNING npc"
    return memories + said + link.write(of, *pair)


def forget_words(link: Link, pair: tuple[str, str], about: Sequence[str]) -> int:
    """Memories and exchanges of a pair that hold all these words; how many."""
    words = search.words(about)
    whole = len(words) == len(about)  # without a word that cannot be looked up, more would match
    memories = link.write(_HOLDING, *pair, words) if whole else 0
    wanted = [search.fold(word) for word in about]
    rows = link.read(f"SELECT id, player, reply FROM townsfolk.exchanges WHERE pair = {PAIR}", *pair)
    said = [id_ for id_, *texts in rows if all(word in search.fold(" ".join(texts)) for word in wanted)]
    link.write("DELETE FROM townsfolk.exchanges WHERE id = ANY(%s::bigint[])", said)
    return memories + len(said)
