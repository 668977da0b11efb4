"""What is behind the skin: rims of the lids, the bag of the mouth, teeth, gums and tongue."""

from __future__ import annotations

import numpy as np

from clients.head import shapes
from clients.head.measures import BALL, EYE
from clients.head.part import Part, Points, grid, join, loft, mirrored, paint, rgb, smooth
from clients.head.skin import Skin

Moves = dict[str, Points]

BAG = np.array([(0, 0), (3.0, -4.5), (8, -6.5), (11, -11), (11, -24), (5, -44)], float)
"""The bag of the mouth above the lips' line: height over it and depth behind it."""


def rims(skin: Skin, moves: Moves) -> list[Part]:
    """The thickness of the lids, from each edge in under the front of the eyeball."""
    made = []
    for upper, edge in zip((True, False), skin.lids, strict=True):
        inner = (BALL - 1.2) / np.linalg.norm(skin.points[edge] - EYE, axis=1, keepdims=True)
        points = np.concatenate([skin.points[edge], EYE + (skin.points[edge] - EYE) * inner])
        faces = grid(2, len(edge))
        colour = rgb(skin.look.shade) if not upper else rgb("#4a241b")
        part = Part(
            points, faces if not upper else faces[:, ::-1].copy(), np.tile(colour, (len(points), 1)), "skin"
        )
        part.moves = {
            n: np.concatenate([m[edge], _seated(skin, m, edge)]) for n, m in moves.items() if m[edge].any()
        }
        made += [part, mirrored(part)]
    return made


def _seated(skin: Skin, move: Points, edge: Points) -> Points:
    """The inner edge follows the outer one round the eyeball."""
    rest, moved = skin.points[edge] - EYE, skin.points[edge] + move[edge] - EYE
    scaled = [(BALL - 1.2) * v / np.linalg.norm(v, axis=1, keepdims=True) for v in (rest, moved)]
    return scaled[1] - scaled[0]


def bag(skin: Skin, moves: Moves) -> Part:
    """A pocket that opens between the lips. Its upper half follows the upper lip, its lower the jaw."""
    halves = [_half_bag(skin, moves, line, way) for line, way in zip(skin.lips, (1.0, -1.0), strict=True)]
    return join(halves)


def _half_bag(skin: Skin, moves: Moves, line: Points, way: float) -> Part:
    edge = skin.points[line]
    inside = 1 - (np.abs(edge[:, 0]) / np.abs(edge[:, 0]).max()) ** 4
    rows = []
    for k, (height, depth) in enumerate(BAG):
        row = edge.copy()
        row[:, 1] += way * height * (0.25 + 0.75 * inside)
        row[:, 2] += depth * (0.4 + 0.6 * inside)
        row[:, 0] *= 1 - 0.08 * k
        rows.append(row)
    rings = np.stack(rows)
    if way < 0:
        rings[-1] = rings[-1] * [1, 0, 1] + (2 * edge - rings[-1]) * [0, 1, 0]
    dark = np.linspace(0, 1, len(BAG)).repeat(len(line)).reshape(len(BAG), -1)[..., None]
    colour = rgb("#8a3a38") * (1 - dark) ** 1.4 + rgb("#1d0708") * (1 - (1 - dark) ** 1.4)
    part = loft(rings, colour, "inside", closed=False)
    if way < 0:
        part.faces = part.faces[:, ::-1].copy()
    part.faces = part.faces[:, ::-1].copy()
    held = np.array([1, 0.8, 0.5, 0.25, 0.1, 0.0]).repeat(len(line))[:, None]
    jaw = shapes.jaw(part.points, np.full(len(part.points), 0.9 if way < 0 else 0.0))
    for name, move in moves.items():
        if move[line].any():
            follow = np.tile(move[line], (len(BAG), 1)) * held
            part.moves[name] = follow + jaw.get(name, 0) * (1 - held)
    return part


