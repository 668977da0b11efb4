"""What lines are compared with: the examples, description and name of each verb, by meaning and by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runtime.actions.form import Clause, Form, clause
from runtime.actions.offer import Offer
from runtime.knowledge.embedding import Embedder
from runtime.protocol import messages as m
from runtime.scene.words import stem, words

MOST = 1024
"""Exemplars of all verbs together: 6 s of work for an offer as large as the wire allows."""

PARTICLES = frozenset({"on", "off", "out", "up", "down", "in", "over", "away", "back"})
"""They make another verb of a verb: turn on, turn off."""

Head = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Exemplar:
    verb: m.Verb
    clause: Clause


@dataclass(slots=True)
class Exemplars:
    """All of one offer. Until `embed` was called they are compared by their words alone."""

    offer: Offer
    all: list[Exemplar] = field(init=False)
    heads: dict[str, set[Head]] = field(init=False)
    """How orders of each verb begin, by its name."""
    vocabulary: dict[str, frozenset[str]] = field(init=False)
    """Stems that its exemplars and choices hold."""
    _vectors: NDArray[np.float32] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        most = max(4, MOST // max(len(self.offer), 1))
        self.all = [Exemplar(verb, line) for verb in self.offer for line in _lines(verb)[:most]]
        self.heads = {verb.name: {_named(verb.name)} for verb in self.offer}
        for one in self.all:
            if one.clause.form == "order":
                self.heads[one.verb.name].add(head(one.clause.core))
        self.vocabulary = {verb.name: self._vocabulary(verb) for verb in self.offer}

    def embed(self, embedder: Embedder) -> None:
        """Make the vectors: 6 ms for each exemplar, to be done in a thread."""
        self._vectors = embedder.embed([one.clause.core for one in self.all])

    @property
    def embedded(self) -> bool:
        return self._vectors is not None and len(self.all) > 0

    def first_words(self) -> set[str]:
        return {first for heads in self.heads.values() for first, _ in heads}

    def comparable(self, said: Clause) -> bool:
        """Whether anything can be like it."""
        return any(comparable(said, one.clause) for one in self.all)

    def likeness(self, said: Clause, vector: NDArray[np.float32] | None) -> dict[str, float]:
        """Of the exemplar most alike, for each verb: 0 to 1. What is told or asked is like what is told or
        asked of the same; only what is wanted is like all."""
        found = dict.fromkeys((verb.name for verb in self.offer), 0.0)
        scores = self._overlaps(said) if vector is None or self._vectors is None else self._vectors @ vector
        for one, score in zip(self.all, scores, strict=True):
            if comparable(said, one.clause):
                found[one.verb.name] = max(found[one.verb.name], float(score))
        return found

    def _overlaps(self, said: Clause) -> Sequence[float]:
        mine = set(words(said.core))
        return [len(mine & set(words(one.clause.core))) / max(len(mine), 1) for one in self.all]

    def _vocabulary(self, verb: m.Verb) -> frozenset[str]:
        texts = [one.clause.core for one in self.all if one.verb is verb]
        texts += [choice for parameter in verb.parameters.values() for choice in parameter.choices]
        return frozenset(stem(word) for text in texts for word in words(text))


def comparable(said: Clause, example: Clause) -> bool:
    """Whether likeness of the two means that the same is wanted."""
    if said.wanted:
        return example.form in ("order", "wish", "tell")
    return said.form == example.form and said.signature == example.signature


def head(core: str) -> Head:
    """The first word of an order and the particles behind it."""
    said = words(core)
    return (said[0] if said else "", frozenset(said[1:]) & PARTICLES)


def _named(name: str) -> Head:
    return head(name.lower().replace("_", " ").replace("-", " "))


def _lines(verb: m.Verb) -> list[Clause]:
    """The examples first: they are what players say."""
    name = verb.name.lower().replace("_", " ").replace("-", " ")
    made = [f"{name} the {kind}" for kind in (verb.targets or ())[:6]] or [name]
    plain: Form = "order"
    lines = [clause(text) for text in verb.examples]
    lines += [Clause(text, text.lower(), plain) for text in (*made, verb.description) if text]
    return [line for line in lines if line.core]
