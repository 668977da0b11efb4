"""The small face beside its mouth: head, hair, nose and brows, and eyes with lids that meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runtime.bake.head import SIDES, Patch, bell, dome, patch

Curve = NDArray[np.float64]
"""Shape (columns, 2)."""

EYE, ASIDE = 0.13, 0.335
"""Height of the eyes, and how far each is from the middle."""

LID = np.linspace(-1, 1, 13)
OPEN_UPPER, OPEN_LOWER = 0.098, 0.058
"""How far the lids are above and below the middle of the eye."""


def _arc(
    width: float, height: float, middle: tuple[float, float], columns: int = 25, power: float = 2.0
) -> Curve:
    """Half of a superellipse from right to left, above its middle, or below where `height` is negative."""
    angle = np.linspace(np.pi, 0, columns)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2 / power)
    y = np.abs(np.sin(angle)) ** (2 / power)
    return np.stack([middle[0] + width * x, middle[1] + height * y], 1)


def behind() -> list[Patch]:
    """Hair behind, neck, ears, head, cheeks."""
    hair = patch("hairBack", "4a2f27", _arc(0.95, 1.12, (0, 0.18)), _arc(0.95, -0.95, (0, 0.18)), -0.25)
    side = np.array([[-0.34, 0.0], [0.34, 0.0]])
    neck = patch("neck", "d9a184", side - (0, 0.6), side * 1.12 - (0, 1.6), -0.1)
    ears = [_ear(name, way) for name, way in SIDES]
    face = patch(
        "head", "f0bf9f", _arc(0.79, 0.98, (0, 0.12)), _arc(0.79, -1.08, (0, 0.12), power=2.2), 0.0, rows=13
    )
    face.points[..., 2] = dome(face.x, face.y)
    _chin(face)
    return [hair, neck, *ears, face, *(_cheek(name, way) for name, way in SIDES)]


def _ear(side: str, way: float) -> Patch:
    made = patch(
        f"ear{side}",
        "e3ab8b",
        _arc(0.11, 0.18, (0.8 * way, 0.05), 9),
        _arc(0.11, -0.18, (0.8 * way, 0.05), 9),
    )
    made.points[..., 2] = -0.05
    return made


def _chin(face: Patch) -> None:
    low = np.clip((-0.35 - face.y) / 0.7, 0, 1) ** 0.8 * np.clip(1.15 - np.abs(face.x) / 0.8, 0, 1)
    face.move("jawOpen", dy=-0.30 * low, dz=-0.05 * low)
    face.move("mouthShrugLower", dy=0.05 * low)
    face.move("jawForward", dy=-0.02 * low, dz=0.12 * low)
    for name, way in (("jawLeft", 0.09), ("jawRight", -0.09)):
        face.move(name, dx=way * low)
    cheeks = bell(face.y, -0.35, 0.6) * np.clip(np.abs(face.x) / 0.7, 0, 1) ** 2
    face.move("cheekPuff", dx=0.10 * np.sign(face.x) * cheeks, dz=0.08 * cheeks)


def _cheek(side: str, way: float) -> Patch:
    middle = (0.47 * way, -0.22)
    made = patch(f"cheek{side}", "eeb196", _arc(0.17, 0.11, middle, 13), _arc(0.17, -0.11, middle, 13))
    made.points[..., 2] = dome(made.x, made.y) + 0.01
    made.move(f"mouthSmile{side}", dx=0.03 * way, dy=0.08, dz=0.03)
    made.move(f"cheekSquint{side}", dy=0.07)
    made.move("cheekPuff", dx=0.08 * way + 0.4 * (made.x - middle[0]), dy=0.5 * (made.y - middle[1]), dz=0.06)
    return made


def eyes() -> list[Patch]:
    """White, iris, pupil and glint, then the lids that cover them, for each eye."""
    return [part for side, way in SIDES for part in _eye(side, way)]


def _eye(side: str, way: float) -> list[Patch]:
    x = ASIDE * way + 0.165 * LID
    tilt = 0.012 * LID * way
    upper = EYE + tilt + OPEN_UPPER * (1 - np.abs(LID) ** 2.2)
    lower = EYE + tilt - OPEN_LOWER * (1 - np.square(LID))
    shut = lower + 0.12 * (upper - lower)
    depth = dome(x, np.full_like(x, EYE)) + 0.01

    def curve(y: NDArray[np.float64]) -> Curve:
        return np.stack([x, y], 1)

    rim = 0.05 * (1 - np.square(LID)) + 0.004
    white = patch(f"white{side}", "fbf8f3", curve(upper + 0.02), curve(lower - 0.02), depth)
    above = patch(f"lidUpper{side}", "e9b596", curve(upper + rim + 0.02), curve(upper), depth + 0.03)
    below = patch(f"lidLower{side}", "ecb99a", curve(lower), curve(lower - rim - 0.03), depth + 0.03)
    lash = patch(
        f"lash{side}",
        "2e1c18",
        curve(upper + 0.022 * (1 - LID**4) + 0.003),
        curve(upper - 0.004),
        depth + 0.04,
    )
    edge = np.array([[0.0], [1.0]])
    for part, share in ((above, edge), (lash, np.ones((2, 1)))):
        part.move(f"eyeBlink{side}", dy=share * (shut - upper))
        part.move(f"eyeWide{side}", dy=share * 0.045 * (1 - np.square(LID)))
        part.move(f"eyeSquint{side}", dy=share * 0.25 * (shut - upper))
        part.move(f"eyeLookDown{side}", dy=share * 0.3 * (shut - upper))
        part.move(f"eyeLookUp{side}", dy=share * 0.03 * (1 - np.square(LID)))
    below.move(f"eyeBlink{side}", dy=(1 - edge) * (shut - lower))
    below.move(f"eyeSquint{side}", dy=(1 - edge) * 0.45 * (upper - lower) * 0.7)
    below.move(f"cheekSquint{side}", dy=(1 - edge) * 0.3 * (upper - lower) * 0.7)
    return [white, *_ball(side, way), above, below, lash]


def _ball(side: str, way: float) -> list[Patch]:
    found: list[Patch] = []
    for name, colour, size, dx, dy in (
        ("iris", "6b7f4a", 0.078, 0, 0),
        ("pupil", "1d1512", 0.040, 0, 0),
        ("glint", "ffffff", 0.015, 0.026, 0.03),
    ):
        middle = (ASIDE * way + dx, EYE + 0.012 + dy)
        part = patch(f"{name}{side}", colour, _arc(size, size, middle, 13), _arc(size, -size, middle, 13))
        part.points[..., 2] = dome(np.array(middle[0]), np.array(EYE)) + 0.02 + 0.002 * len(found)
        part.move(f"eyeLookOut{side}", dx=0.085 * way)
        part.move(f"eyeLookIn{side}", dx=-0.085 * way)
        part.move(f"eyeLookUp{side}", dy=0.05)
        part.move(f"eyeLookDown{side}", dy=-0.05)
        found.append(part)
    return found


def front() -> list[Patch]:
    """Nose, brows, and the hair over the forehead."""
    brows = [_brow(side, way) for side, way in SIDES]
    return [*_nose(), *brows, _fringe()]


def _nose() -> list[Patch]:
    bridge = np.array([[-0.035, 0.10], [0.0, 0.11], [0.035, 0.10]])
    base = np.array([[-0.075, -0.14], [0.0, -0.16], [0.075, -0.14]])
    ridge = patch("nose", "f4c8aa", bridge, base, 0.0)
    ridge.points[0, :, 2], ridge.points[1, :, 2] = 0.62, 0.80
    middle = (0.0, -0.165)
    tip = patch("noseTip", "e2a585", _arc(0.125, 0.035, middle, 13), _arc(0.125, -0.045, middle, 13), 0.76)
    holes = [
        patch(
            f"nostril{s}",
            "9c5b4c",
            _arc(0.026, 0.012, (0.055 * w, -0.185), 7),
            _arc(0.026, -0.01, (0.055 * w, -0.185), 7),
            0.78,
        )
        for s, w in SIDES
    ]
    for side, way in SIDES:
        wing = np.clip(tip.x * way / 0.1, 0, 1)
        tip.move(f"noseSneer{side}", dx=0.02 * way * wing, dy=0.045 * wing)
    for hole, (side, way) in zip(holes, SIDES, strict=True):
        hole.move(f"noseSneer{side}", dx=0.015 * way, dy=0.035)
    return [ridge, tip, *holes]


def _brow(side: str, way: float) -> Patch:
    share = np.linspace(0, 1, 9)  # 0 at the nose
    x = way * (0.15 + 0.36 * share)
    middle = EYE + 0.215 + 0.06 * np.sin(np.pi * (0.15 + 0.75 * share)) - 0.02 * share
    thick = 0.026 * (1 - 0.75 * share**2)
    order = slice(None) if way > 0 else slice(None, None, -1)
    upper, lower = (np.stack([x, middle + sign * thick], 1)[order] for sign in (1, -1))
    made = patch(f"brow{side}", "4a2f27", upper, lower)
    made.points[..., 2] = dome(made.x, made.y) + 0.03
    out = np.clip((made.x * way - 0.15) / 0.36, 0, 1)
    made.move(f"browDown{side}", dx=-0.03 * way, dy=-0.10 + 0.05 * out)
    made.move("browInnerUp", dy=0.11 * (1 - out) ** 1.2)
    made.move(f"browOuterUp{side}", dy=0.11 * out**0.8)
    return made


def _fringe() -> Patch:
    top = _arc(0.88, 1.1, (0, 0.14))
    x = np.linspace(-0.80, 0.80, 25)
    line = 0.66 - 0.22 * np.abs(x / 0.8) ** 2.2 + 0.05 * bell(x, 0.25, 0.35) - 0.30 * np.abs(x / 0.8) ** 8
    made = patch("hair", "5b3a2e", top, np.stack([x, line], 1), rows=5)
    made.points[..., 2] = dome(0.93 * made.x, 0.8 * made.y) + 0.04
    return made
