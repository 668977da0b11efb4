"""The face: on the clock of the reply, lips shut where they must, open where they should, still at rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.character import Voice
from runtime.face import ARKIT, AT, frame_range
from runtime.face.animation import Animation
from runtime.face.articulation import Articulation, Mouth
from runtime.face.coarticulation import segments
from runtime.face.layers import Life
from runtime.face.visemes import REST, VISEMES
from runtime.flow import Stream
from runtime.types import Line, Phone, Samples, Speech, Take, Weights
from runtime.voice.hibari import HibariVoice

RATE = 24000
CLAUSES = ("Papa may map my baby boy,", "five vases of fish.", "Aye,", "Welcome to my inn, traveller!")


@pytest.fixture(scope="module")
def voice() -> Iterable[HibariVoice]:
    made = HibariVoice()
    yield made
    made.close()


@pytest.fixture(scope="module")
def engine() -> Iterable[Animation]:
    made = Animation(Articulation())
    yield made
    made.close()


async def stream(items: Iterable[Speech]) -> Stream[Speech]:
    for item in items:
        yield item


async def spoken(voice: HibariVoice, *texts: str) -> list[Speech]:
    async def lines() -> Stream[Line]:
        for text in texts:
            yield Line(text, text)

    return [speech async for speech in voice.speak(lines(), Voice())]


async def takes(engine: Animation, speech: Iterable[Speech], fps: int = 60, seed: int = 7) -> list[Take]:
    return [take async for take in engine.animate(stream(speech), fps, Life(seed))]


def gap(face: Weights) -> Weights:
    """How far the inner lips are apart."""
    return np.maximum(face[:, AT["jawOpen"]] - face[:, AT["mouthClose"]], 0)


def tone(seconds: float, rate: int = RATE) -> Samples:
    times = np.arange(round(seconds * rate)) / rate
    return (0.2 * np.sin(2 * np.pi * 150 * times) * (1 + np.sin(2 * np.pi * 4 * times))).astype(np.float32)


def said(*phones: tuple[str, float], stress: int = 0) -> Speech:
    """A clause of phones (symbol, seconds; an empty symbol is a pause) over a steady sound."""
    found, at = [], 0.0
    for symbol, length in phones:
        if symbol:
            found.append(Phone(symbol, at, at + length, stress))
        at += length
    return Speech(Line("x", "x"), tone(at), RATE, tuple(found))


def mouth(speech: Speech, fps: int = 60) -> Weights:
    count = frame_range(0, len(speech.audio), speech.rate, fps)[1]
    return Mouth().follow(speech, np.arange(count) / fps, fps)


def test_the_52_names_are_those_of_arkit_in_unreals_order() -> None:
    assert len(ARKIT) == len(set(ARKIT)) == 52
    known = {"eyeBlinkLeft": 0, "eyeWideRight": 13, "jawOpen": 17, "mouthClose": 18, "mouthPucker": 20}
    known |= {"mouthPressLeft": 35, "browInnerUp": 43, "cheekPuff": 46, "tongueOut": 51}
    assert {name: AT[name] for name in known} == known


@pytest.mark.parametrize("fps", [30, 60])
async def test_frames_of_a_reply_cover_its_audio(voice: HibariVoice, engine: Animation, fps: int) -> None:
    found = await takes(engine, await spoken(voice, *CLAUSES), fps)
    start = frame = 0
    for take in found:
        assert take.start == start
        assert take.first_frame == frame
        start += len(take.speech.audio)
        frame += len(take.frames)
        assert take.first_frame * RATE >= take.start * fps
        assert 0 <= frame * RATE - start * fps < RATE
        assert take.frames.shape[1] == 52
        assert take.frames.dtype == np.float32
        assert np.isfinite(take.frames).all()
        assert take.frames.min() >= 0
        assert take.frames.max() <= 1


async def test_lips_close_on_every_bilabial_and_open_on_every_open_vowel(
    voice: HibariVoice, engine: Animation
) -> None:
    (speech,) = await spoken(voice, "Papa may map my baby boy.")
    for fps in (30, 60):
        (take,) = await takes(engine, [speech], fps)
        lips = gap(take.frames)
        at = {phone: round((phone.start + phone.end) / 2 * fps) for phone in speech.phones}
        shut = [lips[at[phone]] for phone in speech.phones if phone.symbol in "pbm"]
        opened = [lips[at[phone]] for phone in speech.phones if phone.symbol in "ɑæAI"]
        assert len(shut) == 9
        assert max(shut) < 0.01
        assert min(opened) > 0.05
        parted = take.frames[:, AT["mouthLowerDownLeft"]]
        assert max(parted[at[phone]] for phone in speech.phones if phone.symbol in "pbm") < 0.01


async def test_the_lower_lip_meets_the_teeth_on_f_and_v(voice: HibariVoice, engine: Animation) -> None:
    (speech,) = await spoken(voice, "Five vases of fish.")
    (take,) = await takes(engine, [speech])
    centres = [round((phone.start + phone.end) * 30) for phone in speech.phones if phone.symbol in "fv"]
    assert len(centres) == 5
    assert take.frames[centres, AT["mouthRollLower"]].min() > 0.2
    assert take.frames[centres, AT["mouthLowerDownLeft"]].max() < 0.02
    assert take.frames[centres, AT["mouthUpperUpLeft"]].min() > 0.1
    assert gap(take.frames)[centres].max() < 0.08


def test_sounds_look_like_themselves() -> None:
    def middle(symbol: str) -> dict[str, float]:
        face = mouth(said(("", 0.2), (symbol, 0.3), ("", 0.2)))
        return dict(zip(ARKIT, face[round(0.34 * 60)].tolist(), strict=True))

    father, goose, fleece, see, she = (middle(symbol) for symbol in "ɑuisʃ")
    assert father["jawOpen"] > 2 * fleece["jawOpen"] > 0
    assert goose["mouthPucker"] > 0.2 > 0.02 > fleece["mouthPucker"]
    assert fleece["mouthStretchLeft"] > 3 * goose["mouthStretchLeft"]
    assert she["mouthFunnel"] > 0.15 > see["mouthFunnel"]
    assert see["jawOpen"] < 0.16
    assert middle("θ")["tongueOut"] > 0.08


def test_tongue_sounds_leave_the_lips_to_their_neighbours() -> None:
    rounded = mouth(said(("", 0.2), ("u", 0.2), ("t", 0.06), ("u", 0.2), ("", 0.2)))
    pucker = rounded[:, AT["mouthPucker"]]
    assert pucker[round(0.43 * 60)] > 0.8 * pucker[round(0.30 * 60)]


def test_rounding_sets_off_before_the_sound() -> None:
    face = mouth(said(("", 0.2), ("t", 0.08), ("t", 0.08), ("u", 0.2), ("", 0.2)))
    pucker = face[:, AT["mouthPucker"]]
    assert pucker[round(0.34 * 60)] > 0.3 * pucker.max()


def test_diphthongs_move() -> None:
    face = mouth(said(("", 0.2), ("W", 0.4), ("", 0.2)))
    early, late = face[round(0.30 * 60)], face[round(0.52 * 60)]
    assert late[AT["mouthPucker"]] > early[AT["mouthPucker"]] + 0.05
    assert late[AT["jawOpen"]] < 0.7 * early[AT["jawOpen"]]


def test_soft_speech_opens_less() -> None:
    loud = said(("", 0.2), ("ɑ", 0.3), ("", 0.3), ("ɑ", 0.3), ("", 0.2))
    audio = loud.audio.copy()
    audio[round(0.65 * RATE) :] *= 0.05
    face = mouth(Speech(loud.line, audio, RATE, loud.phones))
    assert face[round(0.95 * 60), AT["jawOpen"]] < 0.6 * face[round(0.35 * 60), AT["jawOpen"]]


async def test_the_mouth_is_still_in_pauses(voice: HibariVoice, engine: Animation) -> None:
    found = await takes(engine, await spoken(voice, *CLAUSES[1:3]))
    pause = found[0].frames[-7:]
    moving = [column for name, column in AT.items() if name.startswith(("jaw", "mouth", "tongue"))]
    assert np.abs(np.diff(pause[:, moving], axis=0)).max() < 0.02
    assert gap(pause).max() < 0.02


async def test_no_jump_where_clauses_meet(voice: HibariVoice, engine: Animation) -> None:
    """Also where a long line was cut between two words, with hardly a pause."""
    speech = await spoken(voice, *CLAUSES, "I saw you and", "all of us are awake")
    face = np.concatenate([take.frames for take in await takes(engine, speech)])
    seams = np.cumsum([frame_range(0, len(s.audio), RATE, 60)[1] for s in speech[:-1]])
    steps = np.abs(np.diff(face[:, AT["jawForward"] :], axis=0)).max(1)
    assert max(steps[seam - 1] for seam in seams) < 0.05
    assert steps.max() < 0.2


async def test_little_moves_faster_than_a_jaw_can(voice: HibariVoice, engine: Animation) -> None:
    (take,) = await takes(engine, await spoken(voice, "The old bridge over the river has fallen, traveller."))
    jaw = take.frames[:, AT["jawOpen"]]
    power = np.square(np.abs(np.fft.rfft((jaw - jaw.mean()) * np.hanning(len(jaw)))))
    hertz = np.fft.rfftfreq(len(jaw), 1 / 60)
    assert power[hertz > 12].sum() < 0.01 * power.sum()


async def test_a_reply_is_reproducible_and_its_seed_matters(voice: HibariVoice, engine: Animation) -> None:
    speech = await spoken(voice, *CLAUSES)
    one, two, other = [
        np.concatenate([take.frames for take in await takes(engine, speech, seed=seed)]) for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(one, two)
    assert np.abs(one - other).max() > 0.01


async def test_without_phonemes_the_mouth_follows_the_loudness(engine: Animation) -> None:
    silence = np.zeros(RATE // 2, np.float32)
    speech = Speech(Line("x", "x"), np.concatenate([silence, tone(1.0), silence]), RATE)
    (take,) = await takes(engine, [speech])
    jaw = take.frames[:, AT["jawOpen"]]
    assert jaw[:24].max() < 0.01
    assert jaw[-24:].max() < 0.01
    assert jaw[30:90].max() > 0.2


async def test_speech_shorter_than_a_frame_has_no_frame_of_its_own(engine: Animation) -> None:
    short = Speech(Line("x", "x"), np.zeros(100, np.float32), RATE)
    found = await takes(engine, [short, short, short, short, short])
    assert [len(take.frames) for take in found] == [1, 0, 0, 0, 1]


def test_a_clause_that_is_silent_or_empty_of_known_sounds_stays_at_rest() -> None:
    speech = Speech(Line("x", "x"), np.zeros(RATE, np.float32), RATE, (Phone("☃", 0.1, 0.5),))
    assert [part.viseme for part in segments(speech.phones, 1.0)] == [REST]
    assert mouth(speech).max() == 0


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from([*VISEMES, "", "☃"]), st.floats(0.0, 0.4)), min_size=1, max_size=20),
    st.sampled_from([30, 60]),
)
def test_any_sequence_of_sounds_gives_a_possible_face(phones: list[tuple[str, float]], fps: int) -> None:
    speech = said(*phones, ("", 0.1))
    face = mouth(speech, fps)
    face, _ = Life(3).perform(np.arange(len(face)) / fps, face)
    assert np.isfinite(face).all()
    assert face.min() >= 0
    assert face.max() <= 1
    assert (face[:, AT["mouthClose"]] <= face[:, AT["jawOpen"]] + 1e-6).all()
    for phone in speech.phones:
        if phone.symbol in "pbm":
            assert gap(face)[round((phone.start + phone.end) / 2 * fps)] < 0.02


async def test_speech_is_closed_when_the_reader_leaves(engine: Animation) -> None:
    closed = False

    async def endless() -> AsyncIterator[Speech]:
        nonlocal closed
        try:
            while True:
                yield said(("ɑ", 0.3))
        finally:
            closed = True

    found = engine.animate(endless(), 60, Life(1))  # type: ignore[arg-type]
    await anext(found)
    await found.aclose()
    assert closed
