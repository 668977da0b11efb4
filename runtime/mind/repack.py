"""Weights in the format that the processor reads fastest.

llama.cpp has no quick matrix kernel for Q4_1, in which the embedded weights come. In IQ4_NL, the same size, a
token is read and written in two thirds of the time. It costs precision, which is why adapters are trained on
what comes out of here: they make up for it (docs/minds.md).
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, ReaderTensor, quants
from numpy.typing import NDArray

from runtime.memory.where import cache_folder

log = logging.getLogger(__name__)

EMBEDDED = "SmolLM2-135M-Instruct.Q4_1.gguf"
"""Others are run as they are: nobody has made up for what they would lose."""
SLOW, QUICK, FINE = GGMLQuantizationType.Q4_1, GGMLQuantizationType.IQ4_NL, GGMLQuantizationType.Q8_0
SENSITIVE = re.compile(r"attn_[kv]\.|blk\.(0|1|2|5|8|11|14|17|20|23|26|27|28|29)\.ffn_down\.")
"""Matrices on which much depends become FINE, for 0.5 ms a token: the small ones, and `ffn_down` of the
blocks to which llama.cpp gives more bits in its own mixtures. It halves what the loss of precision costs."""

LEVELS = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], np.float32)
"""What the 16 codes of IQ4_NL stand for, times the scale of their block (ggml, `kvalues_iq4nl`)."""
_CODES = np.searchsorted((LEVELS[1:] + LEVELS[:-1]) / 2, np.arange(-127, 128)).astype(np.uint8)
"""The nearest code to each whole number from -127 on."""
BLOCK = 32
"""Weights that share a scale."""
ABANDONED = 600.0
"""Seconds after which nobody still writes: it takes some ten."""
VERSION = 2
"""Of what is made here: adapters fit the one that they were trained on."""


def repacked(path: Path, folder: Path | None = None) -> Path:
    """The file at `path` in the quicker format, made once and kept in `folder` (the user's cache).

    `path` itself for all but the embedded weights, and, with a warning, where nothing can be kept.
    Takes some seconds the first time.
    """
    if path.name != EMBEDDED:
        return path
    folder = folder or cache_folder()
    with path.open("rb") as file:  # by content: every new environment has a copy, and all may share one
        name = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    kept = folder / f"{path.stem}.{QUICK.name}-{VERSION}-{name}.gguf"
    if kept.is_file():
        return kept
    log.info("preparing the mind's weights for this machine, once")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
        os.close(handle)
        try:
            _write(path, Path(part))
            os.replace(part, kept)  # whole or not at all, also where two servers start at once
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        log.warning("the mind reads slowly: its weights could not be kept in %s (%s)", folder, error)
        return path
    return kept


def _tidy(folder: Path) -> None:
    """Remove what others began and were killed over."""
    for part in folder.glob("*.part"):
        with suppress(OSError):  # somebody else was quicker, or it is not ours
            if time.time() - part.stat().st_mtime > ABANDONED:
                part.unlink()


def _write(source: Path, target: Path) -> None:
    """Copy a GGUF file with all that is SLOW as QUICK."""
    reader = GGUFReader(source)
    writer = GGUFWriter(target, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            value = field.types[0]
            inner = field.types[-1] if value == GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), value, sub_type=inner)
    for name, data, kind in _converted(reader):
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _converted(reader: GGUFReader) -> Iterator[tuple[str, NDArray[Any], GGMLQuantizationType]]:
    """Names, raw rows and formats of all tensors. NumPy lets go of the lock, so threads share the work."""

    def convert(tensor: ReaderTensor) -> tuple[str, NDArray[Any], GGMLQuantizationType]:
        if tensor.tensor_type != SLOW:
            return tensor.name, tensor.data, tensor.tensor_type
        weights = quants.dequantize(tensor.data, SLOW)
        if SENSITIVE.search(tensor.name):
            return tensor.name, quants.quantize(weights, FINE), FINE
        return tensor.name, iq4_nl(weights), QUICK

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(convert, reader.tensors)


def iq4_nl(weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Rows (n, m) of weights, m a multiple of BLOCK, as raw rows (n, m / 32 * 18) of IQ4_NL.

    A block's scale puts its largest weight at one end of the levels, whichever leaves less of a squared
    error in which large weights count for more, and is then fitted to the codes by least squares.
    """
    blocks = weights.reshape(-1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(1, keepdims=True), 1)
    largest[largest == 0] = 1.0
    trials = [_fitted(blocks, end / largest) for end in (LEVELS[0], LEVELS[-1])]
    better = trials[0][1] >= trials[1][1]
    scales = np.where(better, trials[0][0], trials[1][0]).astype(np.float16)
    steps = scales.astype(np.float32)[:, None]
    codes = _nearest(np.divide(blocks, steps, out=np.zeros_like(blocks), where=steps != 0))
    halves = codes[:, : BLOCK // 2] | codes[:, BLOCK // 2 :] << 4
    raw = np.concatenate([scales.view(np.uint8).reshape(-1, 2), halves], axis=1)
    return raw.reshape(len(weights), -1)


def _fitted(
    blocks: NDArray[np.float32], inverse: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n,): the best scales for the codes that `inverse` scales (n, 1) give, and how much they explain."""
    levels = LEVELS[_nearest(blocks * inverse)]
    weighed = blocks * blocks * levels
    along, across = np.einsum("ij,ij->i", weighed, blocks), np.einsum("ij,ij->i", weighed, levels)
    scales = along / np.maximum(across, 1e-20)
    return scales, scales * along


def _nearest(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return _CODES[np.clip(np.rint(values), -127, 127).astype(np.int16) + 127]
