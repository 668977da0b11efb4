"""Turn-taking on numbers: no audio, no clock."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.ears.turns import Turning, TurnSettings, TurnTaking

STEP = 0.032
VOICE, SILENCE = 0.9, 0.05
STIRRED, STILLED, STARTED, PAUSED, RESUMED, ENDED, TOO_LONG = Turning

STIRS = {STIRRED, STILLED}


def follow(
    turns: TurnTaking, *stretches: tuple[float, float] | str, start: int = 0, **step: bool
) -> list[tuple[int, Turning]]:
    """Play (probability, seconds) stretches and words that come between them; give each change of a turn with
    the number of its step, from 1."""
    return [(n, c) for n, c in follow_all(turns, *stretches, start=start, **step) if c not in STIRS]


def follow_all(
    turns: TurnTaking, *stretches: tuple[float, float] | str, start: int = 0, **step: bool
) -> list[tuple[int, Turning]]:
    """The same with what came before a turn."""
    seen = []
    count = itertools.count(start + 1)
    for stretch in stretches:
        if isinstance(stretch, str):
            turns.ending.words(stretch)
            continue
        probability, seconds = stretch
        for _ in range(round(seconds / STEP)):
            number = next(count)
            seen += [(number, change) for change in turns.step(STEP, probability, **step)]
    return seen


def kinds(seen: list[tuple[int, Turning]]) -> list[Turning]:
    return [change for _, change in seen]


def test_a_turn_starts_pauses_and_ends_on_time():
    seen = follow(TurnTaking(), (SILENCE, 0.32), (VOICE, 0.96), (SILENCE, STEP), "Yes.", (SILENCE, 1.6))
    # 10 steps of silence, 2 to notice; 40 to the end of speech, 3 to the pause; 0.18 s is 5 steps and a lag.
    assert seen == [(12, STARTED), (43, PAUSED), (45, ENDED)]


@pytest.mark.parametrize(
    ("words", "least", "most"), [("Yes.", 0.15, 0.2), ("I want the", 1.0, 1.6), ("", 0.45, 0.5)]
)
def test_the_words_say_how_long_to_wait(words: str, least: float, most: float):
    seen = follow(TurnTaking(), (VOICE, 0.96), (SILENCE, STEP), words, (SILENCE, 2.0))
    assert seen[-1][1] is ENDED
    assert least <= (seen[-1][0] - 30) * STEP <= most


def test_while_the_words_are_under_way_no_turn_ends():
    assert kinds(follow(TurnTaking(), (VOICE, 0.96), (SILENCE, 1.5))) == [STARTED, PAUSED]


def test_an_opinion_that_comes_late_ends_the_turn_at_once():
    turns = TurnTaking()
    said = "I came here to see the harbour"
    assert kinds(follow(turns, (VOICE, 0.96), (SILENCE, STEP), said, (SILENCE, 0.32))) == [STARTED, PAUSED]
    assert turns.judge() == []
    turns.ending.opinion(said, 0.9)
    assert turns.judge() == [ENDED]
    assert turns.judge() == []


def test_going_on_drops_the_votes():
    turns = TurnTaking()
    seen = follow(turns, (VOICE, 0.96), (SILENCE, 0.128), "Yes.", (VOICE, 0.64), (SILENCE, 1.0))
    assert kinds(seen) == [STARTED, PAUSED, RESUMED, PAUSED]


def test_patience_waits_twice_as_long():
    turns = TurnTaking()
    turns.ending.patience = 2.0
    seen = follow(turns, (VOICE, 0.96), (SILENCE, STEP), "Yes.", (SILENCE, 2.0))
    assert seen[-1] == (30 + 11, ENDED)  # 0.36 s less the detector's 0.025


def test_the_end_waits_for_the_silence_it_is_told():
    seen = follow(TurnTaking(TurnSettings(silence=1.0)), (VOICE, 0.96), (SILENCE, STEP), "", (SILENCE, 2.0))
    assert seen[-1] == (30 + 31, ENDED)


def test_going_on_resumes_the_same_turn():
    seen = follow(
        TurnTaking(), (VOICE, 0.64), (SILENCE, 0.32), (VOICE, 0.64), (SILENCE, STEP), "", (SILENCE, 0.64)
    )
    assert kinds(seen) == [STARTED, PAUSED, RESUMED, PAUSED, ENDED]


def test_a_click_starts_nothing():
    assert follow(TurnTaking(), (SILENCE, 0.32), (1.0, STEP), (SILENCE, 1.0)) == []


def test_what_may_be_a_voice_must_last_longer_than_what_is_one():
    assert follow(TurnTaking(), (0.6, 2 * STEP), (SILENCE, 1.0)) == []
    assert follow(TurnTaking(), (0.6, 3 * STEP)) == [(3, STARTED)]
    assert follow(TurnTaking(), (VOICE, 2 * STEP)) == [(2, STARTED)]


def test_a_click_in_the_silence_does_not_put_off_the_end():
    seen = follow(TurnTaking(), (VOICE, 0.96), (SILENCE, 0.256), "", (VOICE, STEP), (SILENCE, 0.64))
    assert seen == [(2, STARTED), (33, PAUSED), (45, ENDED)]


def test_a_weak_sound_inside_speech_is_speech_but_does_not_begin_it():
    assert follow(TurnTaking(), (0.4, 2.0)) == []
    assert kinds(follow(TurnTaking(), (VOICE, 0.32), (0.4, 2.0))) == [STARTED]


def test_what_is_too_quiet_is_not_voice():
    turns = TurnTaking()
    assert [change for _ in range(50) for change in turns.step(STEP, VOICE, level=0.0001)] == []
    assert [change for _ in range(2) for change in turns.step(STEP, VOICE, level=0.01)] == [STIRRED, STARTED]


def test_more_is_asked_while_the_character_may_be_heard():
    assert follow(TurnTaking(), (0.7, 2.0), guarded=True) == []
    assert follow(TurnTaking(), (VOICE, 1.0), guarded=True) == [(8, STARTED)]
    assert follow(TurnTaking(), (0.7, 1.0)) == [(2, STARTED)]


def test_endless_speech_is_cut_and_goes_on_as_another_turn():
    seen = follow(TurnTaking(), (VOICE, 29.0))
    assert kinds(seen) == [STARTED, TOO_LONG, STARTED]
    assert seen[1][0] == 875  # 28 s
    assert seen[2][0] == 877


def test_a_long_turn_ends_at_its_first_pause():
    seen = follow(TurnTaking(), (VOICE, 20.8), (SILENCE, 0.32))
    assert seen[1:] == [(653, PAUSED), (653, ENDED)]


def test_a_held_key_opens_at_once_and_only_its_release_ends():
    turns = TurnTaking()
    assert turns.talk(True) == [STARTED]
    assert kinds(follow(turns, (SILENCE, 2.0), (VOICE, 0.64), (SILENCE, 5.0))) == [PAUSED]
    assert turns.talk(False) == [ENDED]
    assert follow(turns, (VOICE, 5.0)) == []  # from now on the key alone opens a turn


def test_a_key_pressed_while_speaking_takes_the_turn_over():
    turns = TurnTaking()
    assert kinds(follow(turns, (VOICE, 0.64), (SILENCE, 0.32))) == [STARTED, PAUSED]
    assert turns.talk(True) == [RESUMED]
    assert turns.talk(True) == []
    assert kinds(follow(turns, (SILENCE, 2.0))) == [PAUSED]
    assert turns.talk(False) == [ENDED]
    assert turns.talk(False) == []


def test_a_key_held_too_long_opens_the_next_turn():
    turns = TurnTaking()
    turns.talk(True)
    assert kinds(follow(turns, (SILENCE, 30.0))) == [TOO_LONG, STARTED]


def test_one_weak_step_is_a_stir_and_silence_after_it_says_that_it_was_nothing():
    turns = TurnTaking()
    knocks = follow_all(turns, (0.3, STEP), (SILENCE, 2 * STEP), (0.3, STEP), (SILENCE, 0.32))
    assert knocks == [(1, STIRRED), (7, STILLED)]
    assert kinds(follow_all(turns, (0.3, STEP), (VOICE, 0.32))) == [STIRRED, STARTED]
    assert follow_all(TurnTaking(), (0.3, STEP), guarded=True) == []
    assert follow_all(TurnTaking(), (0.15, 0.32)) == []


AFTER = {
    None: {STARTED},
    STARTED: {PAUSED, ENDED, TOO_LONG},
    PAUSED: {RESUMED, ENDED, TOO_LONG},
    RESUMED: {PAUSED, ENDED, TOO_LONG},
    ENDED: {STARTED},
    TOO_LONG: {STARTED},
}
STRETCH = st.tuples(st.floats(0, 1), st.integers(1, 40), st.booleans())
INPUT = st.lists(st.one_of(STRETCH, st.booleans(), st.sampled_from(["", "Yes.", "I want the"])), max_size=60)


@given(INPUT)
def test_no_input_gives_an_impossible_order(given: list[tuple[float, int, bool] | bool | str]):
    turns, last = TurnTaking(TurnSettings(longest=3.0, patience=2.0)), None
    for item in given:
        if isinstance(item, bool):
            steps = [turns.talk(item)]
        elif isinstance(item, str):
            turns.ending.words(item)
            steps = [turns.judge()]
        else:
            probability, count, guarded = item
            steps = [turns.step(STEP, probability, guarded=guarded) for _ in range(count)]
        for change in itertools.chain(*steps):
            if change in STIRS:
                assert not turns.open or change is STIRRED
                continue
            assert change in AFTER[last], f"{change} after {last}"
            last = change
    assert turns.open == (last in {STARTED, PAUSED, RESUMED})
    assert turns.paused == (last is PAUSED)


def test_without_a_key_again_turns_are_found_in_the_sound():
    turns = TurnTaking()
    assert turns.talk(True) == [STARTED]
    assert turns.talk(False) == [ENDED]
    assert follow(turns, (VOICE, 0.64), (SILENCE, 0.96)) == []
    assert turns.talk(None) == []
    assert kinds(follow(turns, (VOICE, 0.64), (SILENCE, STEP), "", (SILENCE, 0.96))) == [
        STARTED,
        PAUSED,
        ENDED,
    ]


def test_a_held_turn_ends_in_silence_once_the_key_is_given_up():
    turns = TurnTaking()
    assert turns.talk(True) == [STARTED]
    assert kinds(follow(turns, (VOICE, 0.64), (SILENCE, 0.96))) == [PAUSED]
    assert turns.talk(None) == []
    assert kinds(follow(turns, "", (SILENCE, 0.64))) == [ENDED]
