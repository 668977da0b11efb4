"""The mouth of the small face: lips around an opening, with teeth and tongue in it.

The lower inner lip falls by DROP at jawOpen 1 and mouthClose 1 brings it back by as much, as in ARKit:
where both are equal the lips touch, whatever the jaw does.
"""

from __future__ import annotations

import numpy as np

from runtime.bake.head import SIDES, Patch, bell, dome, patch

MIDDLE, HALF = -0.50, 0.265
"""Height of the mouth, and half of its width."""

DROP = 0.46
"""How far the middle of the lower lip falls with jawOpen 1."""

U = np.linspace(-1, 1, 17)
BELLY = 1 - np.square(U)
ROUND = BELLY**0.55
"""The shape of an open mouth: an ellipse rather than a parabola."""

X = HALF * U
SEAM = MIDDLE + 0.012 * bell(np.abs(U), 0.35, 0.4) - 0.004 * BELLY
CUPID = MIDDLE + 0.078 * BELLY**0.8 + 0.016 * bell(np.abs(U), 0.28, 0.3) - 0.012 * bell(U, 0, 0.22)
UNDER = MIDDLE - 0.105 * BELLY**0.7
DEPTH = dome(X, np.full_like(X, MIDDLE)) + 0.05 * BELLY


def patches() -> list[Patch]:
    """Back to front."""
    seam, cupid, under = (np.stack([X, y], 1) for y in (SEAM, CUPID, UNDER))
    cavity = patch("mouth", "5a1f24", seam, seam, DEPTH - 0.030)
    tongue = patch("tongue", "c8636b", seam, seam, DEPTH - 0.025)
    lower_teeth = patch("teethLower", "e9e4da", seam, seam, DEPTH - 0.020)
    upper_teeth = patch("teethUpper", "f7f4ee", seam, seam, DEPTH - 0.015)
    lower = patch("lipLower", "c96f68", seam, under, DEPTH)
    upper = patch("lipUpper", "b75f5c", cupid, seam, DEPTH + 0.01)
    tip = patch("tongueTip", "d3727a", seam, seam, DEPTH + 0.03)
    for row, (part, inner, outer) in enumerate(((upper, 1, 0), (lower, 0, 1))):
        _lip(part, inner, outer, "Lower" if row else "Upper")
    for part in (cavity, tongue, lower_teeth, upper_teeth, tip):
        _line(part, upper, lower)
    _teeth(upper_teeth, lower_teeth)
    _tongue(tongue, tip)
    return [cavity, tongue, lower_teeth, upper_teeth, lower, upper, tip]


def _lip(part: Patch, inner: int, outer: int, which: str) -> None:
    sign = 1.0 if which == "Upper" else -1.0
    edge = np.zeros((2, 1))
    edge[outer] = 1.0
    half = {side: 0.5 + 0.5 * np.sin(np.pi / 2 * U) * way for side, way in SIDES}
    corner = {side: np.clip(U * way, 0, 1) ** 1.6 for side, way in SIDES}
    if which == "Lower":
        part.move("jawOpen", dy=-DROP * ROUND * (1 - 0.06 * edge))
        part.move("mouthClose", dy=DROP * ROUND * (1 - 0.06 * edge))
        part.move("mouthRollLower", dy=0.07 * BELLY * edge, dz=-0.04 * BELLY)
        part.move("mouthShrugLower", dy=0.05 * BELLY + 0.03 * BELLY * edge)
        part.move("jawForward", dz=0.06)
    else:
        part.move("mouthRollUpper", dy=-0.05 * BELLY * edge, dz=-0.04 * BELLY)
        part.move("mouthShrugUpper", dy=0.03 * BELLY + 0.03 * BELLY * edge)
        part.move("mouthShrugLower", dy=0.035 * BELLY)
    part.move("jawOpen", dx=-0.10 * X, dy=-0.05 * (1 - ROUND))
    part.move("mouthClose", dx=0.06 * X)
    part.move("mouthFunnel", dx=-0.34 * X, dy=sign * (0.07 * ROUND + 0.04 * BELLY * edge), dz=0.14)
    part.move("mouthPucker", dx=-0.44 * X, dy=sign * (0.008 * ROUND + 0.020 * ROUND * edge), dz=0.18)
    for name, way in (("mouthLeft", 0.13), ("mouthRight", -0.13)):
        part.move(name, dx=way)
    for name, way in (("jawLeft", 0.07), ("jawRight", -0.07)):
        part.move(name, dx=way * (0.2 if which == "Upper" else 1.0))
    for side, way in SIDES:
        rise, spread = corner[side], way * corner[side]
        part.move(f"mouthSmile{side}", dx=0.13 * spread, dy=0.15 * rise, dz=-0.05 * rise)
        part.move(f"mouthFrown{side}", dx=0.02 * spread, dy=-0.13 * rise)
        part.move(f"mouthDimple{side}", dx=0.07 * spread, dy=0.02 * rise, dz=-0.03 * rise)
        part.move(f"mouthStretch{side}", dx=0.15 * spread, dy=-0.04 * rise)
        part.move(f"mouthPress{side}", dy=-sign * 0.05 * BELLY * half[side] * edge)
        opens = f"mouthUpperUp{side}" if which == "Upper" else f"mouthLowerDown{side}"
        part.move(opens, dy=sign * 0.15 * ROUND * half[side] * (1 + 0.05 * edge))


def _line(part: Patch, upper: Patch, lower: Patch) -> None:
    """Its upper edge goes with the upper inner lip and its lower edge with the lower one."""
    for weight in {**upper.moves, **lower.moves}:
        none = np.zeros_like(part.points)
        above, below = upper.moves.get(weight, none)[1], lower.moves.get(weight, none)[0]
        part.moves[weight] = np.stack([above, below])


def _teeth(upper: Patch, lower: Patch) -> None:
    """They show as far as the lips leave them; a jaw that opens far bares no more of them than they are
    long."""
    grown = {"jawOpen": 0.24, "mouthClose": 0.24, "mouthFunnel": 0.3}
    sides = [f"{name}{side}" for name in ("mouthUpperUp", "mouthLowerDown") for side, _ in SIDES]
    for name in (*grown, *sides):
        above, below = upper.moves[name]
        share = grown.get(name, 1.0 if name.startswith("mouthUpperUp") else 0.35)
        upper.moves[name] = np.stack([above, above + share * (below - above)])
        share = 0.3 if name.startswith("mouthLowerDown") else 0.0
        lower.moves[name] = np.stack([below + share * (above - below), below])


def _tongue(tongue: Patch, tip: Patch) -> None:
    for name in [weight for weight in tongue.moves if weight != "tongueOut"]:
        above, below = tongue.moves[name]
        share = 0.42 if name in ("jawOpen", "mouthClose") else 0.3
        tongue.moves[name] = np.stack([below + share * BELLY[:, None] * (above - below), below])
        tip.moves[name] = np.stack([below, below])
    tongue.move("tongueOut", dy=np.stack([0.05 * BELLY, 0 * BELLY]))
    squeeze = -0.42 * X
    tip.move("tongueOut", dx=squeeze, dy=np.stack([0.02 * BELLY, -0.26 * ROUND]), dz=0.2 * BELLY)
