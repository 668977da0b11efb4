"""The benchmark on photographs: how it counts, and that its labels can be read. No photographs, no models.

And what the photographs have taught the senses, in numbers.
"""

from __future__ import annotations

import tomllib
from typing import get_args

import msgspec
import numpy as np
import pytest

from benchmarks import perception_photos as photos
from benchmarks.perception_tracks import Truth
from runtime.face import AT
from runtime.perception import Hand, Head, Noticed, Observation, Senses, hands
from runtime.perception.noticed import Kind


def scene(*truths: Truth, unsure: tuple[Truth, ...] = ()) -> photos.Scene:
    return photos.Scene("made up", truths=list(truths), unsure=list(unsure))


JOY = Truth("expression", "joy", 3.0, 5.0)


def test_what_is_told_in_its_time_is_told_once_and_the_rest_is_invented() -> None:
    tallies: dict[str, photos.Tally] = {}
    twice = [Noticed("expression", "joy", 3.5), Noticed("expression", "joy", 4.5)]
    assert photos.judged(scene(JOY), twice, tallies) == ([], ["expression joy"])
    late = [Noticed("expression", "joy", 6.5), Noticed("expression", "anger", 4.0)]
    assert photos.judged(scene(JOY), late, tallies) == (
        ["expression joy"],
        ["expression joy", "expression anger"],
    )
    assert tallies == {
        "expression joy": photos.Tally(there=2, told=1, invented=2),
        "expression anger": photos.Tally(there=0, told=0, invented=1),
    }
    assert tallies["expression joy"].precision == pytest.approx(1 / 3)
    assert tallies["expression joy"].recall == 0.5


def test_what_is_a_little_late_counts_and_what_ends_is_no_event() -> None:
    tallies: dict[str, photos.Tally] = {}
    found = [
        Noticed("expression", "joy", 5.7),
        Noticed("expression", "neutral", 7.0),
        Noticed("gaze", "", 8.0),
    ]
    assert photos.judged(scene(JOY), found, tallies) == ([], [])
    assert tallies == {"expression joy": photos.Tally(1, 1, 0)}


def test_what_may_be_is_neither_right_nor_wrong() -> None:
    unsure = (Truth("expression", "", 0.0, 2.0), Truth("posture", "turned_away", 0.0, 2.0))
    found = [Noticed("expression", "fear", 1.0), Noticed("posture", "turned_away", 1.0)]
    tallies: dict[str, photos.Tally] = {}
    assert photos.judged(scene(unsure=unsure), found, tallies) == ([], [])
    assert tallies == {}
    other = [Noticed("posture", "hands_up", 1.0), Noticed("expression", "fear", 4.0)]
    assert photos.judged(scene(unsure=unsure), other, tallies)[1] == ["posture hands_up", "expression fear"]


def test_a_table_has_what_was_there_or_invented() -> None:
    tallies = {"presence came": photos.Tally(10, 9, 1), "gesture palm": photos.Tally(0, 0, 2)}
    came, palm = photos.table("Of nobody", tallies).rows
    assert (came["event"], came["precision"], came["recall"]) == ("presence came", 0.9, 0.9)
    assert (palm["there"], palm["invented"], palm["precision"]) == (0, 2, 0.0)


def test_all_kinds_are_judged() -> None:
    assert set(photos.EVENTS) == set(get_args(Kind))


def test_labels_can_be_read_and_name_packages_that_are_there() -> None:
    labels = msgspec.convert(tomllib.loads(photos.LABELS.read_text(encoding="utf-8")), photos.Labels)
    names = {package.name for package in labels.packages}
    files = [photo.file for photo in labels.people] + labels.nobody
    assert {file.partition(":")[0] for file in files} == names
    assert len({(photo.file, photo.box, photo.frame) for photo in labels.people}) == len(labels.people)
    assert any(photo.who == "marc" and photo.face == "none" for photo in labels.people)
    for photo in labels.people:
        left, top, right, bottom = photo.box or (0, 0, 10**6, 10**6)
        x, y = photo.at or (left, top)
        assert left <= x <= right, photo
        assert top <= y <= bottom, photo
        assert photo.head is None or photo.at is not None, photo


# ---------------------------------------------------------------- what they have taught


