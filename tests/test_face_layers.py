"""The layers of a face: alive by themselves, true to what is directed, and never in the way of the lips."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from runtime.face import ARKIT, AT, POSE
from runtime.face.layers import EMOTIONS, MODES, PLAYER, FaceSettings, Life, Target
from runtime.face.layers.blinks import LENGTHS
from runtime.face.layers.eyes import FULL
from runtime.face.layers.lips import KEPT, SHUT
from runtime.face.layers.movement import Track
from runtime.types import Weights

STILL = FaceSettings(liveliness=0.0, blinks_per_minute=0.0)
FELT = [name for name in EMOTIONS if name != "neutral"]
GAP = {"jawOpen": 1.0, "mouthClose": -1.0}


def seconds(length: float, fps: int = 60, start: float = 0.0) -> NDArray[np.float64]:
    return np.arange(round(start * fps), round((start + length) * fps)) / fps


def mouth(count: int, **weights: float) -> Weights:
    made = np.zeros((count, len(ARKIT)), np.float32)
    for name, weight in weights.items():
        for full in {name, f"{name}Left", f"{name}Right"} & AT.keys():
            made[:, AT[full]] = weight
    return made


def gap(face: Weights) -> Weights:
    return face[:, AT["jawOpen"]] - face[:, AT["mouthClose"]]


def pose(turned: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return turned[:, POSE.index(name)]


def gaze(turned: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where the eyes point together, yaw and pitch in degrees of the body."""
    eyes = turned[:, [3, 4]].astype(float) + turned[:, [5, 6]]
    return turned[:, :2] + eyes / 2


def spans(closed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def blinks(face: Weights) -> list[tuple[int, int]]:
    return spans(face[:, AT["eyeBlinkLeft"]] > 0.5)


def busy(seed: int, chosen: FaceSettings | None = None) -> Life:
    """A life in which much is directed."""
    life = Life(seed, chosen or FaceSettings(), "rest")
    life.direct(0.8, emotion="joy", mode="listening")
    life.direct(2.0, mode="thinking", look=(24, -8))
    life.direct(2.9, emotion={"anger": 0.5, "disgust": 0.4}, mode="speaking")
    life.direct(5.1, emotion="surprise", intensity=0.7, look=Target.at(-0.8, 0.2, 0.6))
    life.direct(7.3, emotion="neutral", look=PLAYER, mode="rest")
    return life


STRESSES = [3.1, 3.45, 4.0, 4.7, 5.2, 6.0, 6.4, 6.9]


# --- one life, however it is asked for


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 599), max_size=12, unique=True), st.integers(0, 5))
def test_a_life_does_not_depend_on_how_time_is_cut(cuts: list[int], seed: int) -> None:
    times, loud = seconds(10), np.abs(np.sin(seconds(10) * 9)).astype(np.float32)
    talk = mouth(600, jawOpen=0.2)
    whole = busy(seed).perform(times, talk, STRESSES, loud)
    life, parts = busy(seed), []
    for start, end in pairwise([0, *sorted(cuts), 600]):
        parts.append(life.perform(times[start:end], talk[start:end], STRESSES, loud[start:end]))
    np.testing.assert_array_equal(whole[0], np.concatenate([face for face, _ in parts]))
    np.testing.assert_array_equal(whole[1], np.concatenate([turned for _, turned in parts]))


def test_the_frame_rate_only_samples_a_life() -> None:
    fast, slow = (
        busy(4).perform(seconds(10), None, STRESSES),
        busy(4).perform(seconds(10, 30), None, STRESSES),
    )
    np.testing.assert_allclose(fast[0][::2], slow[0], atol=1e-6)
    np.testing.assert_allclose(fast[1][::2], slow[1], atol=1e-4)


def test_a_seed_makes_a_life_and_another_makes_another() -> None:
    first, again, other = (busy(seed).perform(seconds(10), None, STRESSES) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[1], again[1])
    assert np.abs(first[1] - other[1]).max() > 1


def test_a_fork_goes_on_alike_and_can_be_told_otherwise() -> None:
    life = busy(3)
    life.perform(seconds(4), None, STRESSES)
    told = life.fork()
    told.direct(4.5, look=(-30, 0))
    ahead, other = life.perform(seconds(2, start=4)), told.perform(seconds(2, start=4))
    np.testing.assert_array_equal(ahead[1][:30], other[1][:30])
    assert np.abs(ahead[1][60:] - other[1][60:]).max() > 10


