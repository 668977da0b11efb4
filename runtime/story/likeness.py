"""Whether what is said is like a sentence that a story waits for: by words, and by meaning where it can."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge.embedding import Embedder
from runtime.story.words import asks, denied, phrase_in, plain, stems

ALIKE, SHARED, ASKED = 0.85, 0.3, 0.2
"""A sentence is meant from ALIKE on: its cosine with what was said, and SHARED times the share of its own
words that were said, less ASKED where one asks for something and the other does not ask for it. Fitted on
half of the groups in tests/test_story.py; the other half is in docs/story.md."""

ABOUT = 0.4
"""Cosine from which on a fact is about what was said; unlike a cue, a fact too many does no harm."""
MOST = 0.5
"""Or it is if it has this share of the words that say what was said is about."""

Vector = NDArray[np.float32]


class Likeness:
    """Compares with fixed sentences. Their vectors are made once, 6 ms each; after that it is pure."""

    def __init__(self, sentences: Iterable[str], embedder: Embedder | None = None) -> None:
        self._sentences = [_Sentence(sentence) for sentence in dict.fromkeys(sentences)]
        texts = [sentence.text for sentence in self._sentences]
        self._vectors = embedder.embed(texts) if embedder and texts else None

    def like(self, text: str, vector: Vector | None = None) -> frozenset[str]:
        """Those of the sentences that mean what `text` does. Without its vector words alone are compared."""
        said, near = _Sentence(text), self._nearness(vector)
        return frozenset(
            sentence.text
            for sentence, cosine in zip(self._sentences, near, strict=True)
            if (phrase_in(sentence.text, text) if sentence.topic else sentence.meant(said, cosine))
        )

    def about(self, text: str, vector: Vector | None = None) -> frozenset[str]:
        """Those of the sentences that speak of what `text` asks or speaks of, whatever they say of it."""
        said = stems(text)
        return frozenset(
            sentence.text
            for sentence, cosine in zip(self._sentences, self._nearness(vector), strict=True)
            if (cosine or 0) >= ABOUT or (said and len(sentence.stems & said) >= MOST * len(said))
        )

    def _nearness(self, vector: Vector | None) -> list[float | None]:
        """Cosine of each sentence; None where there are no vectors."""
        if self._vectors is None or vector is None:
            return [None] * len(self._sentences)
        return [float(cosine) for cosine in self._vectors @ vector]


class _Sentence:
    def __init__(self, text: str) -> None:
        self.text, self.stems = text, stems(text)
        self.denied, self.asks = denied(text), asks(text)
        self.topic = len(plain(text).split()) <= 2
        """One or two words are looked for as they stand."""

    def meant(self, said: _Sentence, cosine: float | None) -> bool:
        """Whether `said` says the same. "I will not" never does what "I will" does: vectors hardly differ."""
        if said.denied != self.denied:
            return False
        share = len(self.stems & said.stems) / len(self.stems) if self.stems else 0.0
        if cosine is None:
            return share == 1 and len(self.stems) > 1 and said.asks == self.asks
        return cosine + SHARED * share - ASKED * (said.asks != self.asks) >= ALIKE
