"""The NVIDIA engine, on folders made here: random weights in networks and files of the true form."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from runtime.face import ARKIT, AT
from runtime.face.audio2face import Audio2Face, BadModel, load
from runtime.face.audio2face.layout import SolveParams
from runtime.face.audio2face.project import Projection, Smoothing, share
from runtime.face.audio2face.recording import Recording
from runtime.face.audio2face.solve import Guess, least_squares, pairs, prepare
from runtime.types import Line, Speech

onnx = pytest.importorskip("onnx")

EMOTIONS = [
    *("amazement", "anger", "cheekiness", "disgust", "fear"),
    *("grief", "joy", "outofbreath", "pain", "sadness"),
]
TONGUE = [
    *(f"tongueTip{way}" for way in ("Up", "Down", "Left", "Right")),
    *(f"tongueRoll{way}" for way in ("Up", "Down", "Left", "Right")),
    *(f"tongue{way}" for way in ("Up", "Down", "Left", "Right", "In", "Stretch", "Wide", "Narrow")),
]
LOOK = {
    **{"input_strength": 1.3, "skin_strength": 1.1, "blink_strength": 1.0},
    **{"lower_face_smoothing": 0.006, "upper_face_smoothing": 0.02},
    **{"lower_face_strength": 1.25, "upper_face_strength": 0.8},
    **{"face_mask_level": 0.6, "face_mask_softness": 0.05},
    **{"lip_open_offset": -0.05, "eyelid_open_offset": 0.06},
    **{"tongue_strength": 1.5, "tongue_height_offset": 0.2, "tongue_depth_offset": -0.3},
    **{"source_shot": "g2a_neutral", "source_frame": 3, "eye_saccade_seed": 0},
}


@dataclass(frozen=True)
class Sizes:
    """Of a made-up model. Windows of 0.05 s keep the tests quick."""

    length: int = 800
    before: int = 400
    implicit: int = 16
    skin: int = 12
    tongue: int = 4
    vertices: int = 70
    tongue_vertices: int = 30

    @property
    def features(self) -> int:
        return self.skin + self.tongue + 15 + 4


SMALL = Sizes()
DIFFUSION = Sizes(length=16000)
STEPS, LAYERS, LATENT = 2, 2, 8


def save_network(
    file: Path, nodes: list[Any], inputs: dict[str, Any], outputs: dict[str, Any], held: Any
) -> None:
    h = onnx.helper
    described = [
        [h.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in each.items()]
        for each in (inputs, outputs)
    ]
    constants = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()]
    graph = h.make_graph(nodes, "made", *described, constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 14)], ir_version=8)
    file.write_bytes(model.SerializeToString())


def regression_network(file: Path, sizes: Sizes, rng: np.random.Generator) -> None:
    """result = tanh(input @ A + emotion @ B) @ C: sees the whole window, and is not linear."""
    node = onnx.helper.make_node
    emotions, hidden = sizes.implicit + len(EMOTIONS), 24
    held = {
        "A": (rng.standard_normal((sizes.length, hidden)) / 10).astype(np.float32),
        "B": (rng.standard_normal((emotions, hidden)) / 3).astype(np.float32),
        "C": rng.standard_normal((hidden, sizes.features)).astype(np.float32),
    }
    nodes = [
        node("MatMul", ["input", "A"], ["heard"]),
        node("MatMul", ["emotion", "B"], ["felt"]),
        node("Add", ["heard", "felt"], ["sum"]),
        node("Tanh", ["sum"], ["bent"]),
        node("MatMul", ["bent", "C"], ["result"]),
    ]
    inputs = {"input": ["batch", 1, sizes.length], "emotion": ["batch", 1, emotions]}
    save_network(file, nodes, inputs, {"result": ["batch", 1, sizes.features]}, held)


def diffusion_network(file: Path, sizes: Sizes, rng: np.random.Generator) -> None:
    """A recurrent state, every input, and a different answer for each of the 60 frames."""
    node = onnx.helper.make_node
    features, state = 3 * (sizes.vertices + sizes.tongue_vertices) + 19, STEPS * LAYERS * LATENT
    held = {
        "A": (rng.standard_normal((sizes.length, state)) / 40).astype(np.float32),
        "I": rng.standard_normal((3, state)).astype(np.float32),
        "E": rng.standard_normal((30 * len(EMOTIONS), state)).astype(np.float32),
        "C": (rng.standard_normal((state, 60 * features)) / 2).astype(np.float32),
        "flat": np.array([1, -1]),
        "latent": np.array([STEPS, LAYERS, 1, LATENT]),
        "faces": np.array([1, 60, features]),
        "small": np.float32(0.05),
        "half": np.float32(0.5),
        "last": np.array(2),
    }
    nodes = [
        node("MatMul", ["window", "A"], ["heard"]),
        node("MatMul", ["identity", "I"], ["who"]),
        node("Reshape", ["emotion", "flat"], ["emotions"]),
        node("MatMul", ["emotions", "E"], ["felt"]),
        node("Reshape", ["input_latents", "flat"], ["before"]),
        node("Mul", ["before", "half"], ["faded"]),
        node("Sum", ["heard", "who", "felt", "faded"], ["sum"]),
        node("Tanh", ["sum"], ["after"]),
        node("Reshape", ["after", "latent"], ["output_latents"]),
        node("MatMul", ["after", "C"], ["shape"]),
        node("Reshape", ["shape", "faces"], ["clean"]),
        node("Gather", ["noise", "last"], ["end"], axis=1),
        node("Mul", ["end", "small"], ["little"]),
        node("Add", ["clean", "little"], ["prediction"]),
    ]
    inputs = {
        "window": ["b", sizes.length],
        "identity": ["b", 3],
        "emotion": ["b", 30, len(EMOTIONS)],
        "input_latents": [STEPS, LAYERS, "b", LATENT],
        "noise": ["b", STEPS + 1, 60, features],
    }
    outputs = {"prediction": ["b", 60, features], "output_latents": [STEPS, LAYERS, "b", LATENT]}
    save_network(file, nodes, inputs, outputs, held)


def write(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(json.dumps(value))


def save_shapes(folder: Path, tag: str, skin: Any, tongue: Any, rng: np.random.Generator) -> dict[str, Any]:
    """Blendshapes of a face and a tongue; the poses in an order of their own, some not active."""
    order = [ARKIT[i] for i in rng.permutation(52)]
    for mesh, neutral, names in (("skin", skin, order), ("tongue", tongue, TONGUE)):
        poses = {name: 4 * rng.standard_normal(neutral.shape).astype(np.float32) for name in names}
        listed = np.array(["neutral", *names], dtype="S32")
        extra = {"frontalMask": rng.permutation(60).astype(np.int32)} if mesh == "skin" else {}
        np.savez(folder / f"bs_{mesh}{tag}.npz", poseNames=listed, neutral=neutral, **extra, **poses)
        pair = [-1] * len(names)
        cancel, symmetry = list(pair), list(pair)
        if mesh == "skin":
            for number, (one, other) in enumerate((("jawLeft", "jawRight"), ("mouthLeft", "mouthRight"))):
                cancel[names.index(one)] = cancel[names.index(other)] = number
            symmetry[names.index("mouthSmileLeft")] = symmetry[names.index("mouthSmileRight")] = 7
        params = {
            "numPoses": len(names),
            "bsSolveActivePoses": [int(name not in ("tongueOut", "eyeLookInLeft")) for name in names],
            "bsSolveCancelPoses": cancel,
            "bsSolveSymmetryPoses": symmetry,
            "bsWeightMultipliers": [0.7 if name == "jawForward" else 1.0 for name in names],
            "bsWeightOffsets": [0.01 if name == "mouthPucker" else 0.0 for name in names],
            **{"strengthL1regularization": 0.1, "strengthL2regularization": 0.2},
            **{"strengthTemporalSmoothing": 0.05, "strengthSymmetry": 1.0, "templateBBSize": 10.0},
        }
        write(folder, f"bs_{mesh}_config{tag}.json", {"blendshape_params": params})
    return {m: {"config": f"bs_{m}_config{tag}.json", "data": f"bs_{m}{tag}.npz"} for m in ("skin", "tongue")}


def meshes(sizes: Sizes, rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """A face and a tongue in their neutral pose."""
    counts = (sizes.vertices, sizes.tongue_vertices)
    return [3 * rng.standard_normal((count, 3)).astype(np.float32) for count in counts]


def make_regression(folder: Path, sizes: Sizes = SMALL) -> Path:
    rng = np.random.default_rng(1)
    folder.mkdir()
    skin, tongue = meshes(sizes, rng)
    params = {
        **{
            "implicit_emotion_len": sizes.implicit,
            "explicit_emotions": EMOTIONS,
            "default_emotion": [0.0] * 10,
        },
        **{"num_shapes_skin": sizes.skin, "num_shapes_tongue": sizes.tongue},
        **{"num_verts_skin": sizes.vertices, "num_verts_tongue": sizes.tongue_vertices},
        **{"result_jaw_size": 15, "result_eyes_size": 4},
    }
    audio = {"buffer_len": sizes.length, "buffer_ofs": sizes.before, "samplerate": 16000}
    identity = {"type": "regression", "actor": "Mark", "version": "2.3", "output": "geometry"}
    write(folder, "network_info.json", {"id": identity, "params": params, "audio_params": audio})
    write(folder, "model_config.json", {"config": LOOK})
    np.savez(
        folder / "implicit_emo_db.npz",
        emo_db=rng.standard_normal((40, sizes.implicit)).astype(np.float32),
        emo_spec_names=np.array([b"cp1_neutral", b"g2a_neutral"]),
        emo_spec_start=np.array([0, 25], np.int32),
        emo_spec_size=np.array([25, 15], np.int32),
    )
    np.savez(
        folder / "model_data.npz",
        shapes_matrix_skin=rng.standard_normal((sizes.skin, *skin.shape)).astype(np.float32),
        shapes_matrix_tongue=rng.standard_normal((sizes.tongue, *tongue.shape)).astype(np.float32),
        shapes_mean_skin=skin,
        shapes_mean_tongue=tongue,
        lip_open_pose_delta=rng.standard_normal(skin.shape).astype(np.float32),
        eye_close_pose_delta=rng.standard_normal(skin.shape).astype(np.float32),
        neutral_jaw=np.zeros((5, 3), np.float32),
        saccade_rot_matrix=np.zeros((50, 2), np.float32),
    )
    shapes = save_shapes(folder, "", skin + np.float32(0.1), tongue, rng)
    paths = {
        **{"networkInfoPath": "network_info.json", "networkPath": "network.trt"},
        **{"modelConfigPath": "model_config.json", "modelDataPath": "model_data.npz"},
        **{"emotionDatabasePath": "implicit_emo_db.npz", "blendshapePaths": shapes},
    }
    write(folder, "model.json", paths)
    regression_network(folder / "network.onnx", sizes, rng)
    return folder


def make_diffusion(folder: Path, sizes: Sizes = DIFFUSION) -> Path:
    rng = np.random.default_rng(2)
    folder.mkdir()
    actors = ["Claire", "James", "Mark"]
    params = {
        **{"emotions": EMOTIONS, "default_emotion": [0.0] * 10, "identities": actors},
        **{
            "skin_size": 3 * sizes.vertices,
            "tongue_size": 3 * sizes.tongue_vertices,
            "jaw_size": 15,
            "eyes_size": 4,
        },
        **{"num_diffusion_steps": STEPS, "num_gru_layers": LAYERS, "gru_latent_dim": LATENT},
        **{"num_frames_left_truncate": 15, "num_frames_right_truncate": 15, "num_frames_center": 30},
    }
    audio = {"buffer_len": sizes.length, "padding_left": 16000, "padding_right": 16000, "samplerate": 16000}
    identity = {"type": "diffusion", "actor": "multi", "version": "3.0", "output": "geometry"}
    write(folder, "network_info.json", {"id": identity, "params": params, "audio_params": audio})
    shapes = []
    for actor in actors:
        skin, tongue = meshes(sizes, rng)
        write(folder, f"model_config_{actor}.json", {"config": LOOK})
        np.savez(
            folder / f"model_data_{actor}.npz",
            neutral_skin=skin,
            neutral_tongue=tongue,
            lip_open_pose_delta=rng.standard_normal(skin.shape).astype(np.float32),
            eye_close_pose_delta=rng.standard_normal(skin.shape).astype(np.float32),
        )
        shapes.append(save_shapes(folder, f"_{actor}", skin, tongue, rng))
    paths = {
        **{"networkInfoPath": "network_info.json", "networkPath": "network.trt", "blendshapePaths": shapes},
        "modelConfigPaths": [f"model_config_{actor}.json" for actor in actors],
        "modelDataPaths": [f"model_data_{actor}.npz" for actor in actors],
    }
    write(folder, "model.json", paths)
    diffusion_network(folder / "network.onnx", sizes, rng)
    return folder


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_regression(tmp_path_factory.mktemp("a2f") / "mark")


@pytest.fixture(scope="module")
def diffusion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_diffusion(tmp_path_factory.mktemp("a2f") / "multi")


@pytest.fixture
def opened() -> Iterator[Callable[..., Audio2Face]]:
    """`load`, with everything closed at the end. One thread, as on a machine shared with other models."""
    engines: list[Audio2Face] = []

    def begin(folder: Path, **options: Any) -> Audio2Face:
        engines.append(load(folder, threads=1, **options))
        return engines[-1]

    yield begin
    for engine in engines:
        engine.close()


def sound(seconds: float, rate: int = 16000, seed: int = 0) -> NDArray[np.float32]:
    """Noise whose loudness goes up and down four times a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    return (rng.standard_normal(len(t)) * 0.2 * np.sin(4 * np.pi * t) ** 2).astype(np.float32)


