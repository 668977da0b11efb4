"""A mouth for what peers say: their visemes as ARKit weights, by one table for all of them.

A viseme is made as our own text-driven engine makes a typical sound of it, in the middle of a long one, so
that all systems are judged on the same mouth. Values blend linearly, as morph targets do, but for closures.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.face.clips import FPS
from benchmarks.face.peers.run import Curves
from runtime.face import ARKIT
from runtime.face.articulation import Mouth
from runtime.types import Line, Phone, Speech, Weights

TYPICAL: Final = MappingProxyType(
    {
        **{"PP": "p", "FF": "f", "TH": "θ", "DD": "t", "kk": "k", "CH": "ʃ", "SS": "s", "nn": "n", "RR": "ɹ"},
        **{"aa": "ɑ", "E": "ɛ", "I": "i", "O": "ɔ", "U": "u"},
        **{"ih": "ɪ", "ee": "ɛ", "oh": "ɔ", "ou": "u"},
    }
)
"""A sound for each viseme of Oculus LipSync, and for the templates of pyLipSync where its names differ
("ee" is its E, "ih" its I). Silence, under any name, is the mouth at rest."""

_RATE: Final = 8000
_LENGTH: Final = 0.4


def weights(curves: Curves) -> Weights:
    """ARKit weights of what a peer said, shape (frames, 52).

    Lips that meet are sealed, whatever else is said at the same time: as far as PP is on, the others are off.
    Adding them up, as a rig would, leaves half of the closures ajar that a peer asks for.
    """
    names = [name.removeprefix("viseme_") for name in curves.names]
    values = curves.values.copy()
    if "PP" in names:
        sealed = np.clip(values[:, names.index("PP")], 0, 1)
        values *= (1 - sealed)[:, None]
        values[:, names.index("PP")] = sealed
    made: Weights = np.clip(values @ np.array([_shape(name) for name in names]), 0, 1).astype(np.float32)
    return made


def _shape(name: str) -> NDArray[np.float32]:
    """The mouth in the middle of a loud sound of 0.4 s, shape (52,)."""
    if name not in TYPICAL:
        return np.zeros(len(ARKIT), np.float32)
    audio = np.sin(2 * np.pi * 200 * np.arange(round(_LENGTH * _RATE)) / _RATE).astype(np.float32)
    speech = Speech(Line("", ""), audio, _RATE, (Phone(TYPICAL[name], 0.0, _LENGTH),))
    frames = Mouth().follow(speech, np.arange(round(_LENGTH * FPS)) / FPS, FPS)
    middle: NDArray[np.float32] = frames[len(frames) // 2]
    return middle
