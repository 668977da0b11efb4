"""The net of the skin: rows and columns round the head, with slits along the rows of eyes and mouth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clients.head import skull
from clients.head.measures import CORNER, INNER, OUTER
from clients.head.part import Faces, Points

ACROSS = np.array([
    0, 2.8, 5.6, 8.4, 11.2, 14, 17, 18.6, 20.8, 23.4, 26, 28.8, 31.6, 34.4, 37.2, 40, 43, 45.2, 47, 50.5, 54,
    58, 62, 65.5, 68.5, 71, 73,
], dtype=float)  # fmt: skip
"""Where columns cross the face, in mm of a half width of 75; the rest go round the back."""
BEHIND = 8

SLITS = (skull.row_at(skull.EYE), skull.row_at(skull.MOUTH))

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Net:
    """Which vertex is where. In a slit, a row and column has two."""

    across: Points
    """Place of each column: 0 in front, then the left side, the back and the right side."""
    upper: Numbers
    """(rows, columns): vertex as seen from above."""
    lower: Numbers
    """The same as seen from below; another one inside slits."""
    row: Numbers
    """Of each vertex."""
    column: Numbers

    def faces(self) -> Faces:
        above, below = self.lower[:-1], self.upper[1:]
        quads = np.stack([above, below, np.roll(below, -1, 1), np.roll(above, -1, 1)], -1)
        crown = quads[..., [0, 1, 2]].reshape(-1, 3)
        return np.concatenate([crown, quads[1:][..., [0, 2, 3]].reshape(-1, 3)])

    def under(self) -> NDArray[np.bool_]:
        """Whether a vertex is of the lower edge of a slit."""
        found = np.zeros(len(self.row), bool)
        found[self.lower[self.lower != self.upper]] = True
        return found

    def mirror(self) -> Numbers:
        """The vertex on the other side of each."""
        other = (-self.column) % len(self.across)
        return np.where(self.under(), self.lower[self.row, other], self.upper[self.row, other])

    def lids(self) -> tuple[Numbers, Numbers]:
        """Both edges of the left eye, from the inner to the outer corner."""
        span = (self.across >= INNER) & (self.across <= OUTER)
        return self.upper[SLITS[0], span], self.lower[SLITS[0], span]

    def lips(self) -> tuple[Numbers, Numbers]:
        """Both edges of the mouth, from the right to the left corner."""
        span = np.flatnonzero(np.abs(self.across) <= CORNER)
        span = span[np.argsort(self.across[span])]
        return self.upper[SLITS[1], span], self.lower[SLITS[1], span]


def make() -> Net:
    half = np.concatenate([ACROSS, np.linspace(75, 100, BEHIND)])
    across = np.concatenate([half, -half[-2:0:-1]])
    rows, columns = len(skull.levels()), len(across)
    upper = np.arange(rows * columns).reshape(rows, columns) - (columns - 1)
    upper[0] = 0  # the crown is one vertex
    lower, count = upper.copy(), int(upper[-1, -1]) + 1
    eyes = (np.abs(across) > INNER) & (np.abs(across) < OUTER)
    for row, inside in zip(SLITS, (eyes, np.abs(across) < CORNER), strict=True):
        lower[row, inside] = count + np.arange(inside.sum())
        count += int(inside.sum())
    return Net(across, upper, lower, *_places(upper, lower, count))


def _places(upper: Numbers, lower: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Row and column of each vertex; the crown counts as in front."""
    row, column = np.zeros(count, int), np.zeros(count, int)
    rows, columns = np.indices(upper.shape)
    for table in (upper, lower):
        row[table], column[table] = rows, columns
    column[0] = 0
    return row, column
