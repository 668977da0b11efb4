"""Searches a character's knowledge: by words and by meaning, with how sure it is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge import cache as cache_of
from runtime.knowledge import index
from runtime.knowledge.answering import may_answer
from runtime.knowledge.embedding import Embedder
from runtime.knowledge.index import Index, Progress, quiet
from runtime.knowledge.notes import Note
from runtime.knowledge.words import Stemmer

KNOWN = 0.5
"""The score from which on a fact is more likely than not about what was asked."""

CANDIDATES = 16
"""Facts looked at from either search, and together; 8 or 32 found the same answers."""

_RRF = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke & Buettcher 2009)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence or a few that the character knows."""

    text: str
    source: str
    """`file.md: Heading, Subheading`."""
    score: float
    """How likely it is about what was asked, 0 to 1; see KNOWN."""
    asked: float = 1.0
    """The cosine of what was asked and the nearest question that it is known to answer, -1 to 1."""


class Common(NamedTuple):
    """The words that a question and a note have in common."""

    share: float
    """Of what the question's words weigh, 0 to 1."""
    rare: float
    """In words as rare as there are: 1 for one that no other note holds, less for a common one."""


class Likeness(NamedTuple):
    """Cosines, -1 to 1, of what is asked."""

    told: float
    """And of what a note says."""
    asked: float
    """And of the nearest question that the note is known to answer."""


class Knowledge:
    """All that one character knows. Any thread may search; a search takes 2 ms and the embedder's call."""

    def __init__(self, found: Index, embedder: Embedder | None = None, name: str = "") -> None:
        self._index = found
        self._embedder = embedder
        self._stems = Stemmer(name)

    @classmethod
    def load(
        cls,
        folder: Path,
        embedder: Embedder | None = None,
        cache: Path | None = None,
        name: str = "",
        progress: Progress = quiet,
    ) -> Knowledge:
        """Read `folder/*.md`, or what an earlier load left in the folder `cache`.

        Without an embedder words alone are compared. `name` is the character's, by which it is called and
        not asked about: "Good evening, Mara" is no question. `progress` is told how many steps are done, and
        of how many. Raises BadKnowledge.
        """
        return cls(cache_of.opened(folder, embedder, cache, progress), embedder, name)

    @classmethod
    def of(cls, notes: Sequence[Note], embedder: Embedder | None = None, name: str = "") -> Knowledge:
        """From notes that are there already."""
        return cls(index.made(notes, embedder, index.in_memory()), embedder, name)

    def __len__(self) -> int:
        """How many facts there are."""
        return self._index.size

    def __iter__(self) -> Iterator[Fact]:
        """All of them, each with the score of a certainty."""
        return (self._fact(number, 1.0) for number in range(len(self)))

    def search(self, text: str, limit: int = 3, least: float = KNOWN, before: str = "") -> list[Fact]:
        """The facts that fit what was said, best first; none where nothing is known about it.

        `least` is the lowest score; with 0 the nearest come whatever they are. `before` is what was said
        just before: "And how much is that?" has no word of its own to look for.
        """
        stems = self._stems(text)
        if not stems and before:
            text = f"{before} {text}"
            stems = self._stems(text)
        by_words = self._index.matches(stems, CANDIDATES)
        likeness = self._likeness(text, by_words)
        by_meaning = sorted(likeness, key=lambda number: -sum(likeness[number]))[:CANDIDATES]
        among = fused(by_words, by_meaning)[:CANDIDATES]
        common = self._common(stems, among)
        scores = {
            number: score(common[number], likeness.get(number), self._may_answer(text, number))
            for number in among
        }
        best = sorted((n for n in among if scores[n] >= least), key=lambda number: -scores[number])
        return [self._fact(n, scores[n], likeness[n].asked if n in likeness else 1.0) for n in best[:limit]]

    @property
    def versed(self) -> bool:
        """Whether it was written how players ask for facts: only then can it be told what is strange."""
        return self._index.versed

    def strange(self, text: str, talk: bool = False) -> int:
        """How many words of `text` are in no fact and nothing that was written about one; with `talk`, nor in
        what the character says of other things. 0 where nothing was written about facts."""
        return len(self._index.strangers(self._stems(text).values(), talk))

    def familiar(self, text: str) -> float:
        """The cosine of `text` and the nearest question that the character answers without any fact, -1 to 1;
        1 where there is nothing to compare by."""
        if self._embedder is None or not len(self._index.talked):
            return 1.0
        return float((self._index.talked @ self._embedder.embed([text])[0]).max())

    def _may_answer(self, text: str, number: int) -> bool:
        return may_answer(text, self._index.get(number).text)

    def _fact(self, number: int, score: float, asked: float = 1.0) -> Fact:
        note = self._index.get(number)
        return Fact(note.text, note.source, score, asked)

    def _likeness(self, text: str, by_words: Sequence[int]) -> dict[int, Likeness]:
        """Of the question and each note it is compared with."""
        if self._embedder is None or not len(self._index.vectors) or not text.strip():
            return {}
        vector = self._embedder.embed([text])[0]
        told = self._index.vectors @ vector
        asked = self._asked(vector, told)
        nearest = np.argsort(-(told + asked))[:CANDIDATES].tolist()
        return {n: Likeness(float(told[n]), float(asked[n])) for n in {*nearest, *by_words}}

    def _asked(self, vector: NDArray[np.float32], told: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of the nearest question of each note; the note's own where it has none."""
        if not len(self._index.asked):
            return told
        nearest = np.full(len(told), -1.0, np.float32)
        np.maximum.at(nearest, self._index.answers, self._index.asked @ vector)
        return np.where(nearest < 0, told, nearest)

    def _common(self, stems: Mapping[str, str], among: Sequence[int]) -> dict[int, Common]:
        """What each note has of the question's words."""
        weights = {word: self._index.rarity(stem) for word, stem in stems.items()}
        held: dict[int, float] = dict.fromkeys(among, 0.0)
        for word, weight in weights.items():
            for number in self._index.holding(word, among):
                held[number] += weight
        total = sum(weights.values()) or 1.0
        return {n: Common(weight / total, weight / self._index.rarest) for n, weight in held.items()}


def fused(*rankings: Sequence[int]) -> list[int]:
    """Several rankings as one: each gives 1 / (60 + rank)."""
    votes: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            votes[number] += 1 / (_RRF + rank)
    return sorted(votes, key=lambda number: -votes[number])


MISFIT = 5.0
"""Log-odds that a fact loses which has nothing of the kind that is asked for. Of the facts that do answer one
in a hundred has nothing of it, of those that come nearest where nothing answers one in five."""


def score(common: Common, likeness: Likeness | None, may_answer: bool = True) -> float:
    """Probability that a note tells what was asked: a logistic regression.

    Fitted on the questions of the three characters that come with the runtime, inside and outside of what
    they know, both counting the same; docs/knowledge.md has the figures. `likeness` is None where nothing
    was compared by meaning, `may_answer` false for a note without anything of the kind that is asked for.
    """
    misfit = 0.0 if may_answer else MISFIT
    if likeness is None:
        return _logistic(3.0 * common.share + 3.7 * common.rare - 5.4 - misfit)
    return _logistic(9 * (likeness.told + likeness.asked) + 5.0 * common.rare - 11.5 - misfit)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
