"""A glTF 2.0 binary: the small face with its 52 morph targets by name, and the performance as an animation.

An engine that has a head of its own takes the animation alone: channel `weights`, in the order of
`extras.targetNames`. Source: Khronos, glTF 2.0 specification, 3.7.2.2 (morph targets) and 3.11 (animations).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from runtime.bake.head import Patch, head
from runtime.face import ARKIT
from runtime.types import Pose, Weights

FLOAT, USHORT = 5126, 5123
ARRAY, ELEMENTS = 34962, 34963
MASK, BIN, JSON = 0x46546C67, 0x004E4942, 0x4E4F534A


@dataclass
class Buffer:
    """Bytes, and what tells readers where which numbers lie in them."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, values: NDArray[Any], kind: str, target: int | None = None, bounds: bool = False) -> int:
        """Append an array, shape (count, ...); the number of its accessor."""
        data = np.ascontiguousarray(values)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": data.nbytes}
        self.views.append(view | ({"target": target} if target else {}))
        self.data += data.tobytes() + bytes(-data.nbytes % 4)
        accessor: dict[str, Any] = {
            "bufferView": len(self.views) - 1,
            "componentType": USHORT if data.dtype == np.uint16 else FLOAT,
            "count": data.size // {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[kind],
            "type": kind,
        }
        if bounds:
            flat = data.reshape(accessor["count"], -1)
            accessor |= {"min": flat.min(0).tolist(), "max": flat.max(0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def encode(weights: Weights, pose: Pose, fps: int, name: str) -> bytes:
    """The whole .glb file."""
    still, mesh, materials = _mesh()
    buffer = Buffer(bytearray(still.data), list(still.views), list(still.accessors))
    times = buffer.add((np.arange(len(weights)) / fps).astype(np.float32), "SCALAR", bounds=True)
    tracks = (
        (0, "weights", buffer.add(weights.astype(np.float32), "SCALAR")),
        (0, "rotation", buffer.add(_quaternions(pose), "VEC4")),
    )
    document = {
        "asset": {"version": "2.0", "generator": "townsfolk"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "face", "mesh": 0}],
        "meshes": [mesh],
        "materials": materials,
        "animations": [
            {
                "name": name,
                "samplers": [
                    {"input": times, "output": output, "interpolation": "LINEAR"} for _, _, output in tracks
                ],
                "channels": [
                    {"sampler": k, "target": {"node": node, "path": path}}
                    for k, (node, path, _) in enumerate(tracks)
                ],
            }
        ],
        "buffers": [{"byteLength": len(buffer.data)}],
        "bufferViews": buffer.views,
        "accessors": buffer.accessors,
    }
    text = msgspec.json.encode(document)
    chunks = _chunk(JSON, text + b" " * (-len(text) % 4)) + _chunk(BIN, bytes(buffer.data))
    return struct.pack("<III", MASK, 2, 12 + len(chunks)) + chunks


def _chunk(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", len(data), kind) + data


@cache
def _mesh() -> tuple[Buffer, dict[str, Any], list[dict[str, Any]]]:
    """What is the same in every file: the mesh, its morph targets and colours."""
    buffer = Buffer()
    primitives = [_primitive(buffer, patch, k) for k, patch in enumerate(head().patches)]
    mesh = {
        "name": "face",
        "primitives": primitives,
        "weights": [0.0] * len(ARKIT),
        "extras": {"targetNames": list(ARKIT)},
    }
    return buffer, mesh, [_material(patch) for patch in head().patches]


def _primitive(buffer: Buffer, patch: Patch, material: int) -> dict[str, Any]:
    points = patch.points.reshape(-1, 3).astype(np.float32)
    still = buffer.add(np.zeros_like(points), "VEC3", ARRAY, bounds=True)  # one for all that does not move it
    moves = {
        name: buffer.add(step.reshape(-1, 3).astype(np.float32), "VEC3", ARRAY, bounds=True)
        for name, step in patch.moves.items()
    }
    return {
        "attributes": {"POSITION": buffer.add(points, "VEC3", ARRAY, bounds=True)},
        "indices": buffer.add(_triangles(*patch.points.shape[:2]), "SCALAR", ELEMENTS),
        "material": material,
        "targets": [{"POSITION": moves.get(name, still)} for name in ARKIT],
    }


def _triangles(rows: int, columns: int) -> NDArray[np.uint16]:
    """Two for each cell of a grid, counter-clockwise as seen from the front."""
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    cells = np.stack(
        [corner, corner + columns, corner + 1, corner + 1, corner + columns, corner + columns + 1], 1
    )
    return cells.ravel().astype(np.uint16)


def _material(patch: Patch) -> dict[str, Any]:
    linear = [round((c / 255) ** 2.2, 5) for c in patch.colour]  # glTF's factors are linear light
    shading = {"baseColorFactor": [*linear, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0}
    return {"name": patch.name, "pbrMetallicRoughness": shading, "doubleSided": True}


def _quaternions(pose: Pose) -> NDArray[np.float32]:
    """Rotations (x, y, z, w) of the head: yaw about y, then pitch about x, then roll about z, each in its
    own axes."""
    half = np.radians(pose[:, :3].astype(np.float64)) / 2 * [1, -1, -1]
    (cy, cp, cr), (sy, sp, sr) = np.cos(half).T, np.sin(half).T
    parts = (
        cy * sp * cr + sy * cp * sr,
        sy * cp * cr - cy * sp * sr,
        cy * cp * sr - sy * sp * cr,
        cy * cp * cr + sy * sp * sr,
    )
    return np.stack(parts, 1).astype(np.float32)
