"""The words that an entity answers to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from runtime.protocol import messages as m
from runtime.scene.living import alive, callings
from runtime.scene.words import EITHER, EMPTY, content, group, stem, words

_CUTS = group("of with in from by on at to for under near behind")
"""Behind these a name only qualifies: in "map of the harbour" the map is meant."""

_ADJECTIVES = group(
    "old young big small little tall short fat thin poor rich dear good bad great new drunk drunken tired "
    "sleeping angry wounded red blue green black white grey brown"
)
"""Capitalised in a name ("Old Ben") they still do not name anybody."""

OPPOSITES = {
    "open": ("closed", "shut"),
    "locked": ("unlocked",),
    "lit": ("unlit", "dark", "out"),
    "full": ("empty",),
    "empty": ("full",),
    "broken": ("whole", "intact"),
    "alive": ("dead",),
    "awake": ("asleep", "sleeping"),
    "clean": ("dirty",),
    "on": ("off",),
}
"""What a state is called where it is false."""


@dataclass(frozen=True, slots=True)
class Label:
    """Stems of words. `heads` name the thing, `attributes` tell it from others, `told` only speak of it."""

    name: tuple[str, ...]
    heads: frozenset[str]
    attributes: frozenset[str]
    told: frozenset[str]


def label(entity: m.Entity) -> Label:
    """What `entity` may be called. Kept for the next time: a scene of 256 is read in full at each line."""
    living = alive(entity)
    return _label(entity.kind, entity.name, entity.description, tuple(entity.state.items()), living)


@lru_cache(4096)
def _label(
    kind: str, name: str, description: str, state: tuple[tuple[str, m.State], ...], living: bool
) -> Label:
    called = [word for word in words(name) if word not in EMPTY or word in _CUTS or word in EITHER]
    cut = next((place for place, word in enumerate(called) if word in _CUTS), len(called))
    kinds = [stem(word) for word in words(kind) if word not in EMPTY]
    heads = {stem(called[cut - 1])} if cut else set()
    heads.update(kinds[-1:])
    if living:  # "Sergeant Holt" is called by either word
        capital = {stem(word.lower()) for word in name.split() if word[:1].isupper()}
        heads |= capital & {stem(word) for word in called} - _ADJECTIVES
        heads |= callings(_uncut(description))
    full = tuple(stem(word) for word in called)
    attributes = frozenset({*full, *kinds}) | _state(state)
    told = content(description) | _state(tuple(pair for pair in state if isinstance(pair[1], str)))
    return Label(full, frozenset(heads - _CUTS), attributes - _CUTS, told)


def _uncut(text: str) -> str:
    """`text` up to where it only qualifies: "a gruff man in a wet cloak" speaks of a man."""
    before: list[str] = []
    for word in words(text):
        if word in _CUTS:
            break
        before.append(word)
    return " ".join(before)


def _state(state: tuple[tuple[str, m.State], ...]) -> frozenset[str]:
    said: set[str] = set()
    for key, value in state:
        if value is True:
            said |= content(key)
        elif value is False:
            said.update(OPPOSITES.get(key.lower(), ()))
        elif isinstance(value, str):
            said |= content(value)
    return frozenset(said)