def test_a_fork_may_have_a_clock_of_its_own() -> None:
    life = busy(3)
    life.perform(seconds(2), None, STRESSES)
    reply = life.fork(2.0)
    life.direct(2.5, emotion="fear")
    reply.direct(0.5, emotion="fear")
    later = [stress - 2.0 for stress in STRESSES]
    for a, b in zip(
        life.perform(seconds(3, start=2), None, STRESSES), reply.perform(seconds(3), None, later), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=1e-4)
    with pytest.raises(ValueError, match=r"second 2\.983; 1\.000 is past"):
        reply.perform(seconds(1, start=1))


def test_an_hour_leaves_nothing_behind() -> None:
    life = Life(2, mode="rest")
    for minute in range(60):
        life.perform(minute * 60 + seconds(60, 5))
    life.perform(np.array([3600.0]))
    assert len(life._body.motion._steps) < 20, "movements that are over are forgotten"


# --- what comes out


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**9),
    st.sampled_from(MODES),
    st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 1), max_size=3),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    st.floats(0, 2),
    st.sampled_from([None, 0.0, 0.6, 1.0]),
)
def test_all_weights_are_weights_and_all_angles_possible(
    seed: int,
    mode: str,
    felt: dict[str, float],
    look: tuple[float, float],
    lively: float,
    open_: float | None,
) -> None:
    life = Life(seed, FaceSettings(liveliness=lively), mode)  # type: ignore[arg-type]
    life.direct(0.5, emotion=felt, look=look)
    times = seconds(4)
    talk = None if open_ is None else mouth(len(times), jawOpen=open_, mouthSmile=open_)
    face, turned = life.perform(times, talk, [1.0, 2.0])
    assert face.shape == (240, 52)
    assert face.dtype == np.float32
    assert turned.shape == (240, 7)
    assert turned.dtype == np.float32
    assert face.min() >= 0
    assert face.max() <= 1
    assert np.abs(turned[:, :3]).max() < 90
    assert np.abs(turned[:, 3:]).max() <= FULL


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_lids_and_eyes_ever_jumps(seed: int) -> None:
    face, turned = busy(seed).perform(seconds(10), None, STRESSES)
    quick = [name.startswith(("eyeLook", "eyeBlink", "eyeWide")) for name in ARKIT]
    assert np.abs(np.diff(face[:, ~np.array(quick)], axis=0)).max() < 0.12, "of a weight in 1/60 s"
    assert np.abs(np.diff(turned[:, :3], axis=0)).max() * 60 < 220, "degrees a second of a head"


def test_no_frames_are_no_frames() -> None:
    face, turned = Life(1).perform(np.zeros(0))
    assert face.shape == (0, 52)
    assert turned.shape == (0, 7)


# --- feelings

SIGNS = {
    "joy": ("mouthSmileLeft", "cheekSquintRight"),
    "sadness": ("browInnerUp", "mouthFrownLeft"),
    "anger": ("browDownLeft", "browDownRight"),
    "fear": ("eyeWideLeft", "browInnerUp"),
    "disgust": ("noseSneerLeft", "noseSneerRight"),
    "surprise": ("browOuterUpLeft", "jawOpen"),
}


@pytest.mark.parametrize("emotion", FELT)
def test_a_feeling_comes_gently_and_shows_what_it_is(emotion: str) -> None:
    life = Life(1, STILL, "rest")
    life.direct(1.0, emotion=emotion)
    face, _ = life.perform(seconds(3))
    calm, _ = Life(1, STILL, "rest").perform(seconds(3))
    np.testing.assert_array_equal(face[:61], calm[:61])
    for name in SIGNS[emotion]:
        curve = face[:, AT[name]] - calm[:, AT[name]]
        assert curve[-1] > 0.12
        risen = np.flatnonzero(curve > 0.98 * curve[-1])[0] / 60 - 1.0
        assert 0.2 < risen <= 0.6
        assert np.diff(curve[60:]).min() > -0.01, "no way back on the way"


