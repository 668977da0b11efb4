"""The digital double: whose face it is, how still it is, how soon it follows."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.face import AT, POSE
from runtime.perception import Head, Mirror, Observation
from runtime.protocol import media

FRAME = 1 / 30
SMILE, BLINK = AT["mouthSmileLeft"], AT["eyeBlinkLeft"]


def seen(now: float, yaw: float = 0.0, noise: float = 0.0, **shown: float) -> Observation:
    draw = np.random.default_rng(int(now * 1000))
    weights = np.clip(draw.normal(0, noise, 52), 0, 1).astype(np.float32)
    for name, value in shown.items():
        weights[AT[name]] = value
    return Observation(True, weights, Head(yaw, 5.0, 0.0))


def learnt(yaw: float = 0.0, **shown: float) -> Mirror:
    """A mirror that has seen a resting face for three seconds."""
    mirror = Mirror()
    for now in np.arange(0, 3, FRAME):
        mirror.seen(seen(float(now), yaw, **shown), float(now))
    assert mirror.calibrated
    return mirror


def test_rest_becomes_zero_and_full_stays_full() -> None:
    mirror = learnt(yaw=8, mouthSmileLeft=0.2)
    weights, pose = mirror.frame
    assert weights.shape == (52,)
    assert pose.shape == (len(POSE),)
    assert weights.dtype == pose.dtype == np.float32
    assert np.abs(weights).max() < 0.01
    assert np.abs(pose).max() < 0.1
    for step in range(20):
        weights, pose = mirror.seen(seen(3, 28, mouthSmileLeft=1.0), 3 + step * FRAME)
    assert weights[SMILE] > 0.98
    assert pose[0] == pytest.approx(20, abs=0.5)


def test_blinks_and_looks_are_never_taken_for_rest() -> None:
    mirror = learnt(eyeBlinkLeft=0.5, eyeLookOutLeft=0.4)
    assert mirror.frame[0][BLINK] == pytest.approx(0.5, abs=0.01)
    assert mirror.frame[1][POSE.index("leftEyeYaw")] == pytest.approx(14, abs=0.5)


def test_one_who_looks_far_aside_at_first_is_not_taken_to_look_ahead() -> None:
    assert learnt(yaw=50).frame[1][0] == pytest.approx(30, abs=0.5)


def test_a_face_at_rest_is_still_and_a_blink_stays_deep() -> None:
    mirror, rest = learnt(), []
    for step in range(90):
        now = 3 + step * FRAME
        rest.append(mirror.seen(seen(now, 0, noise=0.03), now)[0])
    raw = np.array([seen(3 + step * FRAME, 0, noise=0.03).weights for step in range(90)])
    assert np.std(rest[30:], axis=0).mean() < 0.6 * np.std(raw[30:], axis=0).mean()
    depth = 0.0
    for step, level in enumerate((0.5, 1, 1, 1, 0.5, 0)):
        depth = max(depth, mirror.seen(seen(6, eyeBlinkLeft=level), 6 + step * FRAME)[0][BLINK])
    assert depth > 0.85


def test_it_follows_within_two_frames() -> None:
    """A mouth that opens within 0.2 s: by how many milliseconds the double is behind half-way."""
    mirror = learnt()
    times = np.arange(0, 0.6, FRAME)
    truth = np.clip(times / 0.2, 0, 1)
    shown = [
        float(mirror.seen(seen(9, jawOpen=float(level)), 9 + float(now))[0][AT["jawOpen"]])
        for now, level in zip(times, truth, strict=True)
    ]
    lag = np.interp(0.5, shown, times) - np.interp(0.5, truth[:7], times[:7])
    assert 0 <= lag < 2 * FRAME


def test_a_face_that_is_lost_waits_and_comes_to_rest() -> None:
    mirror = learnt()
    for step in range(10):
        mirror.seen(seen(3, 20, mouthSmileLeft=0.8), 3 + step * FRAME)
    held = mirror.frame[0][SMILE]
    assert mirror.seen(Observation(False), 3.6)[0][SMILE] == held
    levels = [mirror.passed(3.8 + step / 10)[0][SMILE] for step in range(30)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < 0.02
    assert abs(mirror.frame[1][0]) < 0.5


def test_another_player_is_learnt_anew() -> None:
    mirror = learnt(mouthSmileLeft=0.25)
    mirror.recalibrate()
    assert not mirror.calibrated
    for now in np.arange(10, 13, FRAME):
        mirror.seen(seen(float(now), mouthFrownLeft=0.2), float(now))
    assert mirror.calibrated
    assert np.abs(mirror.frame[0]).max() < 0.01


def test_angles_keep_to_what_necks_can_do() -> None:
    mirror = Mirror()
    _, pose = mirror.seen(Observation(True, np.ones(52, np.float32), Head(170, -120, 90)), 0.0)
    assert list(np.abs(pose[:3])) == [70, 45, 40]


def test_its_frames_go_over_the_wire_as_any_face() -> None:
    weights, pose = learnt(mouthSmileLeft=0.9).frame
    packet = media.face(7, 0, weights[None], "u8", pose[None])
    assert len(packet) >= 12 + 14 + 52
