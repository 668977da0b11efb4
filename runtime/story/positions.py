"""On which line of a TOML file something stands. `tomllib` tells values only.

A light scan: it trusts that the file is valid TOML, and follows tables, keys and elements of arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""`("section", 2, "next", 0)`: the first of `next` in the third `[[section]]`."""

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)


class Positions:
    """The lines of one file, from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        for path, line in _scanned(text):
            self._lines.setdefault(path, line)

    def line(self, *path: str | int) -> int:
        """Of the longest part of `path` that the file has; 1 where it has none of it."""
        return next((self._lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._lines), 1)


def line_of(error: str, text: str) -> int:
    """The line of `text` that an error of tomllib or msgspec speaks of."""
    if found := re.search(r"at line (\d+)", error):
        return int(found[1])
    if "end of document" in error:
        return text.rstrip("\n").count("\n") + 1
    return Positions(text).line(*path_of(error))


_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+)\]")


def path_of(error: str) -> Path:
    """The path in an error of msgspec, "… - at `$.section[0].next`", down to an unknown field."""
    _, _, at = error.rpartition(" - at `$")
    steps = tuple(int(number) if number else name for name, number in _STEP.findall(at))
    unknown = re.search(r"unknown field `([^`]+)`", error)
    return (*steps, unknown[1]) if unknown else steps


def _scanned(text: str) -> Iterator[tuple[Path, int]]:
    """Each path with its line."""
    counts: dict[str, int] = {}
    table: Path = ()
    raw, lines, inside = text.split("\n"), *_plain(text)
    skip = 0
    for number, line in enumerate(lines, 1):
        if number <= skip or number in inside:
            continue
        if header := _HEADER.match(raw[number - 1] if line.lstrip().startswith("[") else ""):
            table = _table(header[1], header[2], counts)
            yield table, number
        elif key := _KEY.match(raw[number - 1]):
            path = (*table, *_parts(key[1]))
            yield path, number
            value = _value(lines[number - 1 :])
            skip = number + len(value) - 1
            yield from (((*path, n), number + of) for n, of in enumerate(_elements("\n".join(value))))


def _plain(text: str) -> tuple[list[str], set[int]]:
    """The lines with strings and comments blotted out, and the numbers of those that begin in a string."""
    inside: set[int] = set()

    def blotted(found: re.Match[str]) -> str:
        first = text.count("\n", 0, found.start()) + 1 if "\n" in found[0] else 0
        inside.update(range(first + 1, first + 1 + found[0].count("\n")))
        return re.sub(r"[^\n]", " " if found[0][0] == "#" else "~", found[0])

    return _STRING.sub(blotted, text).split("\n"), inside


def _value(lines: list[str]) -> list[str]:
    """The lines, from that of a key on, over which the brackets of its value extend."""
    depth = 0
    for count, line in enumerate(lines, 1):
        value = line.partition("=")[2] if count == 1 else line
        depth += sum((char in "[{") - (char in "]}") for char in value)
        if depth <= 0:
            return [lines[0].partition("=")[2], *lines[1:count]]
    return lines[:1]


def _table(mark: str, name: str, counts: dict[str, int]) -> Path:
    parts = _parts(name)
    if mark == "[[":
        counts[name] = counts.get(name, -1) + 1
        return (*parts, counts[name])
    if parts and parts[0] in counts:  # [section.set] belongs to the [[section]] before it
        return (parts[0], counts[str(parts[0])], *parts[1:])
    return parts


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


def _elements(value: str) -> list[int]:
    """In which line after the first each element of an array begins; none where it is no array."""
    found: list[int] = []
    depth, line, wanted = 0, 0, False
    for char in value if value.lstrip().startswith("[") else "":
        if char == "\n":
            line += 1
        elif wanted and not char.isspace() and char not in ",]":
            found.append(line)
            wanted = False
        if char in "[{":
            depth += 1
            wanted = depth == 1
        elif char in "]}":
            depth -= 1
        elif char == "," and depth == 1:
            wanted = True
    return found