def teeth(skin: Skin) -> Part:
    """Two rows and their gums; the lower one goes with the jaw."""
    upper = join([_row(9, 8.4, -58.0, -69.0, 0.0), _gum(-58.5, 5.5, 0.0)])
    lower = join([_row(10, 6.4, -77.0, -67.6, -2.2), _gum(-76.5, -5.0, -2.2)])
    lower.moves = shapes.jaw(lower.points, np.ones(len(lower.points)))
    both = join([upper, lower])
    both.points += [0, 0, -skin.look.length * 0.1]
    return both


ARCH = (22.5, 26.0, 78.5)
"""Half width and depth of the arch of the teeth, and where its front is, in mm."""


def _arch(turn: Points, back: float) -> tuple[Points, Points]:
    wide, deep, front = ARCH
    return (wide + back * 0.6) * np.sin(turn), front + back - deep * (1 - np.cos(turn))


def _row(count: int, width: float, root: float, tip: float, back: float) -> Part:
    """Teeth side by side, each a little rounded, so that light shows where one ends."""
    step = width / ARCH[0]
    middles = (np.arange(count) - (count - 1) / 2) * step * 0.86
    return join([_tooth(middle, step * 0.43, root, tip, back) for middle in middles])


def _tooth(middle: float, half: float, root: float, tip: float, back: float) -> Part:
    u, v = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(0, 1, 4), indexing="ij")
    x, z = _arch(middle + u * half * (0.985 - 0.1 * (1 - v)), back)
    out = (
        1.5 * np.sqrt(np.clip(1 - u**4, 0, 1)) * (0.75 + 0.25 * np.sin(v * 2.6))
        - 2.2 * np.clip(v - 0.8, 0, 1) * 3
    )
    short = 1 - 0.10 * min(abs(middle) / 1.2, 1) - 0.05 * u**4
    points = np.stack([x, root + (tip - root) * v * short, z + out], -1)
    part = loft(points, "#f6ecd9", "teeth", closed=False)
    if tip < root:
        return part
    part.faces = part.faces[:, ::-1].copy()
    return part


def _gum(y: float, tall: float, back: float) -> Part:
    turn, v = np.meshgrid(np.linspace(-1.35, 1.35, 21), np.linspace(0, 1, 4))
    x, z = _arch(turn, back)
    points = np.stack([x, y + tall * (1 - 1.35 * v), z + 2.0 * np.sin(np.pi * v) + 0.6], -1)
    part = loft(points, "#c4605a", "mouth", closed=False)
    part.material = "teeth"
    if tall < 0:
        part.faces = part.faces[:, ::-1].copy()
    return part


def tongue() -> Part:
    """A soft slab that lies in the jaw and can be put out over the lower lip."""
    v, turn = np.meshgrid(np.linspace(0, 1, 15) ** 0.6, np.linspace(0, 2 * np.pi, 17)[:-1], indexing="ij")
    half = 16.5 * np.sqrt(np.clip(1 - v**7, 0, 1)) * (0.8 + 0.2 * np.sqrt(v))
    thick = 6.0 * np.sqrt(np.clip(1 - v**9, 0, 1))
    x, y = half * np.sin(turn), thick * np.cos(turn)
    groove = -1.6 * np.exp(-((x / 4) ** 2)) * (y > 0) * (1 - v)
    points = np.stack([x, -80 + 4.0 * np.sin(v * np.pi) + y + groove, 34 + 42 * v], -1).reshape(-1, 3)
    part = Part(points, grid(15, 16, closed=True), paint("#d0656a", len(points)), "mouth")
    part.moves = shapes.jaw(points, np.full(len(points), 0.92))
    far = np.clip((points[:, 2] - 40) / 36, 0, 1)
    out = np.stack([-0.12 * points[:, 0] * far, 12.0 * smooth(0, 0.5, far) - 9.0 * far**4, 34 * far**1.2], 1)
    out[:, 1] -= (points[:, 1] + 80) * 0.35 * far
    part.moves["tongueOut"] = out
    part.colours = np.clip(part.colours * (0.75 + 0.25 * smooth(40, 70, points[:, 2]))[:, None], 0, 1)
    return part
