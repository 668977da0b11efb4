"""The meshes of a model: what the network's output means, and the blendshapes to solve for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face import layout, project
from runtime.face.audio2face.arkit import spread
from runtime.face.audio2face.blendshapes import read_blendshapes
from runtime.face.audio2face.files import Arrays, BadModel, arrays
from runtime.face.audio2face.network import Network
from runtime.face.audio2face.options import Options
from runtime.face.audio2face.project import Projection, Skin
from runtime.face.audio2face.voice import Mesh, Model

Components = NDArray[np.float32] | None
"""Principal components, shape (features, coordinates); None where the network gives displacements."""


@dataclass(frozen=True)
class Geometry:
    """The meshes that a network moves. Its output begins with `sizes` features of skin and of tongue."""

    skin: Skin
    tongue: NDArray[np.float64]
    sizes: tuple[int, int]
    skin_components: Components = None
    tongue_components: Components = None


def components(file: Path, size: layout.RegressionParams) -> Geometry:
    """model_data.npz of a regression network. Raises BadModel."""
    skin, tongue = 3 * size.num_verts_skin, 3 * size.num_verts_tongue
    sizes = (size.num_shapes_skin, size.num_shapes_tongue)
    with arrays(file) as held:
        face = _skin(held, "shapes_mean_skin", skin)
        of_skin = held.floats("shapes_matrix_skin", sizes[0] * skin).reshape(-1, skin)
        if not sizes[1] * tongue:
            return Geometry(face, np.zeros(0), (sizes[0], 0), of_skin)
        of_tongue = held.floats("shapes_matrix_tongue", sizes[1] * tongue).reshape(-1, tongue)
        mean = held.floats("shapes_mean_tongue", tongue).astype(np.float64)
        return Geometry(face, mean, sizes, of_skin, of_tongue)


def displacements(file: Path, size: layout.DiffusionParams) -> Geometry:
    """model_data_*.npz of one identity of a diffusion network. Raises BadModel."""
    with arrays(file) as held:
        face = _skin(held, "neutral_skin", size.skin_size)
        tongue = held.floats("neutral_tongue", size.tongue_size) if size.tongue_size else np.zeros(0)
        return Geometry(face, tongue.astype(np.float64), (size.skin_size, size.tongue_size))


def assemble(
    folder: Path,
    network: Network,
    geometry: Geometry,
    look: layout.Look,
    shapes: layout.Shapes,
    options: Options,
) -> Model:
    """Put a network, its meshes and their blendshapes together. Raises BadModel."""
    poses = read_blendshapes(folder, shapes.skin, len(geometry.skin.neutral))
    basis = _at(geometry.skin_components, poses.picked)
    maps, constant = project.skin(poses.shapes, poses.rest, geometry.skin, look, poses.picked, basis)
    columns = poses.picked if basis is None else slice(0, geometry.sizes[0])
    halves = (look.lower_face_smoothing, look.upper_face_smoothing)
    skin = Mesh(Projection(columns, maps, constant, halves), poses.solver, poses.names)
    tongue = _tongue(folder, geometry, look, shapes.tongue) if options.tongue_out else None
    return Model(network, skin, tongue, spread(poses, tongue.names if tongue else (), options))


def _tongue(folder: Path, geometry: Geometry, look: layout.Look, pair: layout.Pair | None) -> Mesh:
    if pair is None or not geometry.sizes[1]:
        raise BadModel(f"{folder / 'model.json'} has no blendshapes of a tongue; leave tongue_out off")
    poses = read_blendshapes(folder, pair, len(geometry.tongue))
    basis = _at(geometry.tongue_components, poses.picked)
    maps, constant = project.tongue(poses.shapes, poses.rest, geometry.tongue, look, poses.picked, basis)
    start, count = geometry.sizes
    columns = start + poses.picked if basis is None else slice(start, start + count)
    return Mesh(Projection(columns, maps, constant), poses.solver, poses.names)


def _at(basis: Components, picked: NDArray[np.intp]) -> NDArray[np.float64] | None:
    return None if basis is None else basis[:, picked].astype(np.float64)


def _skin(held: Arrays, neutral: str, size: int) -> Skin:
    names: Sequence[str] = (neutral, "eye_close_pose_delta", "lip_open_pose_delta")
    return Skin(*(held.floats(name, size).astype(np.float64) for name in names))