def test_half_a_feeling_is_half_as_strong_and_two_share_a_face() -> None:
    def shown(emotion: str | dict[str, float], intensity: float = 1.0) -> Weights:
        life = Life(1, STILL, "rest")
        life.direct(0, emotion=emotion, intensity=intensity)
        return life.perform(seconds(1, start=2))[0].mean(0)  # type: ignore[no-any-return]

    smile, brow = AT["mouthSmileLeft"], AT["browOuterUpLeft"]
    assert shown("joy", 0.5)[smile] == pytest.approx(0.5 * shown("joy")[smile], abs=1e-3)
    both = shown({"joy": 1.0, "surprise": 1.0})
    assert both[smile] == pytest.approx(0.5 * shown("joy")[smile], abs=1e-3)
    assert both[brow] > 0.3 * shown("surprise")[brow]


def test_the_mood_shows_when_nothing_else_is_felt() -> None:
    grim = FaceSettings(mood="anger", mood_intensity=0.5, liveliness=0)
    life = Life(1, grim, "rest")
    life.direct(1, emotion="joy")
    life.direct(3, emotion="neutral")
    face, _ = life.perform(seconds(5))
    brow, smile = face[:, AT["browDownLeft"]], face[:, AT["mouthSmileLeft"]]
    assert brow[30] > 0.3
    assert brow[170] < 0.05
    assert smile[170] > 0.5
    assert brow[290] == pytest.approx(brow[30], abs=1e-3)


# --- lips


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 1), max_size=3),
    st.sampled_from(MODES),
    st.floats(0, 0.3),
    st.sampled_from(["jawOpen", "mouthClose", "mouthLowerDown", "mouthUpperUp", "mouthPress", "mouthSmile"]),
    st.floats(0, 3),
    st.floats(-0.3, 0.3),
)
def test_closed_lips_stay_closed_whatever_is_felt_and_set(
    felt: dict[str, float], mode: str, jaw: float, name: str, gain: float, offset: float
) -> None:
    life = Life(1, FaceSettings(gains={name: gain}, offsets={name: offset}), mode)  # type: ignore[arg-type]
    life.direct(0.2, emotion=felt)
    times = seconds(1)
    face, _ = life.perform(times, mouth(len(times), jawOpen=jaw, mouthClose=jaw, mouthPress=0.2))
    assert gap(face).max() <= 1e-6
    assert face[:, AT["mouthLowerDownLeft"]].max() <= 1e-6
    assert face[:, AT["mouthUpperUpRight"]].max() <= 1e-6


@pytest.mark.parametrize("emotion", FELT)
def test_a_feeling_leaves_the_opening_of_speech_alone(emotion: str) -> None:
    life = Life(1, mode="speaking")
    life.direct(0, emotion=emotion)
    times = seconds(2, start=1)
    asked = mouth(len(times), jawOpen=0.25, mouthLowerDown=0.12, mouthUpperUp=0.06)
    asked[:, AT["jawOpen"]] *= np.linspace(0, 1, len(times), dtype=np.float32)
    face, _ = life.perform(times, asked)
    np.testing.assert_allclose(gap(face), gap(asked), atol=1e-6)
    for name in ("mouthLowerDownLeft", "mouthUpperUpLeft", "mouthPressLeft", "mouthRollUpper", "mouthPucker"):
        np.testing.assert_allclose(face[:, AT[name]], asked[:, AT[name]], atol=1e-6)


def test_a_smile_stays_in_speech_at_part_of_its_size_and_leaves_rounded_lips() -> None:
    def smile(mode: str, **weights: float) -> float:
        life = Life(1, STILL, mode)  # type: ignore[arg-type]
        life.direct(0, emotion="joy")
        times = seconds(0.5, start=1)
        talk = mouth(len(times), **weights) if weights else None
        return float(life.perform(times, talk)[0][-1, AT["mouthSmileLeft"]])

    rest = smile("rest")
    assert smile("speaking") == pytest.approx(KEPT * rest, abs=1e-3)
    assert smile("speaking", jawOpen=0.2) == pytest.approx(KEPT * rest, abs=1e-3)
    assert smile("speaking", jawOpen=0.1, mouthPucker=0.4, mouthFunnel=0.3) < 0.02


def test_a_gaping_mouth_is_shut_before_the_speech_begins() -> None:
    life = Life(1, STILL, "rest")
    life.direct(0, emotion="surprise")
    life.direct(1.0, mode="speaking")
    face, _ = life.perform(seconds(2))
    assert face[59, AT["jawOpen"]] > 0.1
    assert face[60 + 12, AT["jawOpen"]] < 1e-6
    assert np.abs(np.diff(face[:, AT["jawOpen"]])).max() < 0.03


