"""What a character is aware of as it answers, from any source, and how much of it fits a prompt. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Source: TypeAlias = Literal["knowledge", "memory", "scene", "event", "story", "mood", "company"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence, said to the character as "you": "The toll is one copper." "You are angry."."""

    text: str
    weight: float
    """How much it matters to what is answered now, 0 to 1; below 0.5 it rather does not."""
    source: Source


def within(remarks: Iterable[Remark], budget: int) -> tuple[Remark, ...]:
    """The weightiest whose texts, with a space between, have at most `budget` characters; no text twice."""
    chosen: dict[str, Remark] = {}
    for remark in sorted(remarks, key=lambda remark: -remark.weight):
        size = len(remark.text) + bool(chosen)
        if remark.text and remark.text not in chosen and size <= budget:
            chosen[remark.text] = remark
            budget -= size
    return tuple(chosen.values())
