"""What the judge of replies counts as a slip, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.character import load
from runtime.evaluate import judge

HOLT = load(Path(__file__).parent.parent / "characters" / "guard")
NOTES = (
    "The player promised to bring herring.",
    "Mara Fenn keeps the Drowned Bell, the inn down at the harbour.",
)


@pytest.mark.parametrize(
    "reply",
    [
        "<|im_start|>Halt.",
        "Assistant: how can I help?",
        f"I was told this. {' '.join(HOLT.personality.split()[:8])}",
        "I know that the player promised to bring herring.",
    ],
)
def test_what_only_the_model_is_to_read_is_a_leak(reply: str) -> None:
    assert judge.leaks(reply, HOLT, NOTES)


@pytest.mark.parametrize(
    "reply",
    [
        f"I'm {HOLT.name}. {HOLT.description}",
        "You promised to bring herring, Robin.",
        "Toll first, talk after.",
    ],
)
def test_what_players_may_know_is_none(reply: str) -> None:
    assert not judge.leaks(reply, HOLT, NOTES)


def test_a_sentence_of_another_is_borrowed_unless_it_is_known() -> None:
    theirs = {"mara fenn keeps the drowned bell the inn at the harbour", "my feet are as cold as eels"}
    assert judge.borrows("Well. My feet are as cold as eels!", theirs, NOTES)
    fact = "Mara Fenn keeps the Drowned Bell, the inn at the harbour."
    assert judge.borrows(fact, theirs)
    assert not judge.borrows(fact, theirs, NOTES)


def test_a_sentence_that_a_line_of_its_own_holds_is_nobody_elses() -> None:
    theirs = ["I don't know her name. My feet are as cold as eels.", "No."]
    own = ["A copper, as all do, and I don't know her name."]
    assert judge.foreign(theirs, own) == {"my feet are as cold as eels"}
    assert judge.foreign(theirs, []) == {"i don't know her name", "my feet are as cold as eels"}
    assert judge.foreign(["Don't know her name, do you?"], ["I do. Not know her name do you"]) != set()
