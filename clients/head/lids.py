"""Moves of the lids: heights of their edges at each column, fading out towards brow and cheek."""

from __future__ import annotations

import numpy as np

from clients.head.part import Points
from clients.head.skin import Skin, over

MEET = 0.2
"""Where closed lids meet, as a part of the opening from below: the upper one does most of the way."""

Moves = dict[str, Points]


def of(skin: Skin) -> Moves:
    """Blinks, wide and narrow eyes, and what the lids do as the eye looks up and down; x to the outside."""
    top, low = (skin.points[edge] for edge in skin.lids)
    gap, meet = top[:, 1] - low[:, 1], low[:, 1] + MEET * (top[:, 1] - low[:, 1])
    arch = gap / gap.max()
    heights = {
        "eyeBlink": (meet - top[:, 1], meet - low[:, 1]),
        "eyeSquint": (-1.8 * arch, 3.6 * arch),
        "eyeWide": (3.6 * arch, -1.6 * arch),
        "eyeLookUp": (2.8 * arch, 0.8 * arch),
        "eyeLookDown": (-5.2 * arch, -1.6 * arch),
    }
    found = {name: _edges(skin, *edges) for name, edges in heights.items()}
    for name, way in (("eyeLookIn", -1.0), ("eyeLookOut", 1.0)):
        found[name] = _aside(skin, way)
    return found


def raise_lower(skin: Skin, much: float) -> Points:
    """The lower lid pushed up by the cheek, before it is laid on the eyeball again."""
    top, low = (skin.points[edge] for edge in skin.lids)
    gap = top[:, 1] - low[:, 1]
    return _heights(skin, 0 * gap, much * gap / gap.max())


def _edges(skin: Skin, top: Points, low: Points) -> Points:
    move = _heights(skin, top, low)
    side, y, _ = skin.points.T
    move[:, 2] = over(skin, side, y + move[:, 1], skin.plain_z) - skin.points[:, 2]
    move[move[:, 1] == 0] = 0
    return move


def _heights(skin: Skin, top: Points, low: Points) -> Points:
    """Displacements of all rows near the eyes from those of the edges, both sides alike."""
    columns = np.abs(skin.across[skin.lids[0]])
    drop, at = skin.eye_drop, np.abs(skin.across)
    upper = np.interp(at, columns, top, 0, 0) * np.clip(1 - np.abs(drop) / 22, 0, 1) ** 1.5
    lower = np.interp(at, columns, low, 0, 0) * np.clip(1 - np.abs(drop) / 20, 0, 1) ** 1.7
    move = np.zeros_like(skin.points)
    move[:, 1] = np.where(skin.below_eye, lower, upper)
    return move


def _aside(skin: Skin, way: float) -> Points:
    """The cornea takes the lids along a little."""
    top, low = (skin.points[edge] for edge in skin.lids)
    gap = top[:, 1] - low[:, 1]
    move = _heights(skin, gap / gap.max(), gap / gap.max())
    move[:, 0], move[:, 1] = way * 1.2 * move[:, 1], 0
    sign = np.where(skin.points[:, 0] < 0, -1.0, 1.0)
    x, y, _ = skin.points.T
    move[:, 2] = np.where(
        move[:, 0] != 0, over(skin, x + sign * move[:, 0], y, skin.plain_z) - skin.points[:, 2], 0
    )
    return move
