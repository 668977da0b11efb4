"""Recognises by meaning what a player does with words: nearest of a few examples of each kind."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from runtime.emotion.appraisal import Appraisal, feelings
from runtime.knowledge.embedding import Embedder

NEAR = 0.5
"""Likeness from which on an example counts; see docs/emotion.md for what was measured."""


class Likeness:
    """The examples of anchors.toml as vectors; one for all sessions of an embedder."""

    def __init__(self, embedder: Embedder) -> None:
        """Embeds some eighty sentences: half a second, once."""
        examples = [(text, kind) for kind, texts in _examples().items() for text in texts]
        self._kinds = [kind for _, kind in examples]
        self._vectors = embedder.embed([text for text, _ in examples])

    def appraised(self, vector: NDArray[np.float32], boldness: float) -> list[Appraisal]:
        """What the words with this vector do to a character; nothing where no example is near, or the nearest
        is talk that moves nobody."""
        likeness = self._vectors @ vector
        best = int(likeness.argmax())
        if not likeness[best] >= NEAR or self._kinds[best] == "none":
            return []
        return feelings(self._kinds[best], boldness)


@cache
def _examples() -> dict[str, list[str]]:
    file = Path(__file__).parent / "anchors.toml"
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, list[str]])
