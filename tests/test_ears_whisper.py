"""Whisper without its 30-second window: the words, and no words where there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from faster_whisper.feature_extractor import FeatureExtractor
from spoken import SENTENCES, errors, hiss, pause, say, words

from runtime.ears import RATE
from runtime.ears.doubt import invented, loops
from runtime.ears.mel import log_mel
from runtime.ears.whisper import Whisper
from runtime.models import find
from runtime.types import Samples

JFK = (
    "And so, my fellow Americans, ask not what your country can do for you, "
    "ask what you can do for your country."
)


@pytest.fixture(scope="module")
def whisper() -> Iterator[Whisper]:
    made = Whisper(find("whisper-tiny.en"))
    yield made
    made.close()


async def test_sentences_are_understood(whisper: Whisper):
    found = [(await whisper(say(text), final=True)).text for text in SENTENCES]
    wrong = sum(map(errors, SENTENCES, found))
    assert wrong / sum(len(words(text)) for text in SENTENCES) <= 0.05, found


async def test_a_real_recording_is_understood(whisper: Whisper, shared_data: Path):
    file = shared_data / "audio" / "jfk.flac"
    if not file.exists():
        pytest.skip("needs audio/jfk.flac")
    sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
    heard = await whisper(soxr.resample(sound.mean(1), rate, RATE).astype(np.float32), final=True)
    assert errors(JFK, heard.text) / len(words(JFK)) <= 0.1, heard.text
    assert heard.confidence > 0.7
    assert heard.took > 0


async def test_clips_cut_anywhere_do_not_loop(whisper: Whisper):
    for text in SENTENCES[:4]:
        sound = say(text)
        for length in (0.5, 0.8, 1.3, 1.9, 2.4):
            heard = (await whisper(sound[: int(length * RATE)], final=False)).text
            said = words(heard)
            assert len(said) <= 6 * length + 2, heard
            assert len(said) < 6 or len(set(said)) > len(said) / 2, heard


def hum(seconds: float) -> Samples:
    time = np.arange(int(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * 50 * time) + 0.1 * np.sin(2 * np.pi * 150 * time)).astype(np.float32)


def cough(seconds: float) -> Samples:
    envelope = np.exp(-(((np.arange(int(seconds * RATE)) / RATE - 0.15) / 0.08) ** 2))
    return np.convolve(8 * hiss(seconds, 0.1) * envelope, np.ones(6) / 6, "same").astype(np.float32)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("final", [True, False])
async def test_noise_has_no_words(whisper: Whisper, seconds: float, final: bool):
    silence = np.zeros(int(seconds * RATE), np.float32)
    for noise in (
        silence,
        pause(seconds),
        hiss(seconds, 0.02),
        hiss(seconds, 0.2),
        hum(seconds),
        cough(seconds),
    ):
        assert (await whisper(noise, final=final)).text == ""


async def test_nothing_at_all_has_no_words(whisper: Whisper):
    assert (await whisper(np.zeros(0, np.float32), final=True)).text == ""


async def test_the_longest_turn_fits_and_a_longer_one_is_refused(whisper: Whisper):
    long = np.concatenate([say(text) for text in SENTENCES])[: 29 * RATE]
    heard = await whisper(long, final=True)
    assert errors(" ".join(SENTENCES[:8]), " ".join(words(heard.text)[:80])) < 20
    with pytest.raises(ValueError, match=r"30 s at once, not 30\.5"):
        await whisper(np.zeros(int(30.5 * RATE), np.float32), final=True)


async def test_one_model_serves_many_at_once(whisper: Whisper):
    chosen = SENTENCES[4:8]
    found = await asyncio.gather(*(whisper(say(text), final=True) for text in chosen))
    assert all(errors(text, transcript.text) == 0 for text, transcript in zip(chosen, found, strict=True))


async def test_words_found_together_are_those_found_alone(whisper: Whisper):
    """Also for utterances of quite different lengths, some of them with nothing in it."""
    clips = [say(SENTENCES[0]), pause(1.0), np.concatenate([say(text) for text in SENTENCES[1:5]])]
    alone = [(await whisper(clip, final=True)).text for clip in clips]
    together = await asyncio.gather(*(whisper(clip, final=True) for clip in clips))
    assert [transcript.text for transcript in together] == alone
    assert alone[1] == ""


async def test_final_words_come_before_those_shown_for_a_moment(whisper: Whisper):
    came: list[str] = []

    async def recognise(name: str, final: bool) -> None:
        await whisper(say(SENTENCES[4]), final=final)
        came.append(name)

    async with asyncio.TaskGroup() as tasks:
        for number in range(3):
            tasks.create_task(recognise(f"partial {number}", final=False))
        tasks.create_task(recognise("final", final=True))
    assert came[0] == "final"


async def test_the_end_of_a_sentence_is_kept(whisper: Whisper):
    assert (await whisper(say("How much do you want for the brown horse?"), final=True)).text.endswith("?")
    assert (await whisper(say("I found this silver ring near the river."), final=True)).text.endswith(".")


@pytest.mark.parametrize("seconds", [0.1, 1.5, 3.0, 30.0])
def test_the_picture_of_sound_is_the_one_whisper_knows(seconds: float):
    extract = FeatureExtractor()
    sound = np.tile(say(SENTENCES[0]), 20)[: round(seconds * RATE)]
    sound[len(sound) // 2 :] = 0
    expected = extract(sound, padding=0)
    np.testing.assert_allclose(log_mel(sound, extract.mel_filters), expected, atol=1e-4)


async def test_a_cancelled_recognition_leaves_the_engine_usable(whisper: Whisper):
    call = asyncio.create_task(whisper(say(SENTENCES[0]), final=True))
    await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert errors(SENTENCES[4], (await whisper(say(SENTENCES[4]), final=True)).text) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Yes. " * 40, 10.0),
        ("How much do you want for the brown horse? " * 2, 20.0),
        ("Tell me what happened to your brother in the war. Tell me what happened", 20.0),
        ("I would like to buy two loaves of bread and some cheese, if you have any.", 0.6),
    ],
)
def test_loops_are_seen(text: str, seconds: float):
    assert loops(text, seconds)


@pytest.mark.parametrize("text", ["", "No, no, no, no, no, no.", "I do, I do.", JFK])
def test_plain_speech_is_no_loop(text: str):
    assert not loops(text, 11.0)


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability", "doubted"),
    [
        ("Good morning.", 0.48, -0.24, False),
        ("Thank you.", 0.39, -0.16, False),
        ("you", 0.98, -1.4, True),
        ("You", 0.71, -1.78, True),
        ("Seven", 0.66, -0.6, False),
        ("Oh.", 0.66, -0.6, True),
        ("I'm going to go.", 0.93, -0.4, True),
        (". . . .", 0.3, -0.2, True),
        ("", 0.0, 0.0, True),
        ("anything", 0.1, -2.4, True),
    ],
)
def test_what_is_taken_for_invented(text: str, no_speech: float, log_probability: float, doubted: bool):
    assert invented(text, no_speech, log_probability) is doubted
