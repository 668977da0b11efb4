"""What a character says in languages other than its writer's: `[language.zh]` in its character.toml.

Fields for `runtime.character.Character`: `speaks: str = "en"` and `language: dict[str, Told] = {}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from runtime.character import Character, Example, Voice
from runtime.language.facts import of

Text = Annotated[str, Meta(min_length=1, max_length=4000)]

RULES = {
    "en": "Stay in character. Answer in one or two short spoken sentences.",
    "zh": "始终保持角色。只用一两句简短的口语回答，说中文。",
    "zh-Hant": "始終保持角色。只用一兩句簡短的口語回答，說中文。",
}
"""What follows a character's personality in a prompt; other languages get the English words and their
name."""


class Told(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A character's texts in one language. What is left out stays as the writer's own language has it."""

    name: str = ""
    description: str = ""
    personality: str = ""
    greeting: str = ""
    at_a_loss: str = ""
    examples: list[Example] = []
    never: list[Text] = []
    deflections: list[Text] = []
    honest: str = ""
    care: str = ""
    voice: Voice | None = None
    """Of an engine or a speaker that has the language."""


def told_in(character: Character, tag: str, speaks: str, told: Mapping[str, Told]) -> Character:
    """`character` as it speaks to a player in the language `tag`; `speaks` is its writer's.

    Where nothing is told of the language, a model is asked to answer in it, and the texts stay as they are.
    Raises ValueError for a tag that names no language known.
    """
    wanted = of(tag).tag
    if wanted == of(speaks).tag:
        return character
    texts = nearest(told, wanted)
    changes: dict[str, Any] = {}
    for name in texts.__struct_fields__ if texts else ():
        if value := getattr(texts, name):
            changes[name] = [*character.never, *value] if name == "never" else value
    if "personality" not in changes:
        changes["personality"] = f"{character.personality.strip()}\n{answer_in(wanted)}"
    return msgspec.structs.replace(character, **changes)


def nearest(told: Mapping[str, Told], tag: str) -> Told | None:
    """The texts of `tag`, or of its language in another script."""
    found = {of(key).tag: texts for key, texts in told.items()}
    first = tag.split("-")[0]
    return found.get(tag) or next((texts for key, texts in found.items() if key.split("-")[0] == first), None)


def answer_in(tag: str) -> str:
    """What tells a model to answer in a language."""
    return f"Always answer in {of(tag).name}, whatever language these lines are in."


def rules(tag: str) -> str:
    """The rules of talk that end a system message, in the language itself where there are any."""
    known = of(tag).tag
    return RULES.get(known) or f"{RULES['en']} {answer_in(known)}"
