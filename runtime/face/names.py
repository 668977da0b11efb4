"""What others call a face: the names and orders of the common formats, and how ours becomes theirs.

`weights` is always (frames, 52) in the order of ARKIT. Everything derived is float32 in [0, 1], frame by
frame: it needs no neighbours and no state, so it can be streamed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT, AT
from runtime.face import POSE as POSE
from runtime.face.coarticulation import GAIN
from runtime.face.visemes import CHANNELS, VISEMES
from runtime.types import Pose as Pose
from runtime.types import Weights

ROTATIONS: Final = (
    *("HeadYaw", "HeadPitch", "HeadRoll", "LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll"),
    *("RightEyeYaw", "RightEyePitch", "RightEyeRoll"),
)
LIVE_LINK: Final = (*(name[0].upper() + name[1:] for name in ARKIT), *ROTATIONS)
"""The 61 values of Live Link Face in the order of its packets (Unreal's EARFaceBlendShape)."""

_SWAPPED = {
    "JawLeft": "JawRight",
    "JawRight": "JawLeft",
    "MouthLeft": "MouthRight",
    "MouthRight": "MouthLeft",
}
LIVE_LINK_CSV: Final = tuple(_SWAPPED.get(name, name) for name in LIVE_LINK)
"""The same in the order of the app's recordings, which name right before left for the jaw and the mouth. Some
importers go by the place of a column and not by its name."""

MEDIAPIPE: Final = ("_neutral", *sorted(set(ARKIT) - {"tongueOut"}))
"""MediaPipe's face landmarker: alphabetical, with a first that is always about 0, and without the tongue."""

OVR: Final = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
"""The visemes of Oculus Lipsync, after MPEG-4; OpenXR and most VR avatars have the same."""

VRM: Final = (
    *("aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight"),
    *(
        "happy",
        "angry",
        "sad",
        "relaxed",
        "surprised",
        "lookUp",
        "lookDown",
        "lookLeft",
        "lookRight",
        "neutral",
    ),
)
"""Preset expressions of VRM 1.0."""


def live_link(weights: Weights, pose: Pose) -> NDArray[np.float32]:
    """Columns of LIVE_LINK, shape (frames, 61). Angles are in radians; eyes do not roll."""
    angles = np.zeros((len(weights), len(ROTATIONS)), np.float32)
    angles[:, [0, 1, 2, 3, 4, 6, 7]] = np.radians(pose)
    return np.concatenate([weights, angles], axis=1)


def mediapipe(weights: Weights) -> NDArray[np.float32]:
    """Columns of MEDIAPIPE, shape (frames, 52): the same values in another order."""
    found = np.zeros((len(weights), len(MEDIAPIPE)), np.float32)
    found[:, 1:] = weights[:, [AT[name] for name in MEDIAPIPE[1:]]]
    return found


SEALED: Final = {"mouthClose": 0.10, "mouthRollUpper": 0.12}
PRESSED: Final = 0.20
"""mouthClose, mouthRollUpper or mouthPress at which lips count as shut on purpose: closures of our own
have 0.10 (as much as their jawOpen), 0.10 and 0.22; resting lips have under 0.05 of each."""

APART: Final = 0.05
"""Gap of jawOpen over mouthClose at which lips certainly do not touch: half of what an open vowel has at
least."""

TUCKED: Final = 0.26
"""mouthRollLower at which the lower lip counts as under the teeth: our own f and v have 0.28, closures
0.14."""

OPENED: Final = 0.13
"""Opening (see `_shape`) from which on the mouth counts as speaking and no longer as resting: that of a
narrow vowel of running speech."""

NEAR: Final = 0.055
"""Standard deviation, in the weights of running speech, within which a mouth looks like a viseme: about
half the distance between neighbours of the table."""

_EXAMPLES = {
    **{"TH": "θ", "DD": "t", "kk": "k", "CH": "ʃ", "SS": "s", "nn": "l", "RR": "ɹ"},
    **{"aa": "ɑ", "E": "ɛ", "ih": "ɪ", "oh": "O", "ou": "u"},
}
"""A sound for each viseme that is not told by a contact."""


def ovr(weights: Weights) -> NDArray[np.float32]:
    """Columns of OVR, shape (frames, 15); each row adds up to 1.

    Contacts come first: pressed lips are PP, a tucked lower lip is FF. What is left is silence as far as
    the mouth is shut, and else shared out by nearness to the mouths of `visemes`, one Gaussian each. Lips
    do not tell t, k and n apart: DD, kk and nn share what looks like any of them.
    """
    shape = _shape(weights)
    gap, opening, rounded = shape[:, 0], _opening(weights), shape[:, 1] + shape[:, 2]
    sealed = np.max([weights[:, AT[name]] / much for name, much in SEALED.items()], axis=0)
    shut = _clip(np.maximum(sealed, _pair(weights, "mouthPress") / PRESSED)) * _clip(1 - gap / APART)
    tucked = _clip((weights[:, AT["mouthRollLower"]] - 0.14) / (TUCKED - 0.14)) * (1 - shut)
    speaking = _clip(opening / OPENED + rounded / 0.3) * (1 - shut - tucked)
    near = np.exp(-np.square(shape[:, None] - _MOUTHS).sum(2) / (2 * NEAR**2)) + 1e-12
    found = np.zeros((len(weights), len(OVR)), np.float32)
    found[:, OVR.index("PP")] = shut
    found[:, OVR.index("FF")] = tucked
    found[:, OVR.index("sil")] = 1 - shut - tucked - speaking
    found[:, 3:] = speaking[:, None] * near / near.sum(1, keepdims=True)
    return np.clip(found, 0, 1)


_TO_VRM = {
    **{
        "aa": {"aa": 1.0, "kk": 0.15, "TH": 0.15},
        "ih": {"ih": 1.0, "SS": 0.5, "DD": 0.3, "nn": 0.3, "FF": 0.2},
    },
    **{"ou": {"ou": 1.0, "CH": 0.5, "RR": 0.4}, "ee": {"E": 1.0, "kk": 0.15}, "oh": {"oh": 1.0, "RR": 0.2}},
}
"""Five vowels stand for all sounds; a consonant is a weak vowel of like shape, PP and silence are none."""


def vrm(weights: Weights) -> NDArray[np.float32]:
    """Columns of VRM, shape (frames, 18).

    `blink` is what both eyes share and `blinkLeft` and `blinkRight` what one has beyond it, as an avatar
    adds them up. Emotions are means of the weights that make them. `relaxed` and `neutral` cannot be seen
    in a face and stay 0.
    """
    visemes = ovr(weights)
    found = {name: _mix(visemes, parts) for name, parts in _TO_VRM.items()}
    left, right = weights[:, AT["eyeBlinkLeft"]], weights[:, AT["eyeBlinkRight"]]
    found["blink"] = np.minimum(left, right)
    found["blinkLeft"], found["blinkRight"] = left - found["blink"], right - found["blink"]
    inner = _clip(weights[:, AT["browInnerUp"]] - _pair(weights, "browOuterUp"))
    sideways = {
        way: (f"eyeLookOut{way}", f"eyeLookIn{other}")
        for way, other in (("Left", "Right"), ("Right", "Left"))
    }
    found["happy"] = 0.7 * _pair(weights, "mouthSmile") + 0.3 * _pair(weights, "cheekSquint")
    found["angry"] = 0.7 * _pair(weights, "browDown") + 0.3 * _pair(weights, "noseSneer")
    found["sad"] = 0.6 * _pair(weights, "mouthFrown") + 0.4 * inner
    found["surprised"] = 0.5 * _pair(weights, "browOuterUp") + 0.5 * _pair(weights, "eyeWide")
    found["lookUp"], found["lookDown"] = _pair(weights, "eyeLookUp"), _pair(weights, "eyeLookDown")
    for way, names in sideways.items():
        found[f"look{way}"] = weights[:, [AT[name] for name in names]].mean(1)
    still = np.zeros(len(weights), np.float32)
    return np.clip(np.stack([found.get(name, still) for name in VRM], 1), 0, 1).astype(np.float32)


def _shape(weights: Weights) -> NDArray[np.float32]:
    """What tells mouths apart: gap of the teeth, funnel, pucker, spread, tongue; shape (frames, 5)."""
    gap = np.maximum(weights[:, AT["jawOpen"]] - weights[:, AT["mouthClose"]], 0)
    spread = _pair(weights, "mouthStretch") + _pair(weights, "mouthSmile")
    tongue = weights[:, AT["tongueOut"]]
    funnel, pucker = weights[:, AT["mouthFunnel"]], weights[:, AT["mouthPucker"]]
    return np.stack([gap, funnel, pucker, spread, tongue], 1)


def _opening(weights: Weights) -> NDArray[np.float32]:
    gap = np.maximum(weights[:, AT["jawOpen"]] - weights[:, AT["mouthClose"]], 0)
    opening: NDArray[np.float32] = (
        gap + (_pair(weights, "mouthLowerDown") + _pair(weights, "mouthUpperUp")) / 2
    )
    return opening


def _mouths() -> NDArray[np.float32]:
    """The shapes of the table's sounds as running speech makes them, shape (12, 5), as OVR from TH on."""
    weights = np.zeros((len(_EXAMPLES), len(ARKIT)), np.float32)
    for row, sound in enumerate(_EXAMPLES.values()):
        for channel, target in zip(CHANNELS, VISEMES[sound][0].targets, strict=True):
            for name in {channel, f"{channel}Left", f"{channel}Right"} & AT.keys():
                weights[row, AT[name]] = GAIN * target
    return _shape(weights)


def _pair(weights: Weights, name: str) -> NDArray[np.float32]:
    """Mean of both sides."""
    mean: NDArray[np.float32] = weights[:, [AT[f"{name}Left"], AT[f"{name}Right"]]].mean(1)
    return mean


def _mix(visemes: NDArray[np.float32], parts: dict[str, float]) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = visemes[:, [OVR.index(name) for name in parts]] @ np.array(
        list(parts.values()), np.float32
    )
    return mixed


def _clip(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(values, 0, 1)


_MOUTHS: Final = _mouths()

SHAPES: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Weights], NDArray[np.float32]]]]] = {
    "arkit": (ARKIT, lambda weights: weights),
    "mediapipe": (MEDIAPIPE, mediapipe),
    "ovr": (OVR, ovr),
    "vrm": (VRM, vrm),
}
"""What a client may ask for: the names of its weights, and how ours become them."""
