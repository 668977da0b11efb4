"""Pictures of the small face, in software: its patches from back to front, anti-aliased by drawing them
larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from runtime.bake.extra import need
from runtime.bake.head import SIDES, head
from runtime.types import Pose, Weights

if TYPE_CHECKING:
    from PIL import Image

FINE = 3
"""Pixels drawn for one that is kept, along each side."""

SCENE = (38, 44, 56)
SHIRT = (92, 107, 122)
VIEW, CENTRE = 2.75, (0.0, -0.03)
"""Height of what is seen, and its middle, in units of the head."""

NEAR = 0.10
"""How much larger a thing looks that lies one unit further forward."""

PIVOT = np.array([0.0, -0.75, -0.35])
"""The head turns about the top of the neck."""


def picture(weights: NDArray[np.float32], pose: NDArray[np.float32], size: int = 480) -> Image.Image:
    """The face under one row of weights (52,) and one of pose (7,), `size` pixels square.

    The eyes look where the weights say; the pose only says the same in degrees. Raises MissingExtra.
    """
    image_module: Any = need("PIL.Image")
    draw_module: Any = need("PIL.ImageDraw")
    image = image_module.new("RGB", (size * FINE, size * FINE), SCENE)
    canvas = draw_module.Draw(image)
    parts = head().posed(weights)
    _meet(parts)
    turn = _turn(*pose[:3])
    scale = size * FINE / VIEW
    _shoulders(canvas, scale, size * FINE / 2)
    for made in head().patches:
        points = parts[made.name] if made.name == "neck" else (parts[made.name] - PIVOT) @ turn.T + PIVOT
        outline = np.concatenate([points[0], points[-1][::-1]])
        canvas.polygon(_place(outline, scale, size * FINE / 2), fill=made.colour)
        if made.name == "lipUpper":
            canvas.line(
                _place(points[1], scale, size * FINE / 2), fill=(110, 42, 44), width=FINE * size // 240
            )
    return image.reduce(FINE)  # type: ignore[no-any-return]


def frames(weights: Weights, pose: Pose, size: int = 480) -> Any:
    """A picture for each row."""
    for row, turned in zip(weights, pose, strict=True):
        yield picture(row, turned, size)


def _meet(parts: dict[str, NDArray[np.float32]]) -> None:
    """Lids and lips stop where they touch; a sum of moves does not know that."""
    parts["lipLower"][0, :, 1] = np.minimum(parts["lipLower"][0, :, 1], parts["lipUpper"][1, :, 1])
    for side, _ in SIDES:
        upper, lower = parts[f"lidUpper{side}"][1, :, 1], parts[f"lidLower{side}"][0, :, 1]
        lift = np.maximum(lower - upper, 0)
        upper += lift
        parts[f"lash{side}"][..., 1] += lift


def _turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Rotation by degrees: roll first, then pitch, then yaw."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    around_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    around_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turned: NDArray[np.float64] = around_y @ around_x @ around_z
    return turned


def _place(points: NDArray[np.floating[Any]], scale: float, middle: float) -> list[tuple[float, float]]:
    near = 1 + NEAR * points[:, 2]
    x = middle + (points[:, 0] - CENTRE[0]) * near * scale
    y = middle - (points[:, 1] - CENTRE[1]) * near * scale
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _shoulders(canvas: Any, scale: float, middle: float) -> None:
    low = middle + 1.13 * scale
    canvas.ellipse((middle - 1.05 * scale, low, middle + 1.05 * scale, low + 1.2 * scale), fill=SHIRT)
