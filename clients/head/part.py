"""A piece of geometry with colours and morphs, and the few ways to make one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
Faces = NDArray[np.int64]


@dataclass
class Part:
    """Triangles of one material. Anti-clockwise is outside."""

    points: Points
    """(n, 3) in mm."""
    faces: Faces
    """(m, 3)"""
    colours: Points
    """(n, 3) sRGB in [0, 1]."""
    material: str
    moves: dict[str, Points] = field(default_factory=dict)
    """ARKit name -> (n, 3) displacement in mm at weight 1; absent = none."""


def paint(colour: str, count: int) -> Points:
    """`#rrggbb` for each of `count` vertices."""
    return np.tile(rgb(colour), (count, 1))


def rgb(colour: str) -> Points:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def blend(base: Points, other: ArrayLike, weight: ArrayLike) -> Points:
    """`base` where `weight` is 0, `other` where it is 1."""
    share = np.asarray(weight, float)[..., None]
    return base * (1 - share) + np.asarray(other) * share


def smooth(low: float, high: float, value: ArrayLike) -> Points:
    """0 up to `low`, 1 from `high` on, and a smooth step between; `low` may be the greater."""
    part = np.clip((np.asarray(value, float) - low) / (high - low), 0, 1)
    return part * part * (3 - 2 * part)


def spot(x: Points, y: Points, centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    """1 at the centre, exactly 0 from the ellipse on, so that a morph stays small on disk."""
    far = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2
    return np.clip(1 - far, 0, None) ** 2


def grid(rows: int, columns: int, *, closed: bool = False) -> Faces:
    """Triangles between rows of points; `closed` joins the last column to the first."""
    r, c = np.mgrid[: rows - 1, : columns - (not closed)]
    a, b = r * columns + c, r * columns + (c + 1) % columns
    quads = np.stack([a, a + columns, b + columns, b], -1).reshape(-1, 4)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def loft(rings: Points, colour: str | Points, material: str, *, closed: bool = True) -> Part:
    """A surface through `rings`, (rows, columns, 3); it faces out where columns go round anti-clockwise
    seen from above and rows go down."""
    points = rings.reshape(-1, 3)
    colours = paint(colour, len(points)) if isinstance(colour, str) else colour.reshape(-1, 3)
    return Part(points, grid(*rings.shape[:2], closed=closed), colours, material)


def tube(
    path: ArrayLike, radii: ArrayLike, colour: str, material: str, *, sides: int = 8, flat: float = 1.0
) -> Part:
    """A round rod along `path`, (n, 3), pointed where a radius is 0; `flat` < 1 squeezes it in depth."""
    path, radii = np.asarray(path, float), np.asarray(radii, float)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, [0, 0, 1.0])
    aside[np.linalg.norm(aside, axis=1) < 0.1] = [1, 0, 0]
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    front = np.cross(aside, along)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None, :, None]
    ring = aside[:, None] * np.cos(turn) + front[:, None] * np.sin(turn) * flat
    part = loft(path[:, None] + ring * radii[:, None, None], colour, material)
    return outward(part, path)


def outward(part: Part, path: Points) -> Part:
    """The same, turned inside out if its triangles face its own middle line."""
    corners = part.points[part.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middle = corners.mean(1)
    near = path[((middle[:, None] - path) ** 2).sum(2).argmin(1)]
    if ((middle - near) * normal).sum() < 0:
        part.faces = part.faces[:, ::-1].copy()
    return part


def ball(centre: ArrayLike, radii: ArrayLike, colour: str, material: str, *, rows: int = 12) -> Part:
    """An ellipsoid."""
    fall, turn = np.meshgrid(
        np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, 2 * rows + 1)[:-1], indexing="ij"
    )
    unit = np.stack([np.sin(fall) * np.sin(turn), np.cos(fall), np.sin(fall) * np.cos(turn)], -1)
    return loft(np.asarray(centre) + unit * np.asarray(radii), colour, material)


def curve(knots: ArrayLike, count: int) -> Points:
    """`count` points on a smooth line through `knots`, (n, k), equally spaced from knot to knot."""
    return catmull(np.asarray(knots, float), np.linspace(0, len(np.asarray(knots)) - 1, count))


def catmull(knots: Points, at: ArrayLike) -> Points:
    """The line through `knots` at `at` in [0, n - 1] (Catmull-Rom)."""
    at = np.asarray(at, float)
    ends = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    first = np.clip(at.astype(int), 0, len(knots) - 2)
    t = (at - first)[..., None]
    a, b, c, d = (ends[first + i] for i in range(4))
    return b + t / 2 * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)))


def join(parts: Sequence[Part]) -> Part:
    """One part of several of the same material."""
    offsets = np.cumsum([0, *(len(part.points) for part in parts)])
    names = dict.fromkeys(name for part in parts for name in part.moves)
    return Part(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.faces + offset for part, offset in zip(parts, offsets, strict=False)]),
        np.concatenate([part.colours for part in parts]),
        parts[0].material,
        {n: np.concatenate([p.moves.get(n, np.zeros_like(p.points)) for p in parts]) for n in names},
    )


def mirrored(part: Part) -> Part:
    """The same on the other side of the head, with Left and Right exchanged."""
    flip = np.array([-1.0, 1, 1])
    moves = {other_side(name): move * flip for name, move in part.moves.items()}
    return Part(part.points * flip, part.faces[:, ::-1].copy(), part.colours.copy(), part.material, moves)


def other_side(name: str) -> str:
    for one, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(one):
            return name.removesuffix(one) + other
    return name


def normals(points: Points, faces: Faces) -> Points:
    """Unit normals of the vertices, by area."""
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, faces[:, corner], normal)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-12, total / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])
