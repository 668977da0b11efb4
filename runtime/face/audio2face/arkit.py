"""From the poses of a model to ARKit's 52 weights, by their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.face import ARKIT, AT
from runtime.face.audio2face.blendshapes import Blendshapes
from runtime.face.audio2face.options import Options

MOUTH = frozenset(n for n in ARKIT if n.startswith(("jaw", "mouth")) or n in ("tongueOut", "cheekPuff"))
"""What a mouth engine moves; the rest of the face belongs to the layers."""

ALIKE = 0.2
"""Cosine of the displacements of mouthClose and jawOpen from which on the one is taken to contain the other:
between the 0.4 that others report of NVIDIA's shapes and the -0.5 of a rig made to ARKit's definition."""


def spread(poses: Blendshapes, tongue: Sequence[str], options: Options) -> NDArray[np.float64]:
    """A matrix from the weights of the skin's and then the tongue's poses to ARKit's, shape (poses, 52).

    NVIDIA's mouthClose is ARKit's with jawOpen in it (documentation of the Training Framework), so its weight
    opens the jaw as well; without that it would pull the lips of an ARKit rig past each other.
    """
    columns = {name.lower(): column for name, column in AT.items()}
    wanted = MOUTH if options.mouth_only else frozenset(ARKIT)
    matrix = np.zeros((len(poses.names) + len(tongue), len(ARKIT)))
    for row, name in enumerate(poses.names):
        column = columns.get(name.lower())
        if column is not None and ARKIT[column] in wanted:
            matrix[row, column] = 1.0
    if not options.as_solved and close_opens(poses):
        matrix[_place(poses, "mouthClose"), AT["jawOpen"]] = 1.0
    for row, name in enumerate(tongue, len(poses.names)):
        if name.lower() == "tonguestretch":
            matrix[row, AT["tongueOut"]] = 1.0
    return matrix


def close_opens(poses: Blendshapes) -> bool:
    """Whether mouthClose moves the face as jawOpen does, as NVIDIA's shapes have it."""
    active = {int(pose): place for place, pose in enumerate(poses.solver.active)}
    rows = [active.get(_place(poses, name)) for name in ("mouthClose", "jawOpen")]
    if rows[0] is None or rows[1] is None:
        return False
    close, jaw = poses.shapes[rows[0]], poses.shapes[rows[1]]
    return float(close @ jaw) > ALIKE * float(np.linalg.norm(close) * np.linalg.norm(jaw))


def _place(poses: Blendshapes, wanted: str) -> int:
    """Place of a pose among all, -1 where there is none of that name."""
    lowered = [name.lower() for name in poses.names]
    return lowered.index(wanted.lower()) if wanted.lower() in lowered else -1
