"""Where memories lie: the contract of a store, and the one error it raises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.memory.facts import Fact, Kind, Memo, Pair, Relation, Said

Vectors: TypeAlias = NDArray[np.float32]
"""Embeddings of texts, shape (n, d), each of length 1."""


class MemoryFailed(Exception):
    """A memory that cannot be read or written; says which and what to do."""


class MemoryRenewed(MemoryFailed):
    """A damaged memory was set aside while it was used: what failed may be tried again, on a new one."""


def plain(place: str) -> Any:
    """A place as JSON can hold it in an export; None where there is none."""
    return json.loads(place) if place else None


class Embedder(Protocol):
    """A sentence model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, shape (n, d), float32; longer or shorter than 1 is made right."""
        ...


class Store(Protocol):
    """Everything characters remember of players. Blocking, and used from one thread.

    Other processes may use the same store at once. All methods raise MemoryFailed.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """All that is read and written inside is one step: done at its end, undone by an exception."""
        ...

    def talk(self, pair: Pair, until: float, limit: int) -> list[Said]:
        """The latest exchanges up to that time, newest first."""
        ...

    def relation(self, pair: Pair) -> tuple[Relation, float]:
        """How it stood at the last exchange, and when that was (0: never)."""
        ...

    def known(self, pair: Pair, kinds: Sequence[Kind], limit: int) -> list[Memo]:
        """Memories of these kinds, newest first."""
        ...

    def add(self, pair: Pair, said: Said, relation: Relation) -> None:
        """Keep an exchange, and how they stand after it."""
        ...

    def learn(self, pair: Pair, facts: Sequence[Fact], vectors: Vectors | None, at: float) -> None:
        """Keep facts in place of those of the same keys; let fade what is due."""
        ...

    def drop(self, pair: Pair, keys: Sequence[str]) -> None:
        """These turned out wrong."""
        ...

    def use(self, pair: Pair, ids: Sequence[int], at: float) -> None:
        """These stood in a prompt."""
        ...

    def salient(self, pair: Pair, limit: int) -> list[Memo]:
        """The strongest by importance and recency, strongest first."""
        ...

    def matching(self, pair: Pair, words: Sequence[str], limit: int) -> list[tuple[Memo, float]]:
        """Those that share words, best first, with their BM25 (above 0)."""
        ...

    def near(self, pair: Pair, vector: Vectors, limit: int) -> list[tuple[Memo, float]]:
        """Those nearest to a vector of shape (d,), nearest first, with the cosine."""
        ...

    def place(self, pair: Pair) -> str:
        """Where the pair's story is, as `put` was told; empty where it was never."""
        ...

    def put(self, pair: Pair, place: str) -> None:
        """Keep where the pair's story is."""
        ...

    def pairs(self, npc: str | None = None, player: str | None = None) -> list[Pair]:
        """Who remembers whom, or is in a story with whom."""
        ...

    def export(self, pair: Pair) -> dict[str, Any]:
        """All that is kept, as JSON can hold it."""
        ...

    def forget(self, pair: Pair, about: Sequence[str] = ()) -> int:
        """Erase what holds all these words, or everything, the story too; how many rows that were. Nothing of
        it stays."""
        ...

    def close(self) -> None:
        """No more calls."""
        ...
