"""The learned mouth: the same however its sound comes, still when nobody speaks, shut on p, b and m."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.character import Voice
from runtime.face import ARKIT, AT, features
from runtime.face.network import FaceStream, Network
from runtime.flow import Stream
from runtime.types import Line, Samples, Speech, Weights
from runtime.voice.hibari import HibariVoice

SENTENCES = (
    "Papa may map my baby boy, and five of us wash a shoe before supper.",
    "All of them came back at once, but nobody brought the lamp.",
    "The people by the bridge remember my mother, and they speak of her bravery.",
)
RECORDING = Path(__file__).parents[2] / "shared" / "data" / "audio" / "jfk.flac"
MOUTH = [column for name, column in AT.items() if name.startswith(("jaw", "mouth", "tongue", "cheekPuff"))]
OTHER = [column for column in range(52) if column not in MOUTH]


@pytest.fixture(scope="module")
def network() -> Network:
    return Network()


@pytest.fixture(scope="module")
def spoken() -> list[Speech]:
    async def lines() -> Stream[Line]:
        for text in SENTENCES:
            yield Line(text, text)

    async def speak() -> list[Speech]:
        return [speech async for speech in voice.speak(lines(), Voice())]

    voice = HibariVoice()
    found = asyncio.run(speak())
    voice.close()
    return found


@pytest.fixture(scope="module")
def sound(spoken: list[Speech]) -> Samples:
    """Three seconds and more of speech at 16 kHz, at the level of a broadcast."""
    audio = soxr.resample(spoken[0].audio, spoken[0].rate, 16000)
    return (audio * (0.07 / np.sqrt(np.square(audio).mean()))).astype(np.float32)


def followed(network: Network, sound: Samples, rate: int = 16000, fps: int = 60, piece: int = 0) -> Weights:
    stream = network.stream(rate, fps)
    size = piece or rate // 50
    pieces = [stream.push(sound[start : start + size]) for start in range(0, len(sound), size)]
    return np.concatenate([*pieces, stream.finish()])


def gap(face: Weights) -> Weights:
    """How far the inner lips are apart, as a mesh would show it."""
    parted = sum(face[:, AT[f"mouth{way}Left"]] for way in ("LowerDown", "UpperUp"))
    return np.maximum(face[:, AT["jawOpen"]] - face[:, AT["mouthClose"]] + 0.25 * parted, 0)


def likeness(one: Weights, other: Weights) -> float:
    return float(np.corrcoef(gap(one), gap(other))[0, 1])


@pytest.mark.parametrize("fps", [24, 30, 60, 90])
@pytest.mark.parametrize("count", [0, 1, 159, 16000, 16001])
def test_frames_cover_the_sound(network: Network, count: int, fps: int) -> None:
    face = followed(network, np.zeros(count, np.float32), fps=fps)
    assert face.shape == (-(-count * fps // 16000), 52)
    assert face.dtype == np.float32


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 40000), max_size=12))
def test_chunks_make_no_difference(network: Network, sound: Samples, cuts: list[int]) -> None:
    whole = followed(network, sound, piece=len(sound))
    stream = network.stream(16000)
    edges = sorted({0, len(sound), *(min(cut, len(sound)) for cut in cuts)})
    pieces = [stream.push(sound[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_allclose(np.concatenate([*pieces, stream.finish()]), whole, atol=1e-6)


def test_two_streams_of_one_network_do_not_meet(network: Network, sound: Samples) -> None:
    alone = followed(network, sound)
    one, other = network.stream(16000), network.stream(16000)
    found = []
    for start in range(0, len(sound), 320):
        found.append(one.push(sound[start : start + 320]))
        other.push(sound[::-1][start : start + 320])
    np.testing.assert_array_equal(np.concatenate([*found, one.finish()]), alone)


@pytest.mark.parametrize(("rate", "least"), [(24000, 0.98), (48000, 0.98), (44100, 0.98), (8000, 0.8)])
def test_the_rate_of_the_sound_hardly_matters(
    network: Network, sound: Samples, rate: int, least: float
) -> None:
    other = soxr.resample(sound, 16000, rate).astype(np.float32)
    face = followed(network, other, rate)
    plain = followed(network, sound)
    count = min(len(face), len(plain))
    assert likeness(face[:count], plain[:count]) > least


@pytest.mark.parametrize("decibels", [-12, 12])
def test_loudness_hardly_matters(network: Network, sound: Samples, decibels: float) -> None:
    other = np.clip(sound * np.float32(10 ** (decibels / 20)), -1, 1)
    assert likeness(followed(network, other), followed(network, sound)) > 0.95


def test_nothing_is_heard_beyond_the_look_ahead(network: Network, sound: Samples) -> None:
    assert network.look_ahead <= 0.120
    for at in (0.5, 0.7001, 0.9333):
        changed = sound.copy()
        changed[int((at + network.look_ahead) * 16000) :] = 0.1
        frames = int(at * 60)
        np.testing.assert_array_equal(followed(network, changed)[:frames], followed(network, sound)[:frames])


def test_a_frame_comes_as_soon_as_its_look_ahead_is_heard(network: Network, sound: Samples) -> None:
    stream, given = network.stream(16000), 0
    for start in range(0, 16000, 160):
        given += len(stream.push(sound[start : start + 160]))
        heard = (start + 160) / 16000
        assert given >= int((heard - network.look_ahead) * 60 + 1e-9)


def test_lips_close_on_bilabials_and_not_elsewhere(network: Network, spoken: list[Speech]) -> None:
    closed, vowels = [], []
    for speech in spoken:
        lips = gap(followed(network, speech.audio, speech.rate))
        shut = 0.15 * np.percentile(lips, 90)
        for p in speech.phones:
            if p.symbol in "pbm":
                closed.append(lips[int((p.start - 0.04) * 60) : int((p.end + 0.04) * 60) + 1].min() <= shut)
            elif p.symbol in "ɑæAIWOʌɛɔ":
                vowels.append(lips[round((p.start + p.end) * 30)] <= shut)
    assert len(closed) > 20
    assert np.mean(closed) >= 0.75
    assert np.mean(vowels) <= 0.1


def test_phones_that_are_known_are_closed_without_fail(network: Network, spoken: list[Speech]) -> None:
    speech = spoken[0]
    lips = gap(network.mouth().follow(speech, np.arange(int(speech.seconds * 60)) / 60, 60))
    spans = [(p.start, p.end) for p in speech.phones if p.symbol in "pbm"]
    assert max(lips[round((a + b) * 30)] for a, b in spans) < 0.02
    assert np.percentile(lips, 90) > 0.1


@pytest.mark.skipif(not RECORDING.exists(), reason="needs ../shared/data/audio/jfk.flac")
def test_a_real_voice_opens_the_mouth_and_its_pauses_shut_it(network: Network) -> None:
    import soundfile

    audio, rate = soundfile.read(RECORDING, dtype="float32", always_2d=True)
    lips = gap(followed(network, audio.mean(1), rate))
    assert lips.max() > 0.15
    assert np.percentile(lips, 90) > 5 * np.percentile(lips, 10)


@pytest.mark.parametrize("decibels", [-80, -60, -40, -25])
def test_noise_does_not_speak(network: Network, decibels: float) -> None:
    noise = np.random.default_rng(1).standard_normal(16000 * 6) * 10 ** (decibels / 20)
    face = followed(network, noise.astype(np.float32))
    assert gap(face).mean() < 0.03
    assert np.abs(np.diff(face[60:], axis=0)).mean() < 1e-3


def test_silence_is_a_mouth_at_rest(network: Network, sound: Samples) -> None:
    silence = np.zeros(32000, np.float32)
    face = followed(network, np.concatenate([silence, sound, silence]))
    assert gap(face[:100]).max() < 0.02
    assert gap(face[-80:]).max() < 0.02
    assert np.abs(np.diff(face[-60:], axis=0)).max() < 0.005


def test_minutes_later_the_mouth_is_the_same(network: Network, sound: Samples) -> None:
    """The second minute of one sentence, over and over, is the fifth."""
    whole = sound[: len(sound) // 3200 * 3200]  # whole blocks and whole frames
    stream, each, found = network.stream(16000), len(whole) * 60 // 16000, []
    rounds = 5 * 60 * 16000 // len(whole)
    found = [stream.push(whole) for _ in range(rounds)]
    face = np.concatenate([*found, stream.finish()])
    assert len(face) == rounds * each
    early, late = (face[k * each : (k + 1) * each] for k in (rounds // 4, rounds - 2))
    np.testing.assert_allclose(early, late, atol=0.02)


def test_only_the_mouth_moves_and_within_bounds(network: Network, sound: Samples) -> None:
    face = followed(network, sound)
    assert np.isfinite(face).all()
    assert face.min() >= 0
    assert face.max() <= 1
    assert face[:, OTHER].max() == 0
    assert (face[:, AT["mouthClose"]] <= face[:, AT["jawOpen"]] + 1e-6).all()


def test_little_moves_faster_than_a_jaw_can(network: Network, sound: Samples) -> None:
    jaw = followed(network, sound)[:, AT["jawOpen"]]
    power = np.square(np.abs(np.fft.rfft((jaw - jaw.mean()) * np.hanning(len(jaw)))))
    assert power[np.fft.rfftfreq(len(jaw), 1 / 60) > 12].sum() < 0.02 * power.sum()


def test_clauses_of_a_reply_follow_each_other_without_a_jump(network: Network, spoken: list[Speech]) -> None:
    mouth, last = network.mouth(), np.zeros(len(ARKIT), np.float32)
    for speech in spoken:
        times = np.arange(int(speech.seconds * 60)) / 60 + 0.004
        face = mouth.follow(speech, times, 60)
        assert face.shape == (len(times), 52)
        assert np.abs(face[0] - last).max() < 1e-6
        assert np.abs(np.diff(face, axis=0)).max() < 0.25
        last = face[-1]
    assert mouth.follow(spoken[0], np.zeros(0), 60).shape == (0, 52)


@pytest.mark.parametrize("rate", [7999, 11027, 0, -16000])
def test_a_rate_that_cannot_be_followed_is_refused(network: Network, rate: int) -> None:
    with pytest.raises(ValueError, match="resample"):
        network.stream(rate)


def test_sound_that_is_none_is_refused(network: Network) -> None:
    stream: FaceStream = network.stream(16000)
    with pytest.raises(ValueError, match="one channel"):
        stream.push(np.zeros((100, 2), np.float32))
    with pytest.raises(ValueError, match="finite"):
        stream.push(np.full(10, np.nan, np.float32))
    with pytest.raises(ValueError, match="frames a second"):
        network.stream(16000, 0)


def test_blocks_hear_what_the_whole_would(sound: Samples) -> None:
    front = features.FrontEnd(16000)
    blocks = np.concatenate([front.push(sound[k : k + 777]) for k in range(0, len(sound), 777)])
    whole = features.Level().normalise(features.log_mel(sound))
    np.testing.assert_allclose(blocks, whole[: len(blocks)], atol=1e-4)


def test_the_level_follows_the_talker_and_not_the_silence() -> None:
    level = features.Level()
    level.normalise(np.full((500, features.MELS), -40, np.float32))
    heard = level.level
    assert heard == pytest.approx(-40, abs=1.5)
    level.normalise(np.full((360_000, features.MELS), -90, np.float32))
    assert level.level == heard
    level.normalise(np.full((50, features.MELS), -20, np.float32))
    assert level.level == pytest.approx(-20, abs=0.5)
