"""Characters in full, for minds that have not learned them.

An adapter holds what a character is, so its prompts begin with one line. A mind without that adapter is given
the personality, the rules and the examples in its place.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from runtime.character import BadCharacter, load
from runtime.mind.prompt import prefix
from runtime.types import Message, Prompt

log = logging.getLogger(__name__)


class Personas:
    """Who the characters with adapters are, read from the folders that hold those."""

    def __init__(self, adapters: Mapping[str, Path]) -> None:
        self._adapters = adapters
        self._whole: dict[tuple[str, tuple[Message, ...]], tuple[Message, ...]] = {}

    def __call__(self, prompt: Prompt) -> Prompt:
        """`prompt` for a mind without adapters. A prompt that names none comes back as it is."""
        if not prompt.adapter:
            return prompt
        # A character that was edited begins another way, and is read again.
        key = prompt.adapter, prompt.prefix
        if key not in self._whole:
            self._whole[key] = self._read(prompt)
        return replace(prompt, prefix=self._whole[key], adapter="")

    def _read(self, prompt: Prompt) -> tuple[Message, ...]:
        try:
            character = load(self._adapters[prompt.adapter].parent)
        except (KeyError, BadCharacter):
            log.warning("%s: only its description is told to this mind", prompt.adapter)
            return prompt.prefix
        return prefix(msgspec.structs.replace(character, adapter=""))
