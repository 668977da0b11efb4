"""What is noticed of a player: told by the client, and seen in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.perception import KINDS, matched, noticed
from benchmarks.perception_tracks import PLACES, neutral, scripted
from runtime.face import AT
from runtime.face.names import MEDIAPIPE
from runtime.perception import BadObservation, Hand, Head, Noticed, Observation, Senses, arkit, head_of
from runtime.perception.filters import OneEuro
from runtime.perception.observation import eyes
from runtime.perception.swings import swings
from runtime.protocol import messages as m

FRAME = 1 / 15
AT_SCREEN = (0.0, 0.0, 0.65)


def face(**shown: float) -> np.ndarray:
    """Weights by name; a name without a side is both."""
    weights = np.zeros(52, np.float32)
    for name, value in shown.items():
        for column in {name, f"{name}Left", f"{name}Right"} & AT.keys():
            weights[AT[column]] = value
    return weights


def told(found: Iterable[Noticed], kind: str) -> list[str]:
    return [one.what for one in found if one.kind == kind]


def watch(senses: Senses, seconds: float, observed: Observation, start: float = 0.0) -> list[Noticed]:
    """The same frame for some seconds."""
    times = start + np.arange(0, seconds, FRAME)
    return [one for now in times for one in senses.seen(observed, float(now))]


def seated(
    yaw: float = 0.0, pitch: float = 0.0, place: tuple[float, float, float] = AT_SCREEN
) -> Observation:
    return Observation(True, face(), Head(yaw, pitch, 0.0, place))


# ---------------------------------------------------------------- whole tracks


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fps", [15.0, 30.0])
def test_what_players_do_is_recognised(kind: str, fps: float) -> None:
    sums = [matched((p := scripted(seed, kind, 8, fps)).truths, noticed(p)) for seed in (50, 51, 52)]
    there, recognised = sum(one[0] for one in sums), sum(one[1] for one in sums)
    assert there >= 24
    assert recognised >= (0.95 if kind in ("nod", "shake", "smile", "gaze") else 0.9) * there
    assert sum(len(one[2]) for one in sums) == 0, [one[2] for one in sums]


def test_nothing_is_made_up_of_people_who_speak_and_look_about() -> None:
    player = neutral(77, 300)
    assert matched((), noticed(player))[2] == []


# ---------------------------------------------------------------- told by the client


def test_only_changes_are_noticed_of_what_is_told() -> None:
    senses = Senses("mara")
    message = m.Perceive(
        present=True, distance=1.0, looks_at="cup", expression="joy", intensity=0.8, posture="leaning_in"
    )
    assert [(one.kind, one.what) for one in senses.told(message, 0.0)] == [
        ("presence", "came"),
        ("distance", "near"),
        ("gaze", "cup"),
        ("expression", "joy"),
        ("posture", "leaning_in"),
    ]
    assert "The player leans in to you." in [remark.text for remark in senses.remarks(0.0)]
    assert senses.told(message, 1.0) == []
    assert senses.posture == "leaning_in"
    assert told(senses.told(m.Perceive(posture="upright"), 1.5), "posture") == ["upright"]
    assert senses.present
    assert senses.looks_at == "cup"
    assert senses.expression == ("joy", 0.8)
    assert senses.told(m.Perceive(), 2.0) == []
    assert math.dist(senses.position or (0, 0, 0), (0, 0, 0)) == pytest.approx(1.0)


def test_each_gesture_that_is_told_is_another_one() -> None:
    senses = Senses("mara")
    nod = m.Perceive(gesture="nod")
    assert told(senses.told(nod, 0.0) + senses.told(nod, 1.0), "gesture") == ["nod", "nod"]
    assert senses.nodded(0.5) == "nod"
    assert senses.nodded(1.5) is None
    senses.told(m.Perceive(gesture="shake"), 2.0)
    assert senses.nodded(0.5) == "shake"


def test_a_raised_palm_interrupts_and_nothing_else_does() -> None:
    senses = Senses("mara")
    for gesture in ("nod", "shake", "wave", "palm", "thumb_up", "thumb_down", "point"):
        (one,) = senses.told(m.Perceive(gesture=gesture), 0.0)
        assert one.interrupts == (gesture == "palm")


def test_who_was_told_to_be_there_stays_without_frames_until_the_client_says_otherwise() -> None:
    senses = Senses("mara")
    senses.told(m.Perceive(present=True), 0.0)
    assert senses.passed(600.0) == []
    assert told(senses.told(m.Perceive(present=False), 601.0), "presence") == ["left"]
    assert senses.present is False


def test_nothing_is_claimed_where_nothing_is_known() -> None:
    senses = Senses("mara")
    assert senses.passed(100.0) == []
    assert senses.present is None
    assert senses.sight == 0
    assert senses.remarks(100.0) == []


# ---------------------------------------------------------------- seen


def test_comings_and_goings_outlast_lost_frames() -> None:
    senses, nobody = Senses("mara"), Observation(False)
    assert told(watch(senses, 0.2, seated()), "presence") == []
    assert told(watch(senses, 1.0, seated(), 0.2), "presence") == ["came"]
    assert told(watch(senses, 1.5, nobody, 1.2), "presence") == []
    assert told(watch(senses, 1.0, nobody, 2.7), "presence") == ["left"]
    assert senses.position is None


def test_a_camera_that_stops_is_nobody_after_a_while() -> None:
    senses = Senses("mara")
    watch(senses, 1.0, seated())
    assert senses.passed(2.0) == []
    assert told(senses.passed(3.5), "presence") == ["left"]


def test_someone_coming_near_is_noticed_once() -> None:
    senses = Senses("mara")
    found = watch(senses, 1.0, seated(place=(0.2, 0.1, 2.5)))
    found += watch(senses, 2.0, seated(place=(0.2, 0.1, 0.9)), 1.0)
    found += watch(senses, 2.0, seated(place=(0.2, 0.1, 1.25)), 3.0)
    assert told(found, "distance") == ["across", "near"]
    assert senses.position == pytest.approx((0.2, 0.1, 1.25), abs=0.05)


def test_attention_and_the_end_of_turns_go_with_the_gaze() -> None:
    senses = Senses("mara")
    watch(senses, 6.0, seated())
    assert senses.looks_at == "mara"
    assert senses.attentive > 0.8
    assert 0.4 < senses.sight <= 0.6
    watch(senses, 8.0, seated(yaw=40), 6.0)
    assert senses.looks_at == ""
    assert -0.6 <= senses.sight < -0.4


def test_blinks_are_no_looks_away() -> None:
    senses = Senses("mara")
    watch(senses, 1.0, seated())
    blinking = Observation(True, face(eyeBlink=0.9, eyeLookDown=0.9), Head(0, 0, 0, AT_SCREEN))
    assert told(watch(senses, 2.0, blinking, 1.0), "gaze") == []


def test_the_gaze_of_one_who_sits_aside_is_measured_from_there() -> None:
    senses = Senses("mara")
    aside = (
        0.65,
        0.0,
        0.65,
    )  # on the character's left; to face it, they turn to their own left by 45 degrees
    assert told(watch(senses, 1.0, seated(place=aside)), "gaze") == []
    assert told(watch(senses, 1.0, seated(yaw=45, place=aside), 1.0), "gaze") == ["mara"]


@pytest.mark.parametrize(
    ("emotion", "shown"),
    [
        ("joy", {"mouthSmile": 0.8, "cheekSquint": 0.5}),
        ("sadness", {"mouthFrown": 0.7, "browInnerUp": 0.5}),
        ("anger", {"browDown": 0.8, "mouthPress": 0.4}),
        ("fear", {"browInnerUp": 0.8, "browOuterUp": 0.5, "eyeWide": 0.7, "mouthStretch": 0.6}),
        ("disgust", {"noseSneer": 0.7, "mouthUpperUp": 0.6}),
        ("surprise", {"browInnerUp": 0.8, "browOuterUp": 0.8, "eyeWide": 0.6, "jawOpen": 0.5}),
    ],
)
def test_six_emotions_are_told_apart_and_end(emotion: str, shown: dict[str, float]) -> None:
    senses = Senses("mara")
    watch(senses, 3.0, seated())
    feeling = Observation(True, face(**shown), Head(0, 0, 0, AT_SCREEN))
    assert told(watch(senses, 1.5, feeling, 3.0), "expression") == [emotion]
    assert told(watch(senses, 1.5, seated(), 4.5), "expression") == ["neutral"]


def test_a_face_that_rests_in_a_faint_smile_is_neutral() -> None:
    senses = Senses("mara")
    faint = Observation(True, face(mouthSmile=0.28), Head(0, 0, 0, AT_SCREEN))
    watch(senses, 3.0, faint)
    half = Observation(True, face(mouthSmile=0.5), Head(0, 0, 0, AT_SCREEN))
    assert told(watch(senses, 2.0, half, 3.0), "expression") == []
    assert told(watch(Senses("mara"), 2.0, half), "expression") == ["joy"]


def test_a_look_down_and_up_is_no_nod() -> None:
    for hold in (0.3, 0.6, 1.5):
        senses, found = Senses("mara"), []
        for now in np.arange(0, 4, FRAME):
            down = np.clip(min((now - 1) / 0.25, (1.25 + hold + 0.25 - now) / 0.25), 0, 1)
            found += senses.seen(Observation(True, None, Head(0, -25 * down, 0, AT_SCREEN)), float(now))
        assert told(found, "gesture") == []


def test_postures() -> None:
    senses = Senses("mara")
    watch(senses, 3.0, seated())
    assert told(watch(senses, 2.0, seated(place=(0, 0, 0.45)), 3.0), "posture") == ["leaning_in"]
    assert told(watch(senses, 2.0, seated(), 5.0), "posture") == ["upright"]
    assert told(watch(senses, 2.0, seated(yaw=70), 7.0), "posture") == ["turned_away"]
    watch(senses, 2.0, seated(), 9.0)
    body = np.zeros((33, 4), np.float32)
    body[:, 3] = 1
    body[[11, 12], :2] = (0.2, 0.2), (-0.2, 0.2)
    body[[15, 16], 1] = -0.3
    up = Observation(True, face(), Head(0, 0, 0, AT_SCREEN), body=body)
    assert told(watch(senses, 2.0, up, 11.0), "posture") == ["hands_up"]
    body[15, 3] = 0.1  # a hand that is not seen is not up; the last that was seen of it holds
    assert senses.posture == "hands_up"


# ---------------------------------------------------------------- hands


def hand(straight: Iterable[int] = (), thumb: str = "", x: float = 0.0, turn: float = 0.0) -> Hand:
    """A hand of 0.2 picture heights: which of four fingers are straight, and where the thumb points."""
    points = np.zeros((21, 3), np.float32)
    for finger in range(4):
        base, across = 5 + 4 * finger, 0.03 - 0.02 * finger
        along = (0.1, 0.13, 0.16, 0.19) if finger in set(straight) else (0.1, 0.12, 0.09, 0.07)
        points[base : base + 4, 0] = across
        points[base : base + 4, 1] = np.negative(along)
    points[1:5, 0] = (0.02, 0.03, 0.03, 0.04)
    points[1:5, 1] = {"up": (0.0, -0.04, -0.12, -0.18), "down": (0, 0.04, 0.1, 0.16)}.get(
        thumb, (-0.02, -0.05, -0.06, -0.07)
    )
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    points[:, :2] = points[:, :2] @ np.array([[cos, sin], [-sin, cos]], np.float32)
    points[:, 0] += x
    return Hand(points)


def hold(senses: Senses, shape: Hand | None, seconds: float, start: float = 0.0) -> list[str]:
    hands = () if shape is None else (shape,)
    observed = Observation(True, face(), Head(0, 0, 0, AT_SCREEN), hands)
    return told(watch(senses, seconds, observed, start), "gesture")


def test_a_palm_is_told_once_as_long_as_it_is_held() -> None:
    senses, palm = Senses("mara"), hand(range(4), turn=15)
    assert hold(senses, palm, 0.2) == []
    assert hold(senses, palm, 3.0, 0.2) == ["palm"]
    assert hold(senses, None, 0.3, 3.2) == []
    assert hold(senses, palm, 1.0, 3.5) == []
    assert hold(senses, None, 1.0, 4.5) == []
    assert hold(senses, palm, 1.0, 5.5) == ["palm"]


def test_thumbs_fists_and_hands_that_hang() -> None:
    assert hold(Senses("mara"), hand(thumb="up"), 1.0) == ["thumb_up"]
    assert hold(Senses("mara"), hand(thumb="down"), 1.0) == ["thumb_down"]
    assert hold(Senses("mara"), hand(), 1.0) == []
    assert hold(Senses("mara"), hand(range(4), turn=150), 1.0) == []


@pytest.mark.parametrize("rate", [1.0, 1.5, 2.2])
def test_a_wave_is_a_wave_and_no_palm(rate: float) -> None:
    senses, found = Senses("mara"), []
    for now in np.arange(0, 3, FRAME * 2):
        shape = hand(range(4), x=0.1 * math.sin(2 * math.pi * rate * now))
        found += senses.seen(Observation(True, hands=(shape,)), float(now))
    assert told(found, "gesture") == ["wave"]


def test_pointing_finds_what_is_pointed_at() -> None:
    senses = Senses("mara")
    senses.place({"cup": (0.9, 0.1, 1.0), "door": (-0.9, 0.1, 1.0)})
    left = Observation(True, hands=(hand([0], turn=-90),))
    (one,) = watch(senses, 1.0, left)[-1:]
    assert (one.what, one.target) == ("point", "cup")
    away = Senses("mara")
    away.place({"cup": (0.0, -2.0, 1.0)})
    assert [one.target for one in watch(away, 1.0, left) if one.kind == "gesture"] == [""]


def test_a_recogniser_that_is_sure_is_believed() -> None:
    fist = hand()
    assert hold(Senses("mara"), Hand(fist.points, "left", "Thumb_Up", 0.9), 1.0) == ["thumb_up"]
    assert hold(Senses("mara"), Hand(fist.points, "left", "Thumb_Up", 0.3), 1.0) == []


# ---------------------------------------------------------------- words


def test_remarks_say_what_is_seen_in_order_of_weight_and_fade() -> None:
    senses = Senses("mara")
    senses.told(m.Perceive(present=True, looks_at="mara", expression="joy"), 0.0)
    senses.told(m.Perceive(gesture="point", target="cup_1"), 20.0)
    found = senses.remarks(20.0, {"cup_1": "the red cup"}.__getitem__)
    assert [one.text for one in found] == [
        "The player points at the red cup.",
        "The player is smiling at you.",
        "The player looks at you.",
        "The player has just come up to you.",
    ]
    assert all(0 <= one.weight <= 1 for one in found)
    later = [one.text for one in senses.remarks(100.0)]
    assert later == ["The player is smiling at you.", "The player looks at you."]


def test_of_one_who_left_only_that_is_said() -> None:
    senses = Senses("mara")
    senses.told(m.Perceive(present=True, expression="joy"), 0.0)
    senses.told(m.Perceive(present=False), 1.0)
    texts = [one.text for one in senses.remarks(1.0)]
    assert "The player has gone away." in texts
    assert not any("smiling" in text for text in texts)


# ---------------------------------------------------------------- numbers


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """MediaPipe's matrix of a head, built from three plain turns: an independent way to the same angles."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = about_y @ about_x @ about_z
    matrix[:3, 3] = 10, 5, -60
    return matrix


