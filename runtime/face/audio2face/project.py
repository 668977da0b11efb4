"""From the network's output to the right side of the blendshape solve, B'd, without a mesh in between.

NVIDIA's runtime makes a mesh of some 60,000 vertices for every frame, moves and smooths it, and multiplies
the result by the blendshapes. Each of those steps is linear, so they are multiplied out once, when the model
is loaded: a frame then costs one product with a small matrix, and the 200 MB of principal components need not
be kept. The post-processing is that of the SDK (`animator_cuda.cu`), on the vertices of the frontal mask:

    d     = skin_strength * network - eyelid_open_offset * eye_close + lip_open_offset * lip_open
    face  = neutral + upper_strength * (1 - m) * smooth_upper(d) + lower_strength * m * smooth_lower(d)
    m     = sigmoid((face_mask_level - height) / face_mask_softness), height 0 to 1 in the neutral pose
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from runtime.face.audio2face.layout import Look

Vector = NDArray[np.float64]
Columns = slice | NDArray[np.intp]

STAGES = 2
"""Exponential smoothings in a row, `degree` in the SDK."""


@dataclass
class Projection:
    """The linear map from one row of network output to B'd, for the two halves of the face.

    `maps` has shape (2, features, poses): lower and upper face; they are smoothed apart and then added to
    `constant`, shape (poses,). `halves` are their smoothings, half-lives in seconds.
    """

    columns: Columns
    """The features in a row of the network's output."""
    maps: Vector
    constant: Vector
    halves: tuple[float, float] = (0.0, 0.0)

    def __call__(self, row: NDArray[np.float32]) -> Vector:
        """B'd of both halves before smoothing and without the constant, shape (2, poses).

        One row at a time: the last bits of a product with many rows depend on how many there are.
        """
        features = row[self.columns].astype(np.float64)
        return np.stack([features @ half for half in self.maps])


class Smoothing:
    """Cascaded exponential smoothing of one stream of rows, shape (2, poses)."""

    def __init__(self, projection: Projection, fps: float) -> None:
        shares = [share(half, 1 / fps) for half in projection.halves]
        self._share = np.array(shares)[:, None]
        self._stages: list[Vector] = []

    def __call__(self, rows: Vector) -> Vector:
        """The smoothed rows. The first of a stream is left as it is."""
        if not self._stages:
            self._stages = [rows] * STAGES
            return rows
        for stage, value in enumerate(self._stages):
            rows = value + (rows - value) * self._share
            self._stages[stage] = rows
        return rows


def share(half_life: float, step: float) -> float:
    """Share of the way to a new value that is gone in `step` seconds."""
    return 1.0 - 0.5 ** (step / half_life) if half_life > 0 else 1.0


@dataclass(frozen=True)
class Skin:
    """The geometry of a face, each shape (coordinates,), x y z of one vertex after the other."""

    neutral: Vector
    eye_close: Vector
    lip_open: Vector


def skin(
    shapes: Vector, rest: Vector, skin: Skin, look: Look, picked: NDArray[np.intp], basis: Vector | None
) -> tuple[Vector, Vector]:
    """`maps` and `constant` of a Projection for the skin.

    `shapes` (poses, coordinates picked) are the blendshapes, `rest` the neutral they belong to; `basis`
    (features, coordinates picked) are the principal components, None where the network gives displacements.
    """
    lower = mask(skin.neutral, look)[picked // 3]
    offset = look.lip_open_offset * skin.lip_open - look.eyelid_open_offset * skin.eye_close
    halves = (look.lower_face_strength * lower, look.upper_face_strength * (1 - lower))
    maps = []
    constant = shapes @ (skin.neutral[picked] - rest)
    for half in halves:
        weighted = (shapes * half).T
        maps.append(look.skin_strength * (weighted if basis is None else basis @ weighted))
        constant = constant + offset[picked] @ weighted
    return np.stack(maps), constant


def tongue(
    shapes: Vector, rest: Vector, neutral: Vector, look: Look, picked: NDArray[np.intp], basis: Vector | None
) -> tuple[Vector, Vector]:
    """The same for the tongue, which is not smoothed: one half moves it, the other is zero."""
    shift = np.array([0.0, look.tongue_height_offset, look.tongue_depth_offset])[picked % 3]
    moved = look.tongue_strength * (shapes.T if basis is None else basis @ shapes.T)
    return np.stack([moved, np.zeros_like(moved)]), shapes @ (neutral[picked] + shift - rest)


def mask(neutral: Vector, look: Look) -> Vector:
    """How much each vertex belongs to the lower face, shape (vertices,)."""
    height = neutral[1::3]
    level = (height - height.min()) / max(np.ptp(height), np.finfo(float).tiny)
    lower: Vector = expit((look.face_mask_level - level) / look.face_mask_softness)
    return lower
