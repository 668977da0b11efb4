"""What a `VoiceEngine` must do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest

from runtime.character import Voice
from runtime.contract.opened import Opened
from runtime.contract.said import TEXT, lines
from runtime.contract.watch import cancelled_at_once, closed_after_the_first, lets_go, stays_free
from runtime.flow import Stream
from runtime.types import Line, Phone, Speech, Word

SLACK = 1e-6
"""Seconds by which sums of times may be off."""


async def say(voice: Opened, *texts: str) -> list[Speech]:
    stream = voice.engine.speak(lines(*(texts or TEXT)), voice.specimen.voice)
    return [speech async for speech in stream]


def rise_inside(times: Sequence[Word | Phone], seconds: float) -> bool:
    ordered = all(left.start <= right.start + SLACK for left, right in pairwise(times))
    return ordered and all(-SLACK <= one.start <= one.end <= seconds + SLACK for one in times)


@pytest.mark.contract
def test_clauses_are_sound_that_can_be_played(voice: Opened) -> None:
    spoken = voice.run(say(voice))
    assert spoken
    for speech in spoken:
        assert speech.audio.dtype == np.float32
        assert speech.audio.ndim == 1
        assert len(speech.audio) > 0
        assert np.isfinite(speech.audio).all()
        assert np.abs(speech.audio).max() <= 1
        assert np.abs(speech.audio).max() > 0.01, "silence"
        assert speech.rate == voice.engine.rate


@pytest.mark.contract
def test_all_that_is_to_be_shown_is_there_in_order(voice: Opened) -> None:
    shown = " ".join(speech.line.text for speech in voice.run(say(voice)))
    assert shown.split() == " ".join(TEXT).split()


@pytest.mark.contract
def test_words_and_phonemes_rise_and_lie_inside(voice: Opened) -> None:
    for speech in voice.run(say(voice)):
        assert rise_inside(speech.words, speech.seconds)
        assert rise_inside(speech.phones, speech.seconds)


@pytest.mark.contract
def test_the_same_line_is_the_same_sound(voice: Opened) -> None:
    if voice.remote:
        pytest.skip("what a server speaks is its own affair")
    once, again = voice.run(say(voice)), voice.run(say(voice))
    assert all(np.array_equal(a.audio, b.audio) for a, b in zip(once, again, strict=True))


@pytest.mark.contract
@pytest.mark.parametrize("nothing", ["", " ", "…"])
def test_what_cannot_be_said_is_left_out(voice: Opened, nothing: str) -> None:
    spoken = voice.run(say(voice, nothing, "Yes, it is."))
    assert [speech.line.text for speech in spoken] == ["Yes, it is."]


@pytest.mark.contract
def test_an_unknown_voice_is_refused(voice: Opened) -> None:
    async def other() -> None:
        async for _ in voice.engine.speak(lines(*TEXT), Voice(name="no such voice")):
            pass

    if voice.remote:
        pytest.skip("which voices there are, its server knows")
    with pytest.raises(ValueError, match="no such voice"):
        voice.run(other())


@pytest.mark.contract
def test_the_first_clause_waits_for_no_second_line(voice: Opened) -> None:
    async def first() -> Speech:
        never = asyncio.Event()

        async def slow() -> Stream[Line]:
            yield Line(TEXT[0], TEXT[0])
            await never.wait()

        stream = voice.engine.speak(slow(), voice.specimen.voice)
        try:
            spoken: Speech = await anext(stream)
            return spoken
        finally:
            await stream.aclose()

    assert voice.run(first()).seconds > 0


@pytest.mark.contract
def test_what_it_reads_is_closed_with_it(voice: Opened) -> None:
    closed = []

    async def source() -> Stream[Line]:
        try:
            async for line in lines(*TEXT):
                yield line
        finally:
            closed.append(True)

    voice.run(closed_after_the_first(voice.engine.speak(source(), voice.specimen.voice)))
    assert closed


@pytest.mark.contract
def test_the_loop_is_never_held(voice: Opened) -> None:
    stays_free(voice, lambda: say(voice))


@pytest.mark.contract
def test_a_stream_that_is_closed_ends(voice: Opened) -> None:
    lets_go(voice, lambda: closed_after_the_first(voice.engine.speak(lines(*TEXT), voice.specimen.voice)))
    lets_go(voice, lambda: cancelled_at_once(say(voice)))
    assert voice.run(say(voice)), "and the next is spoken"


@pytest.mark.contract
def test_nothing_is_left_of_it(voice: Opened) -> None:
    with closing(voice.again()) as other:
        other.run(say(other))
    assert not other.left()
