"""What feelings and modes do to a face and to the way a head is held.

Shapes are the action units of each emotion in EMFACS (Ekman and Friesen 1983), by the ARKit weight closest to
each: 1 browInnerUp, 2 browOuterUp, 4 browDown, 5 eyeWide, 6 cheekSquint, 7 eyeSquint, 9 noseSneer,
10 mouthUpperUp, 12 mouthSmile, 15 mouthFrown, 17 mouthShrugLower, 20 mouthStretch, 24 mouthPress, 26 jawOpen.
How strong each is was set by eye, for a face that plays to a camera two metres away rather than to a stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class State:
    """A state as it shows."""

    shape: Mapping[str, float]
    """Weights by ARKit name, both sides where it has none."""
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Yaw, pitch and roll in degrees. Yaw and roll take a side that is drawn."""
    sway: float = 0.0
    """For an emotion the share by which the head moves more; for a mode how much it moves at all."""
    seconds: float = 0.5
    """Until it is there. Surprise and fear are quick, sadness is slow."""


FEELINGS: Final = MappingProxyType(
    {
        "joy": State(
            {
                "mouthSmile": 0.62,
                "mouthDimple": 0.15,
                "cheekSquint": 0.55,
                "eyeSquint": 0.25,
                "browOuterUp": 0.08,
            },
            (0, 1.5, 1.5),
            *(0.3, 0.45),
        ),
        "sadness": State(
            {
                **{"browInnerUp": 0.62, "browDown": 0.18, "eyeBlink": 0.14, "eyeSquint": 0.10},
                **{"mouthFrown": 0.50, "mouthShrugLower": 0.28, "mouthRollLower": 0.08},
            },
            (0, -5, 2),
            *(-0.4, 0.6),
        ),
        "anger": State(
            {
                **{"browDown": 0.72, "eyeSquint": 0.38, "eyeWide": 0.12, "noseSneer": 0.28},
                **{"mouthPress": 0.40, "mouthFrown": 0.22, "mouthRollUpper": 0.12, "jawForward": 0.12},
            },
            (0, -3, 0),
            *(0.4, 0.4),
        ),
        "fear": State(
            {
                **{
                    "browInnerUp": 0.65,
                    "browOuterUp": 0.30,
                    "browDown": 0.18,
                    "eyeWide": 0.62,
                    "eyeSquint": 0.10,
                },
                **{"mouthStretch": 0.42, "jawOpen": 0.07, "mouthLowerDown": 0.12},
            },
            (0, 1.5, 0),
            *(0.15, 0.3),
        ),
        "disgust": State(
            {
                **{"noseSneer": 0.68, "browDown": 0.42, "eyeSquint": 0.42, "cheekSquint": 0.32},
                **{"mouthUpperUp": 0.24, "mouthFrown": 0.32, "mouthShrugLower": 0.20},
            },
            (4, 2, 1.5),
            *(0.0, 0.45),
        ),
        "surprise": State(
            {"browInnerUp": 0.65, "browOuterUp": 0.72, "eyeWide": 0.55, "jawOpen": 0.17, "mouthFunnel": 0.10},
            (0, 2, 0),
            *(0.25, 0.3),
        ),
    }
)

BEARING: Final = MappingProxyType(
    {
        "rest": State({}, (0, 0, 0), 0.45),
        "listening": State({"browInnerUp": 0.07, "browOuterUp": 0.07, "eyeWide": 0.03}, (0, 0, 2.5), 0.4),
        "thinking": State({"browInnerUp": 0.10, "browDown": 0.12, "eyeSquint": 0.12}, (0, 1, 2), 0.5),
        "speaking": State({}, (0, 0, 0), 1.0),
    }
)
