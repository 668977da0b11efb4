"""Captions: SubRip files of phrases short enough to read, or of single words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from runtime.bake.text import ends
from runtime.types import Word

Captions = Literal["phrase", "word"]

WIDEST = 42
"""Characters of a line, and LINES of them at once: the rule of the BBC's and Netflix's guides for
captions."""

LINES = 2


def encode(words: Sequence[Word], captions: Captions = "phrase") -> bytes:
    """The whole file."""
    groups = [[word] for word in words] if captions == "word" else _phrases(words)
    cues = [
        f"{number}\n{_clock(group[0].start)} --> {_clock(group[-1].end)}\n{_fold([w.text for w in group])}\n"
        for number, group in enumerate(groups, 1)
    ]
    return "\n".join(cues).encode()


def decode(data: bytes) -> list[Word]:
    """Each cue as one Word. Raises ValueError."""
    found = []
    for cue in re.split(r"\n\s*\n", data.decode("utf-8-sig").replace("\r\n", "\n").strip()):
        if not cue:
            continue
        _, times, *text = cue.split("\n")
        start, arrow, end = times.partition(" --> ")
        if not arrow:
            raise ValueError(f"there is no time in the caption {cue!r}")
        found.append(Word(" ".join(text), _seconds(start), _seconds(end)))
    return found


def _phrases(words: Sequence[Word]) -> list[list[Word]]:
    """Words together until a sentence ends or the caption is full."""
    found: list[list[Word]] = [[]]
    for word in words:
        full = len(_wrapped([*(w.text for w in found[-1]), word.text])) > LINES
        if found[-1] and (full or ends(found[-1][-1].text)):
            found.append([])
        found[-1].append(word)
    return [group for group in found if group]


def _fold(words: Sequence[str]) -> str:
    return "\n".join(_wrapped(words))


def _wrapped(words: Sequence[str]) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDEST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _clock(seconds: float) -> str:
    whole, part = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{part:03d}"


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.strip().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
