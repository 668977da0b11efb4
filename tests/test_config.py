"""Settings: a file over a preset, engines by tables, and what cannot be used refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime import presets
from runtime.config import BadSettings, Settings, load
from runtime.face.animation import Animation
from runtime.registry import STAGES, Context


def written(folder: Path, text: str) -> Path:
    file = folder / "townsfolk.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_face_is_the_embedded_one_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="face: 'metahuman' is neither empty nor 'audio2face:'"):
        load(written(tmp_path, 'face = "metahuman"'))
    short = load(written(tmp_path, f"face = 'audio2face:{tmp_path}'")).engine("face")
    long = load(written(tmp_path, f"[face]\nengine = 'audio2face'\nfolder = '{tmp_path}'")).engine("face")
    assert short == long
    with pytest.raises(BadSettings, match=r"face: .*model\.json"):
        short.open(Context())


def test_the_embedded_engines_need_no_setting() -> None:
    settings = Settings()
    chosen = [settings.engine(stage).card.name for stage in STAGES]
    assert chosen == ["whisper", "llama", "hibari", "network"]
    face = settings.engine("face").open(Context())
    assert isinstance(face, Animation)
    face.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 'x'", r"Expected `int`, got `str` - at `\$.port`"),
        ("prot = 1", "unknown field `prot`"),
        ("port =", "Invalid value"),
        ("[ears]\nbatch = 0", r"\[ears\] engine 'whisper': Expected `int` >= 1 - at `ears.batch`"),
        ("[mind]\nengine = 'nobody'", r"\[mind\] there is no engine 'nobody'; there are llama"),
        ("[voice]\npitch = 3", "unknown field `pitch`; its options are: voices"),
        ("mind = 'llama'", r"Expected `object`, got `str` - at `\$.mind`"),
        ("preset = 'huge'", "there is no preset 'huge'; there are cpu-quality, embedded"),
        ("preset = 3", "there is no preset 3"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(BadSettings, match=said) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"nothing\.toml"):
        load(tmp_path / "nothing.toml")


def test_presets_are_those_that_are_promised() -> None:
    assert presets.names() == ["cpu-quality", "embedded", "gpu-24gb", "gpu-8gb", "remote", "zh"]


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_can_be_used(name: str) -> None:
    settings = load(None, name)
    assert settings.preset == name
    for stage in STAGES:
        assert settings.engine(stage).card.stage == stage


def test_the_preset_embedded_is_no_preset() -> None:
    for stage in STAGES:
        assert load(None, "embedded").engine(stage).key == Settings().engine(stage).key


def test_a_file_goes_on_top_of_its_preset(tmp_path: Path) -> None:
    file = written(
        tmp_path, "preset = 'gpu-8gb'\nport = 1\n[ears]\nlanguage = 'de'\n[mind]\nengine = 'transformers'"
    )
    settings = load(file)
    assert (settings.port, settings.slots) == (1, presets.read("gpu-8gb")["slots"])
    assert settings.ears == {**presets.read("gpu-8gb")["ears"], "language": "de"}
    assert settings.mind == {"engine": "transformers"}, "options of llama mean nothing to another engine"
    assert load(file, "embedded").slots == Settings().slots, "what the command line names comes first"
