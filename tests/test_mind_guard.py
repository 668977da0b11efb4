"""A character says nothing that its writer forbade, and never nothing at all."""

from __future__ import annotations

import pytest

from runtime.character import Character
from runtime.flow import Stream
from runtime.mind.guard import Guard, guard
from runtime.types import Line

MARA = Character(
    name="Mara",
    description="An innkeeper.",
    personality="You are Mara.",
    greeting="Come in.",
    at_a_loss="Ask me that again, love?",
    never=["as an AI", "language model", "AI"],
)


async def heard(*texts: str) -> list[str]:
    async def stream() -> Stream[Line]:
        for text in texts:
            yield Line(text, text)

    return [line.text async for line in guard(stream(), MARA)]


async def test_a_forbidden_sentence_is_left_out() -> None:
    assert await heard("Evening.", "I am a Language Model!", "Sit down.") == ["Evening.", "Sit down."]


async def test_a_phrase_across_two_lines_ends_its_sentence() -> None:
    assert await heard("Speaking as an", "AI, I sell stew,", "and bread.", "Sit.") == [
        "Speaking as an",
        "Sit.",
    ]


async def test_silence_becomes_the_line_for_it() -> None:
    assert await heard() == ["Ask me that again, love?"]
    assert await heard("I'm just an AI.") == ["Ask me that again, love?"]


@pytest.mark.parametrize("text", ["It said hail.", "The language of models.", "Maid and AIR."])
def test_parts_of_words_are_no_phrase(text: str) -> None:
    assert Guard(MARA.never).passes(Line(text, text))


@pytest.mark.parametrize("text", ["An A.I.? No: AI!", "a language-model", "I'm — as an AI — sure."])
def test_punctuation_hides_nothing(text: str) -> None:
    assert not Guard(MARA.never).passes(Line(text, text))
