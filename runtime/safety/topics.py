"""What is never spoken of: topics as their writer named them, by their words and by likeness of meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge.embedding import Embedder
from runtime.safety.text import plain, skeleton

LIKE = 0.38
"""Likeness from which on a sentence is about a topic; see docs/safety.md for what was measured."""

_SAY_NOTHING = (
    "a about all an and any anything are as at be but by can do does for from had has have he her his how i "
    "in is it its me my not of on or our she so some talk speak that the their them there they this to us "
    "was we were what when where which who why will with would you your"
)
_EMPTY = frozenset(_SAY_NOTHING.split())


class Topics:
    """`sentences` name a topic each; without an `embedder` only their words are looked for."""

    def __init__(self, sentences: Sequence[str], embedder: Embedder | None = None) -> None:
        self._sentences = tuple(sentences)
        self._words = [stems(sentence) for sentence in sentences]
        self._vectors = embedder.embed(self._sentences) if embedder and sentences else None

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def about(self, text: str, vector: NDArray[np.float32] | None = None) -> str:
        """The topic that `text` speaks of, or nothing. `vector` is of `text`, by the same embedder."""
        if not self._sentences:
            return ""
        said = stems(text)
        for sentence, words in zip(self._sentences, self._words, strict=True):
            if words and words <= said:
                return sentence
        if self._vectors is None or vector is None:
            return ""
        likeness = self._vectors @ vector
        return self._sentences[int(likeness.argmax())] if likeness.max() >= LIKE else ""


def stems(text: str) -> frozenset[str]:
    """What `text` is about: its words that say something, without endings, roughly."""
    words = re.findall(r"[^\W_]+", plain(text).replace("'", ""))
    return frozenset(_stem(word) for word in words if word not in _EMPTY)


def _stem(word: str) -> str:
    word = re.sub(r"(?<=[^s])s$", "", word)
    cut = re.sub(r"(?:ing|ion|er|ed|ie|e|y|al|ian)$", "", word)
    return skeleton(cut) if len(cut) > 2 else word
