"""Voice activity: the probability that somebody speaks, every 32 ms (Silero VAD v6, MIT, by onnxruntime)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]

from runtime.ears import BLOCK
from runtime.types import Samples

_CONTEXT = 64
"""Samples of the step before that the network wants in front of each step."""
_MEMORY = (1, 1, 128)
"""Shape of each of the two halves of its LSTM state."""


@dataclass(frozen=True, slots=True)
class VadState:
    """What the detector remembers of one stream. Never written to: keep it, branch it, drop it."""

    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]
    context: Samples


class Vad:
    """The network. Holds weights only; every stream carries a `VadState` of its own."""

    def __init__(self, path: Path) -> None:
        """Load a `silero_vad_v6.onnx` that has its state as input. Raises ValueError for another file."""
        options = SessionOptions()
        # A step is 0.1 ms of work: handing it to more threads costs more than it saves.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._network = InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        names = [put.name for put in self._network.get_inputs()]
        if names != ["input", "h", "c"]:
            raise ValueError(
                f"{path}: not a Silero VAD with the inputs input, h, c; it has {', '.join(names)}"
            )
        nothing = np.zeros(_MEMORY, np.float32)
        self.silence = VadState(nothing, nothing, np.zeros(_CONTEXT, np.float32))
        """The state at the start of a stream."""

    def step(self, state: VadState, block: Samples) -> tuple[float, VadState]:
        """The probability that `block` holds speech, and the state after it.

        `block` has 512 samples at 16 kHz. Takes about 0.2 ms, so it is called on the event loop itself.
        """
        if block.shape != (BLOCK,):
            raise ValueError(f"a step takes {BLOCK} samples, not {block.shape}")
        heard = np.concatenate((state.context, block), dtype=np.float32)[None]
        feed = {"input": heard, "h": state.hidden, "c": state.cell}
        probability, hidden, cell = (np.asarray(out, np.float32) for out in self._network.run(None, feed))
        return float(probability[0]), VadState(hidden, cell, heard[0, -_CONTEXT:])
