"""Reads a character's folder with patience: what is broken is a finding, not an end."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from runtime import character as characters
from runtime.check.material import Asked, Exchange, Material, Said, of_story
from runtime.knowledge import notes
from runtime.knowledge.notes import BadKnowledge
from runtime.mind.tuning.conversations import FILES
from runtime.story.positions import Positions, line_of
from runtime.story.reading import read

T = TypeVar("T")

LARGEST = 16_000_000
"""Bytes of a file that is looked at."""


def gathered(folder: Path) -> Material:
    """Read everything there is of a character. Raises nothing, whatever is in the files."""
    made = Material(folder)
    _card(made)
    _facts(made)
    for name in FILES:
        _exchanges(made, name)
    _exam(made)
    _story(made)
    return made


def _text(made: Material, name: str) -> str | None:
    """The text of a file; None where it is not there, or cannot be read, which is then found."""
    file = made.folder / name
    try:
        if not file.exists():
            return None
        if (size := file.stat().st_size) > LARGEST:
            raise ValueError(f"{size} bytes; {LARGEST} are looked at")
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, ValueError) as error:
        made.findings.append(
            made.finding(name, 1, "error", f"cannot be read: {error}", "save it as UTF-8 text")
        )
        return None


def _toml(made: Material, name: str, text: str, call: Callable[[], T]) -> T | None:
    """What `call` returns, or the finding that it could not."""
    try:
        return call()
    except RecursionError:
        made.findings.append(made.finding(name, 1, "error", "brackets within brackets", "write it flatter"))
    except ValueError as error:  # TOML, msgspec, BadCharacter
        what = str(error).removeprefix(f"{made.folder / name}: ").rpartition(" - at `")
        line = line_of(str(error), text)
        made.findings.append(made.finding(name, line, "error", what[0] or what[2], "mend this line"))
    return None


def _card(made: Material) -> None:
    name = "character.toml"
    if (text := _text(made, name)) is not None:
        made.card = _toml(made, name, text, lambda: characters.load(made.folder))
        made.at = Positions(text) if made.card else made.at


def _facts(made: Material) -> None:
    for file in notes.files(made.folder / "knowledge"):
        name = f"knowledge/{file.name}"
        if (text := _text(made, name)) is None:
            continue
        try:
            found = notes.notes(text, file.name)
        except BadKnowledge as error:
            made.findings.append(made.finding(name, 1, "error", str(error), "mend the front matter"))
        else:
            made.facts += _placed([note.text for note in found], text, name)


def _placed(texts: list[str], markdown: str, name: str) -> Iterator[Said]:
    """Each note with its line: where its beginning comes next after the one before."""
    whole = "\n".join(notes.plain(line) for line in markdown.split("\n"))
    at, line = 0, 1
    for text in texts:
        if (found := whole.find(text[:40], at)) >= 0:
            line += whole.count("\n", at, found)
            at = found + 1
        yield Said(text, name, line)


class _Line(Struct):
    turns: list[str]


def _exchanges(made: Material, name: str) -> None:
    text = _text(made, name) or ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            turns = msgspec.json.decode(line, type=_Line).turns
        except (msgspec.DecodeError, RecursionError) as error:
            advice = 'write {"turns": ["player", "reply"]}'
            made.findings.append(made.finding(name, number, "error", f"is no exchange: {error}", advice))
            continue
        if not turns or len(turns) % 2:
            text_ = f"{len(turns)} turns: every line of the player needs a reply"
            made.findings.append(made.finding(name, number, "error", text_, "add the missing reply"))
        made.exchanges.append(Exchange(tuple(turns[::2]), tuple(turns[1::2]), name, number))


def _exam(made: Material) -> None:
    name = "questions.toml"
    if (text := _text(made, name)) is None:
        return
    values: dict[str, Any] = _toml(made, name, text, lambda: tomllib.loads(text)) or {}
    at = Positions(text)
    for key in ("questions", "outside", "unknown"):
        entries = values.get(key, [])
        for n, entry in enumerate(entries if isinstance(entries, list) else []):
            ask, want = (entry.get("ask"), entry.get("want")) if isinstance(entry, dict) else (entry, [])
            line = at.line(key, n)
            if isinstance(ask, str) and isinstance(want, list) and all(isinstance(w, str) for w in want):
                made.exam.append(Asked(ask, tuple(want), line, key == "outside"))
            else:
                advice = 'write { ask = "…", want = ["…"] }, or a text under outside'
                made.findings.append(made.finding(name, line, "error", f"{key}: is no question", advice))


def _story(made: Material) -> None:
    name = "story.toml"
    if (text := _text(made, name)) is None:
        return
    script, problems = read(text)
    made.findings += [of_story(made, problem) for problem in problems]
    if script is not None and not problems:
        made.story, made.story_text = script, text
