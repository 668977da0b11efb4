"""The echo guard: on noise with numbers, on anything at all, and on a voice through the real detector."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spoken import hiss, pause, say

from runtime.ears import BLOCK, RATE
from runtime.ears.echo import EchoGuard, Heard
from runtime.ears.echo_path import LONGEST, STEP, EchoPath, Reference, find_delay
from runtime.ears.turns import Turning, TurnTaking
from runtime.ears.vad import Vad
from runtime.models import find
from runtime.types import Samples

VOICE = 24000
PACKET = VOICE // 15
LEVEL = 0.05
"""RMS of the player's usual voice, about."""


@pytest.fixture(scope="module")
def vad() -> Vad:
    return Vad(find("silero-vad-v6"))


def decibel(sound: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(sound)) + 1e-12))


def loud(sound: Samples, relative: float) -> Samples:
    return (sound * LEVEL * 10 ** (relative / 20) / np.sqrt(np.mean(sound**2))).astype(np.float32)


@functools.cache
def lines() -> tuple[Samples, Samples]:
    """Two replies of a character, at 16 kHz."""
    return (
        say("Please tell me what happened to your brother in the war."),
        say("The wolves came down from the mountain last winter."),
    )


def talk(delay: float, level: float, replies: int = 2) -> tuple[Samples, Samples]:
    """What is played, and its echo from a small room, `level` dB against a player, with the room's noise."""
    gap = np.zeros(RATE, np.float32)
    played = np.concatenate([gap, *(part for k in range(replies) for part in (lines()[k % 2], gap))])
    room = np.zeros(1600)
    room[[0, 90, 400, 1100]] = 1, -0.5, 0.3, 0.15
    echo = np.convolve(np.concatenate((np.zeros(int(delay * RATE)), played)), room)[: len(played)]
    return played, loud(echo.astype(np.float32), level) + pause(len(played) / RATE)[: len(played)]


def follow(
    played: Samples, microphone: Samples, guard: EchoGuard | None = None, jitter: float = 0.0
) -> list[Heard]:
    """Give a guard both, 200 ms ahead and in time; `jitter` delays arrivals by up to so many seconds."""
    guard = guard or EchoGuard()
    rng = np.random.default_rng(3)
    sent, found = soxr.resample(played, RATE, VOICE).astype(np.float32), []
    waiting = [(sent[k : k + PACKET], 5 + k / VOICE) for k in range(0, len(sent), PACKET)]
    waiting = [(samples, at) for samples, at in waiting if np.abs(samples).max() > 1e-4]
    for k in range(0, len(microphone) - BLOCK + 1, BLOCK):
        now = 5 + (k + BLOCK) / RATE
        while waiting and waiting[0][1] < now + 0.2:
            samples, at = waiting.pop(0)
            guard.played(samples, VOICE, at)
        found.append(guard.heard(microphone[k : k + BLOCK], now + jitter * rng.random()))
    return found


def starts(vad: Vad, heard: list[Heard]) -> list[float]:
    """When a player is taken to speak, in seconds."""
    state, turns, found = vad.silence, TurnTaking(), []
    for k, one in enumerate(heard):
        probability, state = vad.step(state, one.block)
        level = float(np.sqrt(np.mean(one.block**2)))
        if Turning.STARTED in turns.step(BLOCK / RATE, probability, level, not one.locked):
            found.append((k + 1) * BLOCK / RATE)
    return found


def unheard(microphone: Samples) -> list[Heard]:
    """The same without a guard."""
    return [Heard(*[microphone[k : k + BLOCK]] * 2) for k in range(0, len(microphone) - BLOCK + 1, BLOCK)]


# The reference ---------------------------------------------------------------------------------------------


def test_packets_lie_on_one_line_of_time():
    line, sound = Reference(), hiss(1.0, 0.1)
    for k in range(0, 8000, 1000):
        line.put(sound[k : k + 1000], RATE, k + (7 if k else 0))  # times are rounded, sound has no seams
    assert np.array_equal(line.get(0, 8000), sound[:8000])
    line.put(sound[:1000], RATE, 12000)
    assert not line.get(8000, 4000).any()
    assert np.array_equal(line.get(12000, 2000), np.pad(sound[:1000], (0, 1000)))


