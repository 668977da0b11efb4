"""Where a text speaks of things: its noun phrases and pronouns, found by the nouns that are known. Pure.

Not a parser: a phrase is a known noun with the words before it up to an article or a verb of handling, and a
qualifying tail ("of ale", "by the fire") behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from runtime.scene.words import DETERMINERS, EITHER, EMPTY, MARKS, group, plural, stem

IT, THESE, HE, SHE, THEY = "it", "these", "he", "she", "they"
_PRONOUNS = {
    "it": IT, "this": IT, "that": IT, "these": THESE, "those": THESE, "them": THEY, "they": THEY,
    "he": HE, "him": HE, "his": HE, "she": SHE, "her": SHE, "hers": SHE,
}  # fmt: skip
_POINTING = group("this that these those")
ANYTHING = frozenset({"one", "thing"})
"""Nouns that stand for any other: "the red one"."""

_NEAREST = group("nearest closest")
_FARTHEST = group("farthest furthest")
_OTHER = group("other another")
_TAILS = group("of with by to near in on at under behind from holding wearing 's is")
"""What joins a qualifying tail to its noun: "the cup of ale", "the chest that is locked"."""

_BREAKS = group("and or but then so because if when while") | MARKS
_GIVING = group("give hand bring pass show tell ask sell lend offer get buy let send take help")
"""Behind these "her" is a person, elsewhere before a noun it only says whose."""

_WEATHER = group(
    "raining snowing late early cold warm hot dark time nice good bad true possible over going pouring "
    "fine strange funny hard easy important said been like storming"
)
"""What "it" is where it means nothing: "it is raining", "is it true"."""
_BE = group("is was 's be will has are were would")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text speaks of something."""

    noun: str
    """Stem of the noun; "one" or "thing" where it stands for any, a pronoun's own word otherwise."""
    modifiers: frozenset[str] = frozenset()
    """Stems before the noun that tell it from others: "red"."""
    tail: frozenset[str] = frozenset()
    """Stems behind it: "ale" of "the cup of ale"."""
    pronoun: bool = False
    pointing: bool = False
    """This, that."""
    other: bool = False
    nearest: int = 0
    """1 the nearest, -1 the farthest."""
    several: bool = False
    negated: bool = False
    """Spoken of only to be ruled out: "not the red one"."""
    aside: bool = False
    """It only qualifies another noun: the cellar of "the cellar door"."""


def mentions(said: list[str], nouns: Collection[str]) -> list[Mention]:
    """Every mention in `said` (runtime.scene.words.words), in order. `nouns` are stems of what has a name."""
    found = []
    for place, word in enumerate(said):
        noun = stem(word)
        named = noun in nouns and word not in EMPTY
        if named or (noun in ANYTHING and place and _defined(said, place)):
            found.append(_phrase(said, place, noun, nouns))
        elif word in _PRONOUNS and _stands_alone(said, place, nouns):
            found.append(
                Mention(
                    _PRONOUNS[word], pronoun=True, pointing=word in _POINTING, negated=_negated(said, place)
                )
            )
    return found


def _phrase(said: list[str], place: int, noun: str, nouns: Collection[str]) -> Mention:
    start = place
    while start and (said[start - 1] not in EMPTY or said[start - 1] in EITHER):
        start -= 1
    first = start
    while start and said[start - 1] in DETERMINERS:
        start -= 1
    before = said[first:place]
    after = said[place + 1 : place + 2]
    return Mention(
        noun,
        modifiers=frozenset(stem(word) for word in before) - _NEAREST - _FARTHEST - _OTHER,
        tail=_tail(said, place),
        pointing=bool(_POINTING & set(said[start:first])),
        other=bool(_OTHER & set(before)),
        nearest=bool(_NEAREST & set(before)) - bool(_FARTHEST & set(before)),
        several=plural(said[place]) or bool({"all", "both", "every", "each"} & set(said[start:first])),
        negated=_negated(said, start),
        aside=bool(after) and (after == ["'s"] or (stem(after[0]) in nouns and after[0] not in EMPTY)),
    )


def _tail(said: list[str], place: int) -> frozenset[str]:
    """The content of up to five words behind a noun, if something joins them to it."""
    rest = said[place + 1 : place + 7]
    rest = rest[1:] if rest[:1] and rest[0] in ("that", "which", "who") else rest
    if not rest or rest[0] not in _TAILS:
        return frozenset()
    end = next((at for at, word in enumerate(rest) if word in _BREAKS), len(rest))
    return frozenset(stem(word) for word in rest[1:end] if word not in EMPTY)


def _defined(said: list[str], place: int) -> bool:
    """Whether a "one" or "thing" means a certain one: "that one", "the red one"; not "one day", "no one"."""
    before = said[place - 1]
    return before not in EMPTY or before in DETERMINERS - {"a", "an", "some", "any", "every"}


def _negated(said: list[str], start: int) -> bool:
    """Whether "not" stands right before a phrase; before a verb it negates the deed."""
    return (
        start > 0 and said[start - 1] == "not" and (start == 1 or said[start - 2] not in ("do", "can", "ca"))
    )


def _stands_alone(said: list[str], place: int, nouns: Collection[str]) -> bool:
    """Whether a pronoun means something, rather than belong to a noun or to grammar."""
    word, after = said[place], said[place + 1 : place + 4]
    before = said[place - 1] if place else ""
    if word == "it":
        return not _expletive(said, place)
    if word in ("his", "hers"):
        return False
    end = next((at for at, near in enumerate(after) if near in EMPTY), len(after))
    owns = any(stem(near) in nouns for near in after[:end]) or (end < len(after) and after[end] in ANYTHING)
    owns = owns or (end < len(after) and stem(after[end]) in ANYTHING)
    if word == "her":
        return before in _GIVING or not (after and (after[0] not in EMPTY))
    if word in _POINTING and owns:
        return False
    if (
        word == "that"
        and after
        and after[0] in DETERMINERS | {"i", "you", "he", "she", "we", "they", "there"}
    ):
        return before in _BE  # "I think that the ..." but "is that a dog?"
    return True


def _expletive(said: list[str], place: int) -> bool:
    """Whether "it" is only grammar: "it is late", "what time is it", "how is it going"."""
    before, after = said[max(0, place - 3) : place], said[place + 1 : place + 4]
    if "time" in before or "weather" in before:
        return True
    near = [word for word in after if word not in ("so", "very", "too", "really", "not", "a", "getting")]
    if near[:1] and near[0] in _BE:
        return bool(near[1:] and near[1] in _WEATHER)
    return bool(before and before[-1] in _BE and near and near[0] in _WEATHER)
