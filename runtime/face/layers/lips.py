"""Peace between feelings and speech: who speaks has the lips, and feelings keep their corners.

Feelings never open lips that the speech closes nor close those it opens, and a character's own gains and
offsets do not either.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT, AT
from runtime.face.layers.settings import row

Columns = NDArray[np.float64]
"""Weights on their way, shape (frames, 52)."""

CORNERS: Final = row({"mouthSmile": 1, "mouthFrown": 1, "mouthDimple": 1, "mouthStretch": 1})
OPENING: Final = row({"jawOpen": 1, "mouthLowerDown": 1, "mouthUpperUp": 1, "mouthFunnel": 1})
"""Weights that part the lips."""

KEPT: Final = 0.55
"""Share of the corners that is left while speaking: a smile is heard and seen in speech, at half its size."""

ROUND: Final = 1.5
"""Rounded lips have no corners: a sum of pucker and funnel of two thirds leaves nothing of them."""

SHUT, PARTED = 0.01, 0.05
"""Gap of the lips, in weights, up to which they count as closed and from which as open."""

_SPEECH: Final = np.array([name.startswith(("jaw", "mouth")) for name in ARKIT]) | (
    row({"cheekPuff": 1, "tongueOut": 1}) > 0
)
_FIRST, _LAST = int(np.flatnonzero(_SPEECH)[0]), AT["mouthUpperUpRight"] + 1
MOUTH: Final = slice(_FIRST, _LAST)
"""jawForward to mouthUpperUpRight: what feelings and speech both want."""
_LOST: Final = 1 - KEPT * CORNERS[MOUTH]
_CORNERS, _OPENING = CORNERS[MOUTH], OPENING[MOUTH]
JAW, CLOSE = AT["jawOpen"], AT["mouthClose"]
_LOWER, _UPPER, _PUCKER, _FUNNEL = (
    AT[n] for n in ("mouthLowerDownLeft", "mouthUpperUpLeft", "mouthPucker", "mouthFunnel")
)
_APART: Final = [_LOWER, _LOWER + 1, _UPPER, _UPPER + 1]


def parted(mouth: Columns) -> NDArray[np.float64]:
    """How open the lips are, 0 closed to 1 open, shape (frames, 1)."""
    gap = np.maximum(mouth[:, JAW] - mouth[:, CLOSE], 0) + mouth[:, _APART].max(1)
    share: NDArray[np.float64] = np.minimum(np.maximum((gap - SHUT) / (PARTED - SHUT), 0), 1)[:, None]
    return share


def give_way(face: Columns, talk: NDArray[np.float64]) -> None:
    """Take from the feelings in `face`, in place, what they lose while one talks, 0 to 1, (frames, 1)."""
    face[:, MOUTH] *= 1 - talk * _LOST


def speak(face: Columns, mouth: Columns) -> NDArray[np.float64]:
    """Put the mouth of the speech over the feelings in `face`, in place. Returns how the lips are parted."""
    open_ = parted(mouth)
    round_ = np.minimum((mouth[:, _PUCKER] + mouth[:, _FUNNEL]) * ROUND, 1)[:, None]
    share = _CORNERS * (1 - round_) + _OPENING * open_ + (1 - _CORNERS - _OPENING) * (1 - open_)
    face[:, MOUTH] *= share
    face += mouth
    return open_


class Fit:
    """Gains and offsets of one character."""

    def __init__(self, gains: dict[str, float], offsets: dict[str, float]) -> None:
        self.any = bool(gains or offsets)
        self._gains, self._offsets = row(gains, 1.0), row(offsets)
        self._parting = OPENING * self._offsets
        self._parting[JAW] = 0  # mouthClose makes up for the jaw

    def apply(self, face: Columns, closed: NDArray[np.float64]) -> None:
        """Gain and add, in place; where `closed`, 0 to 1 and (frames, 1), the lips stay so.

        The lips cover the same share of a larger or smaller opening of the jaw: mouthClose follows it.
        """
        cover = np.minimum(face[:, CLOSE] / np.maximum(face[:, JAW], 1e-6), 1) * self._gains[CLOSE]
        face *= self._gains
        face += self._offsets - closed * self._parting
        jaw = np.minimum(np.maximum(face[:, JAW], 0), 1)
        lips = cover * jaw + self._offsets[CLOSE]
        face[:, JAW], face[:, CLOSE] = jaw, np.minimum(np.maximum(lips, closed[:, 0] * jaw), jaw)
