"""Many phrases looked for at once, through disguises, in words that may still be arriving. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from runtime.safety.spelling import spelled
from runtime.safety.text import LEET, LEET_L, WRITTEN, apart, inflected, skeleton, stretches, tokens

T = TypeVar("T")

LONGEST = 12
"""Words of a phrase, at most, that is waited for."""
KEPT = 4096
"""Tokens whose words are remembered; a language has a few thousand that recur."""


class Found(NamedTuple, Generic[T]):
    """A phrase at words[start:end]."""

    start: int
    end: int
    value: T


class _Node(Generic[T]):
    __slots__ = ("next", "values")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.values: list[T] = []

    def leads(self, counts: Callable[[T], bool]) -> bool:
        """Whether a phrase that `counts` goes on from here."""
        return any(any(map(counts, node.values)) or node.leads(counts) for node in self.next.values())


class Phrases(Generic[T]):
    """Phrases by a small grammar: `kill|stab~ you? now`.

    Words are whole words. `a|b` is either, `w~` any inflection of w, `w?` may be absent, `_` is any one word.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._root: _Node[T] = _Node()
        self._vocabulary: set[str] = set()
        for phrase, value in entries:
            for words in expanded(phrase):
                self._add(words, value)
        self._singles = {word for word, node in self._root.next.items() if node.values}
        self._skeletons: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            self._skeletons.setdefault(skeleton(word), []).append(word)
        self._kept: dict[str, tuple[str, ...]] = {}

    def words(self, text: str) -> list[str]:
        """The words of `text`, those in disguise as the words of the phrases that they stand for."""
        given = list(spelled(tokens(text), self._singles))
        return [word for token in given for word in self._plain(token)]

    def found(self, words: Sequence[str]) -> list[Found[T]]:
        return [
            Found(start, end, value)
            for start in range(len(words))
            for node, end in self._walk(self._root, words, start)
            for value in node.values
        ]

    def begun(self, words: Sequence[str], counts: Callable[[T], bool]) -> bool:
        """Whether the last words may become a phrase that `counts` with what comes next."""
        return any(
            end == len(words) and node.leads(counts)
            for start in range(max(0, len(words) - LONGEST), len(words))
            for node, end in self._walk(self._root, words, start)
        )

    def _walk(self, node: _Node[T], words: Sequence[str], at: int) -> Iterator[tuple[_Node[T], int]]:
        if at == len(words):
            return
        for key in (words[at], "_"):
            if (following := node.next.get(key)) is not None:
                yield following, at + 1
                yield from self._walk(following, words, at + 1)

    def _add(self, words: Sequence[str], value: T) -> None:
        node = self._root
        for word in words:
            node = node.next.setdefault(word, _Node())
        if value not in node.values:
            node.values.append(value)
        self._vocabulary.update(words)

    def _plain(self, token: str) -> tuple[str, ...]:
        if (kept := self._kept.get(token)) is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            kept = self._kept[token] = self._undone(token)
        return kept

    def _undone(self, token: str) -> tuple[str, ...]:
        """The words that `token` stands for."""
        if token in self._vocabulary:
            return (token,)
        if token in WRITTEN:
            return WRITTEN[token]
        if token.isalpha():
            return (self._drawn_out(token) or token,)
        if not any(c.isalpha() for c in token):
            return tuple(re.findall(r"[^\W_]+", token))
        if token[0] == token[-1] == "*":
            return self._plain(token.strip("*"))
        for form in (token.translate(LEET), token.translate(LEET_L).translate(LEET)):
            if word := self._drawn_out(form):
                return (word,)
        return self._starred(token) or self._parts(token)

    def _parts(self, token: str) -> tuple[str, ...]:
        parts = re.findall(r"[^\W_]+", token)
        if parts == [token]:
            return (token,)
        return tuple([word for part in parts for word in self._plain(part)])

    def _drawn_out(self, token: str) -> str:
        """The word of a phrase that `token` is, or is with letters repeated. Only what stands alone may be
        recognised by one letter too many: "good" is no "god"."""
        if token in self._vocabulary:
            return token
        clear = re.search(r"(.)\1\1", token) is not None
        for word in self._skeletons.get(skeleton(token), ()):
            if (clear or word in self._singles) and stretches(token, word):
                return word
        return ""

    def _starred(self, token: str) -> tuple[str, ...]:
        """The one-word phrase of which `token` hides letters: "f**k"."""
        if not {"*", "#"} & set(token) or not token[0].isalpha():
            return ()
        pattern = re.compile("".join("[a-z]" if c in "*#" else re.escape(c) for c in token))
        return next(((word,) for word in sorted(self._singles) if pattern.fullmatch(word)), ())


def expanded(phrase: str) -> Iterator[tuple[str, ...]]:
    """Every sequence of words that `phrase` stands for."""
    slots = [_slot(part) for part in phrase.split()]
    for chosen in product(*slots):
        if words := tuple([part for word in chosen for part in apart(word).split()]):
            yield words


def _slot(part: str) -> list[str]:
    absent = part.endswith("?")
    words: list[str] = [""] if absent else []
    for word in part.rstrip("?").split("|"):
        words += sorted(inflected(word[:-1])) if word.endswith("~") else [word]
    return words
