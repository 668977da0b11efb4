"""What shape a hand has, from its 21 landmarks. Pure."""

from __future__ import annotations

import numpy as np

from runtime.perception.observation import Hand, Points

SHAPES = {"Open_Palm": "palm", "Thumb_Up": "thumb_up", "Thumb_Down": "thumb_down", "Pointing_Up": "point"}
"""What MediaPipe's recogniser calls them."""
_SURE, _NEVER = 0.6, 0.9
"""Score from which on its opinion is taken before our own; and from which on a hand that it takes for none of
its gestures does not even point. It knows all that is told here but fingers that point aside or down."""
_WRIST, _THUMB_JOINT, _THUMB, _INDEX, _MIDDLE = 0, 2, 4, 5, 9
_JOINTS, _TIPS = np.array([6, 10, 14, 18]), np.array([8, 12, 16, 20])
"""The middle joint and the tip of four fingers."""
_STRAIGHT, _CURLED = 1.25, 1.1
"""How far the tip of a finger is from the wrist, in distances of its middle joint: straight fingers have
about 1.4, curled ones 0.8."""
_UPRIGHT = 0.7
"""Share of the hand's length that goes up in the picture: within 45 degrees."""
_ASIDE = 0.55
"""Distance of the thumb's tip from the knuckle of the index, in lengths of the palm, at which it sticks
out."""


def shape(hand: Hand) -> str:
    """`palm` (raised, all fingers straight), `point`, `thumb_up`, `thumb_down`, or empty."""
    if hand.gesture and hand.score >= _SURE:
        return SHAPES.get(hand.gesture, "")
    if not hand.gesture and hand.score >= _NEVER:
        return ""
    points, none = hand.points, not hand.gesture and hand.score > 0
    reach = _lengths(points[_TIPS] - points[_WRIST]) / np.maximum(
        _lengths(points[_JOINTS] - points[_WRIST]), 1e-6
    )
    straight, curled = reach >= _STRAIGHT, reach <= _CURLED
    if straight[0] and curled[1:].all():
        return "point"
    if none:
        return ""  # hands in folded arms, at chins and in hair have the shape and do not gesture
    if straight.all():
        return "palm" if -_up(points[_MIDDLE] - points[_WRIST]) >= _UPRIGHT else ""
    return _thumb(points) if curled.all() else ""


def pointing(points: Points) -> tuple[float, float, float]:
    """The way the index finger points, as in `Position`; of length 1."""
    way = points[_TIPS[0]] - points[_INDEX]
    length = max(float(np.linalg.norm(way)), 1e-6)
    return -float(way[0]) / length, -float(way[1]) / length, float(way[2]) / length


def length(points: Points) -> float:
    """Of the palm, in heights of the picture."""
    return float(np.linalg.norm(points[_MIDDLE] - points[_WRIST]))


def _thumb(points: Points) -> str:
    way = points[_THUMB] - points[_THUMB_JOINT]
    out = float(np.linalg.norm(points[_THUMB] - points[_INDEX])) >= _ASIDE * length(points)
    up = _up(way)
    if not out or abs(up) < _UPRIGHT:
        return ""
    return "thumb_up" if up < 0 else "thumb_down"


def _up(way: Points) -> float:
    """Share of this way that goes down in the picture; negative for up."""
    return float(way[1]) / max(float(np.linalg.norm(way)), 1e-6)


def _lengths(ways: Points) -> Points:
    lengths: Points = np.linalg.norm(ways, axis=-1)
    return lengths
