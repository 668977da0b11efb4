"""The face engines, as they are listed and chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from runtime.registry import BadSettings, Card, Context, Options

if TYPE_CHECKING:
    from runtime.face.animation import Animation


class Audio2FaceOptions(Options, frozen=True):
    """Of NVIDIA's weights; see docs/audio2face.md."""

    folder: str
    """That holds model.json and network.onnx."""
    identity: str = ""
    """Whose face, where a network has several; empty for the first."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """`auto` is a CUDA GPU where onnxruntime has one."""
    batch: Annotated[int, Meta(ge=1)] = 1
    """Frames of a regression network in one run."""
    network_fps: Annotated[int, Meta(ge=0, le=240)] = 0
    """Frames a second that a regression network makes; 0 for as many as the client is shown."""
    mouth_only: bool = True
    """Leave brows, eyes, cheeks and nose to the layers."""
    tongue_out: bool = False
    """Solve for the tongue's own blendshapes as well."""
    as_solved: bool = False
    """Weights as NVIDIA's own tools give them."""


def _network(options: Options, context: Context) -> Animation:
    from runtime.face.animation import Animation
    from runtime.face.network import Network

    return Animation(Network())


def _audio2face(options: Audio2FaceOptions, context: Context) -> Animation:
    from runtime.devices import providers
    from runtime.face.animation import Animation
    from runtime.face.audio2face import BadModel, load

    try:
        engine = load(
            Path(options.folder).expanduser(),
            identity=options.identity,
            providers=providers(options.device),
            threads=context.threads,
            batch=options.batch,
            network_fps=options.network_fps,
            mouth_only=options.mouth_only,
            tongue_out=options.tongue_out,
            as_solved=options.as_solved,
        )
    except (BadModel, ValueError) as error:
        raise BadSettings(f"face: {error}") from error
    return Animation(engine)


NETWORK = Card(
    name="network",
    stage="face",
    summary="lips from sound and phonemes by a small recurrent network, 120 ms behind",
    licence="Apache-2.0",
    languages="any",
    devices="cpu",
    open=_network,
)
AUDIO2FACE = Card(
    name="audio2face",
    stage="face",
    summary="NVIDIA's Audio2Face-3D weights, brought by you under their licence",
    licence="Apache-2.0",
    languages="any",
    devices="cpu cuda",
    open=_audio2face,
    options=Audio2FaceOptions,
)
