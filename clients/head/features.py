"""What makes a face of a skull: sockets, brows, nose, cheeks, lips and chin, as soft bumps in depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clients.head.measures import CORNER
from clients.head.part import Points, blend, catmull, rgb, smooth, spot

if TYPE_CHECKING:  # it is made with what is here
    from clients.head.skin import Skin

NOSE = np.array(
    [(14, 0), (4, 1), (-6, 4), (-16, 9), (-26, 15), (-33, 20), (-38, 21), (-42.5, 14), (-46, 6), (-49, 1)],
    float,
)
"""Height, and how far the ridge of the nose stands out there, in mm."""


def add(skin: Skin, points: Points, ahead: Points) -> Points:
    """`points` with the face on them; `ahead` is 0 behind the ears and 1 in front."""
    x, y, _ = points.T
    side = np.abs(x)
    made = points.copy()
    made[:, 2] += ahead * (
        _sockets(skin, side, y) + _cheeks(skin, side, y) + _nose(skin, side, y) + _lips(skin)
    )
    # The tip of the nose hangs a little, and its wings stand out.
    tip = spot(x, y, (0, -38), (13, 13)) * ahead
    made[:, 1] += tip * np.where(y < -38, -2.0, -0.5) * skin.look.nose**0.5
    return made


def _sockets(skin: Skin, side: Points, y: Points) -> Points:
    look = skin.look
    dent = -7.5 * spot(side, y, (29, 1), (24, 21)) - 7 * spot(side, y, (17, -1), (11, 12))
    brow = (2.2 + look.ridge) * spot(side, y, (30, look.brow_height), (36, 11))
    return dent + brow + look.ridge * 0.6 * spot(side, y, (0, 16), (20, 12))


def _cheeks(skin: Skin, side: Points, y: Points) -> Points:
    look = skin.look
    apple = 5.0 * spot(side, y, (40, -30), (30, 24))
    chin = 6.5 * spot(side, y, (0, -94 - look.length), (24 * look.chin, 18))
    cleft = -3.0 * spot(side, y, (0, -80 - look.length * 0.4), (24, 8))
    line = side - np.interp(y, [-66, -42], [33, 17])
    fold = -(0.7 + 1.0 * look.age) * np.exp(-((line / 3.0) ** 2)) * smooth(-72, -58, y) * smooth(-38, -48, y)
    bag = -0.7 * look.age * spot(side, y, (32, -15), (17, 5))
    return apple + chin + cleft + fold + bag


def _nose(skin: Skin, side: Points, y: Points) -> Points:
    look = skin.look
    height = catmull(NOSE[:, 1:], np.interp(-y, -NOSE[:, 0], np.arange(len(NOSE))))[:, 0]
    height = np.where((y > 14) | (y < -49), 0, height) + look.bridge * spot(side, y, (0, -5), (30, 24))
    width = np.interp(y, [-46, -37, -20, 0, 14], [10.5, 9.6, 7, 7, 12]) * look.nose**0.7
    ridge = height * np.exp(-((side / width) ** 2))
    wide = look.nose
    wing = 7.0 * spot(side, y, (12.5 * wide, -41), (8.5 * wide, 8))
    hole = -4.0 * spot(side, y, (6.6 * wide, -46.5), (4.6, 3.2))
    tip = 2.5 * spot(side, y, (0, -36.5), (10, 9))
    return ridge + tip + wing + hole


def _lips(skin: Skin) -> Points:
    """Two soft rolls with a line between them."""
    part, share = np.clip(np.abs(skin.across) / CORNER, 0, 2), lip_share(skin)
    full = np.clip(1 - part**2.5, 0, 1)
    roll = np.interp(
        share, [-2.2, -1, -0.5, -0.12, 0.0, 0.12, 0.5, 1, 2.2], [0, 1.2, 4.6, 2.2, -1.0, 2.2, 4.2, 1.6, 0]
    )
    corner = -2.0 * spot(np.abs(skin.across), skin.lip_drop, (CORNER + 1, 0), (9, 9))
    muzzle = 2.5 * spot(skin.across, skin.lip_drop, (0, 2), (36, 26))
    return roll * (0.12 + 0.88 * full) * smooth(1.4, 1.0, part) + corner + muzzle


def lip_share(skin: Skin) -> Points:
    """Height on the lips: 0 where they touch, 1 at the upper and -1 at the lower border."""
    drop = skin.lip_drop
    return np.where(drop >= 0, drop / 7.3, drop / 8.0)


def colours(skin: Skin) -> Points:
    """Colours of the skin at rest."""
    look, (x, y, z) = skin.look, skin.points.T
    side, shade, blush = np.abs(x), rgb(look.shade), rgb(look.blush)
    made = np.tile(rgb(look.skin), (len(x), 1))
    front = smooth(20, 50, z)
    made = blend(made, shade, 0.16 * front * spot(side, y, (32, 3), (25, 20)))
    made = blend(made, blush, 0.42 * front * spot(side, y, (43, -31), (24, 19)))
    made = blend(made, blush, 0.35 * front * spot(x, y, (0, -37), (17, 12)))
    made = blend(made, shade, 0.35 * front * spot(side, y, (32, 15), (22, 4)))
    made = blend(made, shade, 0.45 * smooth(-105, -125, y))
    made = blend(made, rgb("#5a2a1c"), 0.7 * front * spot(side, y, (6.4 * look.nose, -46.4), (4, 2.6)))
    if look.stubble:
        beard = smooth(-46, -62, y) * smooth(-150, -110, y) * smooth(-5, 30, z)
        made = blend(made, rgb(look.hair), 0.5 * look.stubble * beard)
    return _lips_and_lids(skin, made)


def _lips_and_lids(skin: Skin, made: Points) -> Points:
    look, part, share = skin.look, np.abs(skin.across) / CORNER, lip_share(skin)
    lip = smooth(1.25, 0.95, np.abs(share)) * smooth(1.06, 0.96, part) * (skin.points[:, 2] > 30)
    made = blend(made, rgb(look.lip), 0.92 * lip)
    made = blend(made, rgb("#5a1d1c"), 0.75 * lip * np.clip(1 - np.abs(share) / 0.25, 0, 1))
    upper, lower = skin.lids
    for edge, colour, much in ((upper, "#2a1511", 0.9), (lower, look.shade, 0.7)):
        for line in (edge[1:-1], skin.mirror[edge[1:-1]]):
            made[line] = blend(made[line], rgb(colour), np.full(len(line), much))
    return made
