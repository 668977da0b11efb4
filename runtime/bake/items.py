"""What to bake: rows of a table, or recordings. Every fault is told with the line it is in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.face.layers import EMOTIONS

COLUMNS = ("id", "text", "emotion", "wav")
SOUNDS = (".wav", ".flac", ".ogg")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class BadLines(ValueError):
    """A table, or a folder of recordings, that cannot be baked; says where and why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: a text to speak, or a recording to follow whose text is its caption."""

    id: str
    text: str = ""
    emotion: str = ""
    wav: Path | None = None


def read(source: Path) -> list[Item]:
    """The lines of a CSV file, of a recording, or of all recordings in a folder, in order. Raises
    BadLines."""
    if source.is_dir():
        found = sorted(path for path in source.iterdir() if path.suffix.lower() in SOUNDS)
        if not found:
            raise BadLines(f"{source}: no recording in it ({', '.join(SOUNDS)})")
        return _unlike([(Item(path.stem, wav=path), path.name) for path in found])
    if not source.is_file():
        raise BadLines(f"{source}: there is no such file")
    if source.suffix.lower() in SOUNDS:
        return _unlike([(Item(source.stem, wav=source), source.name)])
    return _unlike([(item, f"{source}, line {line}") for item, line in _rows(source)])


def _rows(source: Path) -> Iterator[tuple[Item, int]]:
    """Each row of a table with its line. A first row that names the columns `id` and `text` or `wav` is a
    header."""
    with source.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets begin files with a mark
        table = csv.reader(file, strict=True)
        columns: Sequence[str] = COLUMNS
        try:
            for number, row in enumerate(table):
                cells = [cell.strip() for cell in row]
                names = [cell.lower() for cell in cells]
                if number == 0 and "id" in names and {"text", "wav"} & set(names):
                    columns = _header(source, names)
                elif any(cells):
                    yield _item(source, table.line_num, columns, cells), table.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadLines(f"{source}, line {table.line_num}: {error}; it must be CSV in UTF-8") from error


def _header(source: Path, names: Sequence[str]) -> Sequence[str]:
    twice = {name for name in names if name in COLUMNS and names.count(name) > 1}
    if twice:
        raise BadLines(f"{source}, line 1: the column {twice.pop()!r} is there twice")
    return names


def _item(source: Path, line: int, columns: Sequence[str], cells: Sequence[str]) -> Item:
    where = f"{source}, line {line}"
    if len(cells) > len(columns):
        raise BadLines(
            f"{where}: {len(cells)} columns instead of {len(columns)}; quote a text that holds a comma"
        )
    row = dict(zip(columns, cells, strict=False))
    wav = source.parent / row["wav"] if row.get("wav") else None
    if row.get("emotion", "").lower() not in ("", *EMOTIONS):
        raise BadLines(f"{where}: there is no emotion {row['emotion']!r}; known are {', '.join(EMOTIONS)}")
    item = Item(row.get("id", ""), row.get("text", ""), row.get("emotion", "").lower(), wav)
    if not item.text and wav is None:
        raise BadLines(f"{where}: it has no text")
    if wav is not None and not wav.is_file():
        raise BadLines(f"{where}: there is no recording {wav}")
    return item


def _unlike(found: list[tuple[Item, str]]) -> list[Item]:
    """The items, whose names must be fit for files and unlike each other even where case does not count."""
    seen: dict[str, str] = {}
    for item, where in found:
        if not _ID.fullmatch(item.id) or item.id.endswith("."):
            raise BadLines(
                f"{where}: the id {item.id!r} is no file name; use letters, digits, '_', '-' and '.'"
            )
        if item.id.lower() in seen:
            raise BadLines(f"{where}: the id {item.id!r} is taken by {seen[item.id.lower()]}")
        seen[item.id.lower()] = where
    if not found:
        raise BadLines("there is no line in it")
    return [item for item, _ in found]