@given(st.floats(-80, 80), st.floats(-60, 60), st.floats(-60, 60))
def test_angles_and_place_of_a_head(yaw: float, pitch: float, roll: float) -> None:
    head = head_of(turned(yaw, pitch, roll))
    assert (head.yaw, head.pitch, head.roll) == pytest.approx((yaw, pitch, roll), abs=1e-6)
    assert head.position == pytest.approx((-0.1, 0.05, 0.6))


@pytest.mark.parametrize("matrix", [np.eye(3), np.full((4, 4), np.nan), -np.eye(4)])
def test_what_is_no_head_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(BadObservation, match="matrix"):
        head_of(matrix)


def test_scores_of_mediapipe_come_under_their_names() -> None:
    scores = np.zeros(52)
    scores[MEDIAPIPE.index("mouthSmileRight")] = 0.7
    weights = arkit(scores)
    assert weights[AT["mouthSmileRight"]] == np.float32(0.7)
    assert weights.sum() == np.float32(0.7)


def test_eyes_turn_to_the_players_own_left_and_up() -> None:
    weights = face(eyeLookUp=1.0)
    weights[[AT["eyeLookOutLeft"], AT["eyeLookInRight"]]] = 0.5
    assert eyes(weights) == pytest.approx((17.5, 35, 17.5, 35))


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Observation(weights=np.zeros(51, np.float32)),
        lambda: Observation(weights=np.full(52, np.nan, np.float32)),
        lambda: Observation(head=Head(math.inf, 0, 0)),
        lambda: Observation(head=Head(0, 0, 0, (0, 0, math.nan))),
        lambda: Observation(body=np.zeros((33, 3), np.float32)),
        lambda: Observation(hands=(Hand(np.zeros((20, 3), np.float32)),)),
    ],
)
def test_impossible_numbers_are_refused(bad: object) -> None:
    with pytest.raises(BadObservation):
        bad()  # type: ignore[operator]


