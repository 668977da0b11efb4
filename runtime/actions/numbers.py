"""Numbers as people say and write them: "nine", "twenty five", "a dozen", "9.5". Pure."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: number for number, word in enumerate(_ONES.split())}
_SMALL |= {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
_SMALL |= {"once": 1, "twice": 2, "thrice": 3, "couple": 2, "dozen": 12}
_LARGE = {"hundred": 100, "thousand": 1000}

WORDS = frozenset(_SMALL) | frozenset(_LARGE)

_TOKEN = re.compile(r"-?\d+(?:\.\d+)?|[^\W\d_]+")
_BEFORE = "this that the another which each every no any red blue green big small other last next"
_POINTING = frozenset(_BEFORE.split())
"""Before "one" they make it a pronoun."""


def numbers(text: str) -> list[float]:
    """Every number in `text`, in order; at most nine digits of one are believed."""
    found: list[float] = []
    total: float | None = None
    before = ""
    for word in (*_TOKEN.findall(text.lower()), ""):
        if word in _SMALL and not (word == "one" and before in _POINTING):
            if total is not None and not _goes_on(total, _SMALL[word]):
                found.append(total)
                total = None
            total = (total or 0) + _SMALL[word]
        elif word in _LARGE:
            total = (total or 1) * _LARGE[word]
        elif not (word == "and" and total is not None and total >= 100):
            found += [] if total is None else [total]
            total = None
            if word.lstrip("-")[:1].isdigit() and len(word) < 10:
                found.append(float(word))
        before = word
    return found


def _goes_on(total: float, value: int) -> bool:
    """Whether a number goes on: "twenty five", "two hundred and five"; "two, three" are two."""
    return (total >= 20 and total % 100 >= 20 and total % 10 == 0 and value < 10) or (
        total % 100 == 0 and total > 0 and value < 100
    )
