"""One voice through one model: from 16 kHz audio to weights, at the frame rate of the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT
from runtime.face.audio2face.network import Network, Track
from runtime.face.audio2face.project import Projection, Smoothing
from runtime.face.audio2face.recording import Recording
from runtime.face.audio2face.solve import Solver
from runtime.types import Weights


@dataclass
class Mesh:
    """A mesh whose blendshapes are solved for: `names` of its poses, in the order of the solver's weights."""

    projection: Projection
    solver: Solver
    names: tuple[str, ...]


@dataclass
class Model:
    """A loaded model: all that voices share."""

    network: Network
    skin: Mesh
    tongue: Mesh | None
    spread: NDArray[np.float64]
    """From the weights of skin and tongue, one after the other, to ARKit's, shape (poses, 52)."""


class _Fit:
    """One mesh on its way through a voice."""

    def __init__(self, mesh: Mesh, fps: float) -> None:
        self._mesh, self._past = mesh, mesh.solver.past()
        self._smooth = Smoothing(mesh.projection, fps)

    def __call__(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        halves = self._smooth(self._mesh.projection(row))
        return self._mesh.solver.solve(halves.sum(0) + self._mesh.projection.constant, self._past)


class Voice:
    """Hears 16 kHz audio, knows weights at the network's frame rate, gives them at any time between."""

    def __init__(self, model: Model, emotion: NDArray[np.float32], fps: int) -> None:
        self.heard = Recording()
        self._model = model
        self._track: Track = model.network.track(emotion, fps)
        self._fits = [_Fit(mesh, self._track.fps) for mesh in (model.skin, model.tongue) if mesh]
        self._known = np.zeros((0, len(ARKIT)))
        self.count = 0
        """Frames of the network that are known, from the first on; the last of them are in `_known`."""

    @property
    def fps(self) -> float:
        """Frames a second of the network."""
        return self._track.fps

    def advance(self, until: int | None = None) -> None:
        """Know all frames that no later sound can change, or those before `until`, if silence followed."""
        pieces = self._track.read(self.heard, self.count, until)
        rows = [self._weights(row) for piece in pieces for row in piece]
        if rows:
            self._known = np.concatenate((self._known, np.stack(rows)))
            self.count += len(rows)
        self.heard.forget(self._track.needs(self.count))

    def at(self, places: NDArray[np.float64]) -> Weights:
        """Weights at `places`, in frames of the network, rising, none before the last asked for."""
        if not len(places):
            return np.zeros((0, len(ARKIT)), np.float32)
        before = np.floor(places).astype(np.intp)
        share = (places - before)[:, None]
        base = self.count - len(self._known)
        here = self._known[before - base]
        there = self._known[np.minimum(before + 1, self.count - 1) - base]
        self._known = self._known[before[-1] - base :]
        weights: Weights = (here + (there - here) * share).astype(np.float32)
        return weights

    def _weights(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        poses = np.concatenate([fit(row) for fit in self._fits])
        weights: NDArray[np.float64] = np.clip(poses @ self._model.spread, 0, 1)
        return weights
