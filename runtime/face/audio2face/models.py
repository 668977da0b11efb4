"""A model folder as a loaded model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face import layout, meshes
from runtime.face.audio2face.diffusion import Diffusion
from runtime.face.audio2face.emotion import implicit
from runtime.face.audio2face.files import BadModel, network_file, read_json
from runtime.face.audio2face.network import check, session
from runtime.face.audio2face.options import Options
from runtime.face.audio2face.regression import Regression
from runtime.face.audio2face.voice import Model

T = TypeVar("T")

SEED = 0
"""Of the noise of a diffusion network. Any will do, but the same audio should give the same face."""


@dataclass(frozen=True)
class Loaded:
    """A model with whose face it is, the names of its emotions, and their weights where nothing is said."""

    model: Model
    identity: str
    emotions: tuple[str, ...]
    default: NDArray[np.float32]


def read(folder: Path, options: Options) -> Loaded:
    """Load what `folder`/model.json describes. Raises BadModel, and ValueError for options it cannot meet."""
    if not folder.is_dir():
        raise BadModel(f"{folder} is not a folder; name the one in which the model.json of the download is")
    info = folder / read_json(folder / "model.json", layout.ModelFile).network_info_path
    kind = read_json(info, layout.NetworkInfo).id.type
    if kind == "regression":
        return _regression(folder, info, options)
    if kind == "diffusion":
        return _diffusion(folder, info, options)
    raise BadModel(f"{info}: a network of the type {kind!r}; regression and diffusion are known")


def _regression(folder: Path, info_file: Path, options: Options) -> Loaded:
    paths = read_json(folder / "model.json", layout.RegressionFile)
    info = read_json(info_file, layout.RegressionInfo)
    size, audio = info.params, info.audio_params
    _consistent(info_file, size.explicit_emotions, size.default_emotion)
    if options.identity and options.identity.lower() != info.id.actor.lower():
        raise ValueError(
            f"{folder} is the face of {info.id.actor or 'one person'}, not of {options.identity}"
        )
    if audio.buffer_ofs > audio.buffer_len:
        raise BadModel(f"{info_file}: buffer_ofs lies beyond the window of {audio.buffer_len} samples")
    look = read_json(folder / paths.model_config_path, layout.LookFile).config
    code = implicit(folder / paths.emotion_database_path, look, size.implicit_emotion_len)
    geometry = meshes.components(folder / paths.model_data_path, size)
    emotions = len(code) + len(size.explicit_emotions)
    features = size.num_shapes_skin + size.num_shapes_tongue + size.result_jaw_size + size.result_eyes_size
    inputs = {"input": (options.batch, 1, audio.buffer_len), "emotion": (options.batch, 1, emotions)}
    file = network_file(folder, paths.network_path)
    loaded = session(file, options.providers, options.threads)
    check(loaded, file, inputs, {"result": (options.batch, 1, features)})
    network = Regression(
        *(loaded, audio.samplerate, audio.buffer_len, audio.buffer_ofs),
        *(look.input_strength, code, options.batch),
    )
    model = meshes.assemble(folder, network, geometry, look, paths.blendshape_paths, options)
    return Loaded(model, info.id.actor, tuple(size.explicit_emotions), _weights(size.default_emotion))


def _diffusion(folder: Path, info_file: Path, options: Options) -> Loaded:
    paths = read_json(folder / "model.json", layout.DiffusionFile)
    info = read_json(info_file, layout.DiffusionInfo)
    size, audio = info.params, info.audio_params
    _consistent(info_file, size.emotions, size.default_emotion)
    who = _who(info_file, size.identities, options.identity)
    frames = _frames(info_file, info)
    look = read_json(folder / _nth(folder, paths.model_config_paths, who), layout.LookFile).config
    geometry = meshes.displacements(folder / _nth(folder, paths.model_data_paths, who), size)
    features = size.skin_size + size.tongue_size + size.jaw_size + size.eyes_size
    latents = (size.num_diffusion_steps, size.num_gru_layers, 1, size.gru_latent_dim)
    noise = (1, size.num_diffusion_steps + 1, frames, features)
    inputs = {
        "window": (1, audio.buffer_len),
        "identity": (1, len(size.identities)),
        "emotion": (1, size.num_frames_center, len(size.emotions)),
        "input_latents": latents,
        "noise": noise,
    }
    file = network_file(folder, paths.network_path)
    loaded = session(file, options.providers, options.threads)
    check(loaded, file, inputs, {"prediction": (1, frames, features), "output_latents": latents})
    network = Diffusion(
        *(loaded, audio.samplerate, audio.buffer_len, audio.padding_left),
        *(size.num_frames_left_truncate, size.num_frames_center, size.num_frames_right_truncate),
        gain=look.input_strength,
        identity=np.eye(len(size.identities), dtype=np.float32)[who : who + 1],
        noise=np.random.default_rng(SEED).standard_normal(noise, np.float32),
        latents=latents,
    )
    shapes = _nth(folder, paths.blendshape_paths, who)
    model = meshes.assemble(folder, network, geometry, look, shapes, options)
    return Loaded(model, size.identities[who], tuple(size.emotions), _weights(size.default_emotion))


def _weights(values: Sequence[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def _frames(file: Path, info: layout.DiffusionInfo) -> int:
    size, audio = info.params, info.audio_params
    frames = size.num_frames_left_truncate + size.num_frames_center + size.num_frames_right_truncate
    if audio.buffer_len * size.num_frames_center % frames or audio.padding_left * frames % audio.buffer_len:
        raise BadModel(f"{file}: windows of {audio.buffer_len} samples and {frames} frames do not line up")
    return frames


def _consistent(file: Path, names: Sequence[str], values: Sequence[float]) -> None:
    if len(names) != len(values):
        raise BadModel(f"{file}: {len(names)} emotions, but default_emotion has {len(values)} values")


def _who(file: Path, identities: Sequence[str], wanted: str) -> int:
    known = [name.lower() for name in identities]
    if not known:
        raise BadModel(f"{file}: identities is empty")
    if wanted and wanted.lower() not in known:
        raise ValueError(f"there is no face {wanted!r} in {file.parent}; it has {', '.join(identities)}")
    return known.index(wanted.lower()) if wanted else 0


def _nth(folder: Path, listed: Sequence[T], place: int) -> T:
    if place >= len(listed):
        raise BadModel(f"{folder / 'model.json'} names fewer files than the network has identities")
    return listed[place]
