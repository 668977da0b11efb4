"""Turn-taking on numbers: no audio, no clock."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.ears.turns import Turning, TurnSettings, TurnTaking

STEP = 0.032
VOICE, SILENCE = 0.9, 0.05
STARTED, PAUSED, RESUMED, ENDED, TOO_LONG = Turning


def follow(
    turns: TurnTaking, *stretches: tuple[float, float], start: int = 0, **step: bool
) -> list[tuple[int, Turning]]:
    """Play (probability, seconds) stretches; give each change with the number of its step, from 1."""
    seen = []
    count = itertools.count(start + 1)
    for probability, seconds in stretches:
        for _ in range(round(seconds / STEP)):
            number = next(count)
            seen += [(number, change) for change in turns.step(STEP, probability, **step)]
    return seen


def kinds(seen: list[tuple[int, Turning]]) -> list[Turning]:
    return [change for _, change in seen]


def test_a_turn_starts_pauses_and_ends_on_time():
    seen = follow(TurnTaking(), (SILENCE, 0.32), (VOICE, 0.96), (SILENCE, 1.6))
    # 10 steps of silence, 3 to notice; 40 to the end of speech, 4 to the pause; 0.5 s is 16 steps.
    assert seen == [(13, STARTED), (44, PAUSED), (56, ENDED)]


def test_the_end_waits_for_the_silence_it_is_told():
    seen = follow(TurnTaking(TurnSettings(silence=1.0)), (VOICE, 0.96), (SILENCE, 2.0))
    assert seen[-1] == (30 + 32, ENDED)


def test_going_on_resumes_the_same_turn():
    seen = follow(TurnTaking(), (VOICE, 0.64), (SILENCE, 0.32), (VOICE, 0.64), (SILENCE, 0.64))
    assert kinds(seen) == [STARTED, PAUSED, RESUMED, PAUSED, ENDED]


@pytest.mark.parametrize("steps", [1, 2])
def test_a_click_starts_nothing(steps: int):
    assert follow(TurnTaking(), (SILENCE, 0.32), (VOICE, steps * STEP), (SILENCE, 1.0)) == []


def test_a_click_in_the_silence_does_not_put_off_the_end():
    seen = follow(TurnTaking(), (VOICE, 0.96), (SILENCE, 0.256), (VOICE, STEP), (SILENCE, 0.64))
    assert seen == [(3, STARTED), (34, PAUSED), (46, ENDED)]


def test_a_weak_sound_inside_speech_is_speech_but_does_not_begin_it():
    assert follow(TurnTaking(), (0.4, 2.0)) == []
    assert kinds(follow(TurnTaking(), (VOICE, 0.32), (0.4, 2.0))) == [STARTED]


def test_what_is_too_quiet_is_not_voice():
    turns = TurnTaking()
    assert [change for _ in range(50) for change in turns.step(STEP, VOICE, level=0.0001)] == []
    assert [change for _ in range(3) for change in turns.step(STEP, VOICE, level=0.01)] == [STARTED]


def test_more_is_asked_while_the_character_may_be_heard():
    assert follow(TurnTaking(), (0.7, 2.0), guarded=True) == []
    assert follow(TurnTaking(), (VOICE, 1.0), guarded=True) == [(8, STARTED)]
    assert follow(TurnTaking(), (0.7, 1.0)) == [(3, STARTED)]


def test_endless_speech_is_cut_and_goes_on_as_another_turn():
    seen = follow(TurnTaking(), (VOICE, 29.0))
    assert kinds(seen) == [STARTED, TOO_LONG, STARTED]
    assert seen[1][0] == 875  # 28 s
    assert seen[2][0] == 878


def test_a_long_turn_ends_at_its_first_pause():
    seen = follow(TurnTaking(), (VOICE, 20.8), (SILENCE, 0.32))
    assert seen[1:] == [(654, PAUSED), (654, ENDED)]


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


AFTER = {
    None: {STARTED},
    STARTED: {PAUSED, ENDED, TOO_LONG},
    PAUSED: {RESUMED, ENDED, TOO_LONG},
    RESUMED: {PAUSED, ENDED, TOO_LONG},
    ENDED: {STARTED},
    TOO_LONG: {STARTED},
}
STRETCH = st.tuples(st.floats(0, 1), st.integers(1, 40), st.booleans())
INPUT = st.lists(st.one_of(STRETCH, st.booleans()), max_size=60)


@given(INPUT)
def test_no_input_gives_an_impossible_order(given: list[tuple[float, int, bool] | bool]):
    turns, last = TurnTaking(TurnSettings(longest=3.0, patience=2.0)), None
    for item in given:
        if isinstance(item, bool):
            steps = [turns.talk(item)]
        else:
            probability, count, guarded = item
            steps = [turns.step(STEP, probability, guarded=guarded) for _ in range(count)]
        for change in itertools.chain(*steps):
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
    assert kinds(follow(turns, (VOICE, 0.64), (SILENCE, 0.96))) == [STARTED, PAUSED, ENDED]


def test_a_held_turn_ends_in_silence_once_the_key_is_given_up():
    turns = TurnTaking()
    assert turns.talk(True) == [STARTED]
    assert kinds(follow(turns, (VOICE, 0.64), (SILENCE, 0.96))) == [PAUSED]
    assert turns.talk(None) == []
    assert kinds(follow(turns, (SILENCE, 0.64))) == [ENDED]
