"""Writes glTF 2.0 binary: plain core, no extensions, so that every engine reads it.

Morphs are sparse accessors: a smile touches a tenth of a head, and a file with 52 dense morphs would be five
times as large.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.head.part import Part, normals
from runtime.face import ARKIT

FLOAT, U16, U32 = 5126, 5123, 5125
VERTICES, INDICES = 34962, 34963
MOVED = 0
"""The buffer view of values that all morphs share. Indices have one each: Godot wants their exact length."""
SEEN = 0.2
"""Millimetres below which a vertex counts as not moved: a fifth of the least move of a shape."""
TURNED = 0.07
"""Change of a normal below which it is left out: four degrees."""


@dataclass
class Node:
    """A named mesh with its own origin; children are placed by their own origins, all in mm of the model."""

    name: str
    parts: list[Part]
    origin: tuple[float, float, float] = (0, 0, 0)
    children: list[Node] = field(default_factory=list)
    morphs: bool = True


class Writer:
    """Collects buffers and accessors, and packs them into one file."""

    def __init__(self, materials: dict[str, dict[str, Any]]) -> None:
        self.materials = list(materials)
        self.binary = bytearray()
        self.still: dict[int, int] = {}
        self.moved = bytearray()
        self.tree: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "Townsfolk clients.head"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "accessors": [],
            "bufferViews": [{}],
            "materials": [{"name": name, **made} for name, made in materials.items()],
        }

    def add(self, node: Node, parent: tuple[float, float, float] = (0, 0, 0), *, root: bool = True) -> int:
        """Write a node and those below it; its number."""
        children = [self.add(child, node.origin, root=False) for child in node.children]
        entry: dict[str, Any] = {"name": node.name}
        if node.parts:
            entry["mesh"] = self._mesh(node)
        moved = [(a - b) / 1000 for a, b in zip(node.origin, parent, strict=True)]
        if any(moved):
            entry["translation"] = moved
        if children:
            entry["children"] = children
        number = self._put("nodes", entry)
        if root:
            self.tree["scenes"][0]["nodes"].append(number)
        return number

    def bytes(self) -> bytes:
        self._view(self.moved)
        self.tree["bufferViews"][MOVED] = self.tree["bufferViews"].pop()
        self.tree["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(self.tree, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        chunks = (
            struct.pack("<I4s", len(text), b"JSON")
            + text
            + struct.pack("<I4s", len(binary), b"BIN\0")
            + binary
        )
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    def _mesh(self, node: Node) -> int:
        primitives = [self._primitive(part, np.array(node.origin), morphs=node.morphs) for part in node.parts]
        mesh: dict[str, Any] = {"name": node.name, "primitives": primitives}
        if node.morphs:
            mesh |= {"weights": [0.0] * len(ARKIT), "extras": {"targetNames": list(ARKIT)}}
        return self._put("meshes", mesh)

    def _primitive(self, part: Part, origin: NDArray[np.float64], *, morphs: bool) -> dict[str, Any]:
        normal = normals(part.points, part.faces)
        attributes = {
            "POSITION": self._dense((part.points - origin) / 1000, bounds=True),
            "NORMAL": self._dense(normal),
            "COLOR_0": self._colours(part.colours),
        }
        kind = np.uint16 if len(part.points) < 65536 else np.uint32
        view = self._view(part.faces.astype(kind).tobytes(), INDICES)
        indices = self._accessor(view, U16 if kind is np.uint16 else U32, part.faces.size, "SCALAR")
        primitive = {
            "attributes": attributes,
            "indices": indices,
            "material": self.materials.index(part.material),
        }
        if morphs:
            primitive["targets"] = [self._target(part, name, normal) for name in ARKIT]
        return primitive

    def _target(self, part: Part, name: str, rest: NDArray[np.float64]) -> dict[str, int]:
        if name not in part.moves:
            still = self._still(len(part.points))
            return {"POSITION": still, "NORMAL": still}
        move = part.moves[name]
        turned = normals(part.points + move, part.faces) - rest
        seen, tilted = np.abs(move).max(1) > SEEN, np.abs(turned).max(1) > TURNED
        return {
            "POSITION": self._sparse(seen, move / 1000, bounds=True),
            "NORMAL": self._sparse(tilted, turned),
        }

    def _still(self, count: int) -> int:
        """One accessor of nothing for all shapes that leave a mesh alone."""
        if count not in self.still:
            self.still[count] = self._sparse(np.zeros(count, bool), np.zeros((count, 3)), bounds=True)
        return self.still[count]

    def _sparse(self, chosen: NDArray[np.bool_], values: NDArray[np.float64], *, bounds: bool = False) -> int:
        count, moved = len(chosen), np.flatnonzero(chosen)
        moved = moved if len(moved) else np.array([0])  # an empty sparse accessor is not valid
        kept = values[moved].astype(np.float32)
        where = self._view(moved.astype(np.uint16).tobytes())
        entry: dict[str, Any] = {
            "componentType": FLOAT,
            "count": count,
            "type": "VEC3",
            "sparse": {
                "count": len(moved),
                "indices": {"bufferView": where, "componentType": U16},
                "values": {"bufferView": MOVED, "byteOffset": len(self.moved)},
            },
        }
        if bounds:
            ends = kept if len(moved) == count else np.concatenate([kept, np.zeros((1, 3), np.float32)])
            entry |= {"min": _short(ends.min(0)), "max": _short(ends.max(0))}
        self.moved += kept.tobytes()
        return self._put("accessors", entry)

    def _dense(self, values: NDArray[np.float64], *, bounds: bool = False) -> int:
        kept = values.astype(np.float32)
        number = self._accessor(self._view(kept.tobytes(), VERTICES), FLOAT, len(kept), "VEC3")
        if bounds:
            self.tree["accessors"][number] |= {"min": _short(kept.min(0)), "max": _short(kept.max(0))}
        return number

    def _colours(self, srgb: NDArray[np.float64]) -> int:
        """Vertex colours are linear light, 16 bits each: eight would show bands in the shadows."""
        srgb = np.clip(srgb, 0, 1)
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        four = np.concatenate([linear, np.ones((len(linear), 1))], 1)
        view = self._view((four * 65535).round().astype(np.uint16).tobytes(), VERTICES)
        number = self._accessor(view, U16, len(four), "VEC4")
        self.tree["accessors"][number]["normalized"] = True
        return number

    def _accessor(self, view: int, kind: int, count: int, shape: str) -> int:
        return self._put(
            "accessors", {"bufferView": view, "componentType": kind, "count": count, "type": shape}
        )

    def _view(self, data: bytes | bytearray, target: int | None = None) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.binary += data
        return self._put("bufferViews", entry | ({"target": target} if target else {}))

    def _put(self, kind: str, entry: dict[str, Any]) -> int:
        self.tree[kind].append(entry)
        return len(self.tree[kind]) - 1


def _short(values: NDArray[np.float32]) -> list[float]:
    """The fewest digits that read back as the same float32."""
    return [float(str(value)) for value in values]
