"""Who of a scene is alive, and whom "he" and "she" may mean: by the words a game describes them with."""

from __future__ import annotations

from typing import Literal, TypeAlias

from runtime.protocol import messages as m
from runtime.scene.words import group, stem, words

Gender: TypeAlias = Literal["he", "she", ""]

_HE = group(
    "man boy king lord sir father brother uncle son husband grandfather monk gentleman prince duke "
    "fisherman watchman nobleman lad fellow he his him wizard waiter"
)
_SHE = group(
    "woman girl queen lady madam mother sister aunt daughter wife grandmother nun princess duchess lass "
    "waitress barmaid maid witch priestess fisherwoman noblewoman she her hers"
)
_PEOPLE = group(
    "person player npc human child baby kid stranger traveller traveler guest customer patron villager "
    "citizen crowd guard soldier sergeant captain knight officer watch sailor pirate thief beggar merchant "
    "cook smith priest doctor nurse teacher student farmer miller baker innkeeper servant elf dwarf orc "
    "goblin ghost zombie mage bard hunter clerk friend enemy hero android robot character people"
)
_ANIMALS = group(
    "animal creature monster beast dog cat horse mule donkey cow pig sheep goat chicken hen duck goose bird "
    "crow raven seagull gull fox wolf bear rat mouse fish snake dragon spider"
)
_WORDS_FOR = group("he his him she her hers")
_ENDINGS = ("keeper", "smith", "maker", "monger", "seller", "woman", "master")
"""Trades that are spelled as one word with the person in it."""
_MEN = ("fisherman", "watchman", "nobleman", "tradesman", "swordsman", "craftsman", "boatman", "ferryman")


def alive(entity: m.Entity) -> bool:
    """Whether it is a person or an animal."""
    return person(entity) or bool(_kind(entity) & _ANIMALS)


def person(entity: m.Entity) -> bool:
    """Whether "he", "she" and "they" may mean it."""
    return any(
        word in _PEOPLE or word in _HE or word in _SHE or word in _MEN or word.endswith(_ENDINGS)
        for word in _kind(entity)
    )


def gender(entity: m.Entity) -> Gender:
    """What a person is referred to by; empty where nothing says so: then either may mean it."""
    for text in (entity.kind, entity.name, entity.description):
        said = {stem(word) for word in words(text)} | set(words(text))
        if bool(said & _HE) != bool(said & _SHE):
            return "he" if said & _HE else "she"
    return ""


def callings(text: str) -> frozenset[str]:
    """The words of `text` that people are called by: "man" of "a gruff man"."""
    return frozenset(stem(word) for word in words(text)) & ((_PEOPLE | _HE | _SHE | set(_MEN)) - _WORDS_FOR)


def _kind(entity: m.Entity) -> frozenset[str]:
    """The words of its kind; a name says nothing of life: a ship may be called "the old captain"."""
    return frozenset(stem(word) for word in words(entity.kind))
