"""Where sentences end: for a voice that speaks them one by one, and for captions."""

from __future__ import annotations

import re

from runtime.mind.lines import ABBREVIATIONS, spoken
from runtime.mind.scrub import Scrub
from runtime.types import Line

_END = re.compile(r"[.!?…][\"”'’)]*$")
_INITIAL = re.compile(r"[A-HJ-Z]\.")
"""As in "J. Smith"; "I." ends a sentence more often."""


def ends(word: str) -> bool:
    """Whether a sentence ends with `word`."""
    return bool(_END.search(word)) and word.lower() not in ABBREVIATIONS and not _INITIAL.fullmatch(word)


def sentences(text: str) -> list[Line]:
    """A text as a voice takes it: sentence by sentence, without stage directions, signs in words."""
    found: list[list[str]] = [[]]
    for word in Scrub().feed(text).split():
        found[-1].append(word)
        if ends(word):
            found.append([])
    lines = [" ".join(words) for words in found]
    return [Line(line, spoken(line)) for line in lines if any(c.isalnum() for c in line)]
