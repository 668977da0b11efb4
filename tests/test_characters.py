"""The characters that come with the runtime."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.character import Character, load_all
from runtime.mind.lines import Lines
from runtime.mind.prompt import prefix
from runtime.safety import OutputCheck, SafetySettings
from runtime.types import Line

CAST = load_all(Path(__file__).parents[1] / "characters")

everyone = pytest.mark.parametrize("character", CAST.values(), ids=CAST.keys())


def said_by(character: Character) -> list[str]:
    return [example.reply for example in character.examples] + [character.greeting, character.at_a_loss]


def dialogue(character: Character) -> list[dict[str, list[str]]]:
    file = Path(__file__).parents[1] / "characters" / character.id / "dialogue.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


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
        assert OutputCheck(SafetySettings(), character.never).passes(Line(text, text)), text


@everyone
def test_its_dialogue_is_whole_and_fit_to_be_said(character: Character) -> None:
    turns = [talk["turns"] for talk in dialogue(character)]
    replies = [reply for talk in turns for reply in talk[1::2]]
    assert all(len(talk) % 2 == 0 and all(text.strip() for text in talk) for talk in turns)
    assert len(replies) >= 250
    assert len(set(replies)) >= 250
    for text in replies:
        assert len(text.split()) <= 40, text
        assert not set(text) & set('*#<>[]()`_|"'), text
        assert OutputCheck(SafetySettings(), character.never).passes(Line(text, text)), text


@everyone
def test_it_knows_the_others(character: Character) -> None:
    words = character.personality + " ".join(said_by(character))
    for other in CAST.values():
        assert other.name.split()[-1] in words
