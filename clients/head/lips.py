"""Moves of the lips. What must keep them shut moves both alike where they touch."""

from __future__ import annotations

import numpy as np

from clients.head.features import lip_share
from clients.head.measures import CORNER, LIP_Y
from clients.head.part import Points, smooth, spot
from clients.head.skin import Skin

Moves = dict[str, Points]


def sided(skin: Skin) -> Moves:
    """Those with a left and a right, x to the outside."""
    side, (_, y, z) = np.abs(skin.points[:, 0]), skin.points.T
    ahead = smooth(5, 35, z)
    corner, wide = spot(side, y, (25, -63), (27, 30)) * ahead, spot(side, y, (30, -62), (38, 36)) * ahead
    tight = spot(side, y, (26, -63), (19, 20)) * ahead
    cheek = spot(side, y, (41, -36), (27, 24)) * ahead
    chin = spot(side, y, (26, -82), (24, 22)) * ahead
    up, down = _upper(skin) * ahead, _lower(skin) * ahead
    bulge = np.clip(1 - np.abs(skin.across) / CORNER, 0, 1) ** 0.5
    lift, drop = spot(side, 0 * side, (12, 0), (17, 1)), spot(side, 0 * side, (11, 0), (18, 1))
    return {
        "mouthSmile": _move(corner, 6.5, 8.0, -3.5)
        + _move(wide, 2.0, 2.0, -1.5)
        + _move(cheek, 1.0, 2.6, 3.6),
        "mouthFrown": _move(corner, 0.5, -8.0, -0.5) + _move(chin, 0.5, -2.0, 1.0),
        "mouthDimple": _move(tight, 5.5, 1.5, -6.0),
        "mouthStretch": _move(corner, 7.5, -2.5, -3.5) + _move(wide, 2.5, -1.5, -1.5),
        "mouthPress": _thin(skin, 0.38 * np.sqrt(bulge)[:, None] * ahead[:, None])
        + _move(tight, 1.0, 0.3, -1.5),
        "mouthLowerDown": _move(down * drop, 0.8, -8.5, 0.5),
        "mouthUpperUp": _move(up * lift, 0.6, 7.0, 0.8),
    }


def whole(skin: Skin) -> Moves:
    """Those of the whole mouth."""
    x, y, z = skin.points.T
    side, ahead = np.abs(x), smooth(5, 35, z)
    up, down = _upper(skin) * ahead, _lower(skin) * ahead
    full = np.clip(1 - (np.abs(skin.across) / CORNER) ** 3, 0, 1)
    round_ = spot(side, y, (0, LIP_Y), (46, 30)) * ahead
    near = spot(side, y, (0, LIP_Y), (36, 22)) * ahead
    shift = spot(side, y, (0, LIP_Y), (48, 28)) * ahead
    chin = spot(side, y, (0, -90), (26, 20)) * ahead
    deeper = np.clip(side / 24, 0, 1.2) ** 2
    share = np.clip(lip_share(skin), -1.6, 1.6)
    gathered = np.stack([-0.62 * x * round_, 0.20 * (y - LIP_Y) * near, near * (7.5 + 7.5 * deeper)], 1)
    ring = np.stack([-0.42 * x * round_, up * full * 4.6 - down * full * 5.6, near * (6.5 + 5 * deeper)], 1)
    ring[:, 2] += near * full * np.clip(np.abs(share), 0, 1.2) * 1.5
    return {
        "mouthPucker": gathered,
        "mouthFunnel": ring,
        "mouthLeft": _move(shift, 10, 0, 0)
        + np.stack([0 * x, shift * 2.5 * smooth(0, 30, x), -shift * x * 0.06], 1),
        "mouthRight": _move(shift, -10, 0, 0)
        + np.stack([0 * x, shift * 2.5 * smooth(0, 30, -x), shift * x * 0.06], 1),
        "mouthRollLower": _roll(skin, lower=True) * ahead[:, None],
        "mouthRollUpper": _roll(skin, lower=False) * ahead[:, None],
        "mouthShrugLower": _move((down + up) * full, 0, 4.2, 2.4) + _move(chin, 0, 5.0, 1.5),
        "mouthShrugUpper": _move((up + 0.98 * down) * full, 0, 5.0, 2.4),
    }


def close(skin: Skin, opened: Points) -> Points:
    """Brings lips that jawOpen parted together again: exactly, whatever its weight, for both are lines."""
    upper, lower = skin.lips
    top, low = opened[upper], opened[lower]
    meet = top + (low - top) * [0.35, 0.35, 0.1]
    columns = skin.across[upper]
    drop = skin.lip_drop
    rise = _along(skin, columns, meet - low) * smooth(-34, -4, drop)[:, None]
    fall = _along(skin, columns, meet - top) * smooth(26, 4, drop)[:, None]
    found: Points = np.where(skin.below_lip[:, None], rise, fall)
    found[upper], found[lower] = meet - top, meet - low
    return found


def part(skin: Skin) -> Points:
    """Room for the tongue."""
    ahead = smooth(5, 35, skin.points[:, 2])
    gap = spot(skin.points[:, 0], 0 * ahead, (0, 0), (25, 1)) * ahead
    return _move(_upper(skin) * gap, 0, 3.0, 1.2) + _move(_lower(skin) * gap, 0, -6.5, 1.5)


def _along(skin: Skin, columns: Points, values: Points) -> Points:
    return np.stack([np.interp(skin.across, columns, values[:, axis], 0, 0) for axis in range(3)], 1)


def _upper(skin: Skin) -> Points:
    """1 on the upper lip, fading out up to the nose."""
    return np.where(skin.below_lip, 0, smooth(19, 3, skin.lip_drop))


def _lower(skin: Skin) -> Points:
    """1 on the lower lip, fading out on the chin."""
    return np.where(skin.below_lip, smooth(-26, -4, skin.lip_drop), 0)


def _thin(skin: Skin, weight: Points) -> Points:
    """Both lips pressed to a line."""
    share = lip_share(skin)
    off = skin.points[:, 1] - _line(skin)
    near = smooth(2.4, 0.9, np.abs(share))
    return np.stack([0 * off, -off * near, -4.2 * smooth(1.5, 0.3, np.abs(share))], 1) * weight


def _roll(skin: Skin, *, lower: bool) -> Points:
    """One lip over its teeth: its red is drawn in and its border comes to the line."""
    share = lip_share(skin) * (-1 if lower else 1)
    mine = skin.below_lip if lower else ~skin.below_lip
    full = np.clip(1 - (np.abs(skin.across) / CORNER) ** 2, 0, 1) ** 0.6
    red = np.where(mine, smooth(2.6, 0.9, share), 0) * full
    bulk = np.where(mine, np.interp(share, [0, 0.35, 1.0, 1.8], [0, 1, 0.5, 0]), 0) * full
    off = skin.points[:, 1] - _line(skin)
    return np.stack([0 * off, -0.62 * off * red, -4.2 * bulk], 1)


def _line(skin: Skin) -> Points:
    """Height of the line between the lips at each column."""
    upper = skin.lips[0]
    return np.interp(skin.across, skin.across[upper], skin.points[upper, 1])


def _move(weight: Points, x: float, y: float, z: float) -> Points:
    return weight[:, None] * np.array([x, y, z])
