"""A LoRA as llama.cpp reads it: one GGUF file, in its names and its order of rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The linear layers of a block: what transformers calls them and what llama.cpp does."""

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A (rank, in) and B (out, rank): the layer's weight W becomes W + alpha / rank * B A."""


def write(
    path: Path, pairs: Mapping[tuple[int, str], Pair], alpha: float, heads: int, kv_heads: int, name: str
) -> None:
    """Write the adapter; `pairs` is keyed by block and the layer's name in transformers.

    The file's layout is that of llama.cpp's adapter loader (general.type `adapter`, `*.lora_a`, `*.lora_b`).
    """
    import gguf

    writer = gguf.GGUFWriter(path, arch="llama")
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for (block, layer), (a, b) in pairs.items():
        tensor = f"blk.{block}.{NAMES[layer]}.weight"
        turned = {"attn_q": heads, "attn_k": kv_heads}.get(NAMES[layer])
        writer.add_tensor(f"{tensor}.lora_a", np.ascontiguousarray(a, np.float16))
        writer.add_tensor(
            f"{tensor}.lora_b", np.ascontiguousarray(interleaved(b, turned) if turned else b, np.float16)
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def interleaved(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head from halves (x0 x1 … | y0 y1 …) to pairs (x0 y0 x1 y1 …).

    Rotary embedding turns pairs of rows: transformers finds them half a head apart, llama.cpp side by side.
    """
    out, rest = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, rest).swapaxes(1, 2).reshape(out, rest)
