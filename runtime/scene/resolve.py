"""What of a scene a text means: "the red cup", "the other one", "it", "him", "the nearest door". Pure.

A small deterministic resolver in the manner of situated reference resolution: candidates by the noun, told
apart by modifiers, then by what is attended to, spoken of last, and near (Kelleher & Kruijff 2006;
salience after Lappin & Leass 1994).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from runtime.protocol import messages as m
from runtime.scene.labels import Label, label
from runtime.scene.living import gender, person
from runtime.scene.mentions import ANYTHING, HE, SHE, THESE, THEY, Mention, mentions
from runtime.scene.words import DETERMINERS, content, stem, words

NAMED, TOLD_APART, ALONE = 1.0, 0.95, 0.85
"""Its full name; its noun with what tells it from the others; its noun, and there is no other."""
AMONG = 0.6
"""Its noun, and there are others. Salience adds to it, at most to ALONE."""
POINTED, SPOKEN_OF = 0.9, 0.75
"""A pronoun, for what the player attends to; and for what was spoken of last."""
TOUCHED = 0.45
"""Only a word of its description or state; or its noun, qualifying another. Below 0.5: rather not meant."""
RULED_OUT = 0.2
"""Another of its noun was told apart, or this one was excluded."""
IMPLIED, NEAREST = 0.4, 0.3
"""Nothing names it, but it is the only one of the kinds asked for; or the nearest of them."""


class Surroundings(Protocol):
    """What resolving asks of a scene."""

    @property
    def attention(self) -> str | None:
        """Id of what the player attends to."""

    def visible(self, npc: str) -> Sequence[m.Entity]:
        """What the character can see, itself left out."""

    def distance(self, npc: str, entity: m.Entity) -> float | None:
        """Metres from the character."""

    def mentioned(self, npc: str) -> Sequence[str]:
        """Ids of what was spoken of with the character, the latest first."""


def resolve(
    text: str,
    scene: Surroundings,
    npc: str,
    kinds: Collection[str] | None = None,
) -> list[tuple[m.Entity, float]]:
    """Entities that `npc` sees and `text` may mean, with how surely (0 to 1), the surest first.

    From 0.5 on an entity is meant; below, the text touches it or, where `kinds` are given, they imply it.
    Only entities of `kinds` are returned. Of two that fit alike the more salient leads, with both at least
    0.6: a caller that must not guess asks when the lead is small.
    """
    seen = _Seen(scene, npc, kinds)
    scores: dict[str, float] = {}
    excluded: set[str] = set()
    for mention in mentions(words(text), seen.nouns):
        found = seen.meant(mention)
        if mention.negated:
            excluded |= {key for key, score in found.items() if score >= AMONG}
        else:
            scores |= {key: max(score, scores.get(key, 0.0)) for key, score in found.items()}
    for key, score in seen.touched(text).items():
        scores[key] = max(score, scores.get(key, 0.0)) if score == NAMED else scores.get(key, score)
    scores |= dict.fromkeys(excluded, RULED_OUT)
    fitting = {e.id: scores.get(e.id, 0.0) for e in seen.of_kinds}
    if kinds is not None and max(fitting.values(), default=1.0) < 0.5:
        for key, score in seen.implied().items():
            fitting[key] = max(fitting[key], score)
    ranked = sorted(fitting.items(), key=lambda pair: -pair[1])
    return [(seen.entities[key], score) for key, score in ranked if score]


class _Seen:
    """The scene as one character sees it while one text is resolved."""

    def __init__(self, scene: Surroundings, npc: str, kinds: Collection[str] | None) -> None:
        self.scene, self.npc = scene, npc
        self.entities = {e.id: e for e in scene.visible(npc)}
        self.labels: dict[str, Label] = {key: label(e) for key, e in self.entities.items()}
        self.nouns = frozenset(noun for known in self.labels.values() for noun in known.heads)
        wanted = None if kinds is None else {kind.casefold() for kind in kinds}
        self.of_kinds = [e for e in self.entities.values() if wanted is None or e.kind.casefold() in wanted]
        self._focus = [key for key in (scene.attention, *scene.mentioned(npc)) if key in self.entities]

    def meant(self, mention: Mention) -> dict[str, float]:
        """Scores of what one mention may mean."""
        if mention.pronoun:
            return self._pronoun(mention)
        candidates = self._candidates(mention)
        if mention.other:
            candidates = [key for key in candidates if key not in self._focus[:1]]
        if mention.aside:
            return dict.fromkeys(candidates, TOUCHED)
        if mention.pointing and self.scene.attention in candidates:
            return dict.fromkeys(candidates, RULED_OUT) | {str(self.scene.attention): TOLD_APART}
        best, told_apart = self._fitting(candidates, mention)
        scores = dict.fromkeys(() if mention.noun in ANYTHING else candidates, RULED_OUT)
        if mention.several:
            return scores | dict.fromkeys(best, ALONE)
        if mention.nearest:
            best, told_apart = self._by_distance(best, mention.nearest), True
        if len(best) == 1:
            return scores | {best[0]: TOLD_APART if told_apart or mention.other else ALONE}
        near = self._by_distance(best, 1)
        return scores | {key: self._among(key, near) for key in best}

    def _candidates(self, mention: Mention) -> list[str]:
        if mention.noun in ANYTHING:
            kind = self.entities[self._focus[0]].kind if self._focus and mention.other else None
            like = [e.id for e in self.of_kinds if kind is None or e.kind == kind]
            if not (mention.modifiers or mention.tail or mention.other or mention.nearest):
                return [key for key in self._focus[:1] if key in like]  # "that one"
            return like
        return [key for key, known in self.labels.items() if mention.noun in known.heads]

    def _fitting(self, candidates: list[str], mention: Mention) -> tuple[list[str], bool]:
        """Those that most of the modifiers fit, and whether this tells them from others."""
        fits = {key: self._fit(self.labels[key], mention) for key in candidates}
        most = max(fits.values(), default=0.0)
        if not most:
            anything = mention.noun in ANYTHING and not (mention.other or mention.nearest)
            return ([] if anything and (mention.modifiers or mention.tail) else candidates), False
        return [key for key, fit in fits.items() if fit == most], True

    def _fit(self, known: Label, mention: Mention) -> float:
        """How many words qualify it; those before the noun and in its name count more."""
        own = known.attributes - {mention.noun}
        near = 2.0 * len(mention.modifiers & own) + 1.5 * len(mention.modifiers & known.told - own)
        return near + len(mention.tail & own) + 0.75 * len(mention.tail & known.told - own)

    def _pronoun(self, mention: Mention) -> dict[str, float]:
        ids = [e.id for e in self.of_kinds if self._may_be(mention.noun, e)]
        focus = [key for key in self._focus if key in ids]
        if mention.noun in (HE, SHE, THEY) and not focus and len(ids) == 1:
            return {ids[0]: AMONG}
        if not focus:
            return {}
        if mention.noun in (THESE, THEY) and focus[0] != self.scene.attention:
            return dict.fromkeys(focus[:2], SPOKEN_OF)
        return {focus[0]: POINTED if focus[0] == self.scene.attention else SPOKEN_OF}

    def _may_be(self, pronoun: str, entity: m.Entity) -> bool:
        if pronoun in (HE, SHE):
            return entity.kind != "player" and person(entity) and gender(entity) in ("", pronoun)
        return pronoun in (THESE, THEY) or not person(entity) or entity.id == self.scene.attention

    def _among(self, key: str, near: list[str]) -> float:
        """Salience of one among several that fit alike."""
        score = AMONG
        if key in self._focus:
            score += 0.2 if key == self.scene.attention else 0.15 / (1 + self._focus.index(key))
        elif key in near:
            score += 0.05
        return score

    def _by_distance(self, ids: list[str], order: int) -> list[str]:
        """The nearest (1) or farthest (-1) of `ids`; all where no distance is known."""
        known = {key: away for key in ids if (away := self._away(key)) is not None}
        return [min(known, key=lambda key: order * known[key])] if known else ids

    def _away(self, key: str) -> float | None:
        return self.scene.distance(self.npc, self.entities[key])

    def touched(self, text: str) -> dict[str, float]:
        """Full names in the text, and words of names and descriptions."""
        stems = [stem(word) for word in words(text) if word not in DETERMINERS]
        about = content(text)
        scores = {}
        for key, known in self.labels.items():
            if len(known.name) > 1 and _within(known.name, stems):
                scores[key] = NAMED
            elif about & (known.told | set(known.name)):
                scores[key] = TOUCHED
        return scores

    def implied(self) -> dict[str, float]:
        ids = [e.id for e in self.of_kinds if e.kind != "player"]
        attended = [key for key in ids if key == self.scene.attention]
        if len(ids) == 1 or attended:
            return {(attended or ids)[0]: IMPLIED}
        near = self._by_distance(ids, 1)
        return {near[0]: NEAREST} if len(near) == 1 else {}


def _within(name: Sequence[str], said: Sequence[str]) -> bool:
    return any(tuple(said[at : at + len(name)]) == tuple(name) for at in range(len(said) - len(name) + 1))
