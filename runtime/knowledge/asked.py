"""What players ask when they want a fact, as its writer imagined them: `grounded.jsonl`.

The exchanges in it teach a character to answer from facts. Their questions are also what a new question is
compared with: it is often nearer to another question than to its answer (doc2query, Nogueira et al. 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from runtime.knowledge.asking import seeks_fact
from runtime.knowledge.notes import BadKnowledge, Note

FILE, TALK = "grounded.jsonl", "dialogue.jsonl"


class Asked(NamedTuple):
    """A question, and the number of the note that answers it."""

    text: str
    note: int


def names(knows: str, fact: str) -> bool:
    """Whether `knows`, some words of a knowledge file, is in `fact`, or goes on beyond the end of it."""
    knows, fact = knows.casefold(), fact.casefold()
    return knows in fact or fact in knows


class _Line(Struct):
    turns: list[str]
    knows: str = ""


def read(file: Path, known: Sequence[Note]) -> list[Asked]:
    """The questions in `file` whose fact is among `known`; none where there is no file. Raises BadKnowledge.

    Only what stands alone: a second question leans on the first.
    """
    if not file.is_file():
        return []
    texts = [note.text for note in known]
    asked: list[Asked] = []
    for number, line in enumerate(_text(file).splitlines(), 1):
        exchange = _line(line, f"{file}:{number}")
        if exchange and exchange.knows and len(exchange.turns) == 2:
            asked += [
                Asked(exchange.turns[0], n) for n, text in enumerate(texts) if names(exchange.knows, text)
            ]
    return asked


def spoken(folder: Path) -> tuple[str, str]:
    """All that is said in the exchanges on facts, and all that is said else. Raises BadKnowledge."""
    of_facts, other = [], []
    for name in (FILE, TALK):
        file = folder / name
        for number, line in enumerate(_text(file).splitlines() if file.is_file() else (), 1):
            exchange = _line(line, f"{file}:{number}")
            if exchange and exchange.knows:
                of_facts += exchange.turns
            elif exchange and name != FILE:
                other += exchange.turns
    return " ".join(of_facts), " ".join(other)


def talked(folder: Path) -> list[str]:
    """The questions for facts that its dialogue answers without any. Raises BadKnowledge."""
    file = folder / TALK
    lines = _text(file).splitlines() if file.is_file() else []
    read = (_line(line, f"{file}:{number}") for number, line in enumerate(lines, 1))
    begun = (exchange.turns[0] for exchange in read if exchange and exchange.turns and not exchange.knows)
    return list(dict.fromkeys(text for text in begun if seeks_fact(text)))


def _line(line: str, where: str) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line) if line.strip() else None
    except msgspec.DecodeError as error:
        raise BadKnowledge(f"{where}: {error}") from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKnowledge(f"{file}: {error}") from error
