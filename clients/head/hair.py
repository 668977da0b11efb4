"""Hair and hats. They go with the head and do not morph."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clients.head import skull
from clients.head.covers import AXIS, band, bow, lock, over, spots, streaks
from clients.head.looks import Look
from clients.head.part import Part, ball, blend, curve, join, loft, mirrored, outward, rgb, smooth, tube
from clients.head.skin import Skin

SCARF = [(0, 3.2), (0.9, 3.5), (1.35, 4.25), (1.75, 4.7), (2.4, 6.2), (3.15, 7.0)]
HEM = [(0, 3.05), (0.9, 3.35), (1.35, 4.1), (1.75, 4.55), (2.4, 6.05), (3.15, 6.85)]
NAPE = [(0, 3.0), (1.5, 3.9), (1.75, 5.0), (2.1, 9.0), (3.15, 11.5)]
"""Edges round the head: angle from the front, height in knots of the skull."""

FRINGE = [
    [(-3, 56, 82), (-8, 45, 87), (-4, 33, 88)],
    [(6, 56, 82), (14, 46, 86), (24, 37, 84)],
    [(28, 54, 78), (36, 42, 81), (34, 30, 82)],
    [(44, 50, 70), (53, 36, 72), (61, 20, 64)],
    [(-18, 56, 80), (-26, 45, 84), (-23, 32, 85)],
    [(-40, 51, 72), (-49, 38, 75), (-56, 22, 68)],
]
"""Tufts under the bandana, in mm."""


def of(name: str, skin: Skin) -> list[Part]:
    return {"innkeeper": _innkeeper, "guard": _guard, "noodles": _noodles}[name](skin.look)


def _innkeeper(look: Look) -> list[Part]:
    scarf = over(look, SCARF, 9.0, look.cloth, "cloth")
    hem = band(look, HEM, 0.22, 10.2, look.trim)
    nape = streaks(over(look, NAPE, 5.0, look.hair, "hair"), 2)
    parts = [scarf, hem, nape, *spots(look, scarf, 34, look.trim, 2.4)]
    parts += bow((80, 52, 4), [[(16, 12, -2), (31, 20, -4)], [(14, -8, -2), (22, -30, -4)]], look.cloth)
    swoop = lock(
        [(4, 50, 83), (26, 47, 82), (50, 34, 72), (67, 10, 53), (73, -16, 38)], 9, look.hair, flat=0.45
    )
    second = lock(
        [(20, 50, 81), (46, 42, 74), (64, 24, 58), (74, 0, 38), (77, -38, 24)], 10, look.hair, flat=0.5
    )
    sides = [swoop, second]
    for k, (turn, low) in enumerate([(1.95, -120), (2.2, -150), (2.5, -168), (2.8, -176), (3.08, -172)]):
        sides.append(_curl(turn, low, look.hair, k))
    sides.append(_curl(1.78, -92, look.hair, 5, thick=8))
    ring = np.linspace(0, 2 * np.pi, 17)
    hoop = np.stack([76 + 0 * ring, -45 + 9 * np.cos(ring), -4 + 8 * np.sin(ring)], 1)
    sides.append(tube(hoop, np.full(17, 1.5), look.trim, "metal", sides=6))
    return [*parts, *sides, *(mirrored(part) for part in sides)]


def _curl(turn: float, low: float, colour: str, seed: int, thick: float = 15) -> Part:
    """A lock that hangs in waves from behind the ear."""
    t = np.linspace(0, 1, 13)
    wave = np.sin(t * 11 + seed * 1.7)
    out = 82 + 10 * np.sin(t * 2.6) + 4 * wave
    y = 12 + (low - 12) * t
    path = np.stack(
        [out * np.sin(turn), y, -10 + (out + 8) * np.cos(turn) + 5 * np.cos(t * 9 + seed) + 22 * t**2], 1
    )
    return streaks(tube(path, thick * (1.05 - t) ** 0.45 * (1 + 0.12 * wave), colour, "hair", sides=7), seed)


def _noodles(look: Look) -> list[Part]:
    line = [(0, 3.1), (0.7, 3.3), (1.1, 4.0), (1.35, 5.0), (1.6, 4.9), (1.9, 6.2), (2.4, 8.0), (3.15, 8.6)]
    parts = [streaks(over(look, line, 6.5, look.hair, "hair"), 3)]
    parts += [streaks(ball((0, 124, -34), (33, 26, 31), look.hair, "hair", rows=16), 5)]
    parts += [
        tube(
            curve([(s * 14, 116, 2), (s * 20, 112, -34), (s * 6, 113, -64)], 9),
            np.full(9, 5.0),
            look.hair,
            "hair",
        )
        for s in (-1, 1)
    ]
    for tip, end in (((-58, 152, -20), (52, 112, -40)), ((-40, 164, -26), (46, 100, -36))):
        parts += [
            tube([tip, end], [2.2, 1.6], "#b98a4b", "cloth"),
            ball(tip, (4.2, 4.2, 4.2), look.trim, "cloth", rows=8),
        ]
    parts += _bandana(look)
    parts += [lock(tuft, 10, look.hair, flat=0.4) for tuft in FRINGE]
    side = [lock([(66, 46, 46), (74, 14, 38), (76, -22, 34), (71, -58, 34)], 8, look.hair, flat=0.5)]
    side += [lock([(72, 40, 26), (79, 6, 18), (82, -40, 14), (76, -84, 18)], 8, look.hair, flat=0.6)]
    return [*parts, *side, *(mirrored(part) for part in side)]


def _bandana(look: Look) -> list[Part]:
    high = [(0, 2.68), (1.2, 3.05), (3.15, 3.6)]
    cloth = band(look, high, 0.62, 10.5, look.cloth)
    turn = np.tile(np.linspace(-np.pi, np.pi, 65)[:-1], len(cloth.points) // 64)
    stripe = np.abs((turn / 0.26 + 0.5) % 1 - 0.5) < 0.13
    cloth.colours = blend(cloth.colours, rgb(look.trim), 0.95 * stripe)
    tails: list[list[ArrayLike]] = [[(18, 10, -2), (34, 22, -4)], [(18, -6, -2), (30, -22, -6)]]
    return [cloth, *bow((80, 66, -6), tails, look.cloth)]


def _guard(look: Look) -> list[Part]:
    dome = over(look, [(0, 3.3), (1.57, 3.55), (3.15, 3.9)], 13.0, look.cloth, "metal", tuck=False)
    parts = [dome, _brim(look)]
    ridge = skull.at(
        look, np.abs(np.linspace(-3.3, 3.3, 25)), np.where(np.linspace(-3.3, 3.3, 25) < 0, 0, np.pi), 14.5
    )
    parts.append(tube(ridge, np.full(25, 4.0), "#aab2b8", "metal", flat=1))
    turns = np.linspace(-np.pi, np.pi, 13)[:-1] + 0.26
    rivets = skull.at(look, np.interp(np.abs(turns), [0, 1.57, 3.15], [3.1, 3.35, 3.7]), turns, 13.5)
    parts += [ball(at, (3.2, 3.2, 3.2), look.trim, "metal", rows=6) for at in rivets]
    return [*parts, _coif(look)]


def _brim(look: Look) -> Part:
    turn = np.linspace(-np.pi, np.pi, 65)[:-1]
    level = np.interp(np.abs(turn), [0, 1.57, 3.15], [3.25, 3.5, 3.85])
    edge = skull.at(look, level, turn, 12.0)
    away = np.stack([np.sin(turn), 0 * turn, np.cos(turn)], 1)
    profile = [(0, 3), (8, -2), (26, -9), (44, -19), (46, -22), (42, -22), (24, -13), (-2, -6)]
    rings = np.stack([edge + away * out + [0, down, 0] for out, down in profile])
    return outward(loft(rings, look.cloth, "metal"), edge + away * 22 + [0, -10, 0])


def _coif(look: Look) -> Part:
    """Mail round the face, shut under the chin."""
    levels = np.concatenate([np.linspace(3.2, 12.6, 18), np.linspace(12.8, 15, 6)])
    start = np.interp(levels, [3.2, 6, 9, 11.5, 12.6, 13.2], [1.0, 1.08, 1.12, 1.05, 0.72, 0.0])
    share = np.linspace(0, 1, 21)
    half = start[:, None] + (np.pi - start[:, None]) * share
    out = 7.0 - 3.0 * (share < 0.02) + 12 * smooth(13.3, 15, levels)[:, None]
    left = skull.at(look, levels[:, None] + 0 * half, half, out)
    part = outward(loft(left, look.shirt, "metal", closed=False), AXIS)
    rows, columns = np.indices(half.shape)
    part.colours = np.clip(part.colours * (0.8 + 0.25 * ((rows + columns) % 2)).reshape(-1, 1), 0, 1)
    return join([part, mirrored(part)])