def test_a_feeling_that_ends_with_the_speech_does_not_swell_on_its_way_out() -> None:
    life = Life(1, STILL, "speaking")
    life.direct(0, emotion={"joy": 0.6, "surprise": 0.4})
    life.direct(2.0, mode="rest", emotion="neutral")
    face, _ = life.perform(seconds(4))
    smile, jaw = face[:, AT["mouthSmileLeft"]], face[:, AT["jawOpen"]]
    assert smile[120:].max() <= smile[119] + 1e-3
    assert jaw[120:].max() < 0.01


# --- lids


@pytest.mark.parametrize("mode", MODES)
def test_blinks_are_as_long_and_as_frequent_as_those_of_people(mode: str) -> None:
    face, _ = Life(6, mode=mode).perform(seconds(600))  # type: ignore[arg-type]
    found = blinks(face)
    waits = np.diff([start for start, _ in found]) / 60
    assert waits.min() > 0.59
    assert np.mean(waits > 1.9) > 0.75, "sooner only with the eyes"
    assert waits.max() <= 6.2
    assert 10 * 12 < len(found) < 10 * 30
    assert all(face[start:end, AT["eyeBlinkLeft"]].max() > 0.97 for start, end in found)


def test_a_blink_takes_150_to_200_ms_and_is_seen_at_30_frames_a_second() -> None:
    def raised(fps: int) -> Weights:
        """Eyes that look up a little, so that lids move for nothing but blinks."""
        life = Life(1, FaceSettings(liveliness=0), "listening")
        life.direct(0, look=(0, 5))
        return life.perform(seconds(60, fps))[0][fps:]

    face, slow = raised(1000), raised(30)
    lengths = [(end - start) / 1000 for start, end in spans(face[:, AT["eyeBlinkLeft"]] > 1e-3)]
    assert len(lengths) > 10
    assert min(lengths) > 0.14
    assert max(lengths) < 0.185 * LENGTHS[1] + 0.002
    assert all(
        slow[a:b, AT["eyeBlinkLeft"]].max() > 0.9 for a, b in spans(slow[:, AT["eyeBlinkLeft"]] > 0.05)
    )


def test_blinks_can_be_set() -> None:
    def count(per_minute: float) -> int:
        chosen = FaceSettings(liveliness=0, blinks_per_minute=per_minute)
        return len(blinks(Life(1, chosen, "rest").perform(seconds(600))[0]))

    assert count(0) == 0
    assert count(10) == pytest.approx(100, rel=0.1)
    assert count(30) == pytest.approx(300, rel=0.1)


def test_lids_go_down_with_the_eyes_and_up_with_them() -> None:
    def lids(pitch: float) -> Weights:
        life = Life(1, STILL, "listening")
        life.direct(0, look=(0, pitch))
        return life.perform(seconds(1, start=3))[0][-1]

    down, up = lids(-30), lids(30)
    assert down[AT["eyeBlinkLeft"]] > 0.15
    assert up[AT["eyeBlinkLeft"]] == 0
    assert up[AT["eyeWideLeft"]] > 0.03 + lids(0)[AT["eyeWideLeft"]]


def test_a_large_jump_of_the_eyes_comes_with_a_blink_and_a_small_one_without() -> None:
    def blinked(yaw: float) -> int:
        found = 0
        for seed in range(20):
            life = Life(seed, FaceSettings(blinks_per_minute=3, liveliness=0), "listening")
            life.direct(3.0, look=(yaw, 0))
            face, _ = life.perform(seconds(1, start=2.9))
            found += bool(face[:20, AT["eyeBlinkLeft"]].max() > 0.8)
        return found

    assert blinked(45) >= 17
    assert blinked(5) <= 3


# --- gaze


def test_weights_of_the_eyes_say_the_same_as_their_angles() -> None:
    face, turned = busy(8).perform(seconds(10), None, STRESSES)
    for side, left in (("Left", 1), ("Right", -1)):
        eye = side.lower() + "Eye"
        yaw = (face[:, AT[f"eyeLookOut{side}"]] - face[:, AT[f"eyeLookIn{side}"]]) * left
        pitch = face[:, AT[f"eyeLookUp{side}"]] - face[:, AT[f"eyeLookDown{side}"]]
        np.testing.assert_allclose(yaw * FULL, pose(turned, eye + "Yaw"), atol=1e-4)
        np.testing.assert_allclose(pitch * FULL, pose(turned, eye + "Pitch"), atol=1e-4)


