"""All moves of the skin, one displacement for each ARKit name; those of the eyes and the mouth apart."""

from __future__ import annotations

import numpy as np

from clients.head import lids, lips
from clients.head.part import Points, smooth, spot
from clients.head.skin import Skin, over

Moves = dict[str, Points]

SHARED = 5.0
"""Half the width, in mm, of the strip in the middle that both sides move: without it a smile on both sides
would leave a notch under the nose."""

HINGE = np.array([0.0, -14.0, 4.0])
"""Middle of the axis that the jaw turns about, in front of the ears."""
JAW = np.radians(17)
"""How far jawOpen turns it: 3 cm between the teeth."""


def of(skin: Skin) -> Moves:
    """Displacements of every shape that moves the skin."""
    moves: Moves = {}
    for name, move in (lids.of(skin) | _upper(skin) | lips.sided(skin)).items():
        moves |= halves(skin, name, move)
    moves |= lips.whole(skin) | _middle(skin) | jaw(skin.points, jaw_weight(skin))
    moves["mouthClose"] = lips.close(skin, moves["jawOpen"])
    return moves


def halves(skin: Skin, name: str, move: Points) -> Moves:
    """`move`, with x to the outside, for each side."""
    left = move * smooth(-SHARED, SHARED, skin.points[:, 0])[:, None]
    return {f"{name}Left": left, f"{name}Right": left[skin.mirror] * [-1, 1, 1]}


def jaw(points: Points, weight: Points) -> Moves:
    """What the jaw takes along, as much as `weight`; teeth and tongue use it too."""
    share = weight[:, None]
    y, z = (points - HINGE)[:, 1:].T
    turned = np.stack([0 * y, y * np.cos(JAW) - z * np.sin(JAW), z * np.cos(JAW) + y * np.sin(JAW)], 1)
    return {
        "jawOpen": (turned - (points - HINGE) * [0, 1, 1]) * share,
        "jawForward": np.array([0, -1.0, 8.0]) * share,
        "jawLeft": np.array([9.0, 0, 0.0]) * share,
        "jawRight": np.array([-9.0, 0, 0.0]) * share,
    }


def jaw_weight(skin: Skin) -> Points:
    """1 on the chin, 0 above the mouth and behind the ears, and in between at the corners of the mouth."""
    drop, part = skin.lip_drop, np.clip(np.abs(skin.across) / 26, 0, 1)
    upper, lower = 0.44 * part**3.5, 1 - 0.56 * part**3.5
    far = smooth(24, 60, np.abs(skin.across))
    below = lower + (1 - lower) * smooth(0, -24 - 14 * far, drop)
    above = upper * smooth(34 + 10 * far, 0, drop)
    weight: Points = np.where(skin.below_lip, below, above)
    throat = smooth(14.2, 11.4, skin.level) * smooth(-34, 14, skin.points[:, 2])
    return weight * throat


def _upper(skin: Skin) -> Moves:
    """Brows, cheeks and the sides of the nose."""
    side, (_, y, z) = np.abs(skin.points[:, 0]), skin.points.T
    ahead = smooth(10, 40, z)
    height = skin.look.brow_height
    inner, outer = spot(side, y, (13, height), (24, 24)), spot(side, y, (46, height), (24, 24))
    middle = spot(side, y, (26, height - 1), (30, 22))
    cheek, wing = spot(side, y, (40, -24), (27, 22)), spot(side, y, (12, -40), (15, 17))
    fold, lip = spot(side, y, (18, -50), (18, 20)), spot(side, y, (12, -60), (15, 14))
    found = {
        "browDown": _move(middle * ahead, -1.2, -5.5, 0.8) + _move(inner * ahead, -2.2, -3.0, 1.4),
        "browOuterUp": _move(outer * ahead, 0.6, 8.5, -0.5) + _move(middle * ahead, 0, 1.2, 0),
        "cheekSquint": _move(cheek * ahead, 0.8, 6.0, 3.6) + lids.raise_lower(skin, 2.0),
        "noseSneer": _move(wing * ahead, 1.0, 4.6, 1.8)
        + _move(fold * ahead, 0.6, 2.4, 1.6)
        + _move(_not_lower(skin) * lip * ahead, 0.4, 3.0, 0.8)
        + _move(spot(side, y, (8, -8), (11, 16)) * ahead, 0, 1.5, 1.2),
    }
    return {name: _reseat(skin, move) for name, move in found.items()}


def _middle(skin: Skin) -> Moves:
    x, y, z = skin.points.T
    side, ahead = np.abs(x), smooth(10, 40, z)
    inner = spot(side, y, (0, skin.look.brow_height), (31, 26)) * ahead
    puff = spot(side, y, (45, -58), (33, 30)) * smooth(-20, 25, z)
    lip = spot(side, y, (0, -65), (30, 18)) * ahead
    out = np.sign(x)
    puffed = np.stack([out * 9.0 * puff, 0 * y, 6.5 * puff + 2.5 * lip], 1)
    return {
        "browInnerUp": _reseat(skin, _move(inner, 0, 8.0, -0.3)),
        "cheekPuff": puffed,
        "tongueOut": lips.part(skin),
    }


def _not_lower(skin: Skin) -> Points:
    """Keeps what raises the upper lip away from the lower one, and is 0 at the corners, which both share."""
    corner = smooth(26, 12, np.abs(skin.across))
    return np.where(skin.below_lip, 0, np.where(skin.lip_drop < 9, corner, 1))


def _move(weight: Points, x: float, y: float, z: float) -> Points:
    return weight[:, None] * np.array([x, y, z])


def _reseat(skin: Skin, move: Points) -> Points:
    """`move`, but so that skin near the eye goes on lying on the eyeball. It is of the left side."""
    sign = np.where(skin.points[:, 0] < 0, -1.0, 1.0)
    x, y = skin.points[:, 0] + sign * move[:, 0], skin.points[:, 1] + move[:, 1]
    made = move.copy()
    made[:, 2] = over(skin, x, y, skin.plain_z + move[:, 2]) - skin.points[:, 2]
    return made
