"""Weights as JSON in the layout of Audio2Face's exports: importers for Maya, Blender, Unity and Unreal
exist."""

from __future__ import annotations

import msgspec
import numpy as np

from runtime.face import ARKIT
from runtime.types import Weights


class Export(msgspec.Struct, frozen=True):
    """One such file; what other exporters add beside is passed over."""

    exportFps: float  # noqa: N815 (their names)
    trackPath: str  # noqa: N815
    numPoses: int  # noqa: N815
    numFrames: int  # noqa: N815
    facsNames: list[str]  # noqa: N815
    weightMat: list[list[float]]  # noqa: N815


def encode(weights: Weights, fps: int, track: str) -> bytes:
    """The whole file; `track` is the name of the sound that belongs to it."""
    values = np.round(weights.astype(np.float64), 6).tolist()
    return msgspec.json.encode(Export(fps, track, len(ARKIT), len(weights), list(ARKIT), values))


def decode(data: bytes) -> tuple[float, Weights]:
    """Frames a second, and weights in the order of ARKIT. A name that is missing is 0. Raises ValueError."""
    try:
        export = msgspec.json.decode(data, type=Export)
    except msgspec.DecodeError as error:
        raise ValueError(f"it is no export of Audio2Face: {error}") from error
    matrix = np.array(export.weightMat, np.float32).reshape(export.numFrames, export.numPoses)
    names = {name.lower(): place for place, name in enumerate(export.facsNames)}
    weights = np.zeros((len(matrix), len(ARKIT)), np.float32)
    for column, name in enumerate(ARKIT):
        if name.lower() in names:
            weights[:, column] = matrix[:, names[name.lower()]]
    return export.exportFps, weights
