"""A small face of our own: patches between two curves, and where each of the 52 weights moves them.

It is the mesh of the glTF files and what the pictures show, so both always say the same. Units: the head is
about 1.6 wide; x is towards the character's own left, y up, z forward (glTF's axes). Everything is linear
in the weights, as morph targets are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT, AT
from runtime.types import Weights

Points = NDArray[np.float64]
"""Shape (rows, columns, 3)."""

SIDES = (("Left", 1.0), ("Right", -1.0))


@dataclass
class Patch:
    """A named surface: rows of points from its upper to its lower edge, columns from its right to its
    left."""

    name: str
    colour: tuple[int, int, int]
    points: Points
    moves: dict[str, Points] = field(default_factory=dict)
    """What a weight of 1 adds to `points`; a weight that is not here moves nothing."""

    def move(self, weight: str, dx: object = 0.0, dy: object = 0.0, dz: object = 0.0) -> None:
        """Add to what `weight` does; each part broadcasts to (rows, columns)."""
        shape = self.points.shape[:2]
        step = np.stack([np.broadcast_to(np.asarray(d, np.float64), shape) for d in (dx, dy, dz)], -1)
        if np.any(step):
            self.moves[weight] = self.moves.get(weight, np.zeros_like(self.points)) + step

    @property
    def x(self) -> NDArray[np.float64]:
        return np.asarray(self.points[..., 0])

    @property
    def y(self) -> NDArray[np.float64]:
        return np.asarray(self.points[..., 1])


@dataclass(frozen=True)
class Head:
    """All patches, from back to front, flattened: points (vertices, 3) and moves (52, vertices, 3)."""

    patches: tuple[Patch, ...]
    points: NDArray[np.float32]
    moves: NDArray[np.float32]

    def posed(self, weights: Weights) -> dict[str, NDArray[np.float32]]:
        """Every patch by name under one row of weights (52,), each (rows, columns, 3)."""
        moved = self.points + np.tensordot(weights, self.moves, 1)
        found, at = {}, 0
        for patch in self.patches:
            rows, columns, _ = patch.points.shape
            found[patch.name] = moved[at : at + rows * columns].reshape(rows, columns, 3)
            at += rows * columns
        return found


@cache
def head() -> Head:
    """The face, built once."""
    from runtime.bake import features, mouth  # they draw on Patch

    patches = (*features.behind(), *features.eyes(), *mouth.patches(), *features.front())
    points = np.concatenate([patch.points.reshape(-1, 3) for patch in patches])
    moves = np.zeros((len(ARKIT), len(points), 3), np.float32)
    at = 0
    for patch in patches:
        size = patch.points.shape[0] * patch.points.shape[1]
        for weight, step in patch.moves.items():
            moves[AT[weight], at : at + size] = step.reshape(-1, 3)
        at += size
    return Head(patches, points.astype(np.float32), moves)


def patch(name: str, colour: str, upper: object, lower: object, z: object = 0.0, rows: int = 2) -> Patch:
    """A patch between two curves, each (columns, 2); `z` broadcasts to (rows, columns)."""
    share = np.linspace(0, 1, rows)[:, None, None]
    flat = (1 - share) * np.asarray(upper) + share * np.asarray(lower)
    depth = np.broadcast_to(np.asarray(z, np.float64), flat.shape[:2])
    rgb = bytes.fromhex(colour)
    return Patch(name, (rgb[0], rgb[1], rgb[2]), np.concatenate([flat, depth[..., None]], -1))


def dome(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far forward the face lies at a place."""
    forward: NDArray[np.float64] = 0.62 * np.sqrt(
        np.clip(1 - np.square(x / 0.86) - np.square((y - 0.05) / 1.5), 0, 1)
    )
    return forward


def bell(x: object, centre: float, width: float) -> NDArray[np.float64]:
    """1 at `centre`, smoothly 0 from `width` away on."""
    near = np.clip(1 - np.square((np.asarray(x) - centre) / width), 0, 1)
    squared: NDArray[np.float64] = near * near
    return squared