def test_swings_leave_out_rests_and_noise() -> None:
    times = [n / 10 for n in range(12)]
    found = swings(times, [0, 0.4, 0, 5, 10, 10.3, 10, 10.2, 5, 0, 0.3, 0], 1.0)
    assert [(swing.begin, swing.end) for swing in found] == [(0.2, 0.4), (0.7, 0.9)]
    assert [round(swing.size) for swing in found] == [10, -10]


def test_one_euro_stills_what_rests_and_lets_pass_what_moves() -> None:
    noise = np.random.default_rng(0).normal(0, 1, 300)
    smooth = OneEuro(1.0, 0.05)
    rest = [float(smooth(value, n / 30)) for n, value in enumerate(noise)]
    assert np.std(rest[30:]) < 0.5 * np.std(noise)
    jump = [float(smooth(100.0, 10 + n / 30)) for n in range(6)]
    assert jump[-1] > 90


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1, 3),
            st.floats(-90, 90),
            st.floats(-90, 90),
            st.booleans(),
            st.booleans(),
            st.floats(0, 1),
        ),
        max_size=40,
    )
)
def test_no_frames_break_it(rows: list[tuple[float, float, float, bool, bool, float]]) -> None:
    """Also times that go back, and parts that come and go."""
    senses, now = Senses("mara"), 0.0
    senses.place(PLACES)
    for step, yaw, pitch, has_head, has_hand, level in rows:
        now += step
        head = Head(yaw, pitch, 0, AT_SCREEN) if has_head else None
        hands = (hand(range(4), x=level),) if has_hand else ()
        senses.seen(Observation(has_head, np.full(52, level, np.float32), head, hands), now)
        senses.passed(now)
        assert 0 <= senses.attentive <= 1
        assert all(0 <= one.weight <= 1 for one in senses.remarks(now))
