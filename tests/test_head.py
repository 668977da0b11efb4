"""The heads as an engine reads them, and the contacts that a face lives by: lids, lips, teeth."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clients.head import build, measures, shapes, skin
from clients.head.looks import FLOOR, LOOKS, PIVOT
from clients.head.part import other_side
from runtime.face import ARKIT

HEADS = Path(__file__).parents[1] / "assets" / "head"
KINDS = {5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
SHARED = shapes.SHARED / 1000
"""Metres beyond the middle that a shape of one side may reach, fading out."""

Array = NDArray[Any]


class Glb:
    """A reader that knows only the standard, so that the writer cannot agree with itself."""

    def __init__(self, data: bytes) -> None:
        magic, version, size = struct.unpack("<4sII", data[:12])
        assert (magic, version, size) == (b"glTF", 2, len(data))
        length, kind = struct.unpack("<I4s", data[12:20])
        assert kind == b"JSON"
        self.tree = json.loads(data[20 : 20 + length])
        self.binary = data[28 + length :]
        self.nodes = {node["name"]: node for node in self.tree["nodes"]}

    def mesh(self, node: str) -> dict[str, Any]:
        found: dict[str, Any] = self.tree["meshes"][self.nodes[node]["mesh"]]
        return found

    def accessor(self, number: int) -> Array:
        entry = self.tree["accessors"][number]
        kind, width = KINDS[entry["componentType"]], WIDTHS[entry["type"]]
        if "bufferView" in entry:
            return self._raw(entry["bufferView"], 0, entry["count"] * width, kind).reshape(-1, width)
        whole = np.zeros((entry["count"], width), kind)
        sparse = entry["sparse"]
        where = self._raw(
            sparse["indices"]["bufferView"],
            sparse["indices"].get("byteOffset", 0),
            sparse["count"],
            np.uint16,
        )
        assert (np.diff(where.astype(int)) > 0).all(), "sparse indices must rise"
        value = self._raw(
            sparse["values"]["bufferView"], sparse["values"]["byteOffset"], sparse["count"] * width, kind
        )
        whole[where] = value.reshape(-1, width)
        return whole

    def _raw(self, view: int, offset: int, count: int, kind: Any) -> Array:
        place = self.tree["bufferViews"][view]
        return np.frombuffer(self.binary, kind, count, place["byteOffset"] + offset)


@pytest.fixture(scope="module", params=LOOKS)
def glb(request: pytest.FixtureRequest) -> Glb:
    return Glb((HEADS / f"{request.param}.glb").read_bytes())


@pytest.fixture(scope="module", params=LOOKS)
def face(request: pytest.FixtureRequest) -> tuple[skin.Skin, dict[str, Array]]:
    made = skin.make(LOOKS[request.param])
    return made, shapes.of(made)


def morphing(glb: Glb) -> Iterator[tuple[str, dict[str, Any]]]:
    for node in glb.nodes:
        if "mesh" in glb.nodes[node] and "extras" in glb.mesh(node):
            for primitive in glb.mesh(node)["primitives"]:
                yield node, primitive


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_shipped_is_what_is_generated(name: str) -> None:
    shipped, made = Glb((HEADS / f"{name}.glb").read_bytes()), Glb(build.model(name))
    assert list(shipped.nodes) == list(made.nodes)
    for (node, one), (_, other) in zip(morphing(shipped), morphing(made), strict=True):
        points = [g.accessor(p["attributes"]["POSITION"]) for g, p in ((shipped, one), (made, other))]
        np.testing.assert_allclose(*points, atol=1e-6, err_msg=f"{node}: run python -m clients.head")


@pytest.mark.parametrize("name", LOOKS)
def test_a_head_is_small(name: str) -> None:
    assert (HEADS / f"{name}.glb").stat().st_size < 1_550_000


def test_nodes_and_names(glb: Glb) -> None:
    assert {
        "head",
        "eyeLeft",
        "eyeRight",
        "brows",
        "lashes",
        "teeth",
        "tongue",
        "hair",
        "bust",
    } <= glb.nodes.keys()
    meshes = {node for node, _ in morphing(glb)}
    assert meshes == {"head", "eyeLeft", "eyeRight", "brows", "lashes", "teeth", "tongue"}
    for node in meshes:
        assert tuple(glb.mesh(node)["extras"]["targetNames"]) == ARKIT
        assert all(len(primitive["targets"]) == 52 for primitive in glb.mesh(node)["primitives"])


def test_the_head_turns_about_the_neck_and_looks_from_the_height_we_say(glb: Glb) -> None:
    up = glb.nodes["head"]["translation"][1]
    assert up == pytest.approx((PIVOT[1] - FLOOR) / 1000)
    assert up + glb.nodes["eyeLeft"]["translation"][1] == pytest.approx(0.3)
    assert glb.nodes["eyeLeft"]["translation"][0] == -glb.nodes["eyeRight"]["translation"][0] > 0


def test_every_index_and_number_is_sound(glb: Glb) -> None:
    for mesh in glb.tree["meshes"]:
        for primitive in mesh["primitives"]:
            points = glb.accessor(primitive["attributes"]["POSITION"])
            normals = glb.accessor(primitive["attributes"]["NORMAL"])
            assert glb.accessor(primitive["indices"]).max() < len(points)
            assert np.isfinite(points).all()
            np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
            entry = glb.tree["accessors"][primitive["attributes"]["POSITION"]]
            np.testing.assert_array_equal(np.float32(entry["min"]), points.min(0))


@pytest.mark.parametrize("name", ARKIT)
def test_every_shape_moves_something_and_on_its_own_side(glb: Glb, name: str) -> None:
    most = 0.0
    for node, primitive in morphing(glb):
        move = glb.accessor(primitive["targets"][ARKIT.index(name)]["POSITION"])
        x = glb.accessor(primitive["attributes"]["POSITION"])[:, 0]
        x = x + (glb.nodes[node].get("translation", [0])[0] if node.startswith("eye") else 0)
        moved = np.abs(move).max(1) > 0
        most = max(most, float(np.linalg.norm(move, axis=1).max()))
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            assert (x[moved] >= -SHARED - 1e-6).all(), node
        if name.endswith("Right") and name not in ("jawRight", "mouthRight"):
            assert (x[moved] <= SHARED + 1e-6).all(), node
    assert most >= 0.001


def test_pairs_are_mirror_images(face: tuple[skin.Skin, dict[str, Array]]) -> None:
    surface, moves = face
    for name in (name for name in ARKIT if name in moves):
        other = moves[other_side(name)][surface.mirror] * [-1, 1, 1]
        np.testing.assert_allclose(moves[name], other, atol=0.01, err_msg=name)  # mm: 1e-5 m


def test_lids_close_without_a_gap_and_stay_before_the_eyeball(
    face: tuple[skin.Skin, dict[str, Array]],
) -> None:
    surface, moves = face
    upper, lower = ((surface.points + moves["eyeBlinkLeft"])[edge] for edge in surface.lids)
    np.testing.assert_allclose(upper, lower, atol=1e-9)
    open_by = (surface.points[surface.lids[0]] - surface.points[surface.lids[1]])[:, 1]
    assert open_by.max() > 12
    for weight in np.linspace(0, 1, 11):
        for edge in surface.lids:
            at = (surface.points + weight * moves["eyeBlinkLeft"])[edge] - measures.EYE
            assert np.linalg.norm(at, axis=1).min() > measures.BALL + 0.3, weight


def parted(face: tuple[skin.Skin, dict[str, Array]], **weights: float) -> Array:
    """How far the lips are apart at each column, (columns, 3) in mm."""
    surface, moves = face
    points = surface.points + sum(weight * moves[name] for name, weight in weights.items())
    found: Array = points[surface.lips[0]] - points[surface.lips[1]]
    return found


@pytest.mark.parametrize("weight", [0.1, 0.5, 1.0])
def test_mouth_close_undoes_jaw_open(face: tuple[skin.Skin, dict[str, Array]], weight: float) -> None:
    assert parted(face, jawOpen=weight)[:, 1].max() > 20 * weight
    np.testing.assert_allclose(parted(face, jawOpen=weight, mouthClose=weight), 0, atol=1e-9)


@pytest.mark.parametrize(
    "name", ["mouthPucker", "mouthPressLeft", "mouthRollLower", "mouthSmileRight", "mouthLeft"]
)
def test_closed_lips_stay_closed(face: tuple[skin.Skin, dict[str, Array]], name: str) -> None:
    assert np.linalg.norm(parted(face, **{name: 1.0}), axis=1).max() < 0.8


@pytest.mark.parametrize("weights", [
    {"jawOpen": 0.6, "mouthPucker": 0.8},
    {"jawOpen": 0.5, "mouthFunnel": 0.9, "mouthPucker": 0.4},
    {"jawOpen": 0.3, "mouthSmileLeft": 1, "mouthSmileRight": 1, "mouthStretchLeft": 0.6},
    {"jawOpen": 0.2, "mouthRollLower": 0.7, "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5},
    {"jawOpen": 1.0, "mouthLowerDownLeft": 1, "mouthLowerDownRight": 1},
])  # fmt: skip
def test_lips_do_not_cross_in_speech(
    face: tuple[skin.Skin, dict[str, Array]], weights: dict[str, float]
) -> None:
    surface, moves = face
    assert parted(face, **weights)[:, 1].min() > -0.5
    points = surface.points + sum(weight * moves[name] for name, weight in weights.items())
    order = np.diff(points[surface.lips[0], 0])
    assert order.min() > 0.2, "columns of the lips fold over each other"


def test_round_vowels_are_narrow_and_smiles_wide(face: tuple[skin.Skin, dict[str, Array]]) -> None:
    surface, moves = face
    corner = surface.lips[0][-1]
    assert moves["mouthPucker"][corner, 0] < -6
    assert moves["mouthPucker"][surface.lips[0], 2].min() > 4
    assert moves["mouthSmileLeft"][corner, 0] > 4
    assert moves["mouthSmileLeft"][corner, 1] > 5
    assert moves["mouthFrownLeft"][corner, 1] < -5


def test_eyes_turn_the_way_they_are_told(glb: Glb) -> None:
    """+x is the head's own left; the front of an eyeball is its first vertex."""
    ways = {
        "eyeLookInLeft": (0, -1),
        "eyeLookOutLeft": (0, 1),
        "eyeLookUpLeft": (1, 1),
        "eyeLookDownLeft": (1, -1),
    }
    for name, (axis, sign) in ways.items():
        targets = glb.mesh("eyeLeft")["primitives"][0]["targets"]
        move = glb.accessor(targets[ARKIT.index(name)]["POSITION"])[0]
        assert move[axis] * sign > 0.005, name


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium (Debian: apt-get install chromium)")
@pytest.mark.skipif(not shutil.which("npm"), reason="needs npm, to fetch three.js")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_three_js_reads_and_moves_them() -> None:
    from clients.head.picture import shot, studio, three

    try:
        three()
    except subprocess.CalledProcessError:
        pytest.skip("three.js could not be fetched")
    with studio() as page:
        for name in LOOKS:
            rest = np.asarray(shot(page, name, {}, width=160, height=160), float)
            assert rest.std() > 20, "an empty picture"
            for shape in ("eyeBlinkLeft", "jawOpen", "mouthSmileRight", "browInnerUp"):
                moved = np.asarray(shot(page, name, {shape: 1.0}, width=160, height=160), float)
                assert (np.abs(moved - rest).max(2) > 25).sum() > 15, (name, shape)
