"""What one look at the player gives: numbers in the runtime's own conventions, whoever measured them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT
from runtime.face.layers.eyes import FULL
from runtime.face.names import MEDIAPIPE
from runtime.types import Weights

Position: TypeAlias = tuple[float, float, float]
"""Metres from the camera, as a character sees that has its eyes there: to its own left, up, ahead."""

Points: TypeAlias = NDArray[np.float32]

HAND, BODY = 21, 33
"""Landmarks of a hand and of a body, in the order of MediaPipe."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the player's head is and how it is turned, in degrees: 0, 0, 0 faces along the camera's axis."""

    yaw: float
    """+ to the player's own left."""
    pitch: float
    """+ up."""
    roll: float
    """+ to the player's own left shoulder."""
    position: Position | None = None
    """Of the middle of the face."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand in the picture."""

    points: Points
    """Shape (21, 3): from the middle of the picture to its right and down, in heights of it; and depth, +
    away."""
    side: Literal["left", "right"] | None = None
    """The player's own."""
    gesture: str = ""
    """A recogniser's opinion, in MediaPipe's names: `Open_Palm`, `Thumb_Up`, `Thumb_Down`, `Pointing_Up`."""
    score: float = 0.0
    """How sure it is, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame. What is None was not looked for, and says nothing."""

    present: bool | None = None
    """Whether anybody was found; what follows says so too where it is there."""
    weights: Weights | None = None
    """The player's own blendshapes in [0, 1], shape (52,), in the order of `runtime.face.ARKIT`."""
    head: Head | None = None
    hands: tuple[Hand, ...] | None = None
    """Those that were found; empty where none was."""
    body: Points | None = None
    """Shape (33, 4): as `Hand.points`, and how surely each can be seen, 0 to 1."""

    def __post_init__(self) -> None:
        _shaped("weights", self.weights, (len(AT),))
        _shaped("body", self.body, (BODY, 4))
        for hand in self.hands or ():
            _shaped("hand", hand.points, (HAND, 3))
        head = self.head
        angles = () if head is None else (head.yaw, head.pitch, head.roll, *(head.position or ()))
        if not all(map(math.isfinite, angles)):
            raise BadObservation(f"head: {head} is not finite")

    @property
    def anybody(self) -> bool | None:
        """Whether somebody is there."""
        found = self.weights is not None or self.head is not None or self.body is not None
        return True if found or self.hands else self.present


class BadObservation(ValueError):
    """Numbers that cannot be of a player; says which and why."""


def head_of(matrix: NDArray[np.floating]) -> Head:
    """From a MediaPipe facial transformation: 4x4, centimetres, x to the right of the picture, y up, z to it.

    Raises BadObservation for another shape, or for what is no rotation and a place.
    """
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise BadObservation(f"a head's matrix is 4 by 4 and finite, not {matrix.shape}")
    turned, (x, y, z) = matrix[:3, :3].astype(float), (float(v) / 100 for v in matrix[:3, 3])
    scale = float(np.cbrt(np.linalg.det(turned)))
    if scale <= 0:
        raise BadObservation("a head's matrix turns and does not mirror")
    turned /= scale
    ahead, up, left = turned[:, 2], turned[:, 1], turned[:, 0]
    yaw, pitch = math.atan2(ahead[0], ahead[2]), math.asin(max(-1.0, min(1.0, ahead[1])))
    roll = math.atan2(-left[1], up[1])
    return Head(math.degrees(yaw), math.degrees(pitch), math.degrees(roll), (-x, y, -z))


def arkit(scores: NDArray[np.floating]) -> Weights:
    """MediaPipe's 52 scores, in its own order, as ours; it sees no tongue."""
    weights = np.zeros(len(AT), np.float32)
    weights[[AT[name] for name in MEDIAPIPE[1:]]] = np.clip(scores[1:], 0, 1)
    return weights


def eyes(weights: Weights) -> tuple[float, float, float, float]:
    """How the eyes are turned in the head: left yaw and pitch, right yaw and pitch, degrees as in `Head`."""

    def turned(side: str, left: str, right: str) -> tuple[float, float]:
        yaw = weights[AT[f"eyeLook{left}{side}"]] - weights[AT[f"eyeLook{right}{side}"]]
        pitch = weights[AT[f"eyeLookUp{side}"]] - weights[AT[f"eyeLookDown{side}"]]
        return float(yaw) * FULL, float(pitch) * FULL

    return (*turned("Left", "Out", "In"), *turned("Right", "In", "Out"))


def _shaped(name: str, values: NDArray[np.float32] | None, shape: tuple[int, ...]) -> None:
    if values is None:
        return
    if values.shape != shape:
        raise BadObservation(f"{name}: of shape {values.shape}, not {shape}")
    if not np.isfinite(values).all():
        raise BadObservation(f"{name}: not finite")
