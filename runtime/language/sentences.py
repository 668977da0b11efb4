"""Sentences and clauses, in languages with and without spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from runtime.language.facts import Language, of

_ABBREVIATIONS = "mr. mrs. ms. dr. st. sgt. capt. prof. e.g. i.e. vs. no. jr. sr."
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""English ones, whose stop ends no sentence."""
_CLOSING = "\"'”’」』）)】》〉]"
"""What may follow the mark that ends a sentence and belongs to it."""
_FULL_WIDTH = {",": "，", ".": "。", "!": "！", "?": "？", ";": "；", ":": "："}


def split(text: str, language: str | Language) -> list[str]:
    """The sentences of `text`, each with its marks; joined they are the text again but for outer spaces."""
    known = of(language) if isinstance(language, str) else language
    return [piece for piece in (found.strip() for found in _pieces(text, known, known.ends)) if piece]


def clauses(text: str, language: str | Language) -> list[str]:
    """The same, cut at the marks inside sentences too."""
    known = of(language) if isinstance(language, str) else language
    marks = known.ends + known.pauses
    return [piece for piece in (found.strip() for found in _pieces(text, known, marks)) if piece]


def ends_at(text: str, at: int, language: Language, marks: str) -> bool:
    """Whether the mark at `text[at]`, one of `marks`, ends a piece there, as far as the text tells."""
    mark, following = text[at], text[at + 1 : at + 2]
    if mark not in marks or following in marks:
        return False  # "?!" and "……" end once, at their last
    if ord(mark) > 0x7F or not language.spaced:
        # 3.5 and 3:30 stand between digits in every language.
        return not (mark in ".,:" and following.isdigit())
    if following and following not in _CLOSING and not following.isspace():
        return False
    return mark != "." or not _abbreviated(text[: at + 1])


def _abbreviated(text: str) -> bool:
    word = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return word.lower() in ABBREVIATIONS or bool(re.fullmatch(r"[A-HJ-Z]\.", word))


def _pieces(text: str, language: Language, marks: str) -> Iterator[str]:
    start = at = 0
    while at < len(text):
        if text[at] == "\n" or ends_at(text, at, language, marks):
            while text[at + 1 : at + 2] and text[at + 1] in _CLOSING:
                at += 1
            yield text[start : at + 1]
            start = at + 1
        at += 1
    yield text[start:]


def wide(character: str) -> bool:
    """Takes two columns: Han, kana, hangul and full-width marks."""
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


def unspaced(character: str) -> bool:
    """Of a script that puts no spaces between words. (Hangul is wide, and has them.)"""
    return wide(character) and not unicodedata.name(character, "").startswith("HANGUL")


def join(parts: Iterable[str]) -> str:
    """Parts of a text put together: a space between words, none where either neighbour knows none."""
    joined = ""
    for part in parts:
        gap = joined and part and not (unspaced(joined[-1]) or unspaced(part[0]))
        joined += f" {part}" if gap else part
    return joined


def tidy(text: str) -> str:
    """`text` with the marks that its own characters take: full width behind Han and kana, and no spaces
    there."""
    text = re.sub(r"\s+", " ", text).strip()
    marks = "".join(map(re.escape, _FULL_WIDTH))
    text = re.sub(
        rf"(.)\s?([{marks}])(?!\d)",
        lambda m: m[1] + _FULL_WIDTH[m[2]] if unspaced(m[1]) else m[0],
        text,
    )
    return join(text.split(" ")) if any(map(unspaced, text)) else text
