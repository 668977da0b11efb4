"""What a client plays, sample by sample."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.flow import Channel
from runtime.microphone import converse
from runtime.playback import CUSHION, POSITION, Playback
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

RATE = 16000
PACKET = RATE // 15
LATENCY = m.Latency(ears=0, mind=0, voice=0, face=0, total=0)


def sound(length: int, seed: int = 1) -> Samples:
    """Never 0, and no two stretches alike: what sounds can be told from silence and from its neighbours."""
    samples = np.random.default_rng(seed).integers(3000, 30000, length)
    return samples.astype(np.float32) / np.float32(32767)


def voice(reply: int, time: int, samples: Samples) -> media.Packet:
    return media.unpack(media.voice(reply, time, samples))


def heard(samples: Samples) -> Samples:
    """As it comes out of a packet."""
    return voice(1, 0, samples).samples()


def done(reply: int, samples: int) -> m.Done:
    return m.Done(reply=reply, npc="mara", text="", samples=samples, frames=0, latency=LATENCY)


def hold(reply: int = 1) -> m.Hold:
    return m.Hold(reply=reply, npc="mara")


def release(reply: int = 1) -> m.Release:
    return m.Release(reply=reply, npc="mara")


def cancel(reply: int = 1, through: int = 0) -> m.Cancel:
    return m.Cancel(reply=reply, npc="mara", valid_through=through, reason="interrupted")


def playing(length: int = RATE, rate: int = RATE, latency: float = 0.0) -> tuple[Playback, Samples]:
    """A reply that has come whole, and what of it is to sound."""
    playback = Playback(rate, latency=latency)
    samples = sound(length)
    for at in range(0, length, PACKET):
        playback.take(voice(1, at, samples[at : at + PACKET]))
    playback.take(done(1, length))
    return playback, heard(samples)


def told(playback: Playback) -> list[tuple[int, str, int]]:
    return [(report.reply, report.state, report.at) for report in playback.reports()]


def test_a_reply_sounds_as_it_is_and_is_reported():
    playback, samples = playing()
    out = np.concatenate([playback.render(160) for _ in range(110)])
    assert np.array_equal(out[:RATE], samples)
    assert not out[RATE:].any()
    assert told(playback) == [
        (1, "started", 0),
        (1, "position", 4000),
        (1, "position", 8000),
        (1, "position", 12000),
        (1, "position", 16000),
        (1, "finished", 16000),
    ]
    assert playback.replies[1].began == 0
    assert playback.quiet_since == RATE
    assert POSITION * RATE == 4000


def test_it_begins_when_a_cushion_is_there_or_has_been_waited_for():
    waits, begins = Playback(RATE), Playback(RATE)
    short, enough = sound(800), sound(round(CUSHION * RATE))
    waits.take(voice(1, 0, short))  # 50 ms, and no more for now
    begins.take(voice(1, 0, enough))
    out = np.concatenate([waits.render(160) for _ in range(12)])
    assert np.array_equal(begins.render(160), heard(enough)[:160])
    assert waits.replies[1].began == round(CUSHION * RATE)
    assert not out[:1120].any()
    assert np.array_equal(out[1120 : 1120 + 704], heard(short)[:704])
    assert waits.sounding is None
    assert waits.replies[1].underruns == 1


def test_a_hold_is_silent_within_15_ms_and_a_release_loses_nothing():
    playback, samples = playing()
    assert np.array_equal(playback.render(5000), samples[:5000])
    playback.take(hold())
    out = playback.render(1600)
    assert out[:90].all()
    assert not out[240:].any()
    assert (np.abs(out[:240]) <= samples[5000:5240]).all()
    assert playback.replies[1].played == 5000
    assert playback.sounding is None
    assert told(playback)[-1] == (1, "position", 5000)
    playback.take(release())
    again = playback.render(RATE)
    assert playback.sounding is None
    fade = int(np.flatnonzero(out)[-1]) + 1
    np.testing.assert_allclose(out[:fade] + again[:fade], samples[5000 : 5000 + fade], atol=1e-6)
    assert np.array_equal(again[fade : RATE - 5000], samples[5000 + fade :])
    assert told(playback)[-1] == (1, "finished", RATE)
    assert playback.replies[1].holds == 1


def test_what_is_held_before_it_begins_waits():
    playback = Playback(RATE)
    playback.take(hold())
    playback.take(voice(1, 0, sound(4000)))
    assert not playback.render(8000).any()
    playback.take(release())
    assert np.array_equal(playback.render(1000), heard(sound(4000))[:1000])


def test_a_cancel_ends_it_for_good_and_counts_what_still_comes():
    playback, samples = playing()
    playback.render(5000)
    playback.take(cancel(through=9000))
    playback.take(voice(1, RATE, sound(PACKET)))
    playback.take(media.unpack(media.face(1, RATE, np.ones((4, 52), np.float32), "u8")))
    playback.take(voice(2, 0, sound(PACKET)))
    out = playback.render(240)
    assert (out <= samples[5000:5240]).all()
    assert not out[100:].any()
    assert playback.stale == 2
    assert playback.replies[1].played == 5000
    assert told(playback)[-1] == (1, "interrupted", 5000)
    playback.take(release())
    playback.take(done(2, PACKET))
    playback.render(RATE)
    assert playback.replies[1].played == 5000
    assert playback.replies[2].played == PACKET


def test_cancelling_what_is_held_makes_no_sound():
    playback, _ = playing()
    playback.render(5000)
    playback.take(hold())
    playback.render(500)
    playback.take(cancel())
    assert not playback.render(RATE).any()
    assert told(playback)[-1] == (1, "interrupted", 5000)


def test_an_underrun_is_silence_and_nothing_is_skipped():
    playback = Playback(RATE)
    samples = sound(2 * PACKET * 2)
    half = len(samples) // 2
    playback.take(voice(1, 0, samples[:half]))
    first = playback.render(4000)
    playback.take(voice(1, half, samples[half:]))
    playback.take(done(1, len(samples)))
    second = playback.render(4000)
    sounded = playback.replies[1]
    assert (sounded.underruns, sounded.played, sounded.missing) == (1, len(samples), 0)
    assert np.array_equal(first[: half - 96], heard(samples)[: half - 96])
    assert not first[half:].any()
    np.testing.assert_allclose(
        first[half - 96 : half] + second[:96], heard(samples)[half - 96 : half], atol=1e-6
    )
    assert np.array_equal(second[96 : 96 + half], heard(samples)[half:])


def test_a_gap_is_silence_and_is_counted():
    playback = Playback(RATE)
    playback.take(voice(1, 0, sound(2000)))
    playback.take(voice(1, 2500, sound(500)))
    playback.take(voice(1, 1000, sound(500)))  # late: that place is past
    playback.take(done(1, 3000))
    out = playback.render(3000)
    assert not out[2000:2500].any()
    assert out[:2000].all()
    assert out[2500:].all()
    assert playback.replies[1].missing == 500


@pytest.mark.parametrize("length", [0, 1, 20, 96, 97])
def test_a_reply_shorter_than_a_fade_is_whole(length: int):
    playback = Playback(RATE)
    if length:
        playback.take(voice(1, 0, sound(length)))
    playback.take(done(1, length))
    out = playback.render(300)
    assert np.array_equal(out[:length], heard(sound(length)))
    assert told(playback)[-1] == (1, "finished", length)


def test_the_face_is_looked_up_on_the_audio_clock():
    playback = Playback(RATE, fps=60)
    frames = np.repeat(np.linspace(0, 1, 61, dtype=np.float32)[:, None], 52, axis=1)
    playback.take(media.unpack(media.face(1, 0, frames[:30], "f32")))
    playback.take(media.unpack(media.face(1, RATE // 2, frames[30:], "f32")))
    assert playback.face() is None
    playback.take(voice(1, 0, sound(RATE)))
    for at in range(400, 12000, 400):
        playback.render(400)
        weights = playback.face()
        assert weights is not None
        assert weights == pytest.approx(np.full(52, at / RATE), abs=1e-5)
    playback.take(hold())
    playback.render(400)
    assert playback.face() is None


def test_reports_take_the_delay_of_the_device_off():
    playback, _ = playing(latency=0.1)
    for _ in range(50):
        playback.render(160)
    assert told(playback) == [(1, "started", 0), (1, "position", 4000 - 1600), (1, "position", 8000 - 1600)]
    playback.take(hold())
    playback.render(160)
    assert told(playback) == [(1, "position", 8000)], "what is in the device sounds all the same"


def test_the_room_rings_after_the_character():
    playback, _ = playing(4000)
    assert not playback.audible
    playback.render(4000)
    assert playback.audible
    playback.render(3000)
    assert playback.audible
    playback.render(2000)
    assert not playback.audible


SLOW = 4000
"""Hertz, so that a sample at a time is quick enough."""
STEPS = st.one_of(
    st.tuples(st.just("voice"), st.integers(1, 300)),
    st.tuples(st.just("render"), st.integers(1, 400)),
    st.tuples(st.sampled_from(["hold", "release"]), st.integers(1, 2)),
    st.tuples(st.just("done"), st.just(0)),
    st.tuples(st.just("cancel"), st.just(0)),
)


class Ear:
    """Puts what sounds back to its place in the reply: a fade lies where the clock stood meanwhile."""

    def __init__(self, playback: Playback) -> None:
        self.playback = playback
        self.had: dict[int, Samples] = {1: np.zeros(9000, np.float32), 2: np.zeros(9000, np.float32)}
        self.last, self.under = 1, 0

    def listen(self, count: int) -> None:
        for _ in range(count):
            before = {reply: sounded.played for reply, sounded in self.playback.replies.items()}
            sample = self.playback.render(1)[0]
            moved = [r for r, s in self.playback.replies.items() if s.played > before.get(r, 0)]
            assert len(moved) <= 1
            if moved:
                self.last, self.under = moved[0], 0
                self.had[self.last][before.get(self.last, 0)] += sample
            elif sample:
                self.had[self.last][self.playback.replies[self.last].played + self.under] += sample
                self.under += 1


def test_a_hold_in_the_rise_of_another_waits_for_it_and_still_ends_within_15_ms():
    playback, samples = playing(rate=SLOW, length=2000)
    ear = Ear(playback)
    ear.listen(500)
    for _ in range(3):
        playback.take(hold())
        ear.listen(100)
        playback.take(release())
        ear.listen(10)
        playback.take(hold())
        ear.listen(round(0.015 * SLOW))
        assert not playback.render(100).any()
        playback.take(release())
        ear.listen(50)
    ear.listen(2000)
    np.testing.assert_allclose(ear.had[1][:2000], samples, atol=1e-6)
    assert playback.replies[1].holds == 6


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_what_sounds_is_a_prefix_whatever_comes_in_whatever_order(steps: list[tuple[str, int]]):
    playback = Playback(SLOW)
    ear, fade = Ear(playback), round(0.006 * SLOW)
    samples = {1: sound(9000, 1), 2: sound(9000, 2)}
    sent, reply, over = {1: 0, 2: 0}, 1, set()
    for what, number in steps:
        match what:
            case "voice" if reply not in over:
                playback.take(voice(reply, sent[reply], samples[reply][sent[reply] :][:number]))
                sent[reply] += number
            case "render":
                ear.listen(number)
            case "hold" | "release":
                playback.take((hold if what == "hold" else release)(number))
            case "done" | "cancel" if reply not in over:
                playback.take(done(reply, sent[reply]) if what == "done" else cancel(reply))
                over.add(reply)
                reply = min(2, reply + 1)
    for number in (1, 2):  # whatever was held may go on, and what has begun comes to its end
        playback.take(release(number))
        if sent[number] and number not in over:
            playback.take(done(number, sent[number]))
    ear.listen(sum(sent.values()) + 600)

    for number, sounded in playback.replies.items():
        played, whole = sounded.played, heard(samples[number])
        np.testing.assert_allclose(ear.had[number][:played], whole[:played], atol=1e-6)
        beyond = ear.had[number][played:]
        assert not beyond[fade:].any()
        assert (beyond <= whole[played:] + 1e-6).all()
        if sounded.over == "finished":
            assert played == sent[number]
        assert sounded.over
    ends = [r for r in playback.reports() if r.state in ("finished", "interrupted")]
    assert {r.reply: r.at for r in ends} == {n: s.played for n, s in playback.replies.items()}
    assert playback.stale == 0


class SoundCard:
    """Stands in for `sounddevice`: the test is the hardware."""

    PortAudioError = OSError

    def __init__(self) -> None:
        self.callbacks: list[Any] = []

    def InputStream(self, *_: Any, callback: Any, **__: Any) -> Any:  # noqa: N802 - its name there
        return self._stream(callback)

    OutputStream = InputStream

    def _stream(self, callback: Any) -> Any:
        self.callbacks.append(callback)
        stream = nullcontext()
        stream.latency = 0.0  # type: ignore[attr-defined]
        return stream


async def test_a_conversation_by_voice_runs_on_the_sound_cards_thread(monkeypatch: pytest.MonkeyPatch):
    card, come = SoundCard(), Channel[Any]()
    sent: list[m.FromClient] = []
    flags: list[bool] = []

    class Scripted:
        ready = SimpleNamespace(audio_in=m.AudioIn(), audio_out=m.AudioOut(rate=16000), face=m.Face())

        async def send(self, message: m.FromClient) -> None:
            sent.append(message)

        async def hear(self, samples: Samples, audible: bool) -> None:
            flags.append(audible)

        def __aiter__(self) -> Any:
            return come.stream()

    async def play(count: int) -> Samples:
        await asyncio.sleep(0.02)  # until it has been handed over
        out = np.zeros((count, 1), np.float32)
        await asyncio.to_thread(speakers, out, count, None, None)
        microphone(np.zeros((320, 1), np.float32), 320, None, None)
        await asyncio.sleep(0.02)
        return out[:, 0]

    monkeypatch.setattr("runtime.microphone.sound_card", lambda: card)
    conversation = asyncio.create_task(converse(Scripted()))  # type: ignore[arg-type]
    await asyncio.sleep(0.02)
    microphone, speakers = card.callbacks
    assert not (await play(500)).any()
    come.post(voice(1, 0, sound(8000)))
    assert np.array_equal(await play(500), heard(sound(8000))[:500])
    come.post(hold())
    assert not (await play(500))[240:].any()
    come.post(cancel())
    assert not (await play(8000)).any()
    come.close()
    await conversation
    assert sent == [
        m.Playback(reply=1, state="started", at=0),
        m.Playback(reply=1, state="position", at=500),
        m.Playback(reply=1, state="interrupted", at=500),
    ]
    assert flags == [False, True, True, False]
