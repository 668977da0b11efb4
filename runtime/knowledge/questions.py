"""How well a character's knowledge answers: its writer's own questions, asked one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from runtime.knowledge.knowledge import KNOWN, Fact, Knowledge
from runtime.knowledge.notes import BadKnowledge


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a player asks, and what a fact that answers it holds: one of these, in any case."""

    ask: str
    want: list[str]
    say: list[str] = []
    """Patterns, in any case, of which a reply that gives the right answer holds one."""

    def answered(self, facts: Sequence[Fact]) -> bool:
        """Whether one of `facts` answers it."""
        return any(want.casefold() in fact.text.casefold() for want in self.want for fact in facts)


class Questions(Struct, frozen=True, forbid_unknown_fields=True):
    """One `questions.toml`."""

    questions: list[Question]
    outside: list[str] = []
    """What no fact is about: small talk among it."""
    unknown: list[str] = []
    """Questions to which the character has to admit that it does not know."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares, 0 to 1, over all questions; with the questions that failed."""

    first: float
    """The best fact answers, and is sure enough to be told."""
    three: float
    """One of the best three does."""
    false: float
    """Of the questions outside: those that got a fact."""
    missed: tuple[str, ...]
    """Inside, with no answer among three facts."""
    invented: tuple[str, ...]
    """Outside, with a fact."""


def load(file: Path) -> Questions:
    """Read a `questions.toml`. Raises BadKnowledge."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Questions)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadKnowledge(f"{file}: {error}") from error


def measured(knowledge: Knowledge, asked: Questions, least: float = KNOWN) -> Recall:
    """Search for everything."""
    found = [(question, knowledge.search(question.ask, 3, least)) for question in asked.questions]
    missed = tuple(question.ask for question, facts in found if not question.answered(facts))
    first = sum(question.answered(facts[:1]) for question, facts in found)
    invented = tuple(text for text in asked.outside if knowledge.search(text, 1, least))
    of, outside = max(len(found), 1), max(len(asked.outside), 1)
    return Recall(first / of, 1 - len(missed) / of, len(invented) / outside, missed, invented)