def made(shape: str, score: float) -> Hand:
    """A hand whose fingers have this shape, of which a recogniser is so sure that it is no gesture."""
    points = np.zeros((21, 3), np.float32)
    straight = {"palm": 4, "point": 1}.get(shape, 0)
    for finger in range(4):
        along = (0.1, 0.13, 0.16, 0.19) if finger < straight else (0.1, 0.12, 0.09, 0.07)
        points[5 + 4 * finger : 9 + 4 * finger, 1] = np.negative(along)
    return Hand(points, score=score)


def test_a_recogniser_that_sees_no_gesture_is_believed_but_for_fingers_that_point_aside() -> None:
    assert [hands.shape(made("palm", score)) for score in (0.0, 0.5, 0.95)] == ["palm", "", ""]
    assert [hands.shape(made("point", score)) for score in (0.0, 0.7, 0.95)] == ["point", "point", ""]


HEAD = Head(0, 0, 0, (0.0, 0.0, 0.7))


def seen(senses: Senses, seconds: float, *observed: Observation, start: float = 0.0) -> list[str]:
    """What is noticed of frames that are shown in turn: comings and goings, expressions, postures."""
    times = start + np.arange(0, seconds, 1 / 15)
    found = [
        one for n, now in enumerate(times) for one in senses.seen(observed[n % len(observed)], float(now))
    ]
    return [one.what for one in found if one.kind in ("presence", "expression", "posture")]


def test_of_a_face_whose_rest_is_not_known_only_a_smile_is_told() -> None:
    frown, smile = np.zeros(len(AT), np.float32), np.zeros(len(AT), np.float32)
    for side in ("Left", "Right"):
        frown[AT[f"browDown{side}"]] = frown[AT[f"mouthPress{side}"]] = 0.7
        smile[AT[f"mouthSmile{side}"]] = 0.7
    assert seen(Senses("mara"), 1.9, Observation(True, frown, HEAD)) == ["came"]
    assert seen(Senses("mara"), 1.9, Observation(True, smile, HEAD)) == ["joy", "came"]


@pytest.mark.parametrize(
    ("nose", "shoulders", "told"),
    [
        (0.0, (0.2, -0.2), []),  # before the camera: the player's left is on the picture's right
        (0.15, (0.05, -0.05), ["turned_away"]),
        (0.0, (-0.2, 0.2), ["turned_away"]),
    ],
    ids=["front", "profile", "back"],
)
def test_who_shows_no_face_has_turned_away_only_by_their_body(
    nose: float, shoulders: tuple[float, float], told: list[str]
) -> None:
    senses = Senses("mara")
    assert seen(senses, 3.0, Observation(True, head=HEAD, body=sitting(0.0, (0.2, -0.2)))) == ["came"]
    body = sitting(nose, shoulders)
    assert seen(senses, 3.0, Observation(False, hands=()), Observation(False, body=body), start=3.0) == told


def sitting(nose: float, shoulders: tuple[float, float]) -> np.ndarray:
    """A body, by the places of nose and shoulders from the left to the right."""
    body = np.ones((33, 4), np.float32)
    body[[0, 7, 8], 0] = nose, 0.05, -0.05
    body[[0, 11, 12], 1] = 0.0, 0.2, 0.2
    body[[11, 12], 0] = shoulders
    return body


@pytest.mark.parametrize("met", [False, True])
def test_a_body_where_no_face_was_is_nobody(met: bool) -> None:
    """A landmarker is sure of one in some chairs, and of coats on a hook."""
    senses, chair = Senses("mara"), Observation(False, body=sitting(0.9, (0.7, 0.5)))
    if met:
        assert seen(senses, 3.0, Observation(True, head=HEAD, body=sitting(0.0, (0.2, -0.2)))) == ["came"]
    assert seen(senses, 3.0, chair, start=3.0) == (["left"] if met else [])


def test_a_body_of_another_size_is_nobody() -> None:
    senses, doll = Senses("mara"), sitting(0.0, (0.2, -0.2))
    seen(senses, 3.0, Observation(True, head=HEAD, body=doll))
    doll = doll.copy()
    doll[[11, 12], 1] = 0.09
    assert seen(senses, 3.0, Observation(False, body=doll), start=3.0) == ["left"]


def test_a_body_that_moves_on_is_still_the_players() -> None:
    senses = Senses("mara")
    seen(senses, 3.0, Observation(True, head=HEAD, body=sitting(0.0, (0.2, -0.2))))
    for step in range(1, 6):
        aside = Observation(False, body=sitting(0.2 * step, (0.2 * step + 0.05, 0.2 * step - 0.05)))
        assert "left" not in seen(senses, 1.0, aside, start=2.0 + step)
    assert senses.present
