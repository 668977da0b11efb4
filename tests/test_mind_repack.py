"""The embedded weights in a quicker format: the same numbers, made once, and never in the way."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, quants

from runtime.mind.llama import smollm2
from runtime.mind.repack import LEVELS, iq4_nl, repacked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two servers that began at once have kept their weights."""
    folder = tmp_path_factory.mktemp("cache") / "townsfolk"
    folder.mkdir()
    (folder / "killed.part").touch()  # by one that was killed over it, long ago
    os.utime(folder / "killed.part", (0, 0))
    both = [threading.Thread(target=repacked, args=(smollm2(), folder)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    return folder


def test_all_weights_and_words_are_still_there(folder: Path) -> None:
    before, after = GGUFReader(smollm2()), GGUFReader(repacked(smollm2(), folder))
    fields = [{k: f.contents() for k, f in r.fields.items() if "GGUF." not in k} for r in (before, after)]
    assert fields[0] == fields[1]
    kinds = {tensor.tensor_type for tensor in after.tensors}
    assert kinds == {GGMLQuantizationType.F32, GGMLQuantizationType.Q8_0, GGMLQuantizationType.IQ4_NL}
    pairs = list(zip(before.tensors, after.tensors, strict=True))
    assert [(a.name, list(a.shape)) for a, _ in pairs] == [(b.name, list(b.shape)) for _, b in pairs]
    for a, b in pairs[2:20]:
        was, now = (quants.dequantize(t.data, t.tensor_type) for t in (a, b))
        fine = b.tensor_type != GGMLQuantizationType.IQ4_NL
        assert np.linalg.norm(was - now) <= (0.008 if fine else 0.09) * np.linalg.norm(was), a.name


def test_codes_and_scales_are_those_of_the_format() -> None:
    weights = np.random.default_rng(0).standard_normal((6, 96), np.float32)
    weights[1, 32:64] = 0
    weights[2] *= 1e-3
    raw = iq4_nl(weights)
    assert (raw.dtype, raw.shape) == (np.uint8, (6, 96 // 32 * 18))
    back = quants.dequantize(raw, GGMLQuantizationType.IQ4_NL)
    assert not back[1, 32:64].any()
    off = np.linalg.norm(back - weights, axis=1) / np.linalg.norm(weights, axis=1)
    assert off.max() < 0.1, off


def test_what_the_format_can_hold_is_kept_exactly() -> None:
    """A block that uses an end of the levels comes back as it was, whatever its scale and sign."""
    levels = np.tile(LEVELS, 2)[None]
    weights = np.concatenate([levels * 2.0**-9, levels * -(2.0**-4)]).astype(np.float32)
    assert np.array_equal(quants.dequantize(iq4_nl(weights), GGMLQuantizationType.IQ4_NL), weights)


def test_it_is_made_once_and_nothing_else_is_left(folder: Path) -> None:
    (made,) = folder.iterdir()
    at = made.stat().st_mtime_ns
    assert repacked(smollm2(), folder) == made
    assert made.stat().st_mtime_ns == at


def test_a_copy_elsewhere_needs_no_other(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / smollm2().name
    copy.write_bytes(smollm2().read_bytes())
    assert [repacked(copy, folder)] == list(folder.iterdir())


def test_a_cache_that_cannot_be_written_costs_speed_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        assert repacked(smollm2(), tmp_path / "file" / "below") == smollm2()
    assert "reads slowly" in caplog.text


def test_other_formats_are_left_as_they_are(tmp_path: Path) -> None:
    assert repacked(tmp_path / "any.Q5_K_M.gguf", tmp_path) == tmp_path / "any.Q5_K_M.gguf"