def streamed(engine: Audio2Face, audio: NDArray[np.float32], cuts: list[int], rate: int, fps: int) -> Any:
    stream = engine.stream(rate, fps)
    pieces = np.split(audio, sorted(min(cut, len(audio)) for cut in cuts))
    return np.concatenate([*(stream.push(piece) for piece in pieces), stream.finish()])


# The same thing, said the long way: every vertex of every frame, in the order of NVIDIA's runtime.


class LongWay:
    def __init__(self, folder: Path, tag: str, neutral: Any, delta: Any, fps: int) -> None:
        self.look, self.fps = json.loads((folder / f"model_config{tag}.json").read_text())["config"], fps
        self.neutral, self.delta = neutral.reshape(-1, 3).astype(float), delta
        self.shapes = np.load(folder / f"bs_skin{tag}.npz")
        self.params = json.loads((folder / f"bs_skin_config{tag}.json").read_text())["blendshape_params"]
        height = self.neutral[:, 1]
        level = (height - height.min()) / (height.max() - height.min())
        look = self.look
        self.lower = (
            1 / (1 + np.exp(-(look["face_mask_level"] - level) / look["face_mask_softness"]))[:, None]
        )
        self.stages: dict[str, list[Any]] = {}

    def smooth(self, which: str, value: Any) -> Any:
        alpha = 1 - 0.5 ** (1 / self.fps / self.look[f"{which}_face_smoothing"])
        stages = self.stages.setdefault(which, [value.copy(), value.copy()])
        for i in range(2):
            stages[i] += (value - stages[i]) * alpha
            value = stages[i].copy()
        return value

    def mesh(self, network: Any) -> Any:
        look = self.look
        pose = look["skin_strength"] * network.reshape(-1, 3).astype(float)
        pose = pose - self.delta["eye_close_pose_delta"] * look["eyelid_open_offset"]
        pose = pose + self.delta["lip_open_pose_delta"] * look["lip_open_offset"]
        lower = self.smooth("lower", pose) * look["lower_face_strength"] * self.lower
        upper = self.smooth("upper", pose) * look["upper_face_strength"] * (1 - self.lower)
        return self.neutral + lower + upper

    def weights(self, network_rows: Any) -> Any:
        p, rest = self.params, self.shapes["neutral"].astype(float)
        names = [name.decode() for name in self.shapes["poseNames"][1:]]
        active = [i for i, on in enumerate(p["bsSolveActivePoses"]) if on]
        picked = self.shapes["frontalMask"]
        b = np.stack([self.shapes[names[i]][picked].ravel() for i in active], 1).astype(float)
        scale = (np.linalg.norm(rest.max(0) - rest.min(0)) / p["templateBBSize"]) ** 2
        n = len(active)
        a = b.T @ b + p["strengthL1regularization"] ** 2 * 0.25 * scale * np.ones((n, n))
        a += (p["strengthL2regularization"] * 10 + p["strengthTemporalSmoothing"] * 100) * scale * np.eye(n)
        one, other = (active.index(names.index(f"mouthSmile{side}")) for side in ("Left", "Right"))
        a[one, one] += p["strengthSymmetry"] * 10 * scale
        a[other, other] += p["strengthSymmetry"] * 10 * scale
        a[one, other] -= p["strengthSymmetry"] * 10 * scale
        a[other, one] -= p["strengthSymmetry"] * 10 * scale
        before, frames = np.zeros(n), []
        for row in network_rows:
            right = b.T @ (self.mesh(row) - rest)[picked].ravel()
            right = right + p["strengthTemporalSmoothing"] * scale * before
            best = lsq_linear(a, right, (0, 1), method="bvls", tol=1e-15, max_iter=1000).x
            upper = np.ones(n)
            for pair in (("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")):
                i, j = sorted(active.index(names.index(name)) for name in pair)  # at a tie the first stays
                upper[j if best[i] >= best[j] else i] = 1e-10
            before = lsq_linear(a, right, (0, upper), method="bvls", tol=1e-15, max_iter=1000).x
            frames.append(self.named(names, active, before))
        return np.stack(frames)

    def named(self, names: list[str], active: list[int], solved: Any) -> Any:
        face = np.zeros(52)
        for i, value in zip(active, solved, strict=True):
            face[AT[names[i]]] = value * self.params["bsWeightMultipliers"][i]
        for i, name in enumerate(names):
            face[AT[name]] += self.params["bsWeightOffsets"][i]
        return np.clip(face, 0, 1)


