"""The characters that come with the runtime."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.character import Character, load_all
from runtime.mind.guard import Guard
from runtime.mind.lines import Lines
from runtime.mind.prompt import prefix
from runtime.mind.script import ANYTHING, choices, phrasings
from runtime.types import Line

CAST = load_all(Path(__file__).parents[1] / "characters")

everyone = pytest.mark.parametrize("character", CAST.values(), ids=CAST.keys())


def said_by(character: Character) -> list[str]:
    return [example.reply for example in character.examples] + [character.greeting, character.at_a_loss]


def test_the_cast() -> None:
    assert set(CAST) >= {"innkeeper", "noodles", "guard"}
    voices = {(c.voice.speed, c.voice.pitch, c.voice.size) for c in CAST.values()}
    assert len(voices) == len(CAST), "they must be told apart by ear"


@everyone
def test_a_prefix_is_short_and_always_the_same(character: Character) -> None:
    again = load_all(Path(__file__).parents[1] / "characters")[character.id]
    assert prefix(character) == prefix(again)
    assert sum(len(message.text) for message in prefix(character)) < 2600, "about 600 tokens"


@everyone
def test_everything_it_says_can_be_said_as_written(character: Character) -> None:
    for text in said_by(character):
        splitter = Lines(character.name)
        lines = splitter.feed(text) + splitter.finish()
        assert " ".join(line.text for line in lines) == text
        assert len(text.split()) <= 30, text


@everyone
def test_it_forbids_itself_nothing_it_says(character: Character) -> None:
    for text in said_by(character):
        assert Guard(character.never).passes(Line(text, text)), text


@everyone
def test_every_phrasing_finds_its_reply(character: Character) -> None:
    for example in character.examples:
        if example.player != ANYTHING:
            for phrase in phrasings(example.player):
                assert example.reply in choices(character.examples, phrase), phrase


@everyone
def test_it_is_never_at_a_loss_for_long(character: Character) -> None:
    anything = [example.reply for example in character.examples if example.player == ANYTHING]
    assert len(set(anything)) >= 6


@everyone
def test_it_knows_the_others(character: Character) -> None:
    words = character.personality + " ".join(said_by(character))
    for other in CAST.values():
        assert other.name.split()[-1] in words