def test_eyes_stay_on_the_player_while_the_head_moves() -> None:
    life = Life(2, FaceSettings(eye_contact=1.0), "speaking")
    _, turned = life.perform(seconds(20), None, list(np.arange(0.5, 20, 0.5)))
    assert np.ptp(turned[:, 1]) > 4, "degrees that the head went up and down"
    assert np.abs(gaze(turned)).max() < 5, "all of it on the face of the player"


@pytest.mark.parametrize("yaw", [-40.0, -8.0, 8.0, 40.0])
def test_eyes_go_first_and_the_head_follows_if_it_is_far(yaw: float) -> None:
    life = Life(1, STILL, "listening")
    life.perform(seconds(1))
    before = life.perform(seconds(1, start=1))[1][-1]
    life.direct(2.0, look=(yaw, 0))
    turned = life.perform(seconds(2, start=2))[1] - before
    assert abs(gaze(turned)[-1, 0] - yaw) < 0.5
    if abs(yaw) <= 10:
        assert np.abs(turned[:, 0]).max() < 0.1
        return
    eyes, head = np.abs(turned[:, 3]), np.abs(turned[:, 0])
    assert np.argmax(eyes > 10) < 5, "frames until the eyes are on their way"
    assert np.argmax(head > 10) > 8
    assert head[-1] == pytest.approx(0.85 * 30, abs=0.5)
    assert eyes[-1] < eyes[:20].max() - 10, "and the eyes come back as the head arrives"


def test_near_things_make_eyes_converge() -> None:
    def between(distance: float) -> float:
        life = Life(1, STILL, "listening")
        life.direct(0, look=Target(0, 0, distance))
        turned = life.perform(seconds(1, start=2))[1][-1]
        return float(turned[5] - turned[3])

    assert between(0.3) == pytest.approx(2 * np.degrees(np.arctan(0.0315 / 0.3)), abs=0.01)
    assert 0 < between(5.0) < 1


def test_a_place_becomes_a_direction() -> None:
    assert Target.at(0, 0, 2) == Target(0, 0, 2)
    left = Target.at(1, 0, 1)
    assert left.yaw == pytest.approx(45)
    assert Target.at(0, 1, 1).pitch == pytest.approx(45)
    assert Target.at(3, 0, 4).distance == 5


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_eye_contact_has_the_share_that_was_set(share: float) -> None:
    _, turned = Life(3, FaceSettings(eye_contact=share), "speaking").perform(seconds(900, 20))
    assert np.mean(np.abs(gaze(turned)[:, 0]) < 5) == pytest.approx(share, abs=0.06)
    _, turned = Life(3, FaceSettings(eye_contact=share), "listening").perform(seconds(900, 20))
    assert np.mean(np.abs(gaze(turned)[:, 0]) < 5) == pytest.approx(1 - (1 - share) / 4, abs=0.06)


def test_thoughts_look_aside_and_up_and_rest_looks_about() -> None:
    _, thinking = Life(1, mode="thinking").perform(seconds(30))
    assert np.mean(gaze(thinking)[:, 1] > 3) > 0.95
    assert np.mean(np.abs(gaze(thinking)[:, 0]) > 7) > 0.95
    _, resting = Life(1, mode="rest").perform(seconds(300, 20))
    looks = gaze(resting)[:, 0]
    assert np.ptp(looks) > 40
    assert 0.2 < np.mean(np.abs(looks) < 5) < 0.7


# --- gestures


def test_a_listener_nods_now_and_then_and_nobody_else_does() -> None:
    def dips(mode: str) -> int:
        """Moves down and up again of over 1.5 degrees within half a second."""
        _, turned = Life(5, mode=mode).perform(seconds(120))  # type: ignore[arg-type]
        pitch = pose(turned, "headPitch")
        return len(spans((pitch[:-40] - pitch[20:-20] > 1.5) & (pitch[40:] - pitch[20:-20] > 1.5)))

    assert 15 <= dips("listening") <= 50
    assert dips("rest") <= 2


