"""Which actions a line of the player asks for, for a model too small to be asked: by meaning and by rules."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.actions.aim import Aim, aim
from runtime.actions.choice import Around, Choice, able, chosen, valid
from runtime.actions.exemplars import Exemplars, head
from runtime.actions.form import Clause
from runtime.actions.offer import Offer
from runtime.actions.parameters import named_choice, told
from runtime.actions.split import clauses
from runtime.knowledge.embedding import Embedder
from runtime.protocol import messages as m

MOST = 3
"""Actions of one line."""

WEIGHTS = (-2.36, 3.0, 3.02, 0.48, 1.74, 1.92, -2.43, -0.62)
"""Of Guess.features: logistic regression over the development lines of tests/data/actions.toml, every verb
against every clause, with those that are right counted threefold."""

SURE = 0.4
"""Where a verb is wanted. On the development lines everything from 0.3 to 0.6 acts on no idle line; at 0.3 99
of 100 requests are right, at 0.6 94."""

ALIKE = 0.65
"""The same for what is only told or asked, by likeness alone: the nearest idle line of the development set
has 0.44, the nearest request 0.82."""


_LIGHT = "take get give put make have bring let go come do show"
LIGHT = frozenset(_LIGHT.split())
"""First words that say little of what is to be done: that another verb begins so speaks against none."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A verb that a clause may ask for, and what speaks for it."""

    verb: m.Verb
    aim: Aim | None
    features: tuple[float, ...]
    """1; likeness of the nearest exemplar; how the order begins, -1 to 1; not an order; names a choice; how
    surely the target is meant; share of words that nothing explains; takes a target."""

    def sure(self, said: Clause) -> float:
        """How surely it is wanted, 0 to 1. What only tells or asks is wanted as far as it is like
        an example."""
        return probability(self.features) if said.wanted else min(max(self.features[1], 0.0), 1.0)


class Selector:
    """Chooses from one offer. `prepare` does the slow part; without it or an embedder, words decide alone."""

    def __init__(self, offer: Offer, embedder: Embedder | None) -> None:
        self.offer = offer
        self._embedder = embedder
        self._exemplars = Exemplars(offer)
        self._heads = self._exemplars.first_words()

    def prepare(self) -> None:
        """Embed the examples: blocking, 6 ms each, once. May run in a thread while `select` is called."""
        if self._embedder is not None:
            self._exemplars.embed(self._embedder)

    def select(self, text: str, scene: Around, npc: str) -> list[Choice]:
        """What `text` wants `npc` to do, in order, at most MOST; mostly nothing."""
        found: list[tuple[Clause, Choice]] = []
        for said in clauses(text, self._heads):
            choice = self._choose(said, scene, npc)
            if choice is not None and valid(choice, self.offer, scene, npc):
                found.append((said, choice))
        # "I'm thirsty, a cider please": what is only told is the reason, not another wish.
        wanted = [choice for said, choice in found if said.wanted]
        return _once(wanted or [choice for _, choice in found])[:MOST]

    def guesses(self, said: Clause, scene: Around, npc: str) -> list[Guess]:
        """What speaks for each verb of `npc` that might be chosen."""
        verbs = [verb for verb in self.offer if able(verb, npc)]
        likeness = self._likeness(said)
        if not any(likeness.values()):
            return []
        found = (self._guess(said, verb, likeness[verb.name], scene, npc) for verb in verbs)
        return [guess for guess in found if guess is not None]

    def _choose(self, said: Clause, scene: Around, npc: str) -> Choice | None:
        guesses = self.guesses(said, scene, npc)
        if not guesses:
            return None
        best = max(guesses, key=lambda guess: guess.sure(said))
        if best.aim is None or best.sure(said) < _least(said):
            return None
        target = best.aim.entity.id if best.aim.entity else None
        return chosen(
            self.offer, best.verb.name, target, told(best.verb, said.said), round(best.sure(said), 3)
        )

    def _likeness(self, said: Clause) -> dict[str, float]:
        """Without a call of the network where nothing could be like it."""
        vector: NDArray[np.float32] | None = None
        if not self._exemplars.comparable(said):
            return {}
        if self._embedder is not None and self._exemplars.embedded:
            vector = self._embedder.embed([said.core])[0]
        return self._exemplars.likeness(said, vector)

    def _guess(self, said: Clause, verb: m.Verb, likeness: float, scene: Around, npc: str) -> Guess | None:
        """None where the best of targets would not do either: finding it takes the most time."""
        named = any(named_choice(p.choices, said.core) for p in verb.parameters.values())
        begins = self._head(said, verb) if said.form == "order" else 0.0
        known = (1.0, likeness, begins, float(said.form != "order"), float(named))
        takes = float(verb.targets is not None)
        if Guess(verb, None, (*known, takes, 0.0, takes)).sure(said) < _least(said):
            return None
        aimed = aim(verb, said.core, self._exemplars.vocabulary[verb.name], scene, npc)
        score = aimed.score if aimed and aimed.entity else 0.0
        return Guess(verb, aimed, (*known, score, aimed.unexplained if aimed else 1.0, takes))

    def _head(self, said: Clause, verb: m.Verb) -> float:
        """1 where it begins as orders of this verb do, 0.5 but for a particle, -1 as only those of others."""
        own = self._exemplars.heads[verb.name]
        mine = head(said.core)
        if mine in own:
            return 1.0
        if mine[0] not in LIGHT and any(mine in heads for heads in self._exemplars.heads.values()):
            return -1.0
        if any(mine[0] == first for first, _ in own):
            return 0.5
        return -1.0 if mine[0] in self._heads - LIGHT else 0.0


def _least(said: Clause) -> float:
    return SURE if said.wanted else ALIKE


def probability(features: tuple[float, ...]) -> float:
    """How surely the verb is wanted, 0 to 1: logistic regression over the features of a guess."""
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def _once(choices: list[Choice]) -> list[Choice]:
    """No action twice on the same thing: of two the surer, in the place of the first."""
    kept: dict[tuple[str, str | None], Choice] = {}
    for choice in choices:
        key = (choice.verb, choice.target)
        if key not in kept or kept[key].confidence < choice.confidence:
            kept[key] = choice
    return list(kept.values())
