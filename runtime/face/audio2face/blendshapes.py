"""The blendshapes of one mesh: bs_skin.npz or bs_tongue.npz with its config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face.files import Arrays, BadModel, arrays, read_json
from runtime.face.audio2face.layout import Pair, SolveFile, SolveParams
from runtime.face.audio2face.solve import Solver, prepare


@dataclass(frozen=True)
class Blendshapes:
    """`names` of all poses; of the active ones the displacements `shapes`, shape (active, picked).

    `picked` are the coordinates that the solve looks at, `rest` those of the neutral pose.
    """

    names: tuple[str, ...]
    shapes: NDArray[np.float64]
    picked: NDArray[np.intp]
    rest: NDArray[np.float64]
    solver: Solver


def read_blendshapes(folder: Path, pair: Pair, size: int) -> Blendshapes:
    """Read a mesh of `size` coordinates. Raises BadModel."""
    params = read_json(folder / pair.config, SolveFile).blendshape_params
    file = folder / pair.data
    with arrays(file) as held:
        names = tuple(held.texts("poseNames")[1:])
        _consistent(folder / pair.config, params, file, len(names))
        rest = held.floats("neutral", size).astype(np.float64)
        picked = _picked(held, size)
        active = np.flatnonzero(params.active)
        shapes = np.stack([held.floats(names[pose], size)[picked] for pose in active]).astype(np.float64)
    diagonal = float(np.linalg.norm(np.ptp(rest.reshape(-1, 3), axis=0)))
    return Blendshapes(names, shapes, picked, rest[picked], prepare(shapes, params, diagonal))


def _picked(held: Arrays, size: int) -> NDArray[np.intp]:
    if "frontalMask" not in held:
        return np.arange(size)
    vertices = held.whole("frontalMask", size // 3)
    coordinates: NDArray[np.intp] = (3 * vertices[:, None] + np.arange(3)).ravel()
    return coordinates if len(coordinates) else np.arange(size)


def _consistent(config: Path, params: SolveParams, data: Path, poses: int) -> None:
    if params.count != poses:
        raise BadModel(
            f"{config}: numPoses is {params.count}, but {data.name} has {poses} besides the neutral"
        )
    lists: dict[str, Sequence[float]] = {
        "bsSolveActivePoses": params.active,
        "bsSolveCancelPoses": params.cancel,
        "bsSolveSymmetryPoses": params.symmetry,
        "bsWeightMultipliers": params.gains,
        "bsWeightOffsets": params.offsets,
    }
    for name, values in lists.items():
        if len(values) != poses:
            raise BadModel(f"{config}: {name} has {len(values)} entries for {poses} poses")
    if not any(params.active):
        raise BadModel(f"{config}: bsSolveActivePoses leaves no pose to solve for")
    for name in ("bsSolveCancelPoses", "bsSolveSymmetryPoses"):
        numbers = [number for number in lists[name] if number != -1]
        if any(numbers.count(number) != 2 for number in numbers):
            raise BadModel(
                f"{config}: {name} has a number that does not stand at two poses; -1 means no pair"
            )