def test_head_and_brows_beat_on_stressed_syllables() -> None:
    stresses = [1.0, 2.5, 4.0, 5.5, 7.0, 8.5]
    plain, told = Life(5), Life(5)
    (calm, quiet), (face, turned) = plain.perform(seconds(10)), told.perform(seconds(10), None, stresses)
    dip = pose(quiet, "headPitch") - pose(turned, "headPitch")
    lift = face[:, AT["browInnerUp"]] - calm[:, AT["browInnerUp"]]
    near = np.min(np.abs(seconds(10)[:, None] - stresses), axis=1)
    assert dip[near > 0.5].max() < 0.01
    assert dip.max() > 1.5
    assert near[np.argmax(dip)] < 0.08
    assert lift.max() > 0.08
    assert near[np.argmax(lift)] < 0.08


def test_a_stress_counts_once_and_one_that_is_over_does_not() -> None:
    once, twice, late = Life(5), Life(5), Life(5)
    first = [
        life.perform(seconds(1), None, said) for life, said in ((once, [1.5]), (twice, [1.5]), (late, []))
    ]
    np.testing.assert_array_equal(first[0][1], first[2][1])
    _, a = once.perform(seconds(1, start=1))
    _, b = twice.perform(seconds(1, start=1), None, [1.5, 1.5])
    _, c = late.perform(seconds(1, start=1), None, [0.5, 0.9])
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.5
    np.testing.assert_array_equal(c, Life(5).perform(seconds(1, start=1))[1])


def test_one_who_is_interrupted_beats_no_longer() -> None:
    life, plain = Life(5), Life(5)
    for each in (life, plain):
        each.direct(1.0, mode="listening")
    _, turned = life.perform(seconds(4), None, [1.4, 1.9, 2.4, 3.0])
    np.testing.assert_array_equal(turned, plain.perform(seconds(4))[1])


def test_a_loud_voice_moves_the_head_more_and_never_with_a_jerk() -> None:
    def moved(level: float | None) -> tuple[float, float]:
        life = Life(2, FaceSettings(eye_contact=1))
        _, before = life.perform(seconds(30))
        times = seconds(10, start=30)
        loud = None if level is None else np.full(len(times), level, np.float32)
        _, turned = life.perform(times, None, list(np.arange(30.5, 40, 0.6)), loud)
        _, after = life.perform(seconds(2, start=40))
        path = np.concatenate([before, turned, after])[:, :3]
        return float(turned[60:, :3].std(0).sum()), float(np.abs(np.diff(path, axis=0)).max())

    def seam(level: float) -> float:
        """What the first frame that is told a loudness makes of it."""
        quiet, told = Life(2), Life(2)
        times, loud = seconds(0.5, start=30), np.full(30, level, np.float32)
        for life in (quiet, told):
            life.perform(seconds(30))
        return float(np.abs(quiet.perform(times)[1] - told.perform(times, None, (), loud)[1])[0].max())

    assert max(seam(0.0), seam(1.0)) < 0.1, "degrees"
    sizes = [moved(level) for level in (0.0, None, 1.0)]
    assert sizes[0][0] < 0.7 * sizes[1][0] < 0.7 * sizes[2][0]
    assert max(jump for _, jump in sizes) < 1.0, "degrees in 1/60 s"


def test_without_liveliness_only_breath_moves_the_head() -> None:
    _, turned = Life(1, STILL, "speaking").perform(seconds(20), None, [1.0, 2.0])
    assert np.ptp(turned[:, [0, 2]], axis=0).max() < 1e-6
    assert 0.3 < np.ptp(turned[:, 1]) < 0.8
    assert np.abs(gaze(turned)).max() < 1e-4


# --- settings and directions


def test_gains_and_offsets_come_last() -> None:
    plain = busy(1).perform(seconds(10), None, STRESSES)[0]
    fitted = FaceSettings(
        gains={"browInnerUp": 0.5, "mouthSmile": 0.5, "mouthSmileRight": 2.0}, offsets={"noseSneer": 0.1}
    )
    face = busy(1, fitted).perform(seconds(10), None, STRESSES)[0]
    for name, gain, offset in (
        *(("browInnerUp", 0.5, 0), ("mouthSmileLeft", 0.5, 0), ("mouthSmileRight", 2, 0)),
        *(("noseSneerLeft", 1, 0.1), ("noseSneerRight", 1, 0.1), ("jawOpen", 1, 0)),
    ):
        expected = np.clip(plain[:, AT[name]] * gain + offset, 0, 1)
        np.testing.assert_allclose(face[:, AT[name]], expected, atol=1e-6)