def test_what_is_sent_anew_replaces_what_was_sent_before():
    line, sound = Reference(), hiss(1.0, 0.1)
    line.put(sound[:8000], RATE, 0)
    line.put(sound[8000:9000], RATE, 4000)
    assert line.end == 5000
    assert np.array_equal(
        line.get(3000, 3000), np.concatenate((sound[3000:4000], sound[8000:9000], [0] * 1000))
    )


def test_only_what_is_kept_can_be_read():
    line = Reference()
    for k in range(0, 10 * RATE, RATE):
        line.put(hiss(1.0, 0.1), RATE, k)
    assert not line.get(0, RATE).any()
    assert line.get(9 * RATE, RATE).any()


# Delay and path --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [0, 320, 5000, LONGEST - 1])
def test_the_delay_is_found_to_the_sample(lag: int):
    sound = hiss(2.0, 0.1)
    reference = sound[10000 - lag : 10000 - lag + 6400 + LONGEST]
    found, clarity = find_delay(reference[: 6400 + LONGEST], sound[10000 - lag + LONGEST - lag :][:6400])
    assert found == lag
    assert clarity > 20


def test_no_delay_is_found_where_there_is_no_echo():
    sound, other = say("How much do you want for the brown horse?"), np.roll(hiss(2.0, 0.05), 999)
    _, clarity = find_delay(np.resize(sound, 6400 + LONGEST), other[:6400])
    assert clarity < 12


def test_the_filter_learns_a_path_and_keeps_the_player():
    path, sound = EchoPath(), hiss(7.0, 0.1)
    room = np.zeros(900)
    room[[40, 200, 800]] = 0.5, -0.3, 0.1
    echo = np.convolve(sound, room)[: len(sound)].astype(np.float32)
    player = loud(say("The wolves came down from the mountain last winter."), -6)
    microphone = echo.copy()
    microphone[3 * RATE : 3 * RATE + len(player)] += player
    out = np.concatenate(
        [
            path.step(sound[k : k + STEP], microphone[k : k + STEP])[0]
            for k in range(0, len(sound) - STEP, STEP)
        ]
    )
    assert decibel(out[2 * RATE : 3 * RATE]) < decibel(echo[2 * RATE : 3 * RATE]) - 25
    heard = out[3 * RATE + STEP : 3 * RATE + STEP + len(player)]
    assert np.corrcoef(heard, player)[0, 1] > 0.8


# The guard -------------------------------------------------------------------------------------------------


def test_a_block_is_512_samples():
    with pytest.raises(ValueError, match="512"):
        EchoGuard().heard(np.zeros(320, np.float32), 0.0)


def test_what_cannot_be_echo_comes_back_as_it_is():
    played, microphone = np.concatenate((lines()[0], np.zeros(2 * RATE, np.float32))), hiss(5.0, 0.1)
    heard = follow(played, microphone)
    came = [np.array_equal(one.block, microphone[k * BLOCK :][:BLOCK]) for k, one in enumerate(heard)]
    assert not any(came[2:12])
    assert all(came[int((len(lines()[0]) / RATE + 0.8) * RATE / BLOCK) :])
    assert EchoGuard().heard(microphone[:BLOCK], 1.0).locked


@pytest.mark.parametrize("delay", [0.04, 0.15, 0.4])
def test_the_echo_is_explained(delay: float):
    played, microphone = talk(delay, -10)
    heard = follow(played, microphone)
    second = slice(int((len(lines()[0]) / RATE + 2.2 + delay) * RATE / BLOCK), -40)
    before, after = (
        np.concatenate([one.block for one in way[second]]) for way in (unheard(microphone), heard)
    )
    assert decibel(after) < decibel(before) - 20
    assert np.mean([one.locked for one in heard[second]]) > 0.9  # not before the echo is there
    assert np.median([one.echo for one in heard[second]]) > 0.9


@pytest.mark.parametrize("level", [-6, -20])
@pytest.mark.parametrize(("delay", "jitter"), [(0.06, 0.0), (0.3, 0.015)])
def test_the_character_does_not_interrupt_itself(vad: Vad, level: float, delay: float, jitter: float):
    played, microphone = talk(delay, level)
    assert starts(vad, unheard(microphone))
    assert starts(vad, follow(played, microphone, jitter=jitter)) == []


