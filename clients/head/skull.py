"""The plain form of head and neck: three outlines (front, side, back) and sections between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clients.head.looks import Look
from clients.head.part import Points, catmull, smooth

BROW, EYE, CHEEK, NOSE, MOUTH, FOLD, CHIN, UNDER = 4, 5, 6, 7, 8, 9, 10, 12
"""Numbers of the outlines' knots, from the crown down; heights on the head are told by these."""

KNOTS = np.array([
    # front y, z; side y, x, z; back y, z
    (108, -5, 108, 0, -5, 108, -5),
    (103, 36, 101, 38, -6, 102, -44),
    (86, 66, 83, 63, -6, 82, -77),
    (60, 81, 56, 73, -5, 50, -95),
    (26, 85, 25, 76, -3, 15, -97),
    (0, 80, 0, 76, 0, -8, -92),
    (-30, 82, -25, 74, 0, -30, -82),
    (-48, 84, -40, 71, 1, -46, -70),
    (-65, 85, -52, 67, 2, -58, -60),
    (-81, 82, -64, 61, 1, -68, -54),
    (-97, 83, -74, 54, -3, -78, -51),
    (-107, 75, -82, 48, -6, -86, -50),
    (-109, 54, -90, 45, -8, -94, -50),
    (-114, 30, -101, 44, -10, -104, -50),
    (-136, 23, -130, 44, -12, -132, -52),
    (-178, 8, -172, 42, -16, -172, -50),
], dtype=float)  # fmt: skip

ROWS = (2, 2, 3, 6, 9, 8, 6, 7, 6, 5, 4, 3, 3, 2, 3)
"""Rows of the mesh from knot to knot: densest at lids and lips."""


def knots(look: Look) -> Points:
    made = KNOTS.copy()
    widths = {3: look.temple, 4: look.temple, 5: (look.temple + look.cheek) / 2, 6: look.cheek, 7: look.cheek}
    widths |= {8: (look.cheek + look.jaw) / 2, 9: look.jaw, 10: look.jaw, 11: look.jaw}
    for knot, width in widths.items():
        made[knot, 3] *= width
    made[12:, 3] *= look.neck
    made[9, 0] -= look.length * 0.4
    made[10:14, 0] -= look.length
    made[10:12, 2] -= look.length * 0.4
    return made


def levels() -> Points:
    """The height of each row of the mesh, in knots."""
    parts = [k + np.arange(count) / count for k, count in enumerate(ROWS)]
    return np.concatenate([*parts, [len(ROWS)]])


def row_at(knot: int) -> int:
    return sum(ROWS[:knot])


def at(look: Look, level: ArrayLike, turn: ArrayLike, out: ArrayLike = 0.0) -> Points:
    """The surface at heights `level`, in knots, and angles `turn`: 0 in front, pi/2 at the left ear.
    `out` puts it as many mm further out."""
    level, turn, out = np.broadcast_arrays(*(np.asarray(v, float) for v in (level, turn, out)))
    front_y, front_z, side_y, side_x, side_z, back_y, back_z = np.moveaxis(catmull(knots(look), level), -1, 0)
    cos, before = np.cos(turn), np.cos(turn) >= 0
    # A face is flatter than an ellipse above and rounder at the chin, and a jaw climbs fast from the chin.
    narrow = (
        smooth(8, 10.5, level) * (1 - smooth(12, 13.5, level)) * np.clip(1.35 - look.chin * 0.35, 0.8, 1.2)
    )
    depth, climb = np.abs(cos) ** (0.85 + 0.25 * narrow), np.abs(cos) ** (1.0 + 0.7 * narrow)
    y = side_y + (np.where(before, front_y, back_y) - side_y) * np.where(before, climb, np.abs(cos))
    z = side_z + (np.where(before, front_z, back_z) - side_z) * np.where(before, depth, np.abs(cos) ** 0.9)
    x = side_x * np.sin(turn)
    return np.stack([x, y, z], -1) + _away(np.sin(turn), level, cos) * out[..., None]


def _away(sin: Points, level: Points, cos: Points) -> Points:
    """Roughly the normal: up at the crown, level below the brow."""
    up = np.clip(1 - level / 4.2, 0, 1) ** 1.3
    flat = np.sqrt(1 - np.clip(up, 0, 1) ** 2)
    away: Points = np.stack([sin * flat, up, cos * flat], -1)
    return away
