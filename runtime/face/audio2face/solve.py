"""Blendshape weights of a mesh: box-constrained least squares, frame by frame.

The system is the one of NVIDIA's Audio2Face-3D SDK (`blendshape_solver_base.cpp`, arXiv 2508.16401). With the
blendshapes B, the wanted displacement d and the weights before p,

    A = B'B + L1^2 * 0.25 s * 11' + (10 L2 + 100 T) s * I + 10 S s * C'C,    b = B'd + T s * p,

s being the size of the head against the template's, squared, and C the differences of symmetric pairs. It
then minimises |A w - b| for w in [0, 1]. That weighs errors by B'B once more than a plain fit of the mesh
would, and T pulls on p a hundred times more softly than it pulls to zero. Both are kept: NVIDIA's strengths
were tuned with them, and a folder so gives the face that its makers saw.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import get_lapack_funcs

from runtime.face.audio2face.layout import SolveParams

Vector = NDArray[np.float64]

SPARSE, SMALL, STEADY, SYMMETRIC = 0.25, 10.0, 100.0, 10.0
"""What the strengths of a config file are multiplied by, in the SDK."""

(_posv,) = get_lapack_funcs(("posv",))

EXACT = 1e-10
"""Share of the largest gradient that counts as none; rounding leaves about 1e-14."""


@dataclass
class Guess:
    """Weights and which of them are between their bounds; the next frame begins from those of the last."""

    weights: Vector
    free: NDArray[np.bool_]


@dataclass
class Past:
    """What the solver remembers of one stream."""

    weights: Vector
    guess: Guess


@dataclass
class Solver:
    """The normal equations of one mesh. `active` are the poses that take part, columns of all of them."""

    matrix: Vector
    active: NDArray[np.intp]
    cancel: list[tuple[int, int]]
    gains: Vector
    offsets: Vector
    pull: float
    square: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.square = self.matrix.T @ self.matrix

    def past(self) -> Past:
        """The start of a stream."""
        none = np.zeros(len(self.active))
        return Past(none, Guess(none.copy(), np.zeros(len(none), np.bool_)))

    def solve(self, right: Vector, past: Past) -> Vector:
        """Weights of all poses, shape (poses,), for `right` = B'd, shape (active poses,). Updates `past`."""
        goal = self.matrix.T @ (right + self.pull * past.weights)
        nowhere = np.zeros(len(right), np.bool_)
        least_squares(self.square, goal, past.guess, nowhere)
        weights = past.guess.weights
        if self.cancel:
            shut = nowhere.copy()
            for one, other in self.cancel:
                shut[other if weights[one] >= weights[other] else one] = True
            again = Guess(np.where(shut, 0, weights), past.guess.free & ~shut)
            least_squares(self.square, goal, again, shut)
            weights = again.weights
        past.weights = weights.copy()
        full = np.zeros(len(self.gains))
        full[self.active] = weights
        return full * self.gains + self.offsets


def prepare(shapes: Vector, params: SolveParams, size: float) -> Solver:
    """A solver for `shapes`, the displacements B' of the active poses, shape (active poses, coordinates).

    `size` is the diagonal of the bounding box of the whole neutral mesh.
    """
    active = np.flatnonzero(params.active)
    scale = (size / params.template) ** 2
    count = len(active)
    matrix = shapes @ shapes.T
    matrix += params.sparse**2 * SPARSE * scale
    matrix += (params.small * SMALL + params.steady * STEADY) * scale * np.eye(count)
    for one, other in pairs(params.symmetry, active):
        apart = np.zeros(count)
        apart[one], apart[other] = 1, -1
        matrix += params.symmetric * SYMMETRIC * scale * np.outer(apart, apart)
    gains, offsets = np.array(params.gains), np.array(params.offsets)
    return Solver(matrix, active, pairs(params.cancel, active), gains, offsets, params.steady * scale)


def pairs(numbers: list[int], active: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Places, among the active poses, of those that share a number. -1 is no number."""
    places: dict[int, list[int]] = {}
    for place, pose in enumerate(active):
        places.setdefault(numbers[pose], []).append(place)
    return [(p[0], p[1]) for number, p in places.items() if number != -1 and len(p) == 2]


def least_squares(square: Vector, goal: Vector, guess: Guess, shut: NDArray[np.bool_]) -> None:
    """Minimise w' square w / 2 - goal' w for w in [0, 1], in place from `guess`; `shut` ones stay at 0.

    The active-set method of Stark and Parker, "Bounded-variable least squares" (1995), on normal equations.
    From the weights of the frame before it needs some three steps; every step lowers the value, so it ends.
    """
    weights, free = guess.weights, guess.free
    tolerance = EXACT * float(np.abs(goal).max(initial=0)) + np.finfo(float).tiny
    for _ in range(10 * len(goal) + 10):  # rounding could let it turn in circles: the bound is never near
        _descend(square, goal, weights, free)
        slope = square @ weights - goal
        gain = np.where(free | shut, 0, np.where(weights == 0, -slope, slope))
        best = int(gain.argmax())
        if gain[best] <= tolerance:
            return
        free[best] = True


def _descend(square: Vector, goal: Vector, weights: Vector, free: NDArray[np.bool_]) -> None:
    """Go to the best point of the free weights; each that meets a bound on the way stays there."""
    while free.any():
        index = np.flatnonzero(free)
        rest = goal[index] - square[index][:, ~free] @ weights[~free]
        _, target, failed = _posv(square[np.ix_(index, index)], rest)
        if failed:  # two poses that are the same, and nothing to keep them apart
            target = np.linalg.lstsq(square[np.ix_(index, index)], rest, rcond=None)[0]
        now = weights[index]
        move = target - now
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(target < 0, -now / move, np.where(target > 1, (1 - now) / move, 2.0))
        first = int(room.argmin())
        if room[first] >= 1:
            weights[index] = target
            return
        weights[index] = np.clip(now + room[first] * move, 0, 1)
        weights[index[first]] = 0.0 if target[first] < 0 else 1.0
        free[index[first]] = False
