"""From Markdown to notes: one or a few sentences each, short enough for a small language model to use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

LONGEST = 280
"""Characters of a note, about 70 tokens: three of them leave a small language model room for the talk."""

FILE = 16_000_000
"""Bytes of one file: a writer's whole encyclopedia has fewer, a database dump put there by mistake more."""


class BadKnowledge(ValueError):
    """A knowledge file that cannot be used; says which, where and why."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know."""

    text: str
    source: str
    """`file.md: Heading, Subheading`."""
    heading: str = ""
    also: str = ""
    """Other words for what it speaks of; searched, never shown."""


def read(folder: Path) -> list[Note]:
    """Every note of `folder/*.md`, in the order of the files' names. Raises BadKnowledge."""
    return [note for file in files(folder) for note in notes(_text(file), file.name)]


def files(folder: Path) -> list[Path]:
    """The knowledge files of a folder, sorted; none where there is no folder."""
    return sorted(folder.glob("*.md"))


def notes(markdown: str, name: str) -> list[Note]:
    """The notes of one file. `name` tells the source. Raises BadKnowledge where its front matter is wrong."""
    aliases, body = _front_matter(markdown, name)
    return [
        Note(text, f"{name}: {heading}" if heading else name, heading, _also(f"{heading} {text}", aliases))
        for heading, paragraph in _paragraphs(body)
        for text in _joined(sentences(paragraph))
    ]


def sentences(paragraph: str) -> list[str]:
    """A paragraph cut at its sentence ends, and a sentence that is too long at the nearest space."""
    return [part for sentence in _END.split(paragraph) if sentence for part in _short(sentence)]


# An end of sentence: the mark, closing quotes, and then a space before what may begin another. Not after a
# lone capital (an initial) nor a title.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)]))(?<!\b[A-Z]\.)(?<!\b(?:Mr|Dr|St|Ms)\.)(?<!\b(?:Mrs|Jnr|Snr)\.)"
    r"\s+(?=[\"'“‘(]?[A-Z0-9À-Þ])"
)

_LEANS = re.compile(
    r"(?:it|its|he|his|him|she|her|they|their|them|this|that|these|those|there|then|but|and|so|or|both|"
    r"neither|since then|after that|before that|the (?:former|latter|other one|same))\b",
    re.IGNORECASE,
)
"""How a sentence begins that means little without the one before."""


def _joined(parts: Iterable[str]) -> Iterator[str]:
    """Sentences that stand alone, each with those that lean on it as far as they fit."""
    held = ""
    for part in parts:
        if held and _LEANS.match(part) and len(held) + len(part) < LONGEST:
            held = f"{held} {part}"
        else:
            if held:
                yield held
            held = part
    if held:
        yield held


def _short(text: str) -> Iterator[str]:
    while len(text) > LONGEST:
        cut = text.rfind(" ", LONGEST // 2, LONGEST)
        cut = cut if cut > 0 else LONGEST
        yield text[:cut].strip()
        text = text[cut:].strip()
    if text:
        yield text


_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def _paragraphs(body: str) -> Iterator[tuple[str, str]]:
    """Each paragraph or list item as one line, after the headings it stands under."""
    headings: list[str] = []
    lines: list[str] = []
    for line in [*_COMMENT.sub("", body).splitlines(), ""]:
        line = line.strip().removeprefix("> ")
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if lines and (not line or heading or item):
            yield ", ".join(filter(None, headings)), plain(" ".join(lines))
            lines = []
        if heading:
            level = len(heading[1])
            headings = [*(headings + [""] * level)[: level - 1], plain(heading[2].rstrip("# "))]
        elif line and not _RULE.fullmatch(line):
            lines.append(line[item.end() :] if item else line)


_RULE = re.compile(r"[-=*_|:`~\s]+|[`~]{3,}.*")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\n]{0,500}\)")
_MARKS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")


def plain(text: str) -> str:
    """Without the marks of Markdown, which nobody says."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).replace("|", " ").split())


Aliases: TypeAlias = dict[str, list[tuple[re.Pattern[str], list[str]]]]
"""First word of what the text calls something -> how to find it there, and what else it is called."""


def _also(text: str, aliases: Aliases) -> str:
    """The other words for everything named in `text`."""
    words = set(_WORD.findall(text.casefold()))
    named = (pair for word in aliases.keys() & words for pair in aliases[word])
    found = sorted((at.start(), also) for pattern, also in named if (at := pattern.search(text)))
    return ", ".join(dict.fromkeys(word for _, also in found for word in also))


_WORD = re.compile(r"\w+")


def _front_matter(markdown: str, name: str) -> tuple[Aliases, str]:
    """The aliases between the `+++` lines and what follows them."""
    lines = re.split(r"\r?\n", markdown.lstrip("\ufeff"))
    if lines[:1] == ["---"] and "---" in lines[1:]:
        raise BadKnowledge(f"{name}: front matter is TOML here: put it between two lines of `+++`, not `---`")
    if lines[:1] != ["+++"]:
        return {}, "\n".join(lines)
    if "+++" not in lines[1:]:
        raise BadKnowledge(f"{name}: the front matter has no end: a second line of `+++` is missing")
    end = lines.index("+++", 1)
    try:
        matter = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        raise BadKnowledge(f"{name}: front matter: {error}") from error
    if unknown := set(matter) - {"aliases"}:
        raise BadKnowledge(f"{name}: front matter knows `aliases`, not {', '.join(sorted(unknown))}")
    return _aliases(matter.get("aliases", {}), name), "\n".join(lines[end + 1 :])


def _aliases(table: object, name: str) -> Aliases:
    if not isinstance(table, dict) or not all(_words(also) for also in table.values()):
        raise BadKnowledge(f'{name}: aliases are written as `"inn" = ["tavern", "pub"]` under [aliases]')
    aliases: Aliases = {}
    for called, also in table.items():
        if first := _WORD.search(called.casefold()):
            pattern = re.compile(rf"(?<!\w){re.escape(called.strip())}(?!\w)", re.IGNORECASE)
            aliases.setdefault(first[0], []).append((pattern, also))
    return aliases


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _text(file: Path) -> str:
    try:
        if (size := file.stat().st_size) > FILE:
            raise BadKnowledge(f"{file}: {size} bytes; a file may have {FILE}. Cut it into several")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadKnowledge(f"{file}: is not UTF-8 text: {error}") from error
    except OSError as error:
        raise BadKnowledge(f"{file}: {error}") from error
