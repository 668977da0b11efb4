"""Words that are spelled out letter by letter or cut in two, to hide them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runtime.safety.text import LEET, Token

LONGEST_GAP = 3
"""Characters between two letters that are still spelled apart: "f . u"."""
SPELLED = 16
"""Letters of a word, at most, that is found within a longer run of single letters."""


def spelled(given: Sequence[Token], singles: set[str]) -> Iterator[str]:
    """The tokens, those that spell a one-word phrase letter by letter or in two halves joined."""
    at = 0
    while at < len(given):
        end = at
        while end < len(given) and len(given[end].text) == 1 and (end == at or _near(given[end])):
            end += 1
        if word := _hidden(given[at:end], singles):
            yield word
            at = end
        elif end - at > 1:  # letters that spell nothing; the last may begin a word in halves
            yield from (token.text for token in given[at : end - 1])
            at = end - 1
        elif word := _halves(given, at, singles):
            yield word
            at += 2
        else:
            yield given[at].text
            at += 1


def _near(token: Token) -> bool:
    return len(token.gap) <= LONGEST_GAP


def _hidden(letters: Sequence[Token], singles: set[str]) -> str:
    """The phrase in a run of single letters; two letters count only as initials ("A.I.")."""
    if len(letters) < 2 or (len(letters) == 2 and letters[1].gap != "."):
        return ""
    run = "".join([token.text for token in letters]).translate(LEET)
    ends = {run, run[1:], run[:-1]} if len(run) > 2 else {run}
    inside = {run[a : a + size] for size in range(4, SPELLED) for a in range(len(run) - size + 1)}
    return max((ends | inside) & singles, key=len, default="")


def _halves(given: Sequence[Token], at: int, singles: set[str]) -> str:
    """The phrase in two tokens of which one is no word: "sh it", "fu-ck"; not "who re" or "pen is"."""
    if at + 1 == len(given) or len(given[at + 1].gap) != 1 or given[at + 1].gap == ",":
        return ""
    first, second = given[at].text.translate(LEET), given[at + 1].text.translate(LEET)
    if len(first + second) > 3 and any(not set(half) & set("aeiouy") for half in (first, second)):
        return first + second if first + second in singles else ""
    return ""
