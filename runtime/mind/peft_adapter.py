"""A character's LoRA between its two formats: llama.cpp's GGUF file, and the folder that peft and vLLM read.

`python -m runtime.mind.peft_adapter characters/innkeeper/adapter.gguf out/` writes `adapter_config.json` and
`adapter_model.safetensors`. Needs the extra `transformers` for the folders only.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.mind.tuning.adapter import NAMES, Pair

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

_GGUF = re.compile(r"blk\.(\d+)\.(\w+)\.weight\.lora_([ab])")
_PEFT = re.compile(r".*layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.weight")


class BadAdapter(ValueError):
    """A file that holds no LoRA that can be used; says which and why."""


@dataclass(frozen=True)
class Adapter:
    """A LoRA as transformers counts rows: the layer's weight W becomes W + scale * B A."""

    pairs: dict[tuple[int, str], Pair]
    """A (rank, in) and B (out, rank) by block and by the layer's name in transformers."""
    scale: float
    """alpha / rank."""

    @property
    def rank(self) -> int:
        return len(next(iter(self.pairs.values()))[0])


def read(path: Path, heads: int, kv_heads: int) -> Adapter:
    """The adapter in a GGUF file or in peft's folder, for a model of so many heads. Raises BadAdapter."""
    try:
        found = _read_folder(path) if path.is_dir() else _read_gguf(path, heads, kv_heads)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise BadAdapter(f"{path}: {error or type(error).__name__}") from error
    if not found.pairs:
        raise BadAdapter(f"{path}: no LoRA in it")
    return found


def write(adapter: Adapter, folder: Path, base: str) -> None:
    """Write peft's folder: layout of `LoraConfig` and of the tensors' names as peft 0.14 saves them."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, NDArray[np.float32]] = {}
    for (block, layer), (a, b) in adapter.pairs.items():
        name = f"base_model.model.model.layers.{block}.{layer}"
        tensors[f"{name}.lora_A.weight"] = np.ascontiguousarray(a, np.float32)
        tensors[f"{name}.lora_B.weight"] = np.ascontiguousarray(b, np.float32)
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": adapter.rank,
        "lora_alpha": adapter.scale * adapter.rank,
        "target_modules": sorted({layer.split(".")[1] for _, layer in adapter.pairs}),
        "layers_to_transform": sorted({block for block, _ in adapter.pairs}),
        "lora_dropout": 0.0,
        "bias": "none",
        "inference_mode": True,
    }
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _read_gguf(path: Path, heads: int, kv_heads: int) -> Adapter:
    import gguf

    reader = gguf.GGUFReader(path)
    # Only the family of Llama is stored with the rows of each head in pairs.
    paired = reader.fields["general.architecture"].contents() == "llama"
    turned = {"attn_q": heads, "attn_k": kv_heads} if paired else {}
    layers = {ours: theirs for theirs, ours in NAMES.items()}
    halves: dict[tuple[int, str], dict[str, NDArray[np.float32]]] = {}
    for tensor in reader.tensors:
        match = _GGUF.fullmatch(tensor.name)
        if match is None or match[2] not in layers:
            raise ValueError(f"{tensor.name} is of no layer known")
        data = np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), np.float32)
        if match[3] == "b" and match[2] in turned:
            data = halved(data, turned[match[2]])
        halves.setdefault((int(match[1]), layers[match[2]]), {})[match[3]] = data
    pairs = {key: (half["a"], half["b"]) for key, half in halves.items()}
    alpha = float(reader.fields["adapter.lora.alpha"].contents())
    return Adapter(pairs, alpha / next(iter(pairs.values()))[0].shape[0] if pairs else 1.0)


def _read_folder(folder: Path) -> Adapter:
    from safetensors.numpy import load_file

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    halves: dict[tuple[int, str], dict[str, NDArray[np.float32]]] = {}
    for name, data in load_file(folder / WEIGHTS).items():
        match = _PEFT.fullmatch(name)
        if match is None:
            raise ValueError(f"{name} is of no layer known")
        halves.setdefault((int(match[1]), match[2]), {})[match[3]] = np.asarray(data, np.float32)
    rank = config["r"]
    scale = config["lora_alpha"] / (rank**0.5 if config.get("use_rslora") else rank)
    return Adapter({key: (half["A"], half["B"]) for key, half in halves.items()}, scale)


def halved(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head from pairs (x0 y0 x1 y1 …) to halves (x0 x1 … | y0 y1 …), as transformers turns them.

    The inverse of `tuning.adapter.interleaved`.
    """
    out, rest = rows.shape
    return rows.reshape(heads, out // heads // 2, 2, rest).swapaxes(1, 2).reshape(out, rest)


def main(source: Path, folder: Path) -> None:
    """Write `source`, a GGUF adapter of the embedded model, as peft's folder."""
    import gguf

    from runtime.mind.llama import smollm2

    weights = gguf.GGUFReader(smollm2())
    heads, kv_heads = (
        int(weights.fields[f"llama.attention.{key}"].contents()) for key in ("head_count", "head_count_kv")
    )
    write(read(source, heads, kv_heads), folder, "HuggingFaceTB/SmolLM2-135M-Instruct")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
