"""The judgement of a turn's end: words, melody and the mind's opinion, on texts and numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.ears import RATE, wording
from runtime.ears.ending import Ending
from runtime.ears.prosody import Prosody, measure

DONE = (
    "Yes.",
    "No, thanks.",
    "Who are you?",
    "Where can I buy a horse?",
    "Is there a doctor in town?",
    "Hello!",
)
HANGING = (
    "I want the",
    "I want the...",
    "I would pay you but",
    "My name is",
    "Do you know if",
    "If you help me with this.",
    "Can you tell me?",
    "The number is four two",
    "It is spelled K-A-R-",
    "I need, um,",
)


def enough(text: str, ends: float | None = None, patience: float = 1.0) -> float:
    ending = Ending()
    ending.patience = patience
    ending.begin()
    ending.words(text)
    if ends is not None:
        ending.opinion(text, ends)
    return ending.enough


@pytest.mark.parametrize("text", DONE)
def test_what_is_plainly_done_waits_as_long_as_people_do(text: str):
    assert enough(text) <= 0.25
    assert wording.ends(text) > 0.9


@pytest.mark.parametrize("text", HANGING)
def test_what_hangs_waits_for_more(text: str):
    assert enough(text) > 1.0
    assert wording.ends(text) < 0.7


def test_a_statement_waits_for_the_mind_and_is_quick_when_it_agrees():
    said = "The bridge over the river is broken."
    assert enough(said, 0.01) > 1.0
    assert 0.4 < enough(said) < 1.6
    assert enough(said, 0.6) < 0.25


def test_the_mind_has_no_say_on_short_answers():
    assert enough("Hello.", 0.01) == enough("Hello.")


def test_an_opinion_counts_for_its_words_alone_whatever_their_punctuation():
    ending = Ending()
    ending.words("We walked all night.")
    before = ending.enough
    ending.opinion("We walked", 0.9)
    assert ending.enough == before
    ending.opinion("We walked all night", 0.9)
    assert ending.enough < before / 2


def test_another_turn_forgets_opinions_and_going_on_forgets_words():
    ending = Ending()
    ending.words("Yes.")
    ending.resume()
    assert ending.enough == pytest.approx(1.6)
    ending.opinion("We walked all night", 0.9)
    ending.begin()
    ending.words("We walked all night.")
    assert ending.enough == enough("We walked all night.")


def test_who_goes_on_right_after_a_sentence_is_likelier_to_be_done_after_the_next():
    fresh, after = Ending(), Ending()
    fresh.begin()
    after.begin(goes_on=True)
    for ending in (fresh, after):
        ending.words("I came from the north.")
    both = Ending()
    both.words("My name is Robin. I came from the north.")
    assert after.enough == both.enough < fresh.enough
    after.begin()
    after.words("I came from the north.")
    assert after.enough == fresh.enough


@given(st.text(max_size=80), st.one_of(st.none(), st.floats(0, 1)), st.floats(0.5, 4))
def test_every_wait_is_within_bounds_and_patience_multiplies_it(
    text: str, ends: float | None, patience: float
):
    assert 0.18 <= enough(text, ends) <= 1.6 + 1e-9
    assert enough(text, ends, patience) == pytest.approx(patience * enough(text, ends))
    assert 0 < wording.ends(text) < 1


def test_the_setting_scales_all_waits():
    patient = Ending(1.0)
    patient.words("Yes.")
    assert patient.enough == pytest.approx(2 * enough("Yes."))


def tone(start: float, end: float, seconds: float, rise: float = 0.0) -> np.ndarray:
    """Twenty harmonics whose pitch moves by `rise` semitones over the last 0.3 s."""
    time = np.arange(int(seconds * RATE)) / RATE
    bend = np.clip((time - seconds + 0.3) / 0.3, 0, 1)
    pitch = start * 2 ** (rise * bend / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = sum(np.sin(k * phase) / k for k in range(1, 11))
    level = np.where(time > seconds - 0.1, end, 1.0)
    return (0.1 * sound * level).astype(np.float32)


def test_melody_sees_movement_and_fading():
    level, moving, fading = (measure(tone(120, *how), RATE) for how in ((1, 1.5), (1, 1.5, -5), (0.3, 1.5)))
    assert level is not None
    assert moving is not None
    assert fading is not None
    assert level.moves < 0.5
    assert moving.moves > 2
    assert fading.fade - level.fade == pytest.approx(1.05, abs=0.2)


@pytest.mark.parametrize(
    "sound", [np.zeros(RATE), np.zeros(100), np.random.default_rng(1).normal(0, 0.1, RATE)]
)
def test_without_a_voice_there_is_no_melody(sound: np.ndarray):
    assert measure(sound.astype(np.float32), RATE) is None


def test_a_voice_that_fades_is_waited_for_less():
    waits = []
    for fade in (0.3, 2.0):
        ending = Ending()
        ending.words("We walked all night.")
        ending.melody(Prosody(3.0, -1.4, fade))
        waits.append(ending.enough)
    assert waits[0] > 1.5 * waits[1]


def test_words_that_the_recogniser_doubts_wait_longer_and_short_answers_do_not():
    waits = []
    for text in ("You could sell it.", "Goodbye."):
        for confidence in (0.9, 0.55):
            ending = Ending()
            ending.words(text, confidence)
            waits.append(ending.enough)
    sure, doubted, answer, doubted_answer = waits
    assert doubted > 2 * sure
    assert answer == doubted_answer


def test_a_second_sentence_is_more_likely_the_last():
    one, two = Ending(), Ending()
    one.words("I came from the north.")
    two.words("My name is Robin. I came from the north.")
    assert two.enough < one.enough
