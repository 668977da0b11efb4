"""The ears of a session: with scripted engines where order matters, with the real ones where words do."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest
import soxr
from spoken import errors, hiss, pause, say

from runtime import ears
from runtime.ears import RATE
from runtime.ears.listen import Ears
from runtime.ears.vad import Vad
from runtime.ears.whisper import Whisper
from runtime.flow import Channel
from runtime.language.hints import Hints
from runtime.models import find
from runtime.types import Samples, Transcript

VOICE, QUIET = 0.5, 0.001
"""Levels: the scripted detector takes loud for voice."""


class Loud(Vad):
    """Takes what is loud for voice."""

    def __init__(self) -> None:
        self.silence: Any = None

    def step(self, state: Any, block: Samples) -> tuple[float, Any]:
        return float(np.abs(block).max() > 0.1), state


class Scripted:
    """Asks how many seconds it was given, so that it is plainly done; takes `pace` seconds for it."""

    def __init__(
        self, pace: float = 0.05, text: Callable[[float], str] = "Is it {:.1f} seconds?".format
    ) -> None:
        self.pace, self.text = pace, text
        self.calls: list[tuple[float, bool]] = []
        self.running = self.most = 0

    async def __call__(self, audio: Samples, *, final: bool, hints: Hints | None = None) -> Transcript:
        self.hints = hints
        self.calls.append((len(audio) / RATE, final))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.pace)
            return Transcript(self.text(len(audio) / RATE))
        finally:
            self.running -= 1


def level(value: float, seconds: float) -> Samples:
    return np.full(int(seconds * RATE), value, np.float32)


async def play(
    engine: Ears,
    *what: Samples | bool | ears.Hinted,
    rate: int = RATE,
    realtime: bool = True,
    audible: bool = False,
    echo_cancelled: bool = False,
    after: float = 1.0,
) -> list[ears.Hearing]:
    """Push sounds in packets of 20 ms and key presses; give what was heard until `after` seconds later."""
    inbox: Channel[ears.MicIn] = Channel()
    loop = asyncio.get_running_loop()
    packet = rate // 50

    async def push() -> None:
        for item in what:
            if isinstance(item, bool | ears.Hinted):
                inbox.post(ears.Talk(item) if isinstance(item, bool) else item)
                continue
            for start in range(0, len(item), packet):
                await asyncio.sleep(0.02 if realtime else 0)
                await inbox.send(ears.Audio(item[start : start + packet], audible, loop.time()))
        await asyncio.sleep(after)
        inbox.close()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(push())
        async with aclosing(engine.listen(inbox, rate, echo_cancelled)) as hearings:
            return [hearing async for hearing in hearings if not isinstance(hearing, ears.Stirring)]


def kinds(heard: list[ears.Hearing]) -> list[str]:
    return [type(hearing).__name__ for hearing in heard if not isinstance(hearing, ears.Words)]


def ends(heard: list[ears.Hearing]) -> list[ears.Ended]:
    return [hearing for hearing in heard if isinstance(hearing, ears.Ended)]


SPOKEN = (level(QUIET, 0.64), level(VOICE, 1.6), level(QUIET, 1.28))


@pytest.mark.virtual_time
async def test_the_words_of_the_pause_are_the_words_of_the_turn():
    recogniser = Scripted()
    heard = await play(Ears(Loud(), recogniser), *SPOKEN)
    assert kinds(heard) == ["Started", "Paused", "Ended"]
    # 384 ms from before the voice and the voice itself: a partial that reached its end is not made again.
    assert recogniser.calls[-1][0] == pytest.approx(0.384 + 1.6, abs=0.033)
    (ended,) = ends(heard)
    assert ended.transcript.text == "Is it 2.0 seconds?"
    assert ended.ended - ended.spoke_until == pytest.approx(0.16, abs=0.021)
    assert ended.spoke_until == pytest.approx(0.64 + 1.6, abs=0.033)
    settled = [item for item in heard if isinstance(item, ears.Words) and item.settled]
    assert [item.text for item in settled] == ["Is it 2.0 seconds?"]
    assert settled[0].ends > 0.9
    assert heard.index(settled[0]) == len(heard) - 2


@pytest.mark.virtual_time
async def test_what_is_known_of_the_player_is_told_from_then_on():
    recogniser, told = Scripted(), Hints(("en",), ("Mara",))
    await play(Ears(Loud(), recogniser), *SPOKEN)
    assert recogniser.hints == Hints()
    await play(Ears(Loud(), recogniser), ears.Hinted(told), *SPOKEN)
    assert recogniser.hints == told


@pytest.mark.virtual_time
async def test_partial_words_come_while_the_player_speaks_one_at_a_time():
    recogniser = Scripted(pace=0.05)
    heard = await play(Ears(Loud(), recogniser), level(VOICE, 5.0), level(QUIET, 1.0))
    partials = [item for item in heard if isinstance(item, ears.Words) and not item.settled]
    assert 14 <= len(partials) <= 17
    assert recogniser.most == 1


@pytest.mark.virtual_time
async def test_a_slow_recogniser_gets_fewer_partials_and_is_not_run_twice():
    recogniser = Scripted(pace=0.5)
    heard = await play(Ears(Loud(), recogniser), level(VOICE, 9.0), level(QUIET, 1.0), after=2.0)
    assert len([call for call in recogniser.calls if not call[1]]) <= 7
    assert recogniser.most == 1
    assert kinds(heard) == ["Started", "Paused", "Ended"]


@pytest.mark.virtual_time
async def test_going_on_drops_what_was_made_of_the_pause():
    recogniser = Scripted(pace=0.1)
    sound = level(VOICE, 0.8), level(QUIET, 0.128), level(VOICE, 0.8), level(QUIET, 1.0)
    heard = await play(Ears(Loud(), recogniser), *sound)
    assert kinds(heard) == ["Started", "Paused", "Resumed", "Paused", "Ended"]
    assert ends(heard)[0].transcript.text == "Is it 1.8 seconds?"


@pytest.mark.virtual_time
async def test_a_hanging_turn_waits_until_the_mind_or_the_silence_ends_it():
    said = "I came here to see the harbour."
    sound = level(VOICE, 1.0), level(QUIET, 2.2)
    slow = await play(Ears(Loud(), Scripted(text=lambda _: said)), *sound)
    inbox: Channel[ears.MicIn] = Channel()
    heard: list[ears.Hearing] = []
    for start in range(0, len(sound[0]), 320):
        inbox.post(ears.Audio(sound[0][start : start + 320]))
    inbox.post(ears.Audio(level(QUIET, 0.25)))
    async with aclosing(Ears(Loud(), Scripted(text=lambda _: said)).listen(inbox, RATE, False)) as hearings:
        async for hearing in hearings:
            heard.append(hearing)
            if isinstance(hearing, ears.Words) and hearing.settled:
                assert not ends(heard)
                inbox.post(ears.Opinion(hearing.turn, hearing.text, 0.9))  # no more sound comes
                inbox.close()
    assert kinds(heard) == ["Stirring", "Started", "Paused", "Ended"]
    assert ends(slow)[0].ended - ends(slow)[0].spoke_until > 0.35


async def _push(inbox: Channel[ears.MicIn], patience: float) -> None:
    """A second of voice and one and a half of quiet, to ears of this patience."""
    inbox.post(ears.Patience(patience))
    for k in range(125):
        await asyncio.sleep(0.02)
        sound = level(VOICE if k < 50 else QUIET, 0.02)
        inbox.post(ears.Audio(sound, at=asyncio.get_running_loop().time()))
    inbox.close()


@pytest.mark.virtual_time
async def test_the_player_s_patience_is_heeded():
    waits = []
    for factor in (1.0, 2.0):
        inbox: Channel[ears.MicIn] = Channel()
        pushing = asyncio.create_task(_push(inbox, factor))
        async with aclosing(Ears(Loud(), Scripted()).listen(inbox, RATE, False)) as hearings:
            (ended,) = ends([hearing async for hearing in hearings])
        await pushing
        waits.append(ended.ended - ended.spoke_until)
    assert waits == [pytest.approx(0.16, abs=0.021), pytest.approx(0.352, abs=0.021)]


@pytest.mark.virtual_time
async def test_the_end_waits_for_the_words_and_the_next_turn_does_not_disturb_them():
    recogniser = Scripted(pace=3.0)
    heard = await play(Ears(Loud(), recogniser), *SPOKEN, *SPOKEN, after=8.0)
    assert kinds(heard) == ["Started", "Paused", "Started", "Ended", "Paused", "Ended"]
    assert [ended.turn for ended in ends(heard)] == [1, 2]
    assert ends(heard)[0].ended < 3.9  # judged over long before its words came
    assert recogniser.most == 1


@pytest.mark.virtual_time
async def test_a_turn_without_words_is_ignored():
    heard = await play(Ears(Loud(), Scripted(text=lambda _: "")), *SPOKEN)
    assert heard == [ears.Started(1), ears.Paused(1), ears.Ignored(1)]


@pytest.mark.virtual_time
async def test_a_recogniser_that_fails_costs_its_turn_and_no_more():
    broken = RuntimeError("no memory")
    fail = True

    def text(_: float) -> str:
        if fail:
            raise broken
        return "Who is there?"

    engine = Ears(Loud(), Scripted(text=text))
    heard = await play(engine, *SPOKEN)
    assert heard == [ears.Started(1), ears.Paused(1), ears.Failed(1, broken)]
    fail = False
    assert kinds(await play(engine, *SPOKEN)) == ["Started", "Paused", "Ended"]


@pytest.mark.virtual_time
async def test_a_released_key_ends_the_turn_without_waiting():
    recogniser = Scripted()
    heard = await play(Ears(Loud(), recogniser), True, level(VOICE, 1.0), False, level(QUIET, 1.0))
    assert kinds(heard) == ["Started", "Ended"]
    (ended,) = ends(heard)
    assert ended.ended == pytest.approx(1.0, abs=0.001)
    assert ended.transcript.text == "Is it 1.0 seconds?"


@pytest.mark.virtual_time
async def test_a_key_held_in_silence_is_ignored_and_without_the_key_nothing_is_heard():
    recogniser = Scripted()
    heard = await play(
        Ears(Loud(), recogniser), True, level(QUIET, 1.0), False, level(VOICE, 3.0), level(QUIET, 1.0)
    )
    assert heard == [ears.Started(1), ears.Ignored(1)]
    assert recogniser.calls == []


@pytest.mark.virtual_time
async def test_half_a_minute_of_speech_becomes_turns_that_hold_every_sample():
    recogniser = Scripted()
    ramp = np.linspace(0.2, 0.9, 30 * RATE, dtype=np.float32)
    taken: dict[float, Samples] = {}  # by where they begin, the longest of each turn

    async def keep(audio: Samples, *, final: bool, hints: Hints) -> Transcript:
        taken[float(audio[0])] = audio
        return await recogniser(audio, final=final)

    heard = await play(Ears(Loud(), keep), ramp, level(QUIET, 1.0))
    assert kinds(heard) == ["Started", "Ended", "Started", "Paused", "Ended"]
    first, second = taken.values()
    assert len(first) + len(second) > len(ramp) - 0.1 * RATE, "in the last tenth of a second is no word"
    assert np.array_equal(np.concatenate([first, second])[: len(ramp)], ramp[: len(first) + len(second)])
    assert max(len(first), len(second)) < 29 * RATE


@pytest.mark.virtual_time
async def test_a_guarded_voice_must_last_longer():
    word = level(VOICE, 0.2), level(QUIET, 1.0)
    engine = Ears(Loud(), Scripted())
    assert await play(engine, *word, audible=True) == []
    assert kinds(await play(engine, *word, audible=True, echo_cancelled=True))[0] == "Started"
    assert kinds(await play(engine, *word))[0] == "Started"


@pytest.mark.virtual_time
@pytest.mark.parametrize("pace", [0.0, 5.0])
async def test_closing_the_channel_inside_a_turn_leaves_nothing_behind(pace: float):
    recogniser = Scripted(pace)
    heard = await play(Ears(Loud(), recogniser), level(VOICE, 2.0), after=0.0)
    assert kinds(heard) == ["Started"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert recogniser.running == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.virtual_time
async def test_closing_the_stream_inside_a_turn_leaves_nothing_behind():
    recogniser = Scripted(pace=5.0)
    inbox: Channel[ears.MicIn] = Channel()
    inbox.post(ears.Audio(level(VOICE, 3.0)))
    async with aclosing(Ears(Loud(), recogniser).listen(inbox, RATE, False)) as hearings:
        async for hearing in hearings:
            if hearing == ears.Stirring(True):
                continue
            assert hearing == ears.Started(1)
            await asyncio.sleep(0.01)
            assert recogniser.running == 1
            break
    await asyncio.sleep(0.01)
    assert recogniser.running == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


# ---------------------------------------------------------------- the real ones


@pytest.fixture(scope="module")
def real() -> Iterator[Ears]:
    whisper = Whisper(find("whisper-tiny.en"))
    yield Ears(Vad(find("silero-vad-v6")), whisper)
    whisper.close()


@pytest.mark.parametrize("rate", [16000, 24000, 44100, 48000])
async def test_a_sentence_is_heard_through_any_microphone(real: Ears, rate: int):
    text = "The wolves came down from the mountain last winter."
    sound = soxr.resample(np.concatenate((pause(0.5), say(text), pause(1.0))), RATE, rate).astype(np.float32)
    heard = await play(real, sound, rate=rate, realtime=False, after=2.0)
    assert kinds(heard)[0] == "Started"
    assert kinds(heard)[-1] == "Ended"
    assert errors(text, " ".join(ended.transcript.text for ended in ends(heard))) <= 1


async def test_a_sentence_is_heard_while_the_key_is_held(real: Ears):
    text = "Can you teach me how to fight with a sword?"
    sound = say(text)
    end = np.flatnonzero(np.abs(sound) > 0.02)[-1]
    heard = await play(real, True, sound[:end], False, realtime=False, after=2.0)
    assert kinds(heard)[0] == "Started"
    assert len(ends(heard)) == 1
    assert errors(text, ends(heard)[0].transcript.text) <= 1


async def test_noise_says_nothing(real: Ears):
    time = np.arange(3 * RATE) / RATE
    hum = (0.2 * np.sin(2 * np.pi * 50 * time)).astype(np.float32)
    burst = hiss(0.3, 0.3) * np.hanning(int(0.3 * RATE)).astype(np.float32)
    drawl = (0.3 * np.sign(np.sin(2 * np.pi * 130 * time)) * np.hanning(len(time))).astype(np.float32)
    for noise in (hiss(3.0, 0.1), hum, burst, drawl, np.zeros(3 * RATE, np.float32)):
        heard = await play(real, pause(0.4), noise, pause(1.0), realtime=False)
        assert ends(heard) == []
        assert not [item for item in heard if isinstance(item, ears.Words)]


async def test_ten_minutes_of_silence_are_nothing_and_cost_no_memory(real: Ears):
    inbox: Channel[ears.MicIn] = Channel()
    minute = ears.Audio(pause(60.0))
    heard = []

    async def listen() -> None:
        async with aclosing(real.listen(inbox, RATE, False)) as hearings:
            heard.extend([hearing async for hearing in hearings])

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listen())
        sizes = []
        tracemalloc.start()
        for _ in range(10):
            inbox.post(minute)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        inbox.close()
    assert heard == []
    assert sizes[-1] - sizes[2] < 64 * 1024
