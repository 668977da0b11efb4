"""Embeddings of the memories of a few pairs, kept in rows for one product."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runtime.memory.store import Vectors

PAIRS = 32
"""Pairs whose vectors are kept: those who talk at this time. 10,000 of 384 numbers are 15 MB."""


@dataclass
class Rows:
    """Ids and vectors of one pair, in the order of ids; what was deleted since may still be among them."""

    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))
    read: int = 0
    """The highest id that was looked at."""

    def extend(self, rows: Sequence[tuple[int, bytes]], dimensions: int) -> None:
        """Take in rows of `dimensions` numbers; others are of another sentence model."""
        if self.vectors.shape[1] != dimensions:
            self.vectors = np.empty((0, dimensions), np.float32)
            self.ids = np.empty(0, np.int64)
        fit = [(id_, blob) for id_, blob in rows if len(blob) == dimensions * 4]
        if fit:
            new = np.frombuffer(b"".join(blob for _, blob in fit), "<f4").reshape(-1, dimensions)
            self.vectors = np.concatenate([self.vectors, new.astype(np.float32, copy=False)])
            self.ids = np.concatenate([self.ids, np.array([id_ for id_, _ in fit], np.int64)])

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """Ids and cosines, nearest first."""
        if not len(self.ids):
            return []
        cosines = self.vectors @ vector
        best = np.argpartition(-cosines, min(limit, len(cosines)) - 1)[:limit]
        best = best[np.argsort(-cosines[best])]
        return [(int(self.ids[n]), float(cosines[n])) for n in best]


class Cache:
    """The rows of the pairs that were last asked for."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[tuple[int, int], Rows] = OrderedDict()

    def rows(self, pair: int, dimensions: int) -> Rows:
        """Of a pair, for a model of that many dimensions."""
        rows = self._pairs.setdefault((pair, dimensions), Rows())
        self._pairs.move_to_end((pair, dimensions))
        while len(self._pairs) > PAIRS:
            self._pairs.popitem(last=False)
        return rows

    def clear(self) -> None:
        self._pairs.clear()


def normal(vectors: NDArray[np.floating]) -> Vectors:
    """Rows of length 1; a row of zeros stays one."""
    rows: Vectors = np.asarray(vectors, np.float32)
    lengths: Vectors = np.linalg.norm(rows, axis=-1, keepdims=True).astype(np.float32)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
