"""Bakes and examinations use the engines that the settings choose."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tiny import shallow, silent_kokoro

from runtime.bake.run import bake
from runtime.bake.store import STAMP
from runtime.character import load
from runtime.config import Settings
from runtime.evaluate.open import bench
from runtime.mind.llama import Llama
from runtime.provenance.riff import read
from runtime.registry import BadSettings
from runtime.routing import MindRouter
from runtime.voice import kokoro

FOLDER = Path(__file__).parents[1] / "characters"
MARA = load(FOLDER / "innkeeper")


def table(folder: Path) -> Path:
    file = folder / "lines.csv"
    file.write_text("id,text,emotion\none,Good evening.,joy\n")
    return file


def test_a_bake_is_spoken_by_the_engine_of_the_settings(tmp_path: Path) -> None:
    if kokoro.CARD.missing:
        pytest.skip("needs kokoro-onnx")
    options = silent_kokoro(tmp_path)
    voice = {"engine": "kokoro", "model": options.model, "styles": options.styles, "cache": 0}
    who = msgspec.structs.replace(MARA, voice=msgspec.structs.replace(MARA.voice, name="bf_emma"))
    lines, out = table(tmp_path), tmp_path / "out"
    settings = Settings(voice=voice)
    assert bake(lines, who, out, jobs=1, settings=settings).baked == 1
    label = read((out / "one" / "one.wav").read_bytes())
    assert label is not None
    assert label.models == {"voice": "kokoro"}
    assert bake(lines, who, out, jobs=1, settings=settings).kept == 1
    who = msgspec.structs.replace(MARA, voice=msgspec.structs.replace(MARA.voice, name="heart"))
    assert bake(lines, who, out, jobs=1).baked == 1, "another engine makes other files"
    assert b"kokoro" not in (out / "one" / STAMP).read_bytes()


def test_an_engine_that_cannot_be_used_is_told_before_any_line(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no engine 'kazoo'"):
        bake(table(tmp_path), MARA, tmp_path / "out", settings=Settings(voice={"engine": "kazoo"}))


async def test_who_is_examined_answers_by_the_mind_of_the_settings(tmp_path: Path) -> None:
    model = str(shallow(tmp_path / "shallow.gguf"))
    settings = Settings(mind={"engine": "llama", "model": model, "threads": 1}, slots=1)
    async with bench({MARA.id: MARA}, FOLDER, settings) as opened:
        assert isinstance(opened.mind, Llama)
        assert not opened.mind._ask.adapters, "those of the character fit the embedded model"


async def test_a_character_with_a_mind_of_its_own_is_examined_with_that(tmp_path: Path) -> None:
    model = str(shallow(tmp_path / "shallow.gguf"))
    own = msgspec.structs.replace(MARA, mind={"engine": "llama", "model": model})
    async with bench({MARA.id: own}, FOLDER) as opened:
        assert isinstance(opened.mind, MindRouter)
        assert opened.mind.serving(MARA.id) is opened.mind.serving("anybody"), "no other is loaded"
