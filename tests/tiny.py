"""Models small enough for a test: networks that say nothing in particular, and parts of the embedded ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runtime.models import find
from runtime.voice import kokoro


def silent_kokoro(folder: Path) -> kokoro.KokoroOptions:
    """A network with Kokoro's inputs and its tensor of durations, which hums for 4 frames a token."""
    onnx = pytest.importorskip("onnx", reason="makes the tiny network: pip install onnx")
    helper, kinds = onnx.helper, onnx.TensorProto
    of = onnx.numpy_helper.from_array
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["tokens"], ["real"], to=kinds.FLOAT),
            helper.make_node("Mul", ["real", "nought"], ["zeros"]),
            helper.make_node("Add", ["zeros", "four"], ["lengths"]),
            helper.make_node("Round", ["lengths"], [kokoro.DURATIONS]),
            helper.make_node("Unsqueeze", [kokoro.DURATIONS, "last"], ["column"]),
            helper.make_node("Mul", ["column", "wave"], ["waves"]),
            helper.make_node("Reshape", ["waves", "flat"], ["audio"]),
        ],
        "kokoro",
        [
            helper.make_tensor_value_info("tokens", kinds.INT64, [1, "n"]),
            helper.make_tensor_value_info("style", kinds.FLOAT, [1, 256]),
            helper.make_tensor_value_info("speed", kinds.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info("audio", kinds.FLOAT, ["s"])],
        [
            of(np.float32(0), "nought"),
            of(np.float32(4), "four"),
            of(np.array([-1]), "last"),
            of(np.array([-1]), "flat"),
            of((np.sin(np.arange(2400) * 0.05) * 0.05).astype(np.float32), "wave"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "kokoro.onnx"))
    with (folder / "voices.bin").open("wb") as file:
        np.savez(
            file, af_heart=np.zeros((510, 1, 256), np.float32), bf_emma=np.ones((510, 1, 256), np.float32)
        )
    return kokoro.KokoroOptions(model=str(folder / "kokoro.onnx"), styles=str(folder / "voices.bin"))


def tiny_vits(folder: Path) -> Path:
    """Random weights in VITS as Coqui builds it, in its smallest shape."""
    import torch
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits, VitsArgs

    torch.manual_seed(1)
    small = VitsArgs(
        hidden_channels=16, hidden_channels_ffn_text_encoder=16, num_layers_text_encoder=1,
        num_layers_flow=1, num_layers_posterior_encoder=1, upsample_initial_channel_decoder=16,
        use_sdp=False, init_discriminator=False,
    )  # fmt: skip
    config = VitsConfig(model_args=small, text_cleaner="basic_cleaners", add_blank=True)
    model = Vits(config)
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


def shallow(path: Path, blocks: int = 1) -> Path:
    """The first blocks of the embedded language model, as a model of its own."""
    from gguf import GGUFReader, GGUFValueType, GGUFWriter

    kept = tuple(f"blk.{block}." for block in range(blocks))
    reader = GGUFReader(find("smollm2-135m-instruct"))
    writer = GGUFWriter(path, "llama")
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        inner = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
        value = blocks if field.name == "llama.block_count" else field.contents()
        writer.add_key_value(field.name, value, field.types[0], sub_type=inner)
    for tensor in reader.tensors:
        if not tensor.name.startswith("blk.") or tensor.name.startswith(kept):
            writer.add_tensor(tensor.name, np.asarray(tensor.data), raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
