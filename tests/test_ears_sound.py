"""The voice detector and the way of the microphone's sound to it, on real speech."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import hiss, say

from runtime.ears import BLOCK, RATE
from runtime.ears.resample import Blocks
from runtime.ears.vad import Vad
from runtime.models import find
from runtime.types import Samples


@pytest.fixture(scope="module")
def vad() -> Vad:
    return Vad(find("silero-vad-v6"))


def probabilities(
    vad: Vad, sound: Samples, packets: tuple[int, ...] = (320,), rate: int = RATE
) -> list[float]:
    blocks, state, found, start = Blocks(rate), vad.silence, [], 0
    for length in itertools.cycle(packets):
        for block in blocks.push(sound[start : start + length]):
            probability, state = vad.step(state, block)
            found.append(probability)
        start += length
        if start >= len(sound):
            return found
    raise AssertionError


def test_speech_is_voice_and_noise_is_not(vad: Vad):
    speech = np.array(probabilities(vad, say("The wolves came down from the mountain last winter.")))
    assert speech.max() > 0.95
    assert (speech > 0.5).mean() > 0.5
    hum = 0.2 * np.sin(2 * np.pi * 50 * np.arange(4 * RATE) / RATE).astype(np.float32)
    for noise in (np.zeros(4 * RATE, np.float32), hiss(4.0, 0.02), hum):
        assert max(probabilities(vad, noise)) < 0.5


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=8).map(tuple))
def test_packets_of_any_size_give_the_same_voice(vad: Vad, packets: tuple[int, ...]):
    sound = say("Who are you?")
    assert probabilities(vad, sound, packets) == probabilities(vad, sound)


def test_two_streams_do_not_disturb_each_other(vad: Vad):
    sound = say("Who are you?")
    alone = probabilities(vad, sound)
    here, there, found = vad.silence, vad.silence, []
    for block, other in zip(Blocks(RATE).push(sound), Blocks(RATE).push(hiss(10.0, 0.3)), strict=False):
        probability, here = vad.step(here, block)
        _, there = vad.step(there, other)
        found.append(probability)
    assert found == alone


def test_a_step_of_another_length_is_refused(vad: Vad):
    with pytest.raises(ValueError, match="512"):
        vad.step(vad.silence, np.zeros(511, np.float32))


def test_another_network_is_refused():
    with pytest.raises(ValueError, match="input, h, c"):
        Vad(find("hibari-heart"))


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000])
def test_any_microphone_comes_out_as_blocks_of_16_khz(rate: int):
    time = np.arange(rate) / rate
    tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    blocks, out = Blocks(rate), []
    for start in range(0, rate, rate // 50):
        out += list(blocks.push(tone[start : start + rate // 50]))
        assert 0 <= blocks.behind < 0.11
    heard = np.concatenate(out)
    assert {len(block) for block in out} == {BLOCK}
    assert abs(len(heard) / RATE + blocks.behind - 1.0) < 1e-6
    expected = np.sin(2 * np.pi * 440 * np.arange(len(heard)) / RATE)
    assert np.abs(heard - expected)[800:].max() < 0.01


def test_what_16_khz_cannot_hold_is_kept_out():
    tone = np.sin(2 * np.pi * 10000 * np.arange(48000) / 48000).astype(np.float32)
    heard = np.concatenate(list(Blocks(48000).push(tone)))
    assert np.sqrt(np.mean(np.square(heard[2000:]))) < 1e-4


@pytest.mark.parametrize("rate", [16000, 44100])
def test_draining_gives_the_rest_and_begins_anew(rate: int):
    sound = soxr.resample(say("Stop."), RATE, rate).astype(np.float32)
    blocks = Blocks(rate)
    first = [*blocks.push(sound), blocks.drain()]
    assert abs(sum(map(len, first)) - len(sound) * RATE / rate) <= 2
    assert blocks.behind == 0
    again = [*blocks.push(sound), blocks.drain()]
    assert np.array_equal(np.concatenate(first), np.concatenate(again))


@pytest.mark.parametrize("rate", [0, 7999, 96001])
def test_other_rates_are_refused(rate: int):
    with pytest.raises(ValueError, match="8000 to 96000"):
        Blocks(rate)
