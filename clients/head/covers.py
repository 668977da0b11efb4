"""What lies about a skull: caps, bands, locks and bows, from which hair and hats are made."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clients.head import skull
from clients.head.looks import Look
from clients.head.part import Part, Points, ball, curve, loft, normals, outward, paint, tube

AXIS = np.array([(0.0, y, -8.0) for y in range(-300, 130, 20)])
"""Down the middle of head and bust: what faces away from it faces out."""


def over(look: Look, line: ArrayLike, out: float, colour: str, material: str, *, tuck: bool = True) -> Part:
    """A cap from the crown down to `line`: (angle from the front, height in knots)."""
    turn = np.linspace(-np.pi, np.pi, 65)[:-1]
    knots = np.asarray(line, float)
    edge = np.interp(np.abs(turn), *knots.T)
    v = np.linspace(0, 1, 13)[:, None]
    thick = out * (np.clip((1 - v) / 0.05, 0.3 if tuck else 1.0, 1) ** 0.5)
    return outward(loft(skull.at(look, v * edge, turn + 0 * v, thick), colour, material), AXIS)


def band(look: Look, line: ArrayLike, wide: float, out: float, colour: str) -> Part:
    """A band round the head below `line`, `wide` in knots."""
    turn = np.linspace(-np.pi, np.pi, 65)[:-1]
    top = np.interp(np.abs(turn), *np.asarray(line, float).T)
    v = np.linspace(0, 1, 7)[:, None]
    thick = out * np.interp(v, [0, 0.16, 0.5, 0.84, 1], [0.4, 0.95, 1.05, 0.95, 0.4])
    return outward(loft(skull.at(look, top + wide * v, turn + 0 * v, thick), colour, "cloth"), AXIS)


def lock(knots: ArrayLike, thick: float, colour: str, *, flat: float = 0.5) -> Part:
    """A tapered strand."""
    path = curve(knots, 11)
    t = np.linspace(0, 1, 11)
    radius = thick * np.interp(t, [0, 0.15, 0.5, 0.85, 1], [0.6, 0.95, 0.9, 0.45, 0.02])
    return streaks(tube(path, radius, colour, "hair", sides=7, flat=flat), 1)


def streaks(part: Part, seed: int) -> Part:
    """Lighter and darker strands."""
    turn = np.arctan2(part.points[:, 0], part.points[:, 2]) * 16 + seed
    shade = 1 + 0.16 * np.sin(turn) * np.cos(turn * 0.37)
    part.colours = np.clip(part.colours * shade[:, None], 0, 1)
    return part


def spots(look: Look, cloth: Part, count: int, colour: str, size: float) -> list[Part]:
    """Dots printed on a cap, spread evenly."""
    out = normals(cloth.points, cloth.faces)
    free = np.flatnonzero((cloth.points[:, 1] > 30) | (cloth.points[:, 2] < 0))
    chosen = [int(free[0])]
    for _ in range(count * 2):
        far = ((cloth.points[free, None] - cloth.points[chosen]) ** 2).sum(2).min(1)
        chosen.append(int(free[far.argmax()]))
    turn = np.linspace(0, 2 * np.pi, 9)[:-1]
    made = []
    for at in chosen:
        aside = np.cross(out[at], [0, 1.0, 0.01])
        aside /= np.linalg.norm(aside)
        up = np.cross(aside, out[at])
        rim = size * (np.cos(turn)[:, None] * aside - np.sin(turn)[:, None] * up)
        points: Points = cloth.points[at] + out[at] * 0.7 + np.concatenate([[[0, 0, 0]], rim])
        k = np.arange(8)
        faces = np.stack([0 * k, 1 + k, 1 + (k + 1) % 8], 1)
        made.append(outward(Part(points, faces, paint(colour, 9), "cloth"), AXIS))
    return made


def bow(knot: ArrayLike, tails: list[list[ArrayLike]], colour: str) -> list[Part]:
    """A knot and its two ends, each given by two points beside the knot."""
    middle = np.asarray(knot, float)
    made = [ball(middle, (9, 11.5, 9), colour, "cloth", rows=9)]
    for tail in tails:
        path = curve([middle, *(middle + np.asarray(point) for point in tail)], 8)
        made.append(tube(path, [4, 6.5, 8.5, 9.5, 10.5, 9.5, 6.5, 0.5], colour, "cloth", flat=0.35))
    return made
