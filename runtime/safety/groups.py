"""The phrases that come along, by category and level; read once."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from runtime.safety.phrases import Found, Phrases
from runtime.safety.settings import Category

YOUNG, HINT = "young", "hint"
"""Marks that are harmless alone: speaks of a child; speaks of sex."""


class Mark(NamedTuple):
    """What a phrase stands for."""

    category: str
    level: int
    why: str


class _Group(Struct, frozen=True, forbid_unknown_fields=True):
    category: Category | Literal["young", "hint"]
    phrases: list[str]
    level: int = 0
    why: str = ""
    rot13: bool = False


class _Groups(Struct, frozen=True, forbid_unknown_fields=True):
    groups: list[_Group]


@cache
def entries() -> tuple[tuple[str, Mark], ...]:
    """Every phrase of phrases.toml with its mark."""
    file = Path(__file__).parent / "phrases.toml"
    read = msgspec.toml.decode(file.read_bytes(), type=_Groups)
    return tuple(
        (
            codecs.decode(phrase, "rot13") if group.rot13 else phrase,
            Mark(group.category, group.level, group.why),
        )
        for group in read.groups
        for phrase in group.phrases
    )


@cache
def compiled(extra: tuple[tuple[str, Mark], ...] = ()) -> Phrases[Mark]:
    """All phrases and `extra`; one for all sessions that ask for the same."""
    return Phrases([*entries(), *extra])


def own(phrases: Iterable[str], category: Category) -> tuple[tuple[str, Mark], ...]:
    """A writer's phrases: plain words without any grammar."""
    mark = Mark(category, 3, "on the game's list" if category == "block" else "its writer forbade it")
    # A phrase is compared as it would be heard, so contractions and signs in it are undone here as there.
    bare: Phrases[Mark] = Phrases([])
    return tuple((" ".join(words), mark) for phrase in phrases if (words := bare.words(phrase)))


def marks(found: Iterable[Found[Mark]], seen: Iterable[str] = ()) -> list[Mark]:
    """What was found, and sexual content with minors where both its halves were; `seen` are from before."""
    plain = [match.value for match in found]
    kinds = {*seen, *halves(plain)}
    if {YOUNG, HINT} <= kinds:
        plain.append(Mark("minors", 3, "sexual content with minors"))
    return [mark for mark in plain if mark.level]


def halves(found: Iterable[Mark]) -> set[str]:
    """Which of the two halves of sexual content with minors were found."""
    kinds = {HINT if mark.category == "sexual" else mark.category for mark in found}
    return kinds & {YOUNG, HINT}
