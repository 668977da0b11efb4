"""What made-up players do with hands and bodies, for the tracks: gestures, leaning, turning away, going.

Each happens in a player's track at a time, in a way that the player's chance draws, and says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from runtime.perception import Hand

if TYPE_CHECKING:
    from benchmarks.perception_tracks import Player

_STRAIGHT, _CURLED = (1.0, 1.3, 1.6, 1.9), (1.0, 1.2, 0.9, 0.7)
"""Joints of a finger along the hand, in palms from the wrist."""
_THUMBS: Final = {"in": (-0.2, -0.5, -0.6, -0.7), "up": (0.0, -0.4, -1.2, -1.8), "down": (0.0, 0.4, 1.0, 1.6)}
"""Joints of the thumb, downwards in palms."""
_NOISE, _LOST = 0.02, 0.05
"""Palms by which a landmark errs, and the share of frames in which a hand is not found."""
_HIDDEN = 65.0
"""Degrees of yaw beyond which a face is not found."""
_BODY_EVERY = 14
"""Frames, as the tracker looks for it."""


def deeds() -> dict[str, Callable[[Player, float], None]]:
    """All that can be done, by name."""
    return {
        "palm": lambda player, at: _shown(player, at, "palm", fingers=4, turn=25),
        "point": lambda player, at: _shown(player, at, "point", fingers=1, turn=60),
        "thumb_up": lambda player, at: _shown(player, at, "thumb_up", thumb="up", turn=15),
        "thumb_down": lambda player, at: _shown(player, at, "thumb_down", thumb="down", turn=15),
        "wave": _wave,
        "lean": _lean,
        "turn_away": _turn_away,
        "go": _go,
    }


def _shown(
    player: Player, at: float, what: str, fingers: int = 0, thumb: str = "in", turn: float = 0.0
) -> None:
    """A fist that opens, is held and closes."""
    draw = player.draw
    lasts, opens = draw.uniform(0.8, 2.5), draw.uniform(0.15, 0.3)
    open_, tilt, size = player.hold(at, lasts, opens), draw.uniform(-turn, turn), draw.uniform(0.05, 0.15)
    for row in np.flatnonzero(open_ > 0):
        _put(player, int(row), _hand(player, open_[row], fingers, thumb, tilt, size))
    player.happens("gesture", what, at, at + lasts + opens)


def _wave(player: Player, at: float) -> None:
    """An open hand, to and fro."""
    draw = player.draw
    cycles, rate = draw.uniform(2, 4), draw.uniform(1.0, 2.2)
    size, wide, tilt = draw.uniform(0.05, 0.12), draw.uniform(0.5, 1.2), draw.uniform(-15, 15)
    lasts = cycles / rate
    for row in np.flatnonzero((player.times >= at) & (player.times <= at + lasts)):
        x = wide * np.sin(2 * np.pi * rate * (player.times[row] - at))
        _put(player, int(row), _hand(player, 1.0, 4, "in", tilt, size, x))
    player.happens("gesture", "wave", at, at + lasts)


def _lean(player: Player, at: float) -> None:
    """Nearer for some seconds."""
    draw = player.draw
    lasts, takes = draw.uniform(2, 4), draw.uniform(0.5, 1.2)
    player.place[:, 2] -= draw.uniform(0.18, 0.28) * player.hold(at, lasts, takes)
    player.happens("posture", "leaning_in", at, at + lasts + takes)


def _turn_away(player: Player, at: float) -> None:
    """To somebody behind: the face is lost and the body stays."""
    draw = player.draw
    lasts, takes = draw.uniform(2, 4), draw.uniform(0.3, 0.6)
    player.head[:, 0] += draw.choice((-1, 1)) * draw.uniform(70, 110) * player.hold(at, lasts, takes)
    for row in np.flatnonzero(np.abs(player.head[:, 0]) > _HIDDEN):
        player.hidden.add(int(row))
    player.happens("posture", "turned_away", at, at + lasts + takes)


def _go(player: Player, at: float) -> None:
    """Out of the picture, and back."""
    gone = player.draw.uniform(2.8, 3.8)
    for row in np.flatnonzero((player.times >= at) & (player.times <= at + gone)):
        player.gone.add(int(row))
    player.happens("presence", "left", at, at + gone)
    player.happens("presence", "came", at + gone, at + gone + 0.6)


def body(player: Player, row: int) -> NDArray[np.float32] | None:
    """The body in this frame, where it is looked for: from the front or, where the face is hidden, aside."""
    if row % _BODY_EVERY or row in player.gone:
        return None
    points = np.ones((33, 4), np.float32)
    points[:, :3] = player.draw.normal(0, 0.01, (33, 3))
    aside = row in player.hidden
    points[[0, 7, 8], 0] += (0.15, 0.05, -0.05) if aside else (0.0, 0.08, -0.08)
    points[[11, 12], 0] += (0.06, -0.06) if aside else (0.25, -0.25)
    points[[11, 12], 1] += 0.25
    points[[15, 16], 1] += 0.6
    return points


def _hand(
    player: Player, opened: float, fingers: int, thumb: str, tilt: float, size: float, x: float = 0.0
) -> Hand:
    """With so many straight fingers, as far as it is `opened`; its palm has `size` heights of the picture."""
    points = np.zeros((21, 3))
    for finger in range(4):
        base = 5 + 4 * finger
        straight = opened if finger < fingers else 0.0
        points[base : base + 4, 0] = 0.3 - 0.2 * finger
        points[base : base + 4, 1] = -(np.array(_CURLED) + straight * np.subtract(_STRAIGHT, _CURLED))
    points[1:5, 0] = (0.2, 0.3, 0.3, 0.4)
    points[1:5, 1] = np.array(_THUMBS["in"]) + opened * np.subtract(_THUMBS[thumb], _THUMBS["in"])
    cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    points[:, :2] = points[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    points += player.draw.normal(0, _NOISE, points.shape)
    points[:, 0] += x
    return Hand((size * points).astype(np.float32))


def _put(player: Player, row: int, hand: Hand) -> None:
    if player.draw.random() >= _LOST:
        player.hands[row] = (hand,)
