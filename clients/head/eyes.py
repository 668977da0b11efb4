"""Eyeballs that turn, with iris, pupil and a light in them."""

from __future__ import annotations

import numpy as np

from clients.head.looks import Look
from clients.head.measures import BALL, EYE
from clients.head.part import Part, Points, blend, grid, mirrored, rgb, smooth

REACH = {
    "eyeLookUp": (25.0, 0.0),
    "eyeLookDown": (-25.0, 0.0),
    "eyeLookIn": (0.0, -30.0),
    "eyeLookOut": (0.0, 30.0),
}
"""Degrees up and to the outside at weight 1."""

RINGS = (0, 5, 10, 12, 13, 15, 19, 23, 26, 28.5, 30, 31.5, 35, 42, 52, 64, 80, 100)
"""Degrees from the front, dense where colours change: the pupil ends at 12.5 and the iris at 31, half as wide
again as in life, as in drawn faces. The back is never seen."""
SIDES = 28


def pair(look: Look) -> tuple[list[Part], list[Part]]:
    """The left and the right eyeball, each with the light it reflects: the same light, so not mirrored."""
    ball = _ball(look)
    return [ball, _turning(_glint(1))], [mirrored(ball), mirrored(_turning(_glint(-1)))]


def _ball(look: Look) -> Part:
    fall, turn = np.meshgrid(np.radians(RINGS), np.linspace(0, 2 * np.pi, SIDES + 1)[:-1], indexing="ij")
    # The cornea stands out by a third of a millimetre only: lids have to pass over it.
    size = BALL + 0.35 * np.clip(1 - np.degrees(fall) / 38, 0, 1) ** 0.5
    unit = np.stack([np.sin(fall) * np.sin(turn), np.sin(fall) * np.cos(turn), np.cos(fall)], -1)
    points = (EYE + unit * size[..., None]).reshape(-1, 3)
    faces = grid(len(RINGS), SIDES, closed=True)[:, ::-1].copy()
    ball = Part(points, faces, _colours(look, np.degrees(fall), turn).reshape(-1, 3), "eye")
    return _turning(ball)


def _colours(look: Look, fall: Points, turn: Points) -> Points:
    iris = rgb(look.iris)
    rays = 0.5 + 0.5 * np.cos(turn * 18 + 2.5 * np.sin(turn * 5))
    made = np.tile(rgb("#f4efe8"), (*fall.shape, 1))
    made = blend(made, rgb("#e3b7a4"), 0.55 * smooth(42, 85, fall))
    tint = blend(
        np.tile(iris * 0.92, (*fall.shape, 1)), iris * 1.45 + 0.06, 0.6 * rays * smooth(14, 22, fall)
    )
    # Light from above gathers in the lower half of an iris.
    tint = blend(tint, iris * 1.5 + 0.05, 0.75 * np.clip(-np.cos(turn), 0, 1) * smooth(12, 20, fall))
    made = blend(made, np.clip(tint, 0, 1), smooth(31.8, 30, fall))
    made = blend(made, iris * 0.22, smooth(26.5, 29.5, fall) * smooth(32.5, 31, fall))
    return blend(made, rgb("#0d0808"), smooth(13.2, 12, fall))


def _glint(way: float) -> Part:
    """A window's light, up and to one side of the eye: it looks alive in any scene."""
    discs = []
    for (aside, up), size in (((9.0, 12.0), 4.6), ((-9.0, -11.0), 2.0)):
        turn = np.linspace(0, 2 * np.pi, 13)[:-1]
        a, b = np.radians(way * aside + size * np.sin(turn)), np.radians(up + size * np.cos(turn))
        rim = np.stack([np.sin(a) * np.cos(b), np.sin(b), np.cos(a) * np.cos(b)], 1)
        middle = rim.mean(0) / np.linalg.norm(rim.mean(0))
        points = EYE + np.concatenate([[middle], rim]) * (BALL + 0.55)
        k = np.arange(12)
        discs.append((points, np.stack([np.zeros(12, int), 1 + (k + 1) % 12, 1 + k], 1)))
    points = np.concatenate([p for p, _ in discs])
    faces = np.concatenate([f + 13 * i for i, (_, f) in enumerate(discs)])
    return Part(points, faces, np.ones_like(points), "glint")


def _turning(part: Part) -> Part:
    for name, (up, out) in REACH.items():
        part.moves[f"{name}Left"] = (
            _turned(part.points - EYE, np.radians(up), np.radians(out)) + EYE - part.points
        )
    return part


def _turned(points: Points, up: float, out: float) -> Points:
    x, y, z = points.T
    y, z = y * np.cos(up) + z * np.sin(up), z * np.cos(up) - y * np.sin(up)
    return np.stack([x * np.cos(out) + z * np.sin(out), y, z * np.cos(out) - x * np.sin(out)], 1)
