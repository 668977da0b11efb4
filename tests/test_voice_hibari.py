"""The voice that ships, for real: what it says, when, how loud, and as whom."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from runtime.character import Voice
from runtime.flow import Stream
from runtime.types import Line, Samples, Speech
from runtime.voice import sound
from runtime.voice.hibari import HibariVoice, Model, with_output

GUARD = Voice(pitch=-9, size=1.15)
LONG = (
    "I have told you once and I have told you twice that the old road over the northern pass is closed to "
    "everyone until the snow has melted, and the captain has sent his men to clear it of bandits and wolves."
)


@pytest.fixture(scope="module")
def engine() -> Iterable[HibariVoice]:
    made = HibariVoice()
    yield made
    made.close()


async def lines(*texts: str | Line) -> Stream[Line]:
    for text in texts:
        yield text if isinstance(text, Line) else Line(text, text)


async def say(engine: HibariVoice, *texts: str | Line, voice: Voice | None = None) -> list[Speech]:
    return [speech async for speech in engine.speak(lines(*texts), voice or Voice())]


def level(audio: Samples, start: float, end: float) -> float:
    """dB of full scale."""
    part = audio[round(start * 24000) : round(end * 24000)]
    return float(10 * np.log10(np.mean(np.square(part)) + 1e-12))


def test_lengths_of_phonemes_add_up_to_the_audio() -> None:
    model = Model("heart")
    phonemes = model.phonemes("Welcome to my inn, traveller!")
    said = model.predict(phonemes, 1.0)
    assert said.lengths is not None
    assert len(said.lengths) == len(phonemes) + 2
    assert said.lengths.sum() * 600 == len(model.synthesise(said, Voice()))


def test_an_output_is_added_by_appending_to_the_graph() -> None:
    # graph (7), length 5 of: output (12), length 3 of: name (1), length 1: "x"
    assert with_output(b"model", "x") == b"model" + bytes([0x3A, 5, 0x62, 3, 0x0A, 1]) + b"x"
    assert with_output(b"", "y" * 130)[:3] == bytes([0x3A, 0x88, 0x01])


async def test_phones_and_words_are_in_order_and_inside_the_clause(engine: HibariVoice) -> None:
    for speech in await say(
        engine, "Aye,", "Welcome to my inn, traveller!", "The fire is warm tonight.", LONG
    ):
        for timed in (speech.phones, speech.words):
            edges = [edge for item in timed for edge in (item.start, item.end)]
            assert edges == sorted(edges)
            assert edges[0] > 0
            assert edges[-1] < speech.seconds
        assert " ".join(word.text for word in speech.words) == speech.line.text
        assert len(speech.phones) >= len(speech.words)


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("I have 12 rooms, Dr. Smith!", "I have twelve rooms, Doctor Smith!"),
        ("It costs $3.50 — no more.", "It costs $3.50 — no more."),
        ("At 7:30 pm, 1,250 knights rode out.", "At 7:30 pm, 1,250 knights rode out."),
        ("Hello 😀 friend.", "Hello friend."),
    ],
)
async def test_numbers_and_signs_still_have_every_word_once(
    engine: HibariVoice, shown: str, spoken: str
) -> None:
    (speech,) = await say(engine, Line(shown, spoken))
    assert " ".join(word.text for word in speech.words).split() == shown.split()
    edges = [edge for word in speech.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert 0 <= edges[0] <= edges[-1] <= speech.seconds


async def test_silence_around_the_words_is_what_the_punctuation_asks_for(engine: HibariVoice) -> None:
    for text, pause in (("I have a room,", sound.COMMA), ("I have a room.", sound.SENTENCE)):
        (speech,) = await say(engine, text)
        blocks = np.square(speech.audio[: len(speech.audio) // 120 * 120]).reshape(-1, 120).mean(1)
        heard = np.flatnonzero(blocks > blocks.max() * 10**-4.2) * 0.005
        assert heard[0] == pytest.approx(sound.LEAD, abs=0.006)
        assert speech.seconds - heard[-1] - 0.005 == pytest.approx(pause, abs=0.006)
        assert abs(speech.audio[0]) < 1e-3
        assert abs(speech.audio[-1]) < 1e-3


async def test_stops_are_placed_where_the_sound_is_shut_off(engine: HibariVoice) -> None:
    """Quiet in the closure of each p between vowels, loud in the vowel that follows."""
    (speech,) = await say(engine, "A happy puppy, a copper cup of soup upon a paper map.")
    found = [
        (phone, following)
        for before, phone, following in zip(speech.phones, speech.phones[1:], speech.phones[2:], strict=False)
        if phone.symbol == "p" and before.symbol in "æʌɑuəA" and following.symbol in "iəɑʌ"
    ]
    shut = [
        level(speech.audio, p.start + 0.01, (p.start + p.end) / 2) < level(speech.audio, v.start, v.end) - 12
        for p, v in found
    ]
    assert len(found) >= 6
    assert np.mean(shut) >= 0.8


async def test_the_same_line_is_the_same_audio(engine: HibariVoice) -> None:
    first, second = await say(engine, "Mind the step.", "Mind the step.")
    np.testing.assert_array_equal(first.audio, second.audio)
    assert first.phones == second.phones


async def test_clauses_are_equally_loud_and_never_clip(engine: HibariVoice) -> None:
    for voice in (Voice(), GUARD, Voice(pitch=3, size=0.92, speed=1.15)):
        for speech in await say(engine, "Aye,", "Halt! Who goes there?", LONG, voice=voice):
            active = level(speech.audio, speech.phones[0].start, speech.phones[-1].end)
            assert -25 < active < -17
            assert np.abs(speech.audio).max() <= 0.951
            assert np.isfinite(speech.audio).all()


def test_another_pitch_is_as_loud_as_the_own_from_frame_to_frame() -> None:
    """A filter read between the harmonics it was learnt at would boom and fade by many dB."""
    model = Model("heart")
    said = model.predict(
        model.phonemes("Papa may map my baby boy, and the moon shone over the old mill."), 1.0
    )
    voiced = said.f0 > 80
    plain, deep = (
        10 * np.log10(np.square(model.synthesise(said, voice)).reshape(-1, 300).mean(1) + 1e-9)
        for voice in (Voice(), Voice(pitch=-8))
    )
    heard = voiced & (plain > -40)
    assert (deep - plain)[heard].std() < 2.5
    assert np.abs((deep - plain)[heard].mean()) < 2


async def test_a_guard_is_deeper_and_larger_and_takes_the_same_time(engine: HibariVoice) -> None:
    text = "All the men are away over the moor."
    (plain,), (guard,) = await say(engine, text), await say(engine, text, voice=GUARD)
    assert pitch(guard) == pytest.approx(pitch(plain) * 2 ** (-9 / 12), rel=0.08)
    assert formant(guard) == pytest.approx(formant(plain) / 1.15, rel=0.08)
    assert guard.seconds == pytest.approx(plain.seconds, rel=0.15)
    assert [phone.symbol for phone in guard.phones] == [phone.symbol for phone in plain.phones]


def pitch(speech: Speech) -> float:
    """Hertz; the lag at which voiced stretches are most like themselves."""
    found = []
    for start in range(0, len(speech.audio) - 2048, 480):
        block = speech.audio[start : start + 2048] * np.hanning(2048)
        same = np.fft.irfft(np.square(np.abs(np.fft.rfft(block, 4096))))[:2048] / np.correlate(
            np.hanning(2048), np.hanning(2048), "full"
        )[2047:].clip(1)
        lag = 70 + int(same[70:320].argmax())
        if same[lag] > 0.8 * same[0] and np.square(block).mean() > 1e-3:
            found.append(24000 / lag)
    return float(np.median(found))


def formant(speech: Speech) -> float:
    """Hertz; the middle, on a logarithmic scale, of the spectrum from 300 Hz up."""
    power = np.square(np.abs(np.fft.rfft(speech.audio)))
    hertz = np.fft.rfftfreq(len(speech.audio), 1 / 24000)
    kept = (hertz > 300) & (hertz < 5000)
    return float(np.exp((power * np.log(hertz.clip(1)))[kept].sum() / power[kept].sum()))


async def test_speed_shortens(engine: HibariVoice) -> None:
    text = "The old bridge fell in the storm last week."
    (plain,), (quick,) = await say(engine, text), await say(engine, text, voice=Voice(speed=1.4))
    assert quick.seconds < 0.85 * plain.seconds


async def test_what_cannot_be_said_is_passed_over(engine: HibariVoice) -> None:
    spoken = await say(engine, "", "   ", "...", "—", "😀", "こんにちは", "Привет, мир!", "Well met.")
    assert [speech.line.text for speech in spoken] == ["Well met."]


async def test_a_long_line_becomes_several_clauses_that_lose_no_word(engine: HibariVoice) -> None:
    spoken = await say(engine, LONG)
    assert len(spoken) >= 3
    assert " ".join(speech.line.text for speech in spoken) == LONG
    assert max(speech.seconds for speech in spoken) < 8
    assert len(await say(engine, "x" * 500)) == 1


async def test_a_voice_without_lengths_still_speaks_and_times_its_words() -> None:
    engine = HibariVoice()
    engine._models["heart"].timed = False
    (speech,) = await say(engine, "Well met, stranger.")
    engine.close()
    assert speech.phones == ()
    assert [word.text for word in speech.words] == ["Well", "met,", "stranger."]
    assert speech.words[-1].end <= speech.seconds


async def test_an_unknown_voice_is_an_error_that_names_the_known(engine: HibariVoice) -> None:
    with pytest.raises(ValueError, match=r"'nobody'.*heart"):
        await say(engine, "Hello.", voice=Voice(name="nobody"))


async def test_lines_are_closed_when_the_reader_leaves(engine: HibariVoice) -> None:
    closed = False

    async def endless() -> Stream[Line]:
        nonlocal closed
        try:
            while True:
                yield Line("Again,", "Again,")
        finally:
            closed = True

    speech = engine.speak(endless(), Voice())
    await anext(speech)
    await speech.aclose()
    assert closed
