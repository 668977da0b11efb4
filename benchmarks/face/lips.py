"""What is measured of a mouth: how far the inner lips are apart, how wide it is, how far it protrudes.

Each comes from ARKit weights by a formula, or from a camera by the points of MediaPipe's face mesh. Scales
differ between the two; a measure that compares them must not depend on scale, see `scores`.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT
from runtime.types import Weights

Curve: TypeAlias = NDArray[np.float64]
"""One value a frame, shape (frames,)."""

GAP: Final = {
    **{"jawOpen": 1.0, "mouthClose": -1.0, "mouthFunnel": 0.23, "mouthPucker": 0.03},
    **{"mouthUpperUp": 0.25, "mouthLowerDown": 0.22, "mouthRollUpper": -0.13, "mouthRollLower": -0.07},
    **{"mouthShrugUpper": 0.12, "mouthShrugLower": -0.14},
}
"""Inner-lip gap in units of a jaw that is wide open; of a pair, the mean of left and right.

Measured on a head with all 52 shapes (facecap.glb in the package openfacefx 0.24.0): how far a shape
takes apart the three pairs of vertices that touch where the lips meet in the middle, over what jawOpen does.
"""

WIDTH: Final = {
    **{"mouthStretch": 0.42, "mouthSmile": 0.21, "mouthDimple": 0.13, "mouthFrown": 0.07, "mouthPress": 0.06},
    **{"jawOpen": -0.17, "mouthFunnel": -0.12, "mouthPucker": -0.09, "mouthShrugLower": -0.04},
}
"""Distance of the corners of the mouth, 0 at rest, measured likewise."""

PROTRUSION: Final = {
    **{"mouthPucker": 0.27, "mouthFunnel": 0.23, "jawForward": 0.09, "mouthShrugLower": 0.06},
    **{"mouthRollUpper": -0.11, "mouthRollLower": -0.08, "mouthDimple": -0.11, "mouthStretch": -0.10},
}
"""How far the lips come forward, 0 at rest, measured likewise; without the swing of the jaw (-0.21), which
would make it a second measure of the gap."""


class Lips(NamedTuple):
    """The mouth over time, shapes (frames,)."""

    gap: Curve
    width: Curve
    protrusion: Curve


def of_weights(face: Weights) -> Lips:
    """Measures of weights of shape (frames, 52). The gap is never negative: lips that touch are shut."""
    return Lips(np.maximum(_mix(face, GAP), 0), _mix(face, WIDTH), _mix(face, PROTRUSION))


def of_landmarks(points: NDArray[np.float64], weights: Weights | None = None) -> Lips:
    """Measures of MediaPipe's face mesh, shape (frames, 478 or 468, 3), with one unit on all axes.

    All are shares of the distance between the outer corners of the eyes, which turning the head up and down
    leaves alone. The gap is the mean of three pairs of points on the inner rims. What a single camera
    guesses of depth is too coarse for lips: the protrusion is that of `weights`, shape (frames, 52), which
    the same landmarker gives, and 0 without them.
    """
    eyes = np.linalg.norm(points[:, 33] - points[:, 263], axis=1)
    pairs = ((13, 14), (82, 87), (312, 317))
    gap = np.mean([np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in pairs], axis=0)
    width = np.linalg.norm(points[:, 61] - points[:, 291], axis=1)
    protrusion = _mix(weights, PROTRUSION) if weights is not None else np.zeros(len(points))
    return Lips(gap / eyes, width / eyes, protrusion)


def _mix(face: Weights, formula: dict[str, float]) -> Curve:
    mixed = np.zeros(len(face))
    for name, share in formula.items():
        columns = [AT[name + side] for side in ("", "Left", "Right") if name + side in AT]
        mixed += share * face[:, columns].mean(1)
    return mixed
