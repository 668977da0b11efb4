"""The words of a question that say what it is about, as the full-text index sees them."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from threading import Lock

TOKENIZER = "porter unicode61 remove_diacritics 2"
"""SQLite's: Porter's stems of words without accents, in lower case."""

MOST = 24
"""Words of a question that are looked for; who says more has said what it is about."""

# Words that questions are made of, whatever they ask for.
_EMPTY = frozenset((Path(__file__).parent / "empty.txt").read_text(encoding="utf-8").split())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


class Stemmer:
    """Takes a text apart as the index does, by asking the index's own tokenizer.

    `unasked` are words that say nothing of what a question is about, beside those that never do.
    """

    def __init__(self, unasked: str = "") -> None:
        self._empty = _EMPTY | set(_words(unasked))
        self._lock = Lock()
        self._scratch = sqlite3.connect(":memory:", check_same_thread=False)
        self._scratch.executescript(
            f"CREATE VIRTUAL TABLE word USING fts5(it, tokenize='{TOKENIZER}');"
            "CREATE VIRTUAL TABLE stem USING fts5vocab(word, instance);"
        )

    def __call__(self, text: str) -> dict[str, str]:
        """Word -> stem of what `text` is about, in order; each stem once."""
        words = [word for word in _words(text) if word not in self._empty]
        stems = self._stems(list(dict.fromkeys(words))[:MOST])
        return {word: stem for stem, word in {stem: word for word, stem in reversed(stems)}.items()}

    def _stems(self, words: list[str]) -> list[tuple[str, str]]:
        with self._lock:
            self._scratch.execute("DELETE FROM word")
            self._scratch.executemany("INSERT INTO word(rowid, it) VALUES (?, ?)", enumerate(words))
            found = dict(self._scratch.execute("SELECT doc, term FROM stem"))
        return [(word, found[number]) for number, word in enumerate(words) if number in found]
