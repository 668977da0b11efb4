"""Names of other formats: their orders, and what our mouths become in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.character import Voice
from runtime.face import ARKIT, AT, POSE
from runtime.face.articulation import Mouth
from runtime.face.names import (
    LIVE_LINK,
    LIVE_LINK_CSV,
    MEDIAPIPE,
    OVR,
    VRM,
    live_link,
    mediapipe,
    ovr,
    vrm,
)
from runtime.flow import Stream
from runtime.types import Line, Speech, Weights
from runtime.voice.hibari import HibariVoice

FPS = 60


@pytest.fixture(scope="module")
def voice() -> Iterable[HibariVoice]:
    made = HibariVoice()
    yield made
    made.close()


async def spoken(voice: HibariVoice, text: str) -> tuple[Speech, Weights]:
    async def lines() -> Stream[Line]:
        yield Line(text, text)

    (speech,) = [clause async for clause in voice.speak(lines(), Voice())]
    times = np.arange(int(speech.seconds * FPS)) / FPS
    return speech, Mouth().follow(speech, times, FPS)


def posed(**weights: float) -> Weights:
    face = np.zeros((1, len(ARKIT)), np.float32)
    for name, value in weights.items():
        for column in [AT[each] for each in (name, f"{name}Left", f"{name}Right") if each in AT]:
            face[0, column] = value
    return face


def said(face: Weights) -> dict[str, float]:
    return dict(zip(OVR, ovr(face)[0].tolist(), strict=True))


def shown(face: Weights) -> dict[str, float]:
    return dict(zip(VRM, vrm(face)[0].tolist(), strict=True))


def test_orders_are_those_of_the_formats() -> None:
    assert len(LIVE_LINK) == len(LIVE_LINK_CSV) == 61
    assert LIVE_LINK[:2] == ("EyeBlinkLeft", "EyeLookDownLeft")
    assert LIVE_LINK[14:18] == ("JawForward", "JawLeft", "JawRight", "JawOpen")
    assert LIVE_LINK_CSV[14:18] == ("JawForward", "JawRight", "JawLeft", "JawOpen")
    assert LIVE_LINK_CSV[21:23] == ("MouthRight", "MouthLeft")
    assert LIVE_LINK[51:55] == LIVE_LINK_CSV[51:55] == ("TongueOut", "HeadYaw", "HeadPitch", "HeadRoll")
    assert LIVE_LINK[58:] == ("RightEyeYaw", "RightEyePitch", "RightEyeRoll")
    assert len(MEDIAPIPE) == 52
    known = {0: "_neutral", 1: "browDownLeft", 3: "browInnerUp", 6: "cheekPuff", 9: "eyeBlinkLeft"}
    known |= {23: "jawForward", 25: "jawOpen", 27: "mouthClose", 38: "mouthPucker", 51: "noseSneerRight"}
    assert {place: MEDIAPIPE[place] for place in known} == known
    assert "tongueOut" not in MEDIAPIPE
    assert (len(OVR), OVR[0], OVR[14]) == (15, "sil", "ou")
    assert len(VRM) == len(set(VRM)) == 18


def test_live_link_has_weights_as_they_are_and_angles_in_radians() -> None:
    face, pose = posed(jawOpen=0.5), np.array([[90, -45, 10, 5, 6, 7, 8]], np.float32)
    row = dict(zip(LIVE_LINK, live_link(face, pose)[0].tolist(), strict=True))
    assert row["JawOpen"] == 0.5
    angles = (
        "HeadYaw",
        "HeadPitch",
        "HeadRoll",
        "LeftEyeYaw",
        "LeftEyePitch",
        "RightEyeYaw",
        "RightEyePitch",
    )
    assert [row[name] for name in angles] == pytest.approx(np.radians(pose[0]), abs=1e-6)
    assert row["LeftEyeRoll"] == row["RightEyeRoll"] == 0
    assert len(POSE) == 7


def test_mediapipe_has_every_weight_in_its_place() -> None:
    face = np.arange(1, 53, dtype=np.float32)[None] / 52
    found = mediapipe(face)[0]
    assert found[0] == 0
    for place, name in list(enumerate(MEDIAPIPE))[1:]:
        assert found[place] == face[0, AT[name]]


def test_a_closure_is_pp_and_rest_is_silence() -> None:
    assert said(posed())["sil"] == 1
    assert said(posed(mouthSmile=0.05, cheekSquint=0.05, browInnerUp=0.4))["sil"] > 0.95
    pressed = posed(jawOpen=0.1, mouthClose=0.1, mouthPress=0.22, mouthRollUpper=0.1, mouthRollLower=0.14)
    assert said(pressed)["PP"] > 0.95
    assert said(posed(jawOpen=0.1, mouthClose=0.1))["PP"] > 0.95  # as a captured face closes
    assert said(posed(jawOpen=0.3, mouthPress=0.22))["PP"] < 0.05
    assert shown(pressed)["aa"] == shown(posed())["aa"] == 0


async def test_words_show_the_visemes_of_their_sounds(voice: HibariVoice) -> None:
    speech, face = await spoken(voice, "Papa may map my baby boy, five vases of fish for the moon.")
    visemes = ovr(face)
    at = [(phone.symbol, round((phone.start + phone.end) / 2 * FPS)) for phone in speech.phones]
    shut = [visemes[frame, OVR.index("PP")] for symbol, frame in at if symbol in "pbm"]
    assert len(shut) == 10
    assert min(shut) > 0.9
    tucked = [visemes[frame, OVR.index("FF")] for symbol, frame in at if symbol in "fv"]
    assert len(tucked) == 6
    assert min(tucked) > 0.5
    father = next(frame for symbol, frame in at if symbol == "ɑ")
    assert OVR[int(visemes[father].argmax())] == "aa"
    goose = next(frame for symbol, frame in at if symbol == "u")
    assert OVR[int(visemes[goose].argmax())] == "ou"
    assert VRM[int(vrm(face)[goose, :5].argmax())] == "ou"
    assert visemes[-6:, 0].min() > 0.8


async def test_vowels_of_vrm_follow_the_mouth(voice: HibariVoice) -> None:
    speech, face = await spoken(voice, "Ah, far.")
    expressions = vrm(face)
    father = next(p for p in speech.phones if p.symbol == "ɑ")
    opened = expressions[round((father.start + father.end) / 2 * FPS)]
    assert VRM[int(opened[:5].argmax())] == "aa"
    assert opened[0] > 0.4
    assert expressions[-6:, :5].max() < 0.15


def test_expressions_of_vrm_are_shared_out() -> None:
    wink = posed(eyeBlink=0.2)
    wink[0, AT["eyeBlinkLeft"]] = 1.0
    found = shown(wink)
    assert found["blink"] == pytest.approx(0.2)
    assert found["blinkLeft"] == pytest.approx(0.8)
    assert found["blinkRight"] == 0
    assert shown(posed(mouthSmile=0.9, cheekSquint=0.6))["happy"] > 0.7
    assert shown(posed(browDown=0.9, noseSneer=0.5))["angry"] > 0.7
    assert shown(posed(mouthFrown=0.9, browInnerUp=0.9))["sad"] > 0.7
    assert shown(posed(browOuterUp=0.9, browInnerUp=0.9, eyeWide=0.9))["surprised"] > 0.7
    assert shown(posed(browOuterUp=0.9, browInnerUp=0.9))["sad"] == 0
    looking = posed()
    looking[0, [AT["eyeLookOutLeft"], AT["eyeLookInRight"]]] = 0.6
    assert shown(looking)["lookLeft"] == pytest.approx(0.6)
    assert shown(looking)["lookRight"] == 0


@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_whatever_the_face_all_is_in_range(seed: int, scale: float) -> None:
    face = (np.random.default_rng(seed).random((20, len(ARKIT))) ** 3 * scale).astype(np.float32)
    visemes = ovr(face)
    np.testing.assert_allclose(visemes.sum(1), 1, atol=1e-5)
    for found in (visemes, vrm(face), mediapipe(face)):
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
        assert found.min() >= 0
        assert found.max() <= 1


def test_no_frames_are_no_frames() -> None:
    none = np.zeros((0, len(ARKIT)), np.float32)
    assert ovr(none).shape == (0, 15)
    assert vrm(none).shape == (0, 18)
    assert mediapipe(none).shape == (0, 52)
    assert live_link(none, np.zeros((0, 7), np.float32)).shape == (0, 61)
