"""What a network does for one voice, and how it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from onnxruntime import (  # type: ignore[attr-defined]
    InferenceSession,
    SessionOptions,
    get_available_providers,
)
from onnxruntime.capi import onnxruntime_pybind11_state as native

from runtime.face.audio2face.files import BadModel
from runtime.face.audio2face.recording import Recording

Rows = NDArray[np.float32]
"""Network output, shape (frames, features)."""

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"

_REFUSED = (
    *(native.Fail, native.InvalidArgument, native.InvalidGraph, native.InvalidProtobuf),
    *(native.NoSuchFile, native.RuntimeException, native.NotImplemented),
)


class Track(Protocol):
    """One voice on its way through a network."""

    fps: float
    """Frames a second; frame k belongs to the time k / fps of the recording."""

    def read(self, heard: Recording, first: int, until: int | None) -> Iterator[Rows]:
        """Frames from `first` on: before `until`, or, for None, all that no later sound can change.

        For `until`, silence is taken to follow what was heard; nothing of that is remembered. They come in
        pieces, as half a second of a whole face takes 10 MB.
        """
        ...

    def needs(self, first: int) -> int:
        """The first sample of the recording that frames from `first` on look at."""
        ...


class Network(Protocol):
    """A loaded network."""

    @property
    def rate(self) -> int:
        """Hertz of the audio it hears."""
        ...

    @property
    def look_ahead(self) -> float:
        """Seconds of audio that a frame needs beyond its own time."""
        ...

    def track(self, emotion: NDArray[np.float32], fps: int) -> Track:
        """Begin a voice, with the weights of the emotions, shape (emotions,)."""
        ...


def session(file: Path, providers: Sequence[str] | None, threads: int) -> Any:
    """Load an .onnx file. Raises BadModel where it is none, ValueError for a provider that is absent."""
    there = get_available_providers()
    wanted = list(providers) if providers is not None else [name for name in (CUDA, CPU) if name in there]
    absent = [name for name in wanted if name not in there]
    if absent or not wanted:
        raise ValueError(
            f"onnxruntime has no {', '.join(absent) or 'provider'} here, it has {', '.join(there)}; "
            "for CUDA install onnxruntime-gpu in place of onnxruntime"
        )
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # its warnings about folded constants are of no use to anybody here
    try:
        return InferenceSession(str(file), options, providers=wanted)
    except _REFUSED as error:
        raise BadModel(f"{file} is not a network that onnxruntime can load: {error}") from error


def check(
    loaded: Any, file: Path, inputs: Mapping[str, tuple[int, ...]], outputs: Mapping[str, tuple[int, ...]]
) -> None:
    """Raise BadModel unless the tensors have these shapes, where the file does not leave a size open."""
    for put, wanted in ((loaded.get_inputs(), inputs), (loaded.get_outputs(), outputs)):
        found = {each.name: each.shape for each in put}
        for name, shape in wanted.items():
            held = found.get(name)
            if held is None:
                raise BadModel(f"{file} has no tensor {name!r}; it has {', '.join(found)}")
            fits = len(held) == len(shape) and all(
                not isinstance(size, int) or size == want for size, want in zip(held, shape, strict=True)
            )
            if not fits:
                raise BadModel(
                    f"{file}: {name} has the shape {held}, but network_info.json makes it {list(shape)}; "
                    "do the two belong to the same download?"
                )
