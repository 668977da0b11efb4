"""MediaPipe's landmarkers on frames of one player: face in each, hands in every other, body once a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from runtime.face import AT
from runtime.face.layers.eyes import FULL
from runtime.models import MissingModel, find
from runtime.perception.observation import Hand, Head, Observation, Points, arkit, head_of
from runtime.perception.pictures import Pixels
from runtime.types import Weights

FACE, HANDS, BODY = "face-landmarker", "gesture-recognizer", "pose-landmarker"
"""Names of the models, in the registry and under [models]. Hands and body are looked for where theirs is
there; a face always."""
_HANDS_EVERY, _BODY_EVERY = 2, 14
"""Frames: a wave goes to and fro twice a second and is seen at 7 frames a second, a posture lasts. Each of
the three takes 10 to 20 ms, and a frame has 25. The second is a multiple of the first: who shows no face is
seen by their body alone, which must not meet the hands' turn and be put off for another second."""
_SQUINT, _BOWED = 3.0, 4.0
"""Degrees by which it has eyes too far to their own left, and heads too low: medians of photographs of people
who look into the camera, and of their mirror images."""
_UPPER, _THERE = 13, 0.9
"""Landmarks of head and shoulders, and the mean presence from which on there is a body; people have 0.93 and
more. It is found anew each time: one that is tracked is still found a second after somebody has left."""
_PACKAGE = "pip install townsfolk[perception]"


class Tracker:
    """The models with what they know from the last frame. One for each player; to be used in one thread."""

    def __init__(self, models: Mapping[str, str] | None = None) -> None:
        """`models` is the table [models]. Raises MissingModel if the extra or the face's model is missing."""
        self._vision = _vision()
        self._number = 0
        self._last = -1
        self._face = self._open("FaceLandmarker", find(FACE, models), num_faces=1, **_FACE)
        self._hands = self._optional("GestureRecognizer", HANDS, models, num_hands=2)
        self._body = self._optional("PoseLandmarker", BODY, models, mode="IMAGE")

    def look(self, pixels: Pixels, at: float) -> Observation:
        """What there is in the frame of `at` seconds; later than the one before, or it counts as just
        after."""
        self._last = max(self._last + 1, int(at * 1000))
        image = self._vision.image(np.ascontiguousarray(pixels))
        tall = pixels.shape[1] / pixels.shape[0]
        turn, self._number = self._number, self._number + 1
        weights, head = self._found_face(image)
        hands = body = None
        if self._hands is not None and turn % _HANDS_EVERY == 0:
            hands = _found_hands(self._hands.recognize_for_video(image, self._last), tall)
        elif self._body is not None and turn % _BODY_EVERY == 1:
            body = _found_body(self._body.detect(image), tall)
        return Observation(weights is not None, weights, head, hands, body)

    def close(self) -> None:
        """Let go of the models."""
        for task in (self._face, self._hands, self._body):
            if task is not None:
                task.close()

    def _found_face(self, image: Any) -> tuple[Weights | None, Head | None]:
        found = self._face.detect_for_video(image, self._last)
        if not found.face_blendshapes:
            return None, None
        scores = np.array([shape.score for shape in found.face_blendshapes[0]])
        return _straight(arkit(scores), head_of(np.asarray(found.facial_transformation_matrixes[0])))

    def _optional(self, task: str, name: str, models: Mapping[str, str] | None, **options: Any) -> Any:
        try:
            return self._open(task, find(name, models), **options)
        except MissingModel:
            if models and name in models:
                raise  # who names a file means it
            return None

    def _open(self, task: str, path: Path, **options: Any) -> Any:
        return self._vision.open(task, path, **options)


_SIDES: dict[str, Literal["left", "right"]] = {"Left": "right", "Right": "left"}
_FACE = {"output_face_blendshapes": True, "output_facial_transformation_matrixes": True}


class _Vision:
    """The few names of MediaPipe that are used."""

    def __init__(self, mediapipe: Any, vision: Any, base: Any) -> None:
        self._mediapipe, self._tasks, self._base = mediapipe, vision, base

    def image(self, pixels: Pixels) -> Any:
        return self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=pixels)

    def open(self, task: str, path: Path, mode: str = "VIDEO", **options: Any) -> Any:
        """A task; one in mode IMAGE knows nothing of the frame before."""
        base = self._base(model_asset_buffer=path.read_bytes())  # paths outside ASCII fail on some systems
        running = self._tasks.RunningMode[mode]
        try:
            chosen = getattr(self._tasks, f"{task}Options")(
                base_options=base, running_mode=running, **options
            )
            return getattr(self._tasks, task).create_from_options(chosen)
        except (RuntimeError, ValueError) as error:
            raise MissingModel(f"{path} is no model for {task}: {error}") from error


def _vision() -> _Vision:
    try:
        tasks = import_module("mediapipe.tasks.python")
        return _Vision(import_module("mediapipe"), tasks.vision, tasks.BaseOptions)
    except (ImportError, OSError) as error:  # also where the system lacks a library that it is linked with
        raise MissingModel(f"cameras need MediaPipe: {_PACKAGE} ({error})") from error


def _straight(weights: Weights, head: Head) -> tuple[Weights, Head]:
    """Without the landmarker's own squint."""
    weights = weights.copy()
    for out, in_ in (("eyeLookOutLeft", "eyeLookInLeft"), ("eyeLookInRight", "eyeLookOutRight")):
        left = float(weights[AT[out]] - weights[AT[in_]]) - _SQUINT / FULL
        weights[AT[out]], weights[AT[in_]] = min(max(left, 0.0), 1.0), min(max(-left, 0.0), 1.0)
    return weights, replace(head, pitch=head.pitch + _BOWED)


def _found_hands(found: Any, tall: float) -> tuple[Hand, ...]:
    hands = []
    for points, sides, gestures in zip(found.hand_landmarks, found.handedness, found.gestures, strict=True):
        # It takes pictures for mirrored ones, and names the other hand.
        side = _SIDES.get(sides[0].category_name) if sides else None
        best = gestures[0] if gestures else None
        name, score = (best.category_name or "", float(best.score)) if best else ("", 0.0)
        hands.append(Hand(_points(points, tall), side, "" if name == "None" else name, score))
    return tuple(hands)


def _found_body(found: Any, tall: float) -> Points | None:
    if not found.pose_landmarks:
        return None
    points = found.pose_landmarks[0]
    if np.mean([point.presence or 0.0 for point in points[:_UPPER]]) < _THERE:
        return None
    visible = np.array([[point.visibility or 0.0] for point in points], np.float32)
    return np.hstack([_points(points, tall), visible])


def _points(landmarks: Any, tall: float) -> Points:
    """From shares of width and height to heights, from the middle; `tall` is width by height."""
    return np.array([[(p.x - 0.5) * tall, p.y - 0.5, p.z * tall] for p in landmarks], np.float32)
