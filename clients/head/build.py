"""Puts a character together: nodes, materials, file."""

from __future__ import annotations

from typing import Any

from clients.head import clothes, eyes, features, hair, inside, measures, shapes, skin, worn
from clients.head.gltf import Node, Writer
from clients.head.looks import FLOOR, LOOKS, PIVOT
from clients.head.part import Part, join


def _material(rough: float, *, metal: float = 0.0, both: bool = False, **more: Any) -> dict[str, Any]:
    surface = {"baseColorFactor": [1.0, 1.0, 1.0, 1.0], "metallicFactor": metal, "roughnessFactor": rough}
    return {"pbrMetallicRoughness": surface, "doubleSided": both} | more


MATERIALS = {
    "skin": _material(0.58),
    "eye": _material(0.12),
    "glint": _material(1.0, emissiveFactor=[1.0, 1.0, 1.0]),
    "teeth": _material(0.25, both=True),
    "mouth": _material(0.4, both=True),
    "inside": _material(1.0, both=True),
    "hair": _material(0.55, both=True),
    "cloth": _material(0.85, both=True),
    # Half a metal: engines without a sky to mirror would show a whole one black.
    "metal": _material(0.35, metal=0.4, both=True),
}


def nodes(name: str) -> list[Node]:
    """The scene of a character of `LOOKS`."""
    look = LOOKS[name]
    face = skin.make(look)
    moves = shapes.of(face)
    surface = Part(face.points, face.faces, features.colours(face), "skin", moves)
    skins = [surface, *inside.rims(face, moves)]
    if look.ears:
        skins += worn.ears(face)
    if look.freckles:
        skins += worn.freckles(face, moves)
    left, right = eyes.pair(look)
    hairs = [*worn.brows(face, moves)]
    if look.stubble:
        hairs += worn.moustache(face, moves)
    middle = tuple(float(v) for v in measures.EYE)
    children = [
        Node("eyeLeft", left, (middle[0], middle[1], middle[2])),
        Node("eyeRight", right, (-middle[0], middle[1], middle[2])),
        Node("brows", [join(hairs)], PIVOT),
        Node("lashes", [join(worn.lashes(face, moves))], PIVOT),
        Node("teeth", [inside.teeth(face)], PIVOT),
        Node("tongue", [inside.tongue()], PIVOT),
        Node("hair", merged(hair.of(name, face)), PIVOT, morphs=False),
    ]
    head = Node("head", [join(skins), inside.bag(face, moves)], PIVOT, children)
    bust = Node("bust", merged(clothes.of(name, look)), (0, FLOOR, 0), morphs=False)
    return [Node(name, [], (0, FLOOR, 0), [bust, head])]


def merged(parts: list[Part]) -> list[Part]:
    """One part for each material."""
    return [join([p for p in parts if p.material == m]) for m in dict.fromkeys(p.material for p in parts)]


def model(name: str) -> bytes:
    """The .glb of a character."""
    writer = Writer(MATERIALS)
    for node in nodes(name):
        writer.add(node, (0, FLOOR, 0))
    return writer.bytes()
