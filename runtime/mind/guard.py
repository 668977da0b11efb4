"""The last look at what a character says: nothing of what its writer forbade, and never nothing at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing

from runtime.character import Character
from runtime.flow import Stream
from runtime.mind.lines import spoken
from runtime.types import Line


class Guard:
    """Passes lines that hold none of `never`, whole words, whatever their case or punctuation.

    A phrase may lie across two lines of a sentence. Then the first was said already; the rest of that
    sentence is not.
    """

    def __init__(self, never: Sequence[str]) -> None:
        self._never = [f" {words} " for words in map(_words, never) if words]
        self._sentence = ""
        self._barred = False

    def passes(self, line: Line) -> bool:
        self._sentence = f"{self._sentence} {_words(line.text)}".strip()
        padded = f" {self._sentence} "
        self._barred = self._barred or any(phrase in padded for phrase in self._never)
        passed = not self._barred
        if line.text.endswith((".", "!", "?")):
            self._sentence, self._barred = "", False
        return passed


async def guard(stream: Stream[Line], character: Character) -> Stream[Line]:
    """The lines of `stream` that `character` may say; its `at_a_loss` where none is left."""
    watch = Guard(character.never)
    silent = True
    async with aclosing(stream):
        async for line in stream:
            if watch.passes(line):
                silent = False
                yield line
    if silent:
        yield at_a_loss(character)


def at_a_loss(character: Character) -> Line:
    """What `character` says when it has nothing to say."""
    return Line(character.at_a_loss, spoken(character.at_a_loss))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower().replace("’", "'").replace("'", "")))
