"""Lints of characters against each other, and what is found in a folder of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from runtime.check.card import adapter, card
from runtime.check.contents import exam, facts, forbidden
from runtime.check.finding import Finding
from runtime.check.gathering import gathered
from runtime.check.language import told
from runtime.check.material import Material, Said, of_story
from runtime.story.doubts import doubts
from runtime.story.positions import Positions

MISSPELT = 0.8
"""Likeness of letters from which on a full name is another's with a slip: "Tansy Quil", not "Tom Fenn"."""

_NAME = re.compile(r"\b[A-Z][a-z’']+ [A-Z][a-z’']+\b")


def checked(folder: Path) -> list[Finding]:
    """Everything found in a folder of characters, or of one, by file and line. Raises nothing."""
    folders = _folders(folder)
    if not folders:
        advice = "name a folder that has folders with a character.toml in them"
        return [Finding(str(folder), 1, "error", "there is no character here", advice)]
    cast = [gathered(each) for each in folders]
    found = [finding for made in cast for finding in _of(made)]
    return sorted({*found, *_misspelt(cast)})


def _folders(folder: Path) -> list[Path]:
    try:
        if (folder / "character.toml").is_file():
            return [folder]
        return sorted(file.parent for file in folder.glob("*/character.toml"))
    except OSError:
        return []


def _of(made: Material) -> Iterator[Finding]:
    yield from made.findings
    for lint in (card, told, adapter, facts, forbidden, exam):
        yield from lint(made)
    if made.story is not None:
        yield from (of_story(made, problem) for problem in doubts(made.story, made.story_text))


def _misspelt(cast: list[Material]) -> Iterator[Finding]:
    """Full names that are nearly those of a character and nobody's."""
    names = {made.card.name for made in cast if made.card}
    for made in cast:
        for said in _texts(made):
            for name in _full_names(said.text):
                whom = next((known for known in sorted(names) if _slip(name, known)), None)
                if whom and not any(f" {name} " in f" {known} " for known in names):
                    what = f"there is no {name}; there is {whom}"
                    yield made.finding(said.file, said.line, "warning", what, f"is {whom} meant?")


def _full_names(text: str) -> list[str]:
    return [name.removesuffix("'s").removesuffix("’s") for name in _NAME.findall(text)]


def _slip(name: str, known: str) -> bool:
    mine, other = name.split()[:2], known.split()[:2]
    shared = sum(a == b for a, b in zip(mine, other, strict=False))
    return len(other) == 2 and shared == 1 and SequenceMatcher(None, name, known).ratio() >= MISSPELT


def _texts(made: Material) -> Iterator[Said]:
    if made.card is not None:
        for key in ("description", "personality", "greeting"):
            yield Said(getattr(made.card, key), "character.toml", made.at.line(key))
    yield from made.facts
    if made.story is not None:
        at = Positions(made.story_text)
        for n, section in enumerate(made.story.section):
            yield Said(section.goal, "story.toml", at.line("section", n, "goal"))
            for i, text in enumerate(section.reveal):
                yield Said(text, "story.toml", at.line("section", n, "reveal", i))
