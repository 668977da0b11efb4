"""Virtual Motion Capture over OSC: what avatars in the format VRM are driven by.

Directions are Unity's: x to the avatar's own right, y up, z ahead, and turns follow the left hand. So yaw to
the avatar's left is negative about y, pitch up negative about x, roll to its left shoulder positive about z.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np

from runtime.face import ARKIT
from runtime.face.names import VRM, vrm
from runtime.protocol.media import BLENDSHAPES
from runtime.sinks.datagrams import LARGEST, Datagrams
from runtime.sinks.osc import bundles, message
from runtime.sinks.show import FPS, Look, Moment

PORT = 39539

Shapes: TypeAlias = Literal["vrm0", "vrm1", "arkit"]

_VRM0 = {
    **{"aa": "A", "ih": "I", "ou": "U", "ee": "E", "oh": "O"},
    **{"blink": "Blink", "blinkLeft": "Blink_L", "blinkRight": "Blink_R", "neutral": "Neutral"},
    **{"happy": "Joy", "angry": "Angry", "sad": "Sorrow", "relaxed": "Fun", "surprised": "Surprised"},
    **{"lookUp": "LookUp", "lookDown": "LookDown", "lookLeft": "LookLeft", "lookRight": "LookRight"},
}
NAMES: dict[Shapes, tuple[str, ...]] = {
    "vrm0": tuple(_VRM0[name] for name in VRM),
    "vrm1": VRM,
    "arkit": tuple(name[0].upper() + name[1:] for name in ARKIT),
}
"""What an avatar may call its expressions. VRM 0 is what every receiver has to know; it has no `Surprised` of
its own, but many avatars have one by that name. Avatars with `perfect sync` have the 52 of ARKit."""


class VMC:
    """Sends every character to a port of its own, in the order of the cast."""

    def __init__(self, to: Datagrams, shapes: Shapes = "vrm0") -> None:
        self.to, self._shapes = to, shapes

    def show(self, moment: Moment) -> None:
        """Send the faces of a moment."""
        for beyond, look in enumerate(moment.faces.values()):
            for bundle in bundles(messages(look, moment.number / FPS, self._shapes), LARGEST):
                self.to.send(bundle, beyond)


def messages(look: Look, seconds: float, shapes: Shapes) -> Iterator[bytes]:
    """A frame, `seconds` after the first. `Apply` comes last: values are kept until then."""
    yield message("/VMC/Ext/OK", 1)
    yield message("/VMC/Ext/T", seconds)
    yaw, pitch, roll, *eyes = look[BLENDSHAPES:].tolist()
    yield _bone("Head", yaw, pitch, roll)
    if shapes != "arkit":  # the look weights of ARKit turn the eyes already
        yield _bone("LeftEye", *eyes[:2])
        yield _bone("RightEye", *eyes[2:])
    weights = look[:BLENDSHAPES] if shapes == "arkit" else vrm(look[None, :BLENDSHAPES])[0]
    for name, weight in zip(NAMES[shapes], weights.tolist(), strict=True):
        yield message("/VMC/Ext/Blend/Val", name, weight)
    yield message("/VMC/Ext/Blend/Apply")


def _bone(name: str, yaw: float, pitch: float, roll: float = 0.0) -> bytes:
    return message("/VMC/Ext/Bone/Pos", name, 0.0, 0.0, 0.0, *quaternion(yaw, pitch, roll))


def quaternion(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    """x, y, z, w of a turn by angles in degrees: first roll, then pitch, then yaw, as in Unity."""
    (x, y, z), (a, b, c) = (f(np.radians([-pitch, -yaw, roll]) / 2).tolist() for f in (np.sin, np.cos))
    return (
        x * b * c + a * y * z,
        a * y * c - x * b * z,
        a * b * z - x * y * c,
        a * b * c + x * y * z,
    )
