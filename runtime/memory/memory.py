"""The memory of all characters: one for a server."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from runtime.flow import Worker
from runtime.memory import recall as rank
from runtime.memory.distil import Context, distil
from runtime.memory.facts import Fact, Memo, Pair, Recalled, Relation, Said
from runtime.memory.relation import PAUSE, calmed, moved
from runtime.memory.store import Embedder, MemoryRenewed, Store, Vectors
from runtime.memory.topics import talked_about
from runtime.memory.vectors import normal
from runtime.memory.where import store_at
from runtime.mind.prompt import Exchange

log = logging.getLogger(__name__)

T = TypeVar("T")

CANDIDATES = 64
"""Memories from each source (words, meaning, salience) that are scored: a prompt takes some ten."""
_TALK = 256
"""Exchanges in which the last conversation is looked for: this one and that one at their longest."""
_RECENT = 4
"""Exchanges before this one in which a player may have told the name that the reply now calls them by."""
_GLANCE = 400
"""Characters of each of them: a name is said early."""
_OWED = 64
"""Open promises that may be made good."""


class Memory:
    """What characters remember of players, by character and player. All calls go through one thread.

    Times are aware datetimes and come from outside: a naive one raises ValueError. All methods raise
    MemoryFailed where the store cannot be used, and RuntimeError after `close`.
    """

    def __init__(self, store: Store, embedder: Embedder | None = None) -> None:
        self._store, self._embedder = store, embedder
        self._worker = Worker("memory")

    @classmethod
    def open(cls, where: Path | str, embedder: Embedder | None = None) -> Memory:
        """The memory in a file or at a postgresql:// address, made where it is not. Raises MemoryFailed."""
        return cls(store_at(where), embedder)

    async def heard(
        self,
        npc: str,
        player: str,
        exchange: Exchange,
        at: datetime,
        used: Sequence[int] = (),
        called: str = "",
    ) -> None:
        """Keep an exchange and what it taught. On return it is on the disk.

        `used` are the ids of what was recalled for the reply: it counts as used. `called` is the character's
        own name, which is not the player's. Cancelling the caller does
        not cancel the writing.
        """
        seconds = _seconds(at)
        if exchange.player.strip() or exchange.reply.strip():
            await self._surely(lambda: self._settle(Pair(npc, player), exchange, seconds, at, used, called))

    async def recall(
        self, npc: str, player: str, text: str, budget: int, now: datetime, since: datetime | None = None
    ) -> Recalled:
        """What comes to mind at `text`, in at most `budget` characters. Changes nothing.

        `since` is when this conversation began; what lies before it is "last time". Without it, half an hour
        of silence divides conversations.
        """
        began = None if since is None else _seconds(since)
        seconds = _seconds(now)
        return await self._worker.at(1, self._recall, Pair(npc, player), text, budget, seconds, began)

    async def relation(self, npc: str, player: str, now: datetime) -> Relation:
        """How the character stands to the player now."""
        return await self._worker.at(1, self._relation, Pair(npc, player), _seconds(now))

    async def place(self, npc: str, player: str) -> str:
        """Where the character's story is with the player, as `keep` was told; empty where it was never."""
        return await self._worker.at(1, self._store.place, Pair(npc, player))

    def keep(self, npc: str, player: str, place: str) -> Future[None]:
        """Keep where the story is; on the disk when the future is done. Waits for nobody, keeps the order.

        A failure is told to the log too, so that the future may be let go. After `close` nothing is kept.
        """
        future = self._worker.submit(0, lambda: self._put(Pair(npc, player), place))
        future.add_done_callback(partial(_told, npc))
        return future

    async def show(self, npc: str, player: str) -> list[Memo]:
        """All that is remembered, the strongest first."""
        return await self._worker(self._store.salient, Pair(npc, player), -1)

    async def export(self, npc: str | None = None, player: str | None = None) -> list[dict[str, Any]]:
        """Everything kept of this character, this player, or both, or all: an entry a pair, fit for JSON."""
        return await self._worker(lambda: [self._store.export(p) for p in self._store.pairs(npc, player)])

    async def forget(self, npc: str | None = None, player: str | None = None, about: str = "") -> int:
        """Erase everything, or what holds all the words of `about`; how many rows that was."""
        words = rank.terms(about)
        if about and not words:
            raise ValueError(f"{about!r} names nothing that could be looked for")
        return await self._surely(
            lambda: sum(self._store.forget(p, words) for p in self._store.pairs(npc, player))
        )

    async def close(self) -> None:
        """Write what waits, then close the file."""
        await self._worker.at(-1, self._store.close)
        self._worker.close()

    async def _surely(self, call: Callable[[], T]) -> T:
        """Make a call that writes, whatever becomes of who asked for it."""
        return await asyncio.shield(asyncio.wrap_future(self._worker.submit(0, call)))

    # ------------------------------------------------------------ in the thread

    def _put(self, pair: Pair, place: str) -> None:
        try:
            self._store.put(pair, place)
        except MemoryRenewed:
            self._store.put(pair, place)

    def _settle(
        self, pair: Pair, exchange: Exchange, seconds: float, at: datetime, used: Sequence[int], called: str
    ) -> None:
        try:
            self._keep(pair, exchange, seconds, at, used, called)
        except MemoryRenewed:
            self._keep(pair, exchange, seconds, at, (), called)

    def _keep(
        self, pair: Pair, exchange: Exchange, seconds: float, at: datetime, used: Sequence[int], called: str
    ) -> None:
        store = self._store
        with store.transaction():
            relation, last = store.relation(pair)
            since = seconds - last if relation.met else math.inf
            found = distil(exchange, replace(self._context(pair, since), called=called))
            kept = sum(fact.kind == "kept" for fact in found.facts)
            said = Said(seconds, exchange.player, exchange.reply, exchange.interrupted)
            store.add(pair, said, moved(relation, exchange.player, at, since, kept))
            store.drop(pair, sorted(found.gone))
            store.use(pair, used, seconds)
            store.learn(pair, found.facts, self._embed(found.facts), seconds)

    def _context(self, pair: Pair, since: float) -> Context:
        before = self._store.talk(pair, math.inf, _RECENT) if since <= PAUSE else []
        owed = [memo.fact for memo in self._store.known(pair, ("promise",), _OWED)]
        return Context(
            asked=before[0].reply if before else "",
            before="\n".join(said.player[:_GLANCE] for said in reversed(before)),
            name=self._name(pair),
            owed=owed,
        )

    def _name(self, pair: Pair) -> str:
        return next((memo.fact.value for memo in self._store.known(pair, ("name",), 1)), "")

    def _embed(self, facts: Sequence[Fact]) -> Vectors | None:
        if self._embedder is None or not facts:
            return None
        return normal(self._embedder.embed([fact.text for fact in facts]))

    def _recall(self, pair: Pair, text: str, budget: int, now: float, since: float | None) -> Recalled:
        store = self._store
        before = rank.last_talk(store.talk(pair, now, _TALK), now, since)
        name = store.known(pair, ("name",), 1)
        last = self._last(before, now, name)
        matching = store.matching(pair, rank.terms(text), CANDIDATES)
        near = self._near(pair, text)
        of_kind = store.known(pair, rank.cued(text), CANDIDATES)
        memos = [memo for memo, _ in (*matching, *near)] + of_kind + store.salient(pair, CANDIDATES)
        relevant = rank.relevance(matching, near, of_kind)
        if not (rank.asks_last(text) or "asked" in rank.cued(text)):
            relevant = rank.without_questions(relevant, memos)
        best = rank.ranked(memos, relevant, now)
        named = rank.within(name, budget, now)
        budget -= sum(len(line) + 1 for _, line in named)
        if last and len(last) + 1 > budget:
            last = None
        others = (memo for memo in best if memo.fact.kind != "name")
        chosen = named + rank.within(others, budget - (len(last) + 1 if last else 0), now)
        return Recalled(
            facts=tuple(line for _, line in chosen),
            last=last,
            name=name[0].fact.value if name else None,
            days_since=(now - before[-1].at) / rank.DAY if before else None,
            relation=self._relation(pair, now),
            relevances=tuple(relevant.get(memo.id, 0.0) for memo, _ in chosen),
            asks_last=rank.asks_last(text),
            ids=tuple(memo.id for memo, _ in chosen),
        )

    def _last(self, before: Sequence[Said], now: float, name: Sequence[Memo]) -> str | None:
        topics = talked_about(before, [memo.fact.value for memo in name])
        if topics is None:
            return None
        ago = rank.elapsed(now - before[-1].at)
        return f"Last time,{f' {ago},' if ago else ''} you and the player talked about {topics}."

    def _near(self, pair: Pair, text: str) -> list[tuple[Memo, float]]:
        if self._embedder is None or not text.strip():
            return []
        return self._store.near(pair, normal(self._embedder.embed([text]))[0], CANDIDATES)

    def _relation(self, pair: Pair, now: float) -> Relation:
        relation, last = self._store.relation(pair)
        return replace(relation, mood=calmed(relation.mood, now - last))


def _told(npc: str, future: Future[None]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.warning("where %s's story is could not be kept: %s", npc, error)


def _seconds(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone: give an aware datetime, such as datetime.now(UTC)")
    return at.timestamp()
