"""A character's story, read, checked and ready to be played by any number of sessions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import msgspec

from runtime.knowledge.embedding import Embedder
from runtime.story.expression import Condition, Value, Values, kind
from runtime.story.likeness import Likeness
from runtime.story.reading import Problem, conditions, cues, read
from runtime.story.script import GIVEN, Cue, Script, Section, Trigger

FILE = "story.toml"
LARGEST = 1_000_000
"""Bytes of a file that is read: 256 sections of all the text they may hold have fewer."""


class BadStory(ValueError):
    """A story that cannot be played; says file, line and what to do, a line for each mistake."""


@dataclass(frozen=True, slots=True)
class Story:
    """Never changes; sessions keep their place in it with `Progress`."""

    script: Script
    sections: dict[str, Section]
    conditions: dict[str, Condition]
    triggers: dict[int, Trigger]
    """By a key that stays the same while others are written before it; of two alike there is one."""
    waited: Likeness
    """Everything under `says` and `event`."""
    facts: Likeness
    """Everything under `reveal`."""

    @classmethod
    def load(cls, folder: Path, embedder: Embedder | None = None) -> Story | None:
        """Read `folder/story.toml`; None where the character has none. Raises BadStory.

        With an embedder the sentences it waits for get their vectors now, 6 ms each.
        """
        file = folder / FILE
        return cls.parse(_text(file), embedder, str(file)) if file.exists() else None

    @classmethod
    def parse(cls, text: str, embedder: Embedder | None = None, name: str = FILE) -> Story:
        """From the text of a file, called `name` in errors. Raises BadStory."""
        script, problems = read(text)
        if script is None or problems:
            raise BadStory("\n".join(_told(name, problem) for problem in problems))
        waited = [sentence for _, cue in cues(script) for sentence in (*cue.says, *cue.event)]
        told = [fact for section in script.section for fact in section.reveal]
        return cls(
            script,
            {section.id: section for section in script.section},
            conditions(script),
            {crc32(msgspec.json.encode(trigger)): trigger for trigger in script.trigger},
            Likeness(waited, embedder),
            Likeness(told, embedder),
        )

    @property
    def first(self) -> Section:
        """Where it begins."""
        return self.script.section[0]

    @property
    def defaults(self) -> dict[str, Value]:
        """What every variable begins with."""
        return {**GIVEN, **self.script.variables}

    def holds(self, cue: Cue, values: Values) -> bool:
        """Whether the cue's condition holds, or it has none."""
        return not cue.when or self.conditions[cue.when].holds(values)

    def fitting(self, values: Values) -> dict[str, Value]:
        """Those of `values` that the story knows, of the kind it declares. Clients send what they like."""
        known = self.defaults
        return {
            name: value
            for name, value in values.items()
            if name in known and kind(known[name]) is kind(value) and (name == "player" or name not in GIVEN)
        }


def _text(file: Path) -> str:
    try:
        if (size := file.stat().st_size) > LARGEST:
            raise BadStory(f"{file}:1: {size} bytes; a story may have {LARGEST}")
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadStory(f"{file}:1: is not UTF-8 text: {error}") from error
    except OSError as error:
        raise BadStory(f"{file}:1: {error}") from error


def _told(name: str, problem: Problem) -> str:
    return f"{name}:{problem.line}: {problem.text}"
