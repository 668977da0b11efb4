"""The trained network as one ONNX graph that takes a block of sound with its state and gives both back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from runtime.face.features import HOPS, MELS
from runtime.face.training.model import FIRST, KERNEL, OUTPUTS, SECOND, STRIDE, MouthNet

OPSET = 17
CONTEXT = KERNEL - STRIDE
STATE = {"context": (1, CONTEXT, MELS), "first": (1, 1, FIRST), "second": (1, 1, SECOND)}
"""What is carried from block to block; all begin at the values of silence, which the file itself holds."""


def export(net: MouthNet, path: Path) -> None:
    """Write `net`: mel (1, HOPS, MELS) and the state in, the mouth and the state out.

    The mouth is, for each step of a block, the channels, the probabilities of contacts, and that of silence.
    """
    steps = HOPS // STRIDE
    weights = {name: part.detach().numpy() for name, part in net.state_dict().items()}
    channels, touching, _ = OUTPUTS
    nodes = [
        helper.make_node("Concat", ["context", "mel"], ["frames"], axis=1),
        helper.make_node("Slice", ["frames", "tail", "all", "time"], ["next_context"]),
        helper.make_node("Gather", ["frames", "under"], ["windows"], axis=1),
        helper.make_node("Reshape", ["windows", "wide"], ["window"]),
        helper.make_node("Gemm", ["window", "listen.rows", "listen.bias"], ["convolved"]),
        helper.make_node("Relu", ["convolved"], ["heard"]),
        helper.make_node("Unsqueeze", ["heard", "time"], ["steps"]),
        _recurrent("first", "steps", FIRST),
        helper.make_node("Squeeze", ["first_all", "time"], ["middle"]),
        _recurrent("second", "middle", SECOND),
        helper.make_node("Reshape", ["second_all", "flat"], ["rows"]),
        helper.make_node("Gemm", ["rows", "head.weight", "head.bias"], ["hidden"], transB=1),
        helper.make_node("Relu", ["hidden"], ["shaped"]),
        helper.make_node("Gemm", ["shaped", "out.weight", "out.bias"], ["said"], transB=1),
        helper.make_node("Split", ["said", "sizes"], ["channels", "logits", "classes"], axis=1),
        helper.make_node("Sigmoid", ["logits"], ["contacts"]),
        helper.make_node("Softmax", ["classes"], ["sounds"], axis=1),
        helper.make_node("Slice", ["sounds", "zero", "time", "time"], ["rest"]),
        helper.make_node("Concat", ["channels", "contacts", "rest"], ["mouth"], axis=1),
    ]
    constants = {
        **{name: weights[name] for name in weights if name.startswith(("head", "out", "listen.bias"))},
        # As a product of matrices, which is faster than a convolution for two steps.
        "listen.rows": weights["listen.weight"].transpose(2, 1, 0).reshape(KERNEL * MELS, -1),
        "under": np.arange(0, HOPS, STRIDE)[:, None] + np.arange(KERNEL),
        "wide": np.array([steps, KERNEL * MELS]),
        **_gates(weights, "first"),
        **_gates(weights, "second"),
        "tail": np.array([HOPS]),
        "all": np.array([CONTEXT + HOPS]),
        "zero": np.array([0]),
        "time": np.array([1]),
        "flat": np.array([steps, SECOND]),
        "sizes": np.array(OUTPUTS),
    }
    graph = helper.make_graph(
        nodes,
        "mouth",
        [_tensor("mel", (1, HOPS, MELS)), *(_tensor(name, shape) for name, shape in STATE.items())],
        [
            _tensor("mouth", (steps, channels + touching + 1)),
            *(_tensor(f"next_{name}", shape) for name, shape in STATE.items()),
        ],
        [numpy_helper.from_array(np.ascontiguousarray(part), name) for name, part in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def load(path: Path) -> MouthNet:
    """A network as training kept it."""
    net = MouthNet()
    net.load_state_dict(torch.load(path))
    return net.eval()


def _recurrent(name: str, source: str, size: int) -> onnx.NodeProto:
    inputs = [source, f"{name}.W", f"{name}.R", f"{name}.B", "", name]
    outputs = [f"{name}_all", f"next_{name}"]
    return helper.make_node("GRU", inputs, outputs, hidden_size=size, linear_before_reset=1)


def _gates(weights: dict[str, Any], name: str) -> dict[str, Any]:
    """Torch keeps reset, update, new; ONNX wants update, reset, new."""

    def turned(part: Any) -> Any:
        reset, update, new = np.split(part, 3)
        return np.concatenate([update, reset, new])

    biases = [turned(weights[f"{name}.bias_{side}_l0"]) for side in ("ih", "hh")]
    return {
        f"{name}.W": turned(weights[f"{name}.weight_ih_l0"])[None],
        f"{name}.R": turned(weights[f"{name}.weight_hh_l0"])[None],
        f"{name}.B": np.concatenate(biases)[None],
    }


def _tensor(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
