"""The layer of feeling: what is felt, and the bearing of one who listens, thinks or speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT
from runtime.face.layers.body import HEAD, SWAY, TALK, Body
from runtime.face.layers.emotion import BEARING, FEELINGS
from runtime.face.layers.settings import row

UNEVEN: Final = 0.08
"""By how much the halves of a face differ from its mean at most; even to the last it would be a mask."""

BEARING_SECONDS: Final = 0.4
"""Until a mode shows."""

TAKE_OVER: Final = 0.2
"""Seconds until the mouth is free for speech: quicker than a feeling fades, slower than a cut."""

LET_GO: Final = 0.8
"""Seconds until feelings have the mouth again: longer than the slowest of them takes to fade, or one that
ends with the speech would swell on its way out."""

_SHAPES: Final = MappingProxyType({name: row(state.shape) for name, state in (FEELINGS | BEARING).items()})
_REGIONS: Final = ("brow", "eye", "cheek", "nose", "mouth")


@dataclass(slots=True)
class Expression:
    """Fades from one state to the next. Happens only when something is directed."""

    rng: np.random.Generator
    due: float = np.inf
    _uneven: NDArray[np.float64] = field(init=False)
    _shape: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(ARKIT)))
    _head: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    _sway: float = 0.0
    _talk: float = 0.0
    _mode: str = ""
    _side: float = 1.0

    def __post_init__(self) -> None:
        lean = dict(zip(_REGIONS, self.rng.uniform(-UNEVEN, UNEVEN, len(_REGIONS)), strict=True))
        sides = [name.endswith("Left") - float(name.endswith("Right")) for name in ARKIT]
        regions = [next((lean[r] for r in _REGIONS if name.startswith(r)), 0.0) for name in ARKIT]
        self._uneven = 1 + np.array(sides) * regions

    def act(self, body: Body) -> None:
        """Nothing happens by itself."""

    def turn(self, at: float, body: Body) -> None:
        """Go over to what is felt and done from now on."""
        if body.mode != self._mode:
            self._mode, self._side = body.mode, float(self.rng.choice((-1.0, 1.0)))
        felt = body.felt
        seconds = max(
            (FEELINGS[name].seconds for name, share in felt.items() if share), default=BEARING_SECONDS
        )
        self._show(at, seconds, felt, body)
        self._hold_head(at, seconds, felt, body)
        talk = float(body.mode in ("speaking", "thinking"))  # who thinks is about to speak
        if talk != self._talk:
            body.motion.move(at, TAKE_OVER if talk else LET_GO, TALK, talk - self._talk)
        self._talk = talk

    def _show(self, at: float, seconds: float, felt: Mapping[str, float], body: Body) -> None:
        shape = _SHAPES[body.mode] + sum(share * _SHAPES[name] for name, share in felt.items())
        shape = np.minimum(shape, 1) * self._uneven
        body.features.move(at, seconds, slice(None), shape - self._shape)
        self._shape = shape

    def _hold_head(self, at: float, seconds: float, felt: Mapping[str, float], body: Body) -> None:
        bearing = BEARING[body.mode]
        head = np.array(bearing.head, float) + sum(
            share * np.array(FEELINGS[name].head) for name, share in felt.items()
        )
        head *= (self._side, 1.0, self._side)
        sway = bearing.sway * (1 + sum(share * FEELINGS[name].sway for name, share in felt.items()))
        body.motion.move(at, 1.5 * seconds, HEAD, head - self._head)  # a head is heavier than a brow
        body.motion.move(at, seconds, SWAY, sway - self._sway)
        self._head, self._sway = head, sway
