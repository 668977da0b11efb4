"""How memories leave a database: they fade, or they are erased for good."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from runtime.memory.database import Database
from runtime.memory.facts import DECAY, FADED, PASSING, Pair

MEMORIES = 10_000
"""Kept of one pair at most; the weakest go, the passing ones first. Recall is measured with so many."""


def fade(database: Database, number: int, now: float) -> None:
    """Forget passing memories that nothing has brought back, and the weakest beyond the limit."""
    marks = ", ".join("?" * len(PASSING))
    least = math.log(FADED) - now / 3600 * math.log(DECAY)
    faded = f"SELECT id FROM memories WHERE pair = ? AND salience < ? AND kind IN ({marks})"
    erase(database, database.read(faded, number, least, *PASSING))
    ((count,),) = database.read("SELECT count(*) FROM memories WHERE pair = ?", number)
    if count > MEMORIES:
        weakest = f"""SELECT id FROM memories WHERE pair = ?
                      ORDER BY kind NOT IN ({marks}), salience LIMIT ?"""
        erase(database, database.read(weakest, number, *PASSING, count - MEMORIES))


def erase(database: Database, ids: Sequence[tuple[Any, ...]]) -> None:
    """These memories, and their words in the index."""
    for (id_,) in ids:
        database.write("DELETE FROM words WHERE rowid = ?", id_)
        database.write("DELETE FROM memories WHERE id = ?", id_)


def forget_all(database: Database, number: int) -> int:
    """Everything of a pair; how many memories and exchanges that was."""
    memories = database.read("SELECT id FROM memories WHERE pair = ?", number)
    erase(database, memories)
    ((said,),) = database.read("SELECT count(*) FROM exchanges WHERE pair = ?", number)
    database.write("DELETE FROM pairs WHERE id = ?", number)
    return len(memories) + int(said)


def forget_story(database: Database, pair: Pair) -> int:
    """Where a pair's story is; whether there was one, as 0 or 1."""
    count = len(database.read("SELECT 1 FROM stories WHERE npc = ? AND player = ?", *pair))
    database.write("DELETE FROM stories WHERE npc = ? AND player = ?", *pair)
    return count


def forget_words(database: Database, number: int, about: Sequence[str]) -> int:
    """Memories and exchanges of a pair that hold all these words; how many."""
    terms = " AND ".join('"' + word.replace('"', "") + '"' for word in about)
    query = f'owner : "{owner(number)}" AND text : ({terms})'
    memories = database.read("SELECT rowid FROM words WHERE words MATCH ?", query)
    erase(database, memories)
    holds = " AND ".join("instr(lower(player || ' ' || reply), ?) > 0" for _ in about)
    said = database.read(
        f"SELECT id FROM exchanges WHERE pair = ? AND {holds}", number, *map(str.lower, about)
    )
    for (id_,) in said:
        database.write("DELETE FROM exchanges WHERE id = ?", id_)
    return len(memories) + len(said)


def scrub(database: Database) -> None:
    """Words of what was deleted stay in the index's segments, and in the log, until these are rewritten."""
    database.write("INSERT INTO words (words) VALUES ('optimize')")
    database.read("PRAGMA wal_checkpoint(TRUNCATE)")


def owner(number: int) -> str:
    """A word for a pair, so that an index of words alone finds what is theirs."""
    return f"pair{number}"
