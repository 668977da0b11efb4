"""Bust and clothes. They stay when the head turns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clients.head.covers import AXIS
from clients.head.looks import Look
from clients.head.part import Part, Points, ball, blend, curve, loft, outward, rgb, smooth, tube


def of(name: str, look: Look) -> list[Part]:
    return {"innkeeper": _innkeeper, "guard": _guard, "noodles": _noodles}[name](look)


def _innkeeper(look: Look) -> list[Part]:
    def dye(x: Points, y: Points) -> Points:
        bodice = smooth(-1, 5, (np.abs(x) / 95) ** 2 * 15 - (y + 214))
        panel = smooth(2, -2, np.abs(x) - 44 - (y + 240) * 0.1) * smooth(-216, -220, y)
        white = np.tile(rgb(look.shirt), (len(x), 1))
        return blend(blend(white, rgb(look.dress), bodice), rgb(look.dress) * 0.72, panel)

    body = torso(look, 1.0, dye, "cloth")
    parts = [body, ruffle(look, -152, look.shirt)]
    neckline = np.linspace(-141, 141, 45)
    parts.append(piping(body, np.column_stack([neckline, -214 + (neckline / 95) ** 2 * 15]), look.trim, 2.0))
    for y in (-236.0, -256.0, -276.0):
        for way in (-1, 1):
            lace = np.linspace((way * -24, y), (way * 24, y - 12), 9)
            parts.append(piping(body, lace, look.trim, 1.8))
    return parts


def _noodles(look: Look) -> list[Part]:
    def dye(x: Points, y: Points) -> Points:
        inner = smooth(1, -1, np.abs(x) - (y + 214) * 0.75) * smooth(-216, -212, y)
        return blend(np.tile(rgb(look.shirt), (len(x), 1)), rgb(look.cloth), inner)

    body = torso(look, 0.9, dye, "cloth")
    parts = [body]
    for way in (1, -1):
        spine = [
            (way * 52, -150, -34),
            (way * 56, -152, -4),
            (way * 46, -166, 34),
            (way * 26, -196, 56),
            (way * -2, -240, 82),
            (way * -20, -302, 86),
        ]
        path = curve(spine, 30)
        parts.append(tube(path, np.full(30, 13.0), look.dress, "cloth", flat=0.42, sides=10))
        parts.append(tube(path + np.array([way * -9, 3, 4]), np.full(30, 1.3), "#ffd9a8", "cloth", sides=5))
    back = np.linspace(np.pi / 2, 3 * np.pi / 2, 15)
    parts.append(
        tube(
            np.stack([52 * np.sin(back), -150 + 0 * back, -34 + 30 * np.cos(back)], 1),
            np.full(15, 12.0),
            look.dress,
            "cloth",
        )
    )
    return parts


def _guard(look: Look) -> list[Part]:
    def dye(x: Points, y: Points) -> Points:
        mail = rgb(look.shirt) * (0.75 + 0.35 * (np.indices((len(x) // 64, 64)).sum(0) % 2).ravel())[:, None]
        edge = 96 - np.abs(x)
        neck = smooth(-2, 2, np.abs(x) * 0.53 - (y + 204))
        tabard = smooth(-2, 2, edge) * neck
        return blend(mail, rgb(look.dress), tabard)

    body = torso(look, 1.14, dye, "cloth")
    hem = [
        (-96, -300),
        (-96, -250),
        (-96, -200),
        (-94, -166),
        (-60, -172),
        (0, -204),
        (60, -172),
        (94, -166),
        (96, -200),
        (96, -250),
        (96, -300),
    ]
    return [body, piping(body, resampled(hem, 90), look.trim, 2.6), *_shield(look, body)]


def _shield(look: Look, body: Part) -> list[Part]:
    """A golden drop on the tabard."""
    z = front(body, 0, -262)
    gold = ball((0, -262, z - 1), (20, 24, 4), look.trim, "metal")
    gold.points[:, 0] *= 1 - 0.5 * smooth(-262, -288, gold.points[:, 1])
    return [gold, ball((0, -259, z + 2.2), (8, 12, 2.4), look.dress, "cloth")]


def torso(look: Look, wide: float, dye: Callable[[Points, Points], Points], material: str) -> Part:
    """Shoulders and chest, from the neck down to the floor of the model."""
    neck = look.neck
    outline = [
        (-150, 50 * neck, 31 * neck, 62),
        (-162, 62 * neck, 36, 66),
        (-174, 92 * wide, 42, 68),
        (-186, 130 * wide, 50, 70),
        (-200, 156 * wide, 58, 72),
        (-222, 170 * wide, 70, 74),
        (-256, 173 * wide, 82, 76),
        (-300, 166 * wide, 84, 76),
    ]
    turn = np.linspace(0, 2 * np.pi, 65)[:-1]
    sin, cos = np.sin(turn), np.cos(turn)
    rings = []
    for y, half, ahead, behind in curve(outline, 26):
        square = 0.82 if y < -180 else 1.0
        x = half * np.sign(sin) * np.abs(sin) ** square
        z = np.where(cos > 0, ahead, behind) * np.sign(cos) * np.abs(cos) ** square
        rings.append(np.stack([x, y + 6 * np.abs(sin) * (y > -215), z], 1))
    part = outward(loft(np.stack(rings), look.shirt, material), AXIS)
    x, y, z = part.points.T
    part.colours = np.where((z > -20)[:, None], dye(x, y), dye(np.abs(x) + 40, np.minimum(y, -170)))
    return part


def piping(body: Part, line: Points, colour: str, thick: float) -> Part:
    """A cord along `line`, (n, 2), on the front of the chest."""
    path = np.array([(x, y, front(body, x, y)) for x, y in line])
    return tube(path, np.full(len(path), thick), colour, "cloth", sides=6)


def resampled(corners: list[tuple[float, float]], count: int) -> Points:
    """Points on straight lines from corner to corner."""
    knots = np.array(corners, float)
    at = np.linspace(0, len(knots) - 1, count)
    return np.column_stack([np.interp(at, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)])


def front(body: Part, x: float, y: float) -> float:
    """Depth of the chest at (x, y)."""
    ahead = body.points[body.points[:, 2] > 0]
    far = ((ahead[:, :2] - [x, y]) ** 2).sum(1)
    near = np.argsort(far)[:5]
    return float(np.average(ahead[near, 2], weights=1 / (far[near] + 1)))


def ruffle(look: Look, y: float, colour: str) -> Part:
    """A collar round the neck."""
    turn = np.linspace(0, 2 * np.pi, 65)[:-1]
    rings = []
    for out, rise in [(-3, 2), (0, 7), (4, 9), (8, 6), (11, -2), (9, -10), (0, -14)]:
        wave = 2.2 * np.sin(turn * 16) * (out > 2)
        size = (52 + out + wave) * look.neck
        rings.append(
            np.stack(
                [
                    size * np.sin(turn),
                    y + rise + 0 * turn,
                    np.where(np.cos(turn) > 0, 0.72, 1.18) * size * np.cos(turn),
                ],
                1,
            )
        )
    return outward(
        loft(np.stack(rings), colour, "cloth"),
        np.stack([52 * np.sin(turn), y + 0 * turn, 45 * np.cos(turn)], 1),
    )
