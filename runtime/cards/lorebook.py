"""Between the entries of a lorebook and knowledge in Markdown. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from runtime.cards.card import Entry
from runtime.knowledge.notes import Note, plain


def markdown(entries: Sequence[Entry]) -> str:
    """A knowledge file: a heading for each entry, its keys as other words for that heading."""
    titled = [(_heading(entry), entry) for entry in entries]
    aliases: dict[str, list[str]] = {}
    for heading, entry in titled:
        others = [key for key in entry.keys if key.casefold() != heading.casefold()]
        aliases.setdefault(heading, []).extend(key for key in others if key not in aliases.get(heading, []))
    lines = [f"{_quoted(heading)} = {_quoted(also)}" for heading, also in aliases.items() if also]
    front = ["+++", "[aliases]", *lines, "+++", ""] if lines else []
    return "\n".join([*front, *(f"## {heading}\n\n{_body(entry.content)}\n" for heading, entry in titled)])


def entry_of(known: Sequence[Note]) -> Entry:
    """The entry that the notes under one heading become."""
    heading = known[0].heading
    name = heading.rsplit(", ", 1)[-1]
    also = (word for note in known for word in note.also.split(", "))
    keys = tuple(dict.fromkeys(filter(None, [name, *also])))
    return Entry("\n\n".join(note.text for note in known), keys, heading)


def _heading(entry: Entry) -> str:
    """What a reader would call it, on one line and without marks."""
    name = plain(_open(entry.name or next(iter(entry.keys), "")))
    return name.strip("# ") or "Lorebook"


def _body(content: str) -> str:
    """Text that stays text: no headings, no comments, none of the instructions that V3 puts in lines `@@`."""
    lines = (line.strip() for line in _open(content).splitlines())
    return "\n".join(re.sub(r"^#+\s*", "", line) for line in lines if not line.startswith("@@")).strip()


def _open(text: str) -> str:
    """Without the beginning of a comment, which would hide all that follows."""
    return text.replace("<!", "< !")


def _quoted(value: str | list[str]) -> str:
    """As TOML, whose texts are JSON's but for the control character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
