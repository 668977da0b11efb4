"""Given names as people around the world bear them: what tells "robin here" from "nobody here"."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from runtime.memory.distil.words import STOP, lexicon

_WORDS_TOO = lexicon(
    """angel april ash august autumn basil bay bill briar charity chuck clay cliff colt coral dale dawn dean
    drew earl ebony eve faith fox frank gale gene grace guy hazel heath heather holly hope iris ivy jack jade
    jasmine jay jean joy june lance lee lily mark mason may melody mercy miles nick olive pat patience pearl
    penny piper poppy ray raven reed rich rob rocky rose ruby rusty said sage sandy saffron scarlett sky stone
    storm summer sue violet viola will willow wolf wren myrtle rosemary clement hyacinth destiny art bo
    palmer carter cooper porter spencer taylor tyler harper hank barb van lin han fan tuan ling"""
)
"""Names that are words as well. Written small they need more around them than others."""


@cache
def given_names() -> frozenset[str]:
    """Some 1,800, in lower case, written down for this by hand: common ones of many languages, no census."""
    return lexicon((Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8"))


def is_given(word: str) -> bool:
    """Whether `word` is a given name in whatever case; one that is a word as well has to be written large."""
    lower = _plain(word)
    if lower not in given_names():
        return False
    return word[:1].isupper() or (lower not in _WORDS_TOO and lower not in STOP)


def may_be_given(word: str) -> bool:
    """Whether `word` is a given name, though it may also be a word."""
    return _plain(word) in given_names()


def _plain(word: str) -> str:
    """In lower case, without accents: "ramon" for "Ramón"."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