@pytest.mark.parametrize("level", [-6, -20])
@pytest.mark.parametrize("at", [1.6, 5.6])
def test_the_player_interrupts_it(vad: Vad, level: float, at: float):
    """In the first reply and in the second, as loud as the echo."""
    played, microphone = talk(0.15, level, replies=3)
    player = loud(say("Where is the old bridge, and who guards it at night?"), level)
    where = int(at * RATE)
    microphone[where : where + len(player)] += player
    alone = pause(len(microphone) / RATE)[: len(microphone)].copy()
    alone[where : where + len(player)] += player
    (usual, *_), (found, *_) = starts(vad, unheard(alone)), starts(vad, follow(played, microphone))
    assert at < found < usual + 0.3


def test_a_player_with_headphones_is_heard_after_a_second(vad: Vad):
    played, _ = talk(0.1, -10)
    microphone = pause(len(played) / RATE)[: len(played)].copy()
    player = loud(say("Where is the old bridge, and who guards it at night?"), 0)
    microphone[int(2.6 * RATE) : int(2.6 * RATE) + len(player)] += player
    (usual, *_), (found, *_) = starts(vad, unheard(microphone)), starts(vad, follow(played, microphone))
    assert found < usual + 0.3


@pytest.mark.parametrize("jump", [-0.08, 0.2])
def test_a_delay_that_jumps_is_found_again(vad: Vad, jump: float):
    played, microphone = talk(0.2, -10, replies=4)
    half = len(microphone) // 2
    moved = np.concatenate((microphone[:half], np.roll(microphone, int(jump * RATE))[half:]))
    heard = follow(played, moved)
    assert starts(vad, heard) == []
    last = np.concatenate([one.block for one in heard[-90:]])
    assert decibel(last) < decibel(moved[-90 * BLOCK :]) - 15


def test_what_the_player_goes_on_saying_is_kept_when_the_client_holds_the_character():
    played, microphone = talk(0.15, -10, replies=2)
    player = loud(np.concatenate([say("I found this silver ring near the river.")] * 2), 0)
    second = RATE * 2 + len(lines()[0])
    hold = second + int(0.7 * RATE)
    microphone[hold:] = pause(10)[: len(microphone) - hold]
    where = second + int(0.4 * RATE)
    player = player[: len(microphone) - where]
    microphone[where : where + len(player)] += player
    played[hold + int(0.05 * RATE) :] = 0  # 200 ms of it were sent and never sound
    out = np.concatenate([one.speech for one in follow(played, microphone)])
    part = slice(hold + RATE // 10, min(where + len(player), len(out)))
    assert decibel(out[part]) > decibel(microphone[part]) - 6


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        arrays(np.float32, BLOCK, elements=st.floats(width=32)),
        min_size=1,
        max_size=12,
    ),
    st.lists(arrays(np.float32, st.integers(0, 3000), elements=st.floats(width=32)), max_size=4),
    st.floats(-1.0, 1.0),
    st.sampled_from((8000, 16000, 24000, 48000)),
)
def test_anything_at_all_stays_finite(blocks: list[Samples], sent: list[Samples], late: float, rate: int):
    guard = EchoGuard()
    for k, samples in enumerate(sent):
        guard.played(samples, rate, 0.1 * k)
    for k, block in enumerate(blocks):
        heard = guard.heard(block, k * BLOCK / RATE + late * (k % 3))
        assert heard.block.shape == (BLOCK,)
        assert 0 <= heard.echo <= 1
        assert heard.speech.shape == (BLOCK,)
        assert heard.block is block or np.isfinite([heard.block, heard.speech]).all()


@pytest.mark.parametrize("sound", [np.zeros(BLOCK, np.float32), hiss(BLOCK / RATE, 0.1)])
def test_a_silent_reference_explains_nothing(sound: Samples):
    guard = EchoGuard()
    guard.played(np.zeros(VOICE, np.float32), VOICE, 0.0)
    for k in range(40):
        heard = guard.heard(sound, k * BLOCK / RATE)
        assert np.isfinite(heard.block).all()
    assert heard.block is sound or not sound.any() or heard.echo in (0.0, 1.0)
