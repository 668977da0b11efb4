"""Cutting lines and placing words, with numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.types import Line
from runtime.voice import clauses, sound, timing

times = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=24).map(
    lambda steps: [float(edge) for edge in np.cumsum(steps)]
)


@given(st.text(max_size=60), times)
def test_every_word_is_placed_once_in_order(text: str, edges: list[float]) -> None:
    heard = list(zip(edges[::2], edges[1::2], strict=False))
    words = clauses.place_words(text, heard, len)
    assert "".join("".join(word.text for word in words).split()) == "".join(text.split())
    at = 0
    for word in words:  # each stands in the text, behind the one before
        at = " ".join(text.split()).index(word.text, at) + len(word.text)
    placed = [edge for word in words for edge in (word.start, word.end)]
    assert all(a <= b + 1e-9 for a, b in pairwise(placed))
    assert all(heard[0][0] - 1e-9 <= edge <= heard[-1][1] + 1e-9 for edge in placed)


def test_one_stretch_for_each_word_is_taken_as_it_is() -> None:
    words = clauses.place_words("no more", [(0.1, 0.2), (0.5, 0.9)], len)
    assert [(w.text, w.start, w.end) for w in words] == [("no", 0.1, 0.2), ("more", 0.5, 0.9)]


def test_a_number_takes_the_stretches_it_is_heard_as() -> None:
    said = {"pay": 2, "250": 6, "now": 2}
    heard = [(0.0, 0.2), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (1.0, 1.2)]
    words = clauses.place_words("pay 250 now", heard, said.__getitem__)
    assert [edge for w in words for edge in (w.start, w.end)] == pytest.approx([0.0, 0.2, 0.3, 0.9, 1.0, 1.2])


@given(st.lists(st.text("abc,. ", min_size=1, max_size=12), min_size=1, max_size=40))
def test_pieces_keep_all_words_and_stay_below_the_limit(words: list[str]) -> None:
    text = " ".join(" ".join(words).split())
    found = clauses.cut(Line(text, text), str, 30)
    assert all(len(said) <= 30 for _, said in found)
    kept = " ".join(piece.text for piece, _ in found).split()
    assert [word for word in kept if word.strip(",.")] == [word for word in text.split() if word.strip(",.")]


def test_a_long_line_is_cut_at_its_punctuation() -> None:
    line = Line("one two three four, five six seven", "one two three four, five six seven")
    assert [piece.text for piece, _ in clauses.cut(line, str, 25)] == [
        "one two three four,",
        "five six seven",
    ]


def test_letters_of_other_scripts_are_left_out() -> None:
    assert clauses.sayable("hello, мир 你好\nça va?") == "hello, ça va?"


def test_pauses_follow_punctuation() -> None:
    ends = ("Go.", "Go!", 'He said "go."', "Go,", "Go", "Go…", "Go —", "")
    assert [sound.pause_after(text) for text in ends] == [0.28, 0.28, 0.28, 0.12, 0.04, 0.28, 0.12, 0.04]


def test_silence_has_no_clause() -> None:
    assert len(sound.finish(np.zeros(24000, np.float32), 24000, "Hm.").audio) == 0
    assert len(sound.finish(np.zeros(10, np.float32), 24000, "Hm.").audio) == 0


def test_marks_and_gaps_belong_to_their_sounds() -> None:
    found = timing.spans("hˈI, jˌu.", np.array([3, 1, 2, 2, 4, 2, 1, 1, 2, 1, 1]) * 0.1)
    assert [(s.symbol, s.stress, s.word) for s in found if s.symbol] == [
        ("h", 0, 0),
        ("I", 1, 0),
        ("j", 0, 1),
        ("u", 2, 1),
    ]
    assert [s.symbol for s in found] == ["", "h", "I", "", "j", "u", ""]
    assert [s.end for s in found] == pytest.approx([0.3, 0.4, 0.8, 1.4, 1.5, 1.8, 2.0])


@given(st.text("pbmszɑiˈ ,w", max_size=30), st.integers(0, 2**32 - 1))
def test_alignment_keeps_every_sound_in_order_whatever_it_hears(phonemes: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 12, len(phonemes) + 2) * 0.025
    prior = timing.spans(phonemes, lengths)
    levels = rng.uniform(-60, 0, (round(lengths.sum() / 0.0125), 4)).astype(np.float32)
    found = timing.align(prior, levels, 0.0125)
    assert [s.symbol for s in found] == [s.symbol for s in prior]
    edges = [0.0, *(s.end for s in found)]
    assert edges == sorted(edges)
    assert edges[-1] == pytest.approx(lengths.sum())


def test_alignment_moves_a_boundary_to_where_the_sound_changes() -> None:
    """A vowel, then s: the network says 0.5 s, the spectrum says 0.40 s."""
    prior = [
        timing.Span("", 0, 0.1),
        timing.Span("ɑ", 0.1, 0.5),
        timing.Span("s", 0.5, 0.8),
        timing.Span("", 0.8, 1),
    ]
    kinds = ["pause"] * 4 + ["open"] * 28 + ["s"] * 28 + ["pause"] * 20
    levels = np.array([timing.LEVELS[kind] for kind in kinds], np.float32)
    assert [s.end for s in timing.align(prior, levels, 0.0125)] == pytest.approx([0.05, 0.4, 0.75, 1.0])
