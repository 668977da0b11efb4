"""Which entity a verb is done to. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.actions.choice import Around, ready, targets
from runtime.actions.numbers import WORDS
from runtime.protocol import messages as m
from runtime.scene.labels import label
from runtime.scene.resolve import resolve
from runtime.scene.words import DETERMINERS, EMPTY, stem, words

MEANT = 0.5
"""From here on the text means an entity; below, only the verb implies one (runtime.scene.resolve)."""
ALIKE = 0.12
"""Scores as near to the best as this are a tie that may be decided by what can be done: "the door" is the one
that is not open yet. Salience alone differs by no more."""

_ME = frozenset({"me", "us", "i", "we", "myself"})


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and how surely it is meant, 0 to 1. No entity for a verb without one."""

    entity: m.Entity | None = None
    score: float = 0.0
    unexplained: float = 0.0
    """Share of the words that say something which neither verb nor target account for, 0 to 1."""


def aim(verb: m.Verb, core: str, vocabulary: frozenset[str], scene: Around, npc: str) -> Aim | None:
    """What `core` wants `verb` done to. None where it takes a target and none can be meant, or the one meant
    is not as the verb needs it: an open door is not opened, nor is another in its place."""
    if verb.targets is None:
        return Aim(None, 0.0, _unexplained(core, vocabulary, None))
    able = {entity.id for entity in targets(verb, scene, npc)}
    found = [(e, score) for e, score in resolve(core, scene, npc, verb.targets) if score >= MEANT]
    if found:
        ties = [pair for pair in found if pair[1] >= found[0][1] - ALIKE]
        entity, score = next((pair for pair in ties if ready(verb, pair[0])), ties[0])
    else:
        implied = _implied(verb, core, vocabulary, scene, npc)
        if implied is None:
            return None
        entity, score = implied
    if entity.id not in able:
        return None
    return Aim(entity, score, _unexplained(core, vocabulary, entity))


def _implied(
    verb: m.Verb, core: str, vocabulary: frozenset[str], scene: Around, npc: str
) -> tuple[m.Entity, float] | None:
    """What nobody named: the player of "let me in"; else what is looked at or nearest, unless the text names
    something that is not there."""
    possible = targets(verb, scene, npc)
    player = next((e for e in possible if e.kind.casefold() == "player"), None)
    if player is not None:
        return (player, 0.6) if _ME & set(words(core)) else None
    if not possible or names_other(core, vocabulary):
        return None
    looked_at = next((e for e in possible if e.id == scene.attention), None)
    return (looked_at or min(possible, key=lambda e: _away(e, scene, npc)), 0.4 if looked_at else 0.3)


def names_other(core: str, vocabulary: frozenset[str]) -> bool:
    """Whether a noun phrase of `core` holds no word that the verb knows: "open the trunk"."""
    said = words(core)
    for at, word in enumerate(said[:-1]):
        if word in DETERMINERS:
            phrase = [stem(w) for w in _phrase(said[at + 1 :])]
            if phrase and not any(w in vocabulary or w in WORDS or w.isdigit() for w in phrase):
                return True
    return False


def _phrase(said: list[str]) -> list[str]:
    """Up to the first word of grammar; "a glass of wine" is one, as what it holds may be known."""
    end = next((at for at, word in enumerate(said) if word in EMPTY and word != "of"), len(said))
    return [word for word in said[:end] if word != "of"]


def _unexplained(core: str, vocabulary: frozenset[str], entity: m.Entity | None) -> float:
    said = [stem(word) for word in words(core) if word not in EMPTY]
    known = set(vocabulary) | WORDS
    if entity is not None:
        called = label(entity)
        known |= {*called.name, *called.heads, *called.attributes, *called.told}
    return sum(not (w in known or w.isdigit()) for w in said) / max(len(said), 1)


def _away(entity: m.Entity, scene: Around, npc: str) -> float:
    distance = scene.distance(npc, entity)
    return float("inf") if distance is None else distance