def test_a_gain_of_the_jaw_scales_the_opening() -> None:
    times = seconds(1)
    asked = mouth(len(times), jawOpen=0.4, mouthClose=0.1)
    face, _ = Life(1, FaceSettings(gains={"jawOpen": 0.5})).perform(times, asked)
    np.testing.assert_allclose(gap(face), 0.5 * gap(asked), atol=1e-6)


def test_a_slack_jaw_hangs_at_rest_only() -> None:
    slack = FaceSettings(offsets={"jawOpen": 0.1})
    times = seconds(1)
    assert gap(Life(1, slack, "rest").perform(times)[0]).min() == pytest.approx(0.1, abs=1e-6)
    assert gap(Life(1, slack, "rest").perform(times, mouth(60))[0]).max() <= SHUT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gains = {mouthSmyle = 1.0}", "'mouthSmile'"),
        ("gains = {mouth = 1.0}", "no blendshape 'mouth'"),
        ("offsets = {jawOpen = 2.0}", "from -1 to 1"),
        ("gains = {jawOpen = -0.5}", "from 0 to 5"),
        ("offsets = {jawOpen = nan}", "from -1 to 1"),
        ("liveliness = 3.0", "$.liveliness"),
        ('mood = "grumpy"', "$.mood"),
        ('moods = "joy"', "`moods`"),
    ],
)
def test_bad_settings_say_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=said.replace("$", r"\$")):
        msgspec.toml.decode(text, type=FaceSettings)


def test_settings_come_from_toml() -> None:
    text = 'mood = "sadness"\nliveliness = 0.5\n[gains]\njawOpen = 1.2\nmouthSmileLeft = 0.9\n'
    read = msgspec.toml.decode(text, type=FaceSettings)
    assert read == FaceSettings(gains={"jawOpen": 1.2, "mouthSmileLeft": 0.9}, mood="sadness", liveliness=0.5)
    with pytest.raises(ValueError, match="no 'grumpy'"):
        FaceSettings(mood="grumpy")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"emotion": "hunger"}, "no emotion 'hunger'"),
        ({"emotion": "joy", "intensity": 1.5}, "from 0 to 1"),
        ({"emotion": {"joy": float("nan")}}, "from 0 to 1"),
        ({"mode": "asleep"}, "no mode 'asleep'"),
        ({"look": (200.0, 0.0)}, "cannot be looked at"),
        ({"look": (float("nan"), 0.0)}, "cannot be looked at"),
    ],
)
def test_bad_directions_say_what_is_wrong(told: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Life(1).direct(0, **told)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="time in seconds"):
        Life(1).direct(float("nan"), mode="rest")


@pytest.mark.parametrize(
    ("times", "given_", "said"),
    [
        (seconds(1), {}, "is past"),
        (seconds(1, start=2)[::-1], {}, "is past"),
        (seconds(1, start=2), {"mouth": np.zeros((3, 52), np.float32)}, "mouth has shape"),
        (seconds(1, start=2), {"loud": np.zeros(3, np.float32)}, "loud has shape"),
    ],
)
def test_bad_requests_say_what_is_wrong(times: Sequence[float], given_: dict[str, object], said: str) -> None:
    life = Life(1)
    life.perform(seconds(2))
    with pytest.raises(ValueError, match=said):
        life.perform(np.array(times), **given_)  # type: ignore[arg-type]


def test_a_late_direction_counts_from_the_next_frame_without_a_jump() -> None:
    life = Life(1, STILL, "rest")
    before, _ = life.perform(seconds(2))
    life.direct(0.5, emotion="joy")
    after, _ = life.perform(seconds(2, start=2))
    smile = np.concatenate([before, after])[:, AT["mouthSmileLeft"]]
    assert smile[119] == 0
    assert smile[-1] > 0.5
    assert np.abs(np.diff(smile)).max() < 0.06


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0.02, 1), st.floats(-3, 3)), max_size=8))
def test_movements_add_up_and_arrive(steps: list[tuple[float, float, float]]) -> None:
    track = Track(2)
    for at, lasts, delta in steps:
        track.move(at, lasts, 1, delta)
    values = track(seconds(8, 20))
    assert values[0].tolist() == [0, 0]
    assert not values[:, 0].any()
    assert values[-1, 1] == pytest.approx(sum(delta for _, _, delta in steps), abs=1e-9)
