"""What a model folder leaves to its user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to load and run a model. See `docs/audio2face.md`."""

    identity: str = ""
    """Whose face, where a network has several (v3.0: Claire, James, Mark); empty for the first."""
    providers: Sequence[str] | None = None
    """Execution providers of onnxruntime in order of preference; None for CUDA where there is one, else
    CPU."""
    threads: int = 0
    """Threads of the network on the CPU; 0 decides by the machine."""
    batch: int = 1
    """Frames of a regression network in one run. More are faster on a GPU, and make a stream wait for the
    others of the run."""
    network_fps: int = 0
    """Frames a second that a regression network makes; those between are interpolated. 0 for as many as the
    client is shown."""
    mouth_only: bool = True
    """Leave brows, eyes, cheeks and nose to the layers, which also know the emotion and where to look."""
    tongue_out: bool = False
    """Solve for the tongue's own blendshapes as well and show tongueStretch as tongueOut, the only weight
    that ARKit has for it. Off, as NVIDIA leaves tongueOut at rest."""
    as_solved: bool = False
    """Give the weights as NVIDIA's own tools do: for shapes whose mouthClose opens the jaw too."""

    def __post_init__(self) -> None:
        if self.batch < 1 or self.threads < 0:
            raise ValueError("batch should be 1 or more, threads 0 or more")
        if not 0 <= self.network_fps <= 240:
            raise ValueError(f"network_fps should be 0 to 240, not {self.network_fps}")
