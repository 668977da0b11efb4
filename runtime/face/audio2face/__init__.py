"""NVIDIA's open Audio2Face-3D weights as a mouth engine.

The weights are no part of this project: whoever wants them brings the folder, under NVIDIA's Open Model
License. How, and what it costs: `docs/audio2face.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.face.audio2face.emotion import Emotion, named
from runtime.face.audio2face.files import BadModel
from runtime.face.audio2face.models import Loaded, read
from runtime.face.audio2face.options import Options
from runtime.face.audio2face.stream import FaceStream, Mouth
from runtime.face.audio2face.voice import Model
from runtime.flow import Worker

__all__ = ["Audio2Face", "BadModel", "FaceStream", "Mouth", "Options", "load"]


class Audio2Face:
    """A loaded model, regression (v2.3) or diffusion (v3.0). It holds weights only and serves every reply."""

    def __init__(self, loaded: Loaded, options: Options) -> None:
        self._loaded: Loaded | None = loaded
        self._options = options
        self.identity = loaded.identity
        """Whose face it is."""
        self.emotions = loaded.emotions
        """Names that an emotion may have."""
        network = loaded.model.network
        self.look_ahead = network.look_ahead + (1 / options.network_fps if options.network_fps else 0.0)
        """Seconds of audio that a frame needs beyond its own time: 0.26 for v2.3, 0.75 for v3.0."""
        self.worker = Worker("audio2face")

    def mouth(self, emotion: Mapping[str, float] | None = None) -> Mouth:
        """The mouth of one reply, with emotions by name, 0 to 1; None for those of the model.

        Raises ValueError for an emotion that the network does not know, RuntimeError after `close`.
        """
        return Mouth(self._model(), self._emotion(emotion), self._options.network_fps)

    def stream(self, rate: int, fps: int = 60, emotion: Mapping[str, float] | None = None) -> FaceStream:
        """A stream of mono audio at `rate` (8000 to 192000 Hz) to `fps` frames a second; else as `mouth`."""
        return FaceStream(self._model(), self._emotion(emotion), rate, fps, self._options.network_fps)

    def close(self) -> None:
        """Let the thread end and the weights go, as soon as no reply uses them any more."""
        self._loaded = None
        self.worker.close()

    def _emotion(self, wanted: Mapping[str, float] | None) -> Emotion:
        loaded = self._open()
        return named(loaded.emotions, loaded.default, wanted)

    def _model(self) -> Model:
        return self._open().model

    def _open(self) -> Loaded:
        if self._loaded is None:
            raise RuntimeError("this engine is closed; load the model again")
        return self._loaded


def load(
    folder: Path,
    *,
    identity: str = "",
    providers: Sequence[str] | None = None,
    threads: int = 0,
    batch: int = 1,
    network_fps: int = 0,
    mouth_only: bool = True,
    tongue_out: bool = False,
    as_solved: bool = False,
) -> Audio2Face:
    """Load the model in `folder`, the one that holds model.json and network.onnx. The rest: see `Options`.

    Raises BadModel, which names the file and says what is wrong, and ValueError for options it cannot meet.
    """
    options = Options(
        identity=identity,
        providers=providers,
        threads=threads,
        batch=batch,
        network_fps=network_fps,
        mouth_only=mouth_only,
        tongue_out=tongue_out,
        as_solved=as_solved,
    )
    return Audio2Face(read(folder, options), options)
