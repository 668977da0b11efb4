"""A character as it speaks to a player in another language than its writer's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from runtime.character import Character, Told
from runtime.language.facts import of


def told_in(character: Character, tag: str) -> Character:
    """`character` with its texts in the language `tag`, which it then `speaks`.

    Texts that nothing is told of stay as they are; the rules of its prompt name the language. Its adapter has
    learned the writer's language, so another goes without. Raises ValueError for a tag that names no language
    known.
    """
    wanted = of(tag).tag
    if wanted == of(character.speaks).tag:
        return character
    texts = nearest(character.language, wanted)
    changes: dict[str, Any] = {}
    for name in texts.__struct_fields__ if texts else ():
        if value := getattr(texts, name):
            changes[name] = [*character.never, *value] if name == "never" else value
    return msgspec.structs.replace(character, speaks=wanted, adapter="", **changes)


def has_words(character: Character, tag: str) -> bool:
    """Whether the character's writer has told what it is in the language `tag`."""
    own, wanted = of(character.speaks).tag, of(tag).tag
    return own == wanted or nearest(character.language, wanted) is not None


def nearest(told: Mapping[str, Told], tag: str) -> Told | None:
    """The texts of `tag`, or of its language in another script."""
    found = {of(key).tag: texts for key, texts in told.items()}
    first = tag.split("-")[0]
    return found.get(tag) or next((texts for key, texts in found.items() if key.split("-")[0] == first), None)
