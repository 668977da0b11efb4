"""Everything of one character that is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from runtime.character import Character
from runtime.check.finding import Finding, Severity
from runtime.story.positions import Positions
from runtime.story.reading import Problem
from runtime.story.script import Script


@dataclass(frozen=True, slots=True)
class Said:
    """A text and where it stands."""

    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A line of training dialogue: what the player says, and what the character does."""

    players: tuple[str, ...]
    replies: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the exam, and what a fact has to hold; nothing where no fact is to come."""

    ask: str
    want: tuple[str, ...]
    line: int
    of_facts: bool = False
    """It only asks whether a fact comes, not what the character answers: dialogue may have it."""


@dataclass(slots=True)
class Material:
    """One folder. What could not be read is empty, and why is in `findings`."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    card: Character | None = None
    at: Positions = field(default_factory=lambda: Positions(""))
    """Of the card."""
    facts: list[Said] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    exam: list[Asked] = field(default_factory=list)
    story: Script | None = None
    story_text: str = ""

    def finding(self, file: str, line: int, severity: Severity, text: str, advice: str) -> Finding:
        """One of this folder's."""
        return Finding(str(self.folder / file), line, severity, text, advice)


def words(text: str) -> tuple[str, ...]:
    """Its words in lower case, without marks: to compare what is written differently."""
    return tuple(re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", "")))


def of_story(made: Material, problem: Problem) -> Finding:
    """A story's problem as a finding."""
    advice = {"error": "see docs/story.md", "warning": "is it meant?", "note": ""}[problem.severity]
    return made.finding("story.toml", problem.line, problem.severity, problem.text, advice)
