"""What to say in one breath: lines cut to the length of one call, words matched to their sounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate, pairwise

from runtime.language.captions import units
from runtime.types import Line, Word

_BREAK = re.compile(r"[,;:.!?…—]+[\"”’)]*$")


def sayable(text: str) -> str:
    """`text` without letters of scripts the voice cannot read, on one line.

    A synthesiser for English would spell Cyrillic letter by letter, which nobody wants to hear.
    """
    kept = "".join(c if not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") else " " for c in text)
    return " ".join(kept.split())


def cut(line: Line, phonemes: Callable[[str], str], limit: int) -> list[tuple[Line, str]]:
    """Pieces of `line`, in order, of at most `limit` phonemes; one with nothing to say is left out."""
    said = phonemes(sayable(line.spoken))
    if not any(c.isalpha() for c in said):
        return []
    halves = _halves(line) if len(said) > limit else None
    if halves is None:
        return [(line, said[:limit])]  # one monstrous word: its beginning is enough
    return [piece for half in halves for piece in cut(half, phonemes, limit)]


def _halves(line: Line) -> tuple[Line, Line] | None:
    """Two parts of `line`, cut at the punctuation nearest to its middle, or else between two words."""
    spoken, shown = line.spoken.split(), line.text.split()
    if len(spoken) < 2:
        return None

    def badness(at: int) -> float:
        off = abs(2 * len(" ".join(spoken[:at])) / len(line.spoken) - 1)
        return off + (0.0 if _BREAK.search(spoken[at - 1]) else 0.6)

    at = min(range(1, len(spoken)), key=badness)
    seen = at if len(shown) == len(spoken) else round(at * len(shown) / len(spoken))
    first = Line(" ".join(shown[:seen]), " ".join(spoken[:at]))
    return first, Line(" ".join(shown[seen:]), " ".join(spoken[at:]))


def shown_words(text: str) -> list[str]:
    """Words of `text`, or its characters where it has no spaces; a lone dash or quote goes with the word
    before it, so that joining gives the text."""
    words: list[str] = []
    for word in text.split():
        for at, unit in enumerate(units(word)):
            if words and not any(c.isalnum() for c in unit):
                words[-1] += unit if at else f" {unit}"
            else:
                words.append(unit)
    return words


def place_words(
    text: str, heard: list[tuple[float, float]], weigh: Callable[[str], float]
) -> tuple[Word, ...]:
    """Give every word of `text` its time, from the stretches `heard` (start and end in seconds, in order).

    One stretch for each word is the plain case. Where a word is heard as several ("12.50") or not at all, the
    stretches are laid end to end and shared out by `weigh`, the length of what is said for a word.
    """
    words = shown_words(text)
    if not words or not heard:
        return ()
    if len(words) == len(heard):
        return tuple(Word(word, start, end) for word, (start, end) in zip(words, heard, strict=True))
    weights = [max(weigh(word), 0.1) for word in words]
    shares = [share / sum(weights) for share in accumulate(weights, initial=0.0)]
    length = sum(end - start for start, end in heard)
    times = pairwise(shares)
    return tuple(
        Word(word, _at(heard, low * length, late=True), _at(heard, high * length, late=False))
        for word, (low, high) in zip(words, times, strict=True)
    )


def _at(heard: list[tuple[float, float]], spoken: float, *, late: bool) -> float:
    """The time at which `spoken` seconds of sound were heard; if `late`, after a pause at that place."""
    for start, end in heard:
        length = end - start
        if spoken < length - 1e-6 or (spoken <= length + 1e-6 and not late):
            return start + max(spoken, 0.0)
        spoken -= length
    return heard[-1][1]