def session(folder: Path) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(str(folder / "network.onnx"), providers=["CPUExecutionProvider"])


def test_a_regression_face_is_that_of_every_vertex_made_one_by_one(regression: Path, opened: Any) -> None:
    audio, fps = sound(0.5), 30
    engine = opened(regression, mouth_only=False, as_solved=True)
    stream = engine.stream(16000, fps, {"joy": 0.6})
    found = np.concatenate([stream.push(audio), stream.finish()])

    padded = np.pad(audio, (SMALL.before, SMALL.length))
    windows = np.stack([padded[k * 16000 // fps :][: SMALL.length] for k in range(15)])[:, None]
    database = np.load(regression / "implicit_emo_db.npz")["emo_db"]
    felt = np.concatenate([database[25 + 3], np.eye(10)[EMOTIONS.index("joy")] * 0.6])
    emotion = np.tile(felt, (15, 1, 1)).astype(np.float32)
    (result,) = session(regression).run(None, {"input": windows * np.float32(1.3), "emotion": emotion})
    data = dict(np.load(regression / "model_data.npz"))
    moved = result[:, 0, : SMALL.skin] @ data["shapes_matrix_skin"].reshape(SMALL.skin, -1)
    wanted = LongWay(regression, "", data["shapes_mean_skin"], data, fps).weights(moved)

    assert found.shape == wanted.shape == (15, 52)
    assert found.dtype == np.float32
    assert 0.1 < (wanted > 0.01).mean() < 0.9, "some at a bound and some not, or the test says little"
    assert np.abs(found - wanted).max() < 1e-5


def test_a_diffusion_face_is_that_of_every_vertex_made_one_by_one(diffusion: Path, opened: Any) -> None:
    audio = sound(1.1)
    engine = opened(diffusion, identity="james", mouth_only=False, as_solved=True)
    assert engine.identity == "James"
    found = streamed(engine, audio, [5000, 12345], 16000, 60)

    features = 3 * (DIFFUSION.vertices + DIFFUSION.tongue_vertices) + 19
    noise = np.random.default_rng(0).standard_normal((1, 3, 60, features), np.float32)
    latents, rows, run = np.zeros((STEPS, LAYERS, 1, LATENT), np.float32), [], session(diffusion)
    padded = np.pad(audio, (16000, 16000))
    for start in range(0, 16000 + len(audio), 8000):
        window = padded[start : start + 16000]
        window = np.pad(window, (0, 16000 - len(window)))[None] * np.float32(1.3)
        feed = {"window": window, "identity": np.eye(3, dtype=np.float32)[1:2], "noise": noise}
        feed |= {"emotion": np.zeros((1, 30, 10), np.float32), "input_latents": latents}
        prediction, latents = run.run(["prediction", "output_latents"], feed)
        rows.append(prediction[0, 15:45, : 3 * DIFFUSION.vertices])
    moved = np.concatenate(rows)[45 : 45 + 66]  # the first kept frame is at -0.75 s
    data = dict(np.load(diffusion / "model_data_James.npz"))
    wanted = LongWay(diffusion, "_James", data["neutral_skin"], data, 60).weights(moved)

    assert found.shape == wanted.shape == (66, 52)
    assert 0.1 < (wanted > 0.01).mean() < 0.9
    assert np.abs(found - wanted).max() < 1e-5


CUTS = st.lists(st.integers(0, 24000), max_size=8)
QUICK = settings(max_examples=10, deadline=None)


@given(
    cuts=CUTS,
    rate=st.sampled_from([16000, 24000]),
    batch=st.sampled_from([1, 4]),
    fps=st.sampled_from([30, 60]),
)
@QUICK
def test_a_regression_stream_does_not_depend_on_its_chunks(
    regression: Path, cuts: list[int], rate: int, batch: int, fps: int
) -> None:
    audio = sound(0.7, rate)
    engine = load(regression, batch=batch, threads=1)
    whole = streamed(engine, audio, [], rate, fps)
    assert len(whole) == -(-len(audio) * fps // rate)
    np.testing.assert_array_equal(whole, streamed(engine, audio, cuts, rate, fps))
    engine.close()


@given(cuts=CUTS, rate=st.sampled_from([16000, 44100]), fps=st.sampled_from([24, 30, 60]))
@QUICK
def test_a_diffusion_stream_does_not_depend_on_its_chunks(
    diffusion: Path, cuts: list[int], rate: int, fps: int
) -> None:
    audio = sound(1.3, rate)
    engine = load(diffusion, threads=1)
    whole = streamed(engine, audio, [], rate, fps)
    assert len(whole) == -(-len(audio) * fps // rate)
    np.testing.assert_array_equal(whole, streamed(engine, audio, cuts, rate, fps))
    engine.close()


@pytest.mark.parametrize(("kind", "seconds"), [("regression", 0.025), ("diffusion", 0.75)])
def test_frames_come_as_soon_as_the_declared_look_ahead_allows(
    kind: str, seconds: float, request: pytest.FixtureRequest, opened: Any
) -> None:
    engine = opened(request.getfixturevalue(kind))
    assert engine.look_ahead == pytest.approx(seconds)
    stream, audio, count, latest = engine.stream(16000, 60), sound(2.0), 0, 0.0
    for start in range(0, len(audio), 160):
        count += len(stream.push(audio[start : start + 160]))
        heard = (start + 160) / 16000
        assert count >= np.floor((heard - seconds) * 60 + 1e-9) + 1, heard
        if count:
            latest = max(latest, heard - (count - 1) / 60)
    assert count + len(stream.finish()) == 120
    assert latest < seconds + 1 / 60 + 0.02


def test_the_same_audio_gives_the_same_face_every_time(diffusion: Path, opened: Any) -> None:
    audio = sound(1.0)
    one, other = (streamed(opened(diffusion), audio, [], 16000, 60) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert np.abs(one - streamed(opened(diffusion, identity="Mark"), audio, [], 16000, 60)).max() > 0.1


def test_silence_leaves_a_still_face(regression: Path, opened: Any) -> None:
    engine = opened(regression)
    face = streamed(engine, np.zeros(8000, np.float32), [3000], 16000, 60)
    # The temporal term makes the weights run in from zero; after that nothing moves.
    assert np.abs(np.diff(face[15:], axis=0)).max() < 1e-6
    assert face[-1].any()
    assert len(streamed(engine, np.zeros(0, np.float32), [], 16000, 60)) == 0


def test_bad_samples_do_no_lasting_harm(regression: Path, opened: Any) -> None:
    engine = opened(regression)
    audio = sound(1.0)
    broken = audio.copy()
    broken[2000:2010] = [np.nan, np.inf, -np.inf] * 3 + [np.nan]
    mended = audio.copy()
    mended[2000:2010] = 0
    np.testing.assert_array_equal(
        streamed(engine, broken, [], 16000, 60), streamed(engine, mended, [], 16000, 60)
    )


def test_only_the_mouth_moves_unless_more_is_wanted(regression: Path, opened: Any) -> None:
    audio = sound(0.5)
    mouth = streamed(opened(regression), audio, [], 16000, 60)
    whole = streamed(opened(regression, mouth_only=False), audio, [], 16000, 60)
    moved = {ARKIT[i] for i in np.flatnonzero(mouth.any(0))}
    assert {"jawOpen", "mouthPucker"} <= moved
    assert all(name.startswith(("jaw", "mouth")) or name == "cheekPuff" for name in moved), moved
    assert whole[:, AT["browInnerUp"]].any()
    for name in moved:
        np.testing.assert_array_equal(mouth[:, AT[name]], whole[:, AT[name]])


def test_the_tongue_is_shown_where_it_is_wanted(regression: Path, diffusion: Path, opened: Any) -> None:
    for folder in (regression, diffusion):
        audio = sound(0.6)
        without = streamed(opened(folder), audio, [], 16000, 60)
        with_it = streamed(opened(folder, tongue_out=True), audio, [], 16000, 60)
        assert not without[:, AT["tongueOut"]].any()
        assert with_it[:, AT["tongueOut"]].std() > 0.001
        with_it[:, AT["tongueOut"]] = 0
        np.testing.assert_array_equal(with_it, without)


def test_a_closed_mouth_that_contains_an_open_jaw_is_given_as_arkit_means_it(
    regression: Path, tmp_path: Path, opened: Any
) -> None:
    folder = tmp_path / "made"
    shutil.copytree(regression, folder)
    shapes = dict(np.load(folder / "bs_skin.npz"))
    shapes["mouthClose"] = shapes["mouthClose"] + 1.5 * shapes["jawOpen"]
    np.savez(folder / "bs_skin.npz", **shapes)
    audio = sound(0.5)
    solved = streamed(opened(folder, as_solved=True), audio, [], 16000, 60)
    given_ = streamed(opened(folder), audio, [], 16000, 60)
    jaw, close = AT["jawOpen"], AT["mouthClose"]
    assert solved[:, close].max() > 0.05
    np.testing.assert_allclose(given_[:, jaw], np.minimum(solved[:, jaw] + solved[:, close], 1), atol=1e-6)
    assert (given_[:, close] <= given_[:, jaw] + 1e-6).all()
    # Shapes that are made to ARKit's definition are left alone.
    plain = [streamed(opened(regression, as_solved=value), audio, [], 16000, 60) for value in (True, False)]
    np.testing.assert_array_equal(*plain)


def test_a_network_at_half_the_rate_is_interpolated(regression: Path, opened: Any) -> None:
    audio = sound(1.0)
    engine = opened(regression, network_fps=30)
    slow, fast = (streamed(engine, audio, [777], 16000, fps) for fps in (30, 60))
    np.testing.assert_array_equal(fast[::2], slow)
    np.testing.assert_allclose(fast[1:-1:2], (slow[:-1] + slow[1:]) / 2, atol=1e-6)
    assert engine.look_ahead == pytest.approx(0.025 + 1 / 30)


# The mouth of a reply.


def clause(audio: NDArray[np.float32], rate: int) -> Speech:
    return Speech(Line("", ""), audio, rate)


def followed(engine: Audio2Face, clauses: list[NDArray[np.float32]], rate: int, fps: int) -> list[Any]:
    mouth, start, takes = engine.mouth(), 0, []
    for audio in clauses:
        first, last = (-(-at * fps // rate) for at in (start, start + len(audio)))
        takes.append(mouth.follow(clause(audio, rate), np.arange(first, last) / fps - start / rate, fps))
        start += len(audio)
    return takes


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_one_clause_is_followed_as_it_would_be_streamed(
    kind: str, request: pytest.FixtureRequest, opened: Any
) -> None:
    engine, audio = opened(request.getfixturevalue(kind)), sound(0.83, 24000)
    (take,) = followed(engine, [audio], 24000, 60)
    np.testing.assert_allclose(take, streamed(engine, audio, [], 24000, 60), atol=1e-6)


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_clauses_follow_each_other_without_gap_or_jump(
    kind: str, request: pytest.FixtureRequest, opened: Any
) -> None:
    engine = opened(request.getfixturevalue(kind))
    audio = np.concatenate([sound(0.713), np.zeros(16000, np.float32), sound(0.9, seed=1), sound(0.01)])
    cuts = [19000, 30001, len(audio) - 160]
    takes = followed(engine, np.split(audio, cuts), 16000, 60)
    whole = streamed(engine, audio, [], 16000, 60)
    face = np.concatenate(takes)
    assert face.shape == whole.shape
    # Up to the first cut less the look-ahead all is known; the silence around it says the rest.
    safe = int((19000 / 16000 - engine.look_ahead) * 60)
    np.testing.assert_allclose(face[:safe], whole[:safe], atol=1e-6)
    if kind == "regression":
        np.testing.assert_allclose(
            face[: 30001 * 60 // 16000 - 3], whole[: 30001 * 60 // 16000 - 3], atol=1e-6
        )


def test_a_mouth_takes_any_times_in_order(regression: Path, opened: Any) -> None:
    mouth = opened(regression).mouth()
    for seconds in (1.0083, 0.5, 0.003):
        audio = sound(seconds)
        times = np.arange(-(-len(audio) * 60 // 16000)) / 60
        face = mouth.follow(clause(audio, 16000), times, 60)
        assert face.shape == (len(times), 52)
        assert face.dtype == np.float32
        assert (face >= 0).all()
        assert (face <= 1).all()
    assert mouth.follow(clause(sound(0.1), 16000), np.zeros(0), 60).shape == (0, 52)
    with pytest.raises(ValueError, match="began at 60"):
        mouth.follow(clause(sound(0.1), 16000), np.zeros(1), 30)


# The solve.


def solver_params(count: int, **changed: Any) -> SolveParams:
    none = [-1] * count
    plain = {"count": count, "active": [1] * count, "cancel": none, "symmetry": none, "gains": [1.0] * count}
    strengths = {"offsets": [0.0] * count, "sparse": 0.0, "small": 0.0, "steady": 0.0, "symmetric": 0.0}
    return SolveParams(**{**plain, **strengths, **changed})


def test_known_weights_are_recovered_from_their_mesh() -> None:
    rng = np.random.default_rng(0)
    shapes = rng.standard_normal((52, 900))
    solver = prepare(shapes, solver_params(52, small=0.001, sparse=0.01), 54.7)
    past = solver.past()
    for _ in range(20):
        weights = np.clip(rng.uniform(-0.5, 1.5, 52), 0, 1)
        assert np.abs(solver.solve(shapes @ (shapes.T @ weights), past) - weights).max() < 1e-3


@given(seed=st.integers(0, 10_000), count=st.integers(1, 30), rank=st.integers(1, 30), noise=st.floats(0, 30))
@settings(max_examples=60, deadline=None)
def test_the_solve_is_exact(seed: int, count: int, rank: int, noise: float) -> None:
    """No point of the box is better: the gradient is zero inside, and points outwards at the bounds."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((count, rank)) @ rng.standard_normal((rank, 40))
    matrix = mixed @ mixed.T + 0.01 * np.eye(count)
    square = matrix.T @ matrix
    guess = Guess(np.zeros(count), np.zeros(count, np.bool_))
    for _ in range(3):  # the second and third begin where the one before ended
        goal = matrix.T @ (matrix @ rng.uniform(-0.5, 1.5, count) + noise * rng.standard_normal(count))
        least_squares(square, goal, guess, np.zeros(count, np.bool_))
        weights, slope = guess.weights, square @ guess.weights - goal
        small = 1e-6 * max(1.0, float(np.abs(goal).max()))
        assert (weights >= 0).all()
        assert (weights <= 1).all()
        assert (slope[weights <= 0] > -small).all()
        assert (slope[weights >= 1] < small).all()
        assert (np.abs(slope[(weights > 0) & (weights < 1)]) < small).all()


def test_the_solve_agrees_with_scipy() -> None:
    rng = np.random.default_rng(5)
    shapes = rng.standard_normal((47, 20)) @ rng.standard_normal((20, 600)) + rng.standard_normal((47, 600))
    solver = prepare(shapes, solver_params(47, small=0.1), 54.7)
    past = solver.past()
    for _ in range(10):
        right = shapes @ (shapes.T @ rng.uniform(-0.3, 1.3, 47)) + 300 * rng.standard_normal(47)
        wanted = lsq_linear(solver.matrix, right, (0, 1), method="bvls", tol=1e-15, max_iter=1000).x
        np.testing.assert_allclose(solver.solve(right, past), wanted, atol=1e-8)


def test_poses_that_are_the_same_do_not_stop_the_solve() -> None:
    shapes = np.tile(np.random.default_rng(0).standard_normal(60), (3, 1))
    solver = prepare(shapes, solver_params(3), 54.7)
    weights = solver.solve(shapes @ shapes[0] * 1.5, solver.past())
    assert weights.sum() == pytest.approx(1.5)
    assert ((weights >= 0) & (weights <= 1)).all()


def test_of_a_cancel_pair_only_the_stronger_stays() -> None:
    shapes = np.eye(4, 30)
    solver = prepare(shapes, solver_params(4, cancel=[3, -1, 3, -1], active=[1, 1, 1, 1]), 54.7)
    past = solver.past()
    np.testing.assert_allclose(
        solver.solve(np.array([0.3, 0.5, 0.6, 0.2]), past), [0, 0.5, 0.6, 0.2], atol=1e-9
    )
    np.testing.assert_allclose(
        solver.solve(np.array([0.7, 0.5, 0.6, 0.2]), past), [0.7, 0.5, 0, 0.2], atol=1e-9
    )


def test_unpaired_poses_are_no_pair_even_if_there_are_two() -> None:
    assert pairs([-1, 4, -1, 4], np.arange(4)) == [(1, 3)]
    assert pairs([-1, 4, -1, 4], np.array([0, 2, 3])) == []


def test_strengths_do_what_they_are_for() -> None:
    shapes = np.eye(2, 30)
    size = 54.7

    def solved(right: list[float], frames: int = 1, **changed: Any) -> list[float]:
        params = solver_params(2, **changed)
        solver = prepare(shapes[np.flatnonzero(params.active)], params, size)
        past = solver.past()
        seen = np.array(right)[solver.active]
        return [solver.solve(seen, past).tolist() for _ in range(frames)][-1]

    assert solved([0.4, 0.8]) == pytest.approx([0.4, 0.8])
    assert solved([0.4, 0.8], small=0.1) == pytest.approx([0.2, 0.4])  # (1 + 10 * 0.1) w = b
    assert solved([0.4, 0.8], symmetry=[1, 1], symmetric=1e6) == pytest.approx([0.6, 0.6], abs=1e-6)
    assert solved([0.4, 0.8], sparse=2.0) == pytest.approx([0.0, 0.4])  # A = I + 11': the stronger of two
    assert solved([0.4, 0.8], steady=0.01) == pytest.approx([0.2, 0.4])  # (1 + 100 * 0.01) w = b + 0.01 p
    assert solved([0.4, 0.8], 40, steady=0.01) == pytest.approx([0.4 / 1.99, 0.8 / 1.99])
    assert solved([0.4, 0.8], gains=[0.5, 1.0], offsets=[0.0, 0.1]) == pytest.approx([0.2, 0.9])
    assert solved([0.4, 0.8], active=[0, 1], symmetry=[1, 1], symmetric=9.0) == pytest.approx([0.0, 0.8])


def test_smoothing_goes_half_the_way_in_its_half_life() -> None:
    assert share(0.1, 0.1) == pytest.approx(0.5)
    assert share(0.0023, 1 / 60) == pytest.approx(0.993, abs=1e-3)
    assert share(0.0, 1 / 60) == 1.0
    projection = Projection(slice(0, 1), np.zeros((2, 1, 1)), np.zeros(1), (0.1, 0.0))
    smooth = Smoothing(projection, 10)
    steps = [smooth(np.full((2, 1), value)).ravel().tolist() for value in (1.0, 0.0, 0.0, 0.0)]
    # Two stages of a half each: 1, then 3/4, 1/2, 5/16; without smoothing at once.
    assert steps == [[1.0, 1.0], [0.75, 0.0], [0.5, 0.0], [0.3125, 0.0]]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-20, 80), st.integers(0, 40)), max_size=12))
def test_a_recording_is_silent_where_nothing_was_heard(steps: list[tuple[int, int, int]]) -> None:
    recording, all_of_it, forgotten = Recording(), np.zeros(0, np.float32), 0
    for length, start, size in steps:
        piece = np.arange(1, length + 1, dtype=np.float32) + len(all_of_it)
        recording.append(piece)
        all_of_it = np.concatenate((all_of_it, piece))
        begin = forgotten + start
        inside = [float(all_of_it[i]) if 0 <= i < len(all_of_it) else 0.0 for i in range(begin, begin + size)]
        assert recording.end == len(all_of_it)
        if start >= 0:
            assert recording.window(begin, size).tolist() == inside
        forgotten = max(forgotten, min(begin, len(all_of_it)))
        recording.forget(forgotten)


# What can be wrong with a folder.


def spoil(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    value = json.loads((folder / name).read_text())
    change(value)
    write(folder, name, value)


def resave(folder: Path, name: str, **changed: Any) -> None:
    held = {key: value for key, value in {**np.load(folder / name), **changed}.items() if value is not None}
    np.savez(folder / name, **held)


@pytest.fixture
def copied(regression: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(regression, tmp_path / "model"))


REGRESSION_FILES = [
    *("model.json", "network_info.json", "model_config.json", "bs_skin_config.json", "network.onnx"),
    *("model_data.npz", "implicit_emo_db.npz", "bs_skin.npz"),
]


@pytest.mark.parametrize("name", REGRESSION_FILES)
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(BadModel, match=f"{name} is missing"):
        load(copied)


@pytest.mark.parametrize("name", REGRESSION_FILES)
def test_a_damaged_file_is_named(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes()[:60])
    with pytest.raises(BadModel, match=name):
        load(copied)


@pytest.mark.parametrize("name", ["bs_tongue.npz", "bs_tongue_config.json"])
def test_the_tongue_is_missed_only_where_it_is_wanted(copied: Path, name: str) -> None:
    (copied / name).unlink()
    load(copied).close()
    with pytest.raises(BadModel, match=f"{name} is missing"):
        load(copied, tongue_out=True)
    spoil(copied, "model.json", lambda m: m["blendshapePaths"].pop("tongue"))
    with pytest.raises(BadModel, match="no blendshapes of a tongue"):
        load(copied, tongue_out=True)


def test_an_engine_for_one_gpu_is_not_enough(copied: Path) -> None:
    (copied / "network.onnx").rename(copied / "network.trt")
    with pytest.raises(BadModel, match=r"network\.trt.*Put network\.onnx from the same download beside it"):
        load(copied)


SOLVE = "bs_skin_config.json"
WRONG: list[tuple[str, Callable[[Any], None], str]] = [
    ("model.json", lambda m: m.pop("modelDataPath"), "modelDataPath"),
    ("model.json", lambda m: m["blendshapePaths"].pop("skin"), "skin"),
    (
        "network_info.json",
        lambda m: m["id"].update(type="audio2emotion"),
        "regression and diffusion are known",
    ),
    ("network_info.json", lambda m: m["params"].pop("num_shapes_skin"), "num_shapes_skin"),
    ("network_info.json", lambda m: m["params"].update(num_shapes_skin=13), "shapes_matrix_skin"),
    ("network_info.json", lambda m: m["params"].update(result_jaw_size=3), "result has the shape"),
    ("network_info.json", lambda m: m["params"].update(num_verts_skin=71), "shapes_mean_skin"),
    ("network_info.json", lambda m: m["params"].update(default_emotion=[0.0]), "default_emotion has 1"),
    ("network_info.json", lambda m: m["params"].update(implicit_emotion_len=7), "implicit_emotion_len"),
    ("network_info.json", lambda m: m["audio_params"].update(buffer_len=900), "input has the shape"),
    ("network_info.json", lambda m: m["audio_params"].update(buffer_ofs=801), "buffer_ofs"),
    ("network_info.json", lambda m: m["audio_params"].update(samplerate=0), "samplerate"),
    ("model_config.json", lambda m: m["config"].pop("skin_strength"), "skin_strength"),
    ("model_config.json", lambda m: m["config"].update(face_mask_softness=0), "face_mask_softness"),
    (
        "model_config.json",
        lambda m: m["config"].update(source_shot="nowhere"),
        "it has cp1_neutral, g2a_neutral",
    ),
    ("model_config.json", lambda m: m["config"].update(source_frame=15), "source_frame"),
    (SOLVE, lambda m: m["blendshape_params"].update(numPoses=51), "numPoses is 51"),
    (SOLVE, lambda m: m["blendshape_params"]["bsWeightOffsets"].pop(), "bsWeightOffsets has 51"),
    (SOLVE, lambda m: m["blendshape_params"].update(bsSolveActivePoses=[0] * 52), "no pose"),
    (SOLVE, lambda m: m["blendshape_params"].update(bsSolveCancelPoses=[99] + [-1] * 51), "two poses"),
    (SOLVE, lambda m: m["blendshape_params"].update(templateBBSize=0), "templateBBSize"),
]


@pytest.mark.parametrize(("name", "change", "said"), WRONG)
def test_what_is_wrong_in_a_file_is_said(copied: Path, name: str, change: Any, said: str) -> None:
    spoil(copied, name, change)
    with pytest.raises(BadModel, match=said) as error:
        load(copied)
    assert str(copied) in str(error.value)


def test_wrong_arrays_are_named(copied: Path) -> None:
    good = dict(np.load(copied / "bs_skin.npz"))
    for changed, said in (
        ({"jawOpen": None}, "jawOpen is missing"),
        ({"jawOpen": good["jawOpen"][:5]}, "jawOpen has 15 values where 210 belong"),
        ({"jawOpen": np.full((70, 3), np.nan)}, "jawOpen is not an array of finite numbers"),
        ({"frontalMask": np.array([70])}, "frontalMask should hold whole numbers from 0 to 69"),
        ({"poseNames": np.arange(53)}, "poseNames should hold names"),
        ({"poseNames": np.array([{"a": 1}], object)}, "poseNames cannot be read"),
    ):
        np.savez(copied / "bs_skin.npz", **{k: v for k, v in {**good, **changed}.items() if v is not None})
        with pytest.raises(BadModel, match=f"bs_skin.npz: {said}"):
            load(copied)
    resave(copied, "implicit_emo_db.npz", emo_spec_start=np.array([0, 39]))
    with pytest.raises(BadModel, match="reaches beyond the end"):
        load(copied)


def test_a_mesh_without_a_mask_is_solved_whole(copied: Path, opened: Any) -> None:
    resave(copied, "bs_skin.npz", frontalMask=None)
    masked = dict(np.load(copied / "bs_skin.npz"))
    whole = streamed(opened(copied), sound(0.2), [], 16000, 60)
    np.savez(copied / "bs_skin.npz", **masked, frontalMask=np.arange(70))
    np.testing.assert_array_equal(whole, streamed(opened(copied), sound(0.2), [], 16000, 60))


def test_a_diffusion_folder_needs_a_file_for_each_face(diffusion: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(diffusion, tmp_path / "model"))
    (folder / "model_data_Mark.npz").unlink()
    load(folder, identity="Claire").close()
    with pytest.raises(BadModel, match=r"model_data_Mark\.npz is missing"):
        load(folder, identity="Mark")
    spoil(folder, "model.json", lambda m: m["modelConfigPaths"].pop())
    with pytest.raises(BadModel, match="fewer files"):
        load(folder, identity="Mark")
    spoil(folder, "network_info.json", lambda m: m["params"].update(num_frames_center=29))
    with pytest.raises(BadModel, match="do not line up"):
        load(folder)


def test_wishes_that_cannot_be_met_are_refused(regression: Path, diffusion: Path, opened: Any) -> None:
    with pytest.raises(ValueError, match="the face of Mark, not of Claire"):
        load(regression, identity="Claire")
    with pytest.raises(ValueError, match="it has Claire, James, Mark"):
        load(diffusion, identity="Nobody")
    with pytest.raises(ValueError, match="install onnxruntime-gpu"):
        load(regression, providers=["NoSuchExecutionProvider"])
    for wrong in ({"batch": 0}, {"threads": -1}, {"network_fps": 1000}):
        with pytest.raises(ValueError, match="should be"):
            load(regression, **wrong)
    engine = opened(regression)
    with pytest.raises(ValueError, match="knows no 'happiness'; it knows amazement"):
        engine.mouth({"happiness": 1.0})
    for rate, fps in ((7999, 60), (16000, 0), (16000, 241)):
        with pytest.raises(ValueError, match="runs at"):
            engine.stream(rate, fps)
    stream = engine.stream(16000)
    with pytest.raises(ValueError, match="mono"):
        stream.push(np.zeros((2, 100), np.float32))
    stream.finish()
    with pytest.raises(RuntimeError, match="finished"):
        stream.push(np.zeros(1, np.float32))


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_no_damage_to_a_file_gives_anything_but_a_clear_error(
    regression: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes are changed, lost or put in, anywhere in any file that Python reads."""
    name = data.draw(st.sampled_from([n for n in REGRESSION_FILES if n != "network.onnx"]))
    folder = tmp_path_factory.mktemp("spoiled")
    for file in regression.iterdir():
        (folder / file.name).symlink_to(file)
    raw = bytearray((regression / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
    (folder / name).unlink()
    (folder / name).write_bytes(raw)
    said = str(folder)
    try:
        load(folder).close()
    except BadModel as error:
        said = str(error)
    finally:
        shutil.rmtree(folder)
    assert str(folder) in said


# What an engine keeps, and its true size.


def test_closing_lets_the_weights_go(regression: Path) -> None:
    engine = load(regression)
    assert engine._loaded is not None
    network = weakref.ref(engine._loaded.model.network)
    stream = engine.stream(16000)
    engine.close()
    stream.push(sound(0.1))  # a reply that is under way may end
    with pytest.raises(RuntimeError, match="closed"):
        engine.mouth()
    del stream
    gc.collect()
    assert network() is None


def test_the_true_sizes_of_v2_3(tmp_path: Path, opened: Any) -> None:
    """Windows of 8320 samples, 26 emotions, 301 results; few vertices: all would take 200 MB."""
    sizes = Sizes(length=8320, before=4160, skin=272, tongue=10)
    assert sizes.features == 301
    folder = make_regression(tmp_path / "mark", sizes)
    engine = opened(folder, mouth_only=False)
    assert engine.look_ahead == 0.26
    stream = engine.stream(16000, 60)
    assert len(stream.push(sound(0.2599))) == 0
    assert len(stream.push(sound(0.0002))) == 1
    assert len(stream.push(sound(0.5))) == 30
    assert len(stream.finish()) == 15
    kept = engine._model().skin.projection.maps
    assert kept.shape == (2, 272, 50)
