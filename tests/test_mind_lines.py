"""What a model writes becomes what a voice may say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.flow import Stream
from runtime.mind.lines import FIRST_MOST, SENTENCES, WORDS, Lines, lines, spoken
from runtime.types import Line

TEXT = st.text(
    st.one_of(
        st.sampled_from("aeTh I.,;:!?…—-*_#`'\"()[]{}<>|/&%$€0123\n 😀👍🏽猫é\u200d~^=\\"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=300,
)
_PIECES = (
    "Mara: User: the inn, sea. and (smiles) *nods* **bold** </think> bell! Mr. 3.5 with harbour <|im_end|> - "
    "1. https://a.b/c so… 😀 Why?"
)
PROSE = st.lists(st.sampled_from([*_PIECES.split(), "\n"]), max_size=60).map(" ".join)


def cut(text: str, speaker: str = "Mara Fenn") -> list[str]:
    splitter = Lines(speaker, ["Robin"])
    return [line.text for line in splitter.feed(text) + splitter.finish()]


@given(TEXT | PROSE, st.lists(st.integers(0, 300), max_size=20))
@example("Hello *waves* there. <|im_end|>", [7, 8, 9, 20, 24])
def test_pieces_do_not_matter(text: str, places: list[int]) -> None:
    whole, pieces = Lines("Mara"), Lines("Mara")
    expected = whole.feed(text) + whole.finish()
    edges = [0, *sorted(place for place in places if place <= len(text)), len(text)]
    found = [line for a, b in pairwise(edges) for line in pieces.feed(text[a:b])] + pieces.finish()
    assert found == expected


@given(TEXT | PROSE)
def test_nothing_unspeakable_is_spoken(text: str) -> None:
    splitter = Lines("Mara")
    for line in splitter.feed(text) + splitter.finish():
        assert line.text.strip()
        for character in line.spoken:
            assert character.isalnum() or character in " .,;:!?'-" or not character.isascii(), (
                line,
                character,
            )
        assert not re.search(r"[*_#`<>\[\](){}|~^=\\\"“”😀👍\u200d—…]|https?://", line.spoken), line


@given(TEXT | PROSE)
def test_words_keep_their_order(text: str) -> None:
    source = iter(re.findall(r"\w", text.lower()))
    for letter in re.findall(r"\w", " ".join(cut(text)).lower()):
        assert letter in source  # an iterator: found only after the one before


@given(st.lists(st.sampled_from(["yes", "no", "bell", "the", "sea,"]), min_size=80, max_size=200))
def test_a_reply_without_a_full_stop_is_cut_all_the_same(words: list[str]) -> None:
    found = cut(" ".join(words))
    assert len(found[0].split()) <= 2 * FIRST_MOST
    assert all(len(line.split()) <= 61 for line in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evening, love. Sit down.", ["Evening, love.", "Sit down."]),
        ("Four coppers, and that's with breakfast.", ["Four coppers,", "and that's with breakfast."]),
        ("The harbour feeds us and frightens us.", ["The harbour feeds us", "and frightens us."]),
        ("Ask Mr. Holt. He has 3.5 coppers.", ["Ask Mr. Holt.", "He has 3.5 coppers."]),
        ("Was it you?! It was.", ["Was it you?!", "It was."]),
        ("Well... perhaps it was the sea.", ["Well... perhaps it was the sea."]),
        ("The bell—it rang.", ["The bell—", "it rang."]),
        ("By the fire.Sit down.", ["By the fire.", "Sit down."]),
    ],
)
def test_where_it_cuts(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*wipes the bar* Evening.", ["Evening."]),
        ("Evening (she smiles) love.", ["Evening love."]),
        ("[INST] Evening. [/INST]", ["Evening."]),
        ("</think>Evening.<|im_end|>", ["Evening."]),
        ("**Evening**, love.", ["Evening, love."]),
        ("# Evening\n- stew\n- bread", ["Evening", "stew"]),
        ("1. Stew.\n2. Bread.", ["Stew.", "Bread."]),
        ("Evening. 😀👍🏽", ["Evening."]),
        ("See https://example.org/x for more.", ["See for more."]),
        ('"Evening, love."', ["Evening, love."]),
        ("Mara: Evening.", ["Evening."]),
        ("Mara Fenn: Evening.", ["Evening."]),
        ("Evening.\nUser: Hello\nMara: Hello", ["Evening."]),
        ("Evening. Robin: Hello", ["Evening."]),
        ("Listen: it rang.", ["Listen: it rang."]),
        ("Evening. *leans over and", ["Evening."]),
        ("Evening (" + "so it goes " * 20 + ".", None),
    ],
)
def test_what_it_drops(text: str, expected: list[str] | None) -> None:
    found = cut(text)
    if expected is None:
        assert "so it goes" in " ".join(found), "an unclosed bracket does not swallow the reply"
    else:
        assert found == expected


def test_a_sentence_is_said_once() -> None:
    assert cut("It rang. Nobody knows. Nobody knows. It rang.") == ["It rang.", "Nobody knows."]


def test_what_was_cut_off_is_not_begun() -> None:
    assert cut("It rang three nights ago. And nobody in the") == ["It rang three nights ago."]
    assert cut("And nobody in the") == ["And nobody in the"], "but something is better than nothing"
    assert cut("I tell you, nobody in the") == ["I tell you,", "nobody in the"], "nor left when begun"


def test_a_reply_has_an_end() -> None:
    assert len(cut("One rang. Two rang. Three rang. Four rang. Five rang. Six rang.")) == SENTENCES
    long = " ".join(f"This is sentence number {n} and it has as many as 14 words in it." for n in range(9))
    assert WORDS <= len(" ".join(cut(long)).split()) <= WORDS + 14


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eel & barley", "eel and barley"),
        ("50% of $3.50", "fifty percent of three dollars and fifty cents"),
        ("the bell— it’s gone…", "the bell, it's gone..."),
        ("and/or", "and or"),
    ],
)
def test_signs_are_put_in_words(text: str, expected: str) -> None:
    assert spoken(text) == expected


async def test_the_first_line_does_not_wait_for_the_rest() -> None:
    read = 0

    async def words() -> Stream[str]:
        nonlocal read
        for word in re.findall(r"\S+ ?", "Four coppers, and that is with breakfast. Sit down."):
            read += 1
            yield word

    stream = lines(words(), "Mara")
    assert await anext(stream) == Line("Four coppers,", "Four coppers,")
    assert read == 2
    assert [line.text async for line in stream] == ["and that is with breakfast.", "Sit down."]
