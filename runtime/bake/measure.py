"""What the lips of the small face do, in numbers that can be plotted: in units of half the mouth's width
at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.bake.head import head
from runtime.bake.mouth import HALF
from runtime.types import Weights

Curve = NDArray[np.float64]
"""One value a frame."""

TOUCH = 0.02
"""Gap below which lips touch: half a pixel of a mouth that is 50 pixels wide."""

PARTED = 0.10
"""Gap that lips must have had before and after for a touch to be a closure of speech: that of a narrow
vowel."""

REACH = 0.25
"""Seconds within which they must have had it; longer is a pause."""

LONGEST = 0.20
"""Seconds of the longest closure of speech; lips that rest together for longer rest in a pause."""


@dataclass(frozen=True)
class Lips:
    """Curves of one performance."""

    gap: Curve
    """Between the inner lips, at their middle."""
    width: Curve
    """Of the mouth against its rest: + spread, - rounded."""
    forward: Curve
    """How far the lips protrude."""


def lips(weights: Weights) -> Lips:
    """The lips under `weights`, shape (frames, 52)."""
    middle = _corner("lipUpper", 1, 0.5)
    gap = _moved(weights, middle, 1) - _moved(weights, _corner("lipLower", 0, 0.5), 1)
    ends = (_corner("lipUpper", 1, 1.0), _corner("lipUpper", 1, 0.0))
    width = _moved(weights, ends[0], 0) - _moved(weights, ends[1], 0)
    return Lips(np.maximum(gap, 0) / HALF, width / HALF, _moved(weights, middle, 2) / HALF)


def closures(gap: Curve, fps: int) -> list[tuple[float, float]]:
    """Start and end in seconds of every touch of the lips between two openings."""
    touching = np.concatenate([[False], gap < TOUCH, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(touching) == 1), np.flatnonzero(np.diff(touching) == -1)
    reach = round(REACH * fps)
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        before, after = gap[max(0, start - reach) : start], gap[end : end + reach]
        brief = end - start <= LONGEST * fps
        if brief and len(before) and len(after) and min(before.max(), after.max()) > PARTED:
            found.append((start / fps, end / fps))
    return found


def _corner(patch: str, row: int, share: float) -> int:
    """The vertex of a patch at a share of its columns."""
    at = 0
    for each in head().patches:
        rows, columns, _ = each.points.shape
        if each.name == patch:
            return int(at + row * columns + round(share * (columns - 1)))
        at += rows * columns
    raise KeyError(patch)


def _moved(weights: Weights, vertex: int, axis: int) -> Curve:
    """How far a vertex is from its rest."""
    moved: Curve = (weights @ head().moves[:, vertex, axis]).astype(np.float64)
    return moved
