"""What shows that a model reads out its prompt or speaks for others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from runtime.safety.groups import compiled

RUN = 6
"""Words in the prompt's own order that give it away: fewer are also found in talk."""

LABEL = 48
"""Characters in which a speaker's name and its colon stand, if they do."""

_MARKS = re.compile(r"<\||\|>|\[/?INST|^#{2,}|</?s>|\{\{|\}\}")
_ROLES = frozenset(["user", "player", "human", "system", "assistant", "traveller", "stranger", "npc"])


@dataclass(frozen=True, slots=True)
class Secret:
    """What of a prompt is instruction: sentences that say "you". Facts in it are there to be told."""

    runs: frozenset[tuple[str, ...]]

    @classmethod
    @lru_cache(64)  # one for each character of a server
    def of(cls, prompt: str) -> Secret:
        runs: set[tuple[str, ...]] = set()
        for sentence in re.split(r"(?<=[.!?])\s+|\n", prompt):
            words = compiled().words(sentence)
            if {"you", "your", "stay", "answer"} & set(words):
                runs.update(_runs(words))
        return cls(frozenset(run for run in runs if {"you", "your", "stay", "answer"} & set(run)))

    def told(self, words: Sequence[str]) -> bool:
        return bool(self.runs) and any(run in self.runs for run in _runs(words))


def recited(words: Sequence[str], notes: Iterable[str]) -> bool:
    """Whether `words` speak of "the player", as `notes` do: nobody says that to a player."""
    pair = ("the", "player")
    spoken = pair in pairwise(words) or ("the", "players") in pairwise(words)
    return spoken and any(pair in pairwise(compiled().words(note)) for note in notes)


def labelled(text: str, names: Iterable[str]) -> bool:
    """Whether `text` begins with the label of another speaker ("Holt: …"), or holds marks of a template."""
    if _MARKS.search(text):
        return True
    label, colon, _ = text[:LABEL].lower().replace("：", ":").partition(":")
    label = " ".join(label.strip("\"'*([ ").split())
    if not colon:
        return False
    whole = {name.lower() for name in names}
    return label in _ROLES | whole | {word for name in whole for word in name.split()}


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
