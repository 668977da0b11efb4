"""The registry of weights, against the packages that hold them and against files that are not whole."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from runtime import models
from runtime.bundled import bundled
from runtime.models import File, MissingModel, Model, find, registry, verify, where

NAMES = ["whisper-tiny.en", "silero-vad-v6", "smollm2-135m-instruct", "hibari-heart", "minilm-l6-v2"]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of nothing."""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Installs a package that breaks when it is imported; its models are the registry."""

    def install(**files: bytes) -> Path:
        folder = tmp_path / "site" / "townsfolk_test_weights"
        (folder / "folder").mkdir(parents=True)
        (folder / "__init__.py").write_text("raise ImportError('only the files are wanted')")
        for name, content in files.items():
            (folder / "folder" / name).write_bytes(content)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        return folder / "folder"

    empty = File(bytes=0, sha256=EMPTY)
    model = Model(
        name="test",
        role="asr",
        description="nothing",
        source="",
        licence="MIT",
        package="townsfolk-test-weights",
        module="townsfolk_test_weights",
        path="folder",
        install="pip install townsfolk-test-weights",
        hub="nobody/nothing",
        files={"model": File(bytes=3, sha256="0" * 64), "config": empty},
    )
    single = msgspec.structs.replace(
        model, name="single", path="folder/weights.gguf", files={"weights.gguf": empty}
    )
    monkeypatch.setattr(models, "registry", lambda: {"test": model, "single": single})
    return install


# ---------------------------------------------------------------- the real registry


def test_registry_has_the_models_of_the_loop() -> None:
    needed = {name: model for name, model in registry().items() if not model.optional}
    assert list(needed) == NAMES
    assert {model.role for model in needed.values()} == {"asr", "vad", "llm", "embedding", "tts"}
    assert {model.role for model in registry().values() if model.optional} == {"perception"}
    assert bundled("assets").joinpath("models.toml").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_installed_weights_are_those_that_were_published(name: str) -> None:
    model = registry()[name]
    read: list[int] = []
    assert find(name) == where(model)
    assert verify(model, read.append)
    assert sum(read) == model.bytes
    assert find(name).is_file() == model.single


@pytest.mark.parametrize("name", NAMES)
def test_the_command_to_install_brings_the_package(name: str) -> None:
    model = registry()[name]
    assert model.package in model.install
    assert any(
        str(file).startswith(f"{model.module}/") for file in importlib.metadata.files(model.package) or []
    )


def test_finding_imports_no_package_of_weights() -> None:
    code = (
        "import sys; from runtime.models import find, registry\n"
        "for name, model in registry().items(): model.optional or find(name)\n"
        "print({model.module for model in registry().values()} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(MissingModel) as caught:
        find("whisper-huge")
    assert all(name in str(caught.value) for name in NAMES)


# ---------------------------------------------------------------- what is missing or broken


def test_not_installed_says_what_to_install_or_configure(package: Callable[..., Path]) -> None:
    assert where(models.registry()["test"]) is None
    with pytest.raises(MissingModel) as caught:
        find("test")
    text = str(caught.value)
    assert "`pip install townsfolk-test-weights`" in text
    assert "`hub:nobody/nothing`" in text
    assert "[models]" in text


def test_a_package_that_cannot_be_imported_is_enough(package: Callable[..., Path]) -> None:
    folder = package(model=b"abc", config=b"")
    assert find("test") == folder


@pytest.mark.parametrize(
    ("files", "broken"),
    [
        ({"model": b"ab", "config": b""}, "model has 2 bytes, not 3"),
        ({"model": b"abcd", "config": b""}, "model has 4 bytes, not 3"),
        ({"config": b""}, "model has 0 bytes, not 3"),
    ],
)
def test_a_file_cut_short_is_named(
    package: Callable[..., Path], files: dict[str, bytes], broken: str
) -> None:
    package(**files)
    with pytest.raises(MissingModel, match=broken) as caught:
        find("test")
    assert "pip install --force-reinstall townsfolk-test-weights" in str(caught.value)


def test_verify_sees_what_the_size_does_not(package: Callable[..., Path]) -> None:
    package(model=b"abc", config=b"")
    read: list[int] = []
    assert not verify(models.registry()["test"], read.append)
    assert sum(read) == 3


# ---------------------------------------------------------------- what the user names instead


def test_a_folder_of_the_user(package: Callable[..., Path], tmp_path: Path) -> None:
    package(model=b"abc", config=b"")
    with pytest.raises(MissingModel, match="nothing does"):
        find("test", {"test": str(tmp_path / "mine")})
    (tmp_path / "mine").mkdir()
    with pytest.raises(MissingModel, match="a folder with a model"):
        find("test", {"test": str(tmp_path / "mine")})
    (tmp_path / "mine" / "model").write_bytes(b"of any size")
    assert find("test", {"test": str(tmp_path / "mine")}) == tmp_path / "mine"
    assert find("test", {"other": str(tmp_path / "mine")}) != tmp_path / "mine"


def test_a_file_of_the_user_or_the_folder_it_is_alone_in(
    package: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "big.gguf"
    with pytest.raises(MissingModel, match=r"0 of \*\.gguf"):
        find("single", {"single": str(tmp_path)})
    file.write_bytes(b"")
    assert find("single", {"single": str(file)}) == file
    assert find("single", {"single": str(tmp_path)}) == file
    (tmp_path / "small.gguf").write_bytes(b"")
    with pytest.raises(MissingModel, match=r"2 of \*\.gguf"):
        find("single", {"single": str(tmp_path)})


def test_a_name_of_the_user(tmp_path: Path) -> None:
    assert find("my-own", {"my-own": str(tmp_path)}) == tmp_path


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "voice").mkdir()
    assert find("mine", {"mine": "~/voice"}) == tmp_path / "voice"


def test_a_hub_is_asked_only_when_it_is_named(
    package: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    asked: list[tuple[str, object]] = []

    def snapshot_download(repository: str, allow_patterns: object = None) -> str:
        asked.append((repository, allow_patterns))
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    (tmp_path / "model").write_bytes(b"")
    (tmp_path / "q4.gguf").write_bytes(b"")
    package(model=b"abc", config=b"")
    find("test")
    assert asked == []
    assert find("test", {"test": "hub:owner/name"}) == tmp_path
    assert find("single", {"single": "hub:owner/name/q4.gguf"}) == tmp_path / "q4.gguf"
    assert asked == [("owner/name", None), ("owner/name", ["q4.gguf"])]
    with pytest.raises(MissingModel, match="say which"):
        find("single", {"single": "hub:owner/name"})
    assert len(asked) == 2


@pytest.mark.parametrize("place", ["hub:owner/name", "hub:name", "hub:", "hub:a b/c"])
def test_a_hub_that_does_not_answer(place: str, tmp_path: Path) -> None:
    code = f"from runtime.models import find; find('mine', {{'mine': {place!r}}})"
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "MissingModel: `mine` could not be fetched as `hub:" in done.stderr


# ---------------------------------------------------------------- for the terminal


def printed(show: Callable[[Console], object]) -> str:
    console = Console(width=300, file=StringIO())
    show(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_table_says_where_each_model_is() -> None:
    text = printed(lambda console: console.print(models.models_table()))
    for model in registry().values():
        row = next(line for line in text.splitlines() if line.startswith(model.name))
        if where(model) is None:
            assert model.optional
            assert "optional" in row
            continue
        installed = importlib.metadata.version(model.package)
        for word in (
            model.role,
            model.licence,
            f"{model.bytes / 1e6:.1f} MB",
            f"{model.package} {installed}",
        ):
            assert word in row


def test_table_says_what_to_install_and_downloads_nothing(package: Callable[..., Path]) -> None:
    overrides = {"single": "hub:owner/[name]"}
    test, single = printed(lambda console: console.print(models.models_table(overrides))).splitlines()[1:]
    assert "pip install townsfolk-test-weights" in test
    assert "[models]" in test
    assert "hub:owner/[name]" in single


def test_verify_all_tells_each_verdict(package: Callable[..., Path]) -> None:
    package(**{"model": b"abc", "config": b"", "weights.gguf": b""})
    outcome: list[bool] = []
    text = printed(lambda console: outcome.append(models.verify_all(console=console)))
    assert outcome == [False]
    assert "test: not what was published" in text
    assert "single: whole" in text
    text = printed(lambda console: outcome.append(models.verify_all({"test": "elsewhere"}, console)))
    assert outcome == [False, True]
    assert "test:" not in text


def test_verify_all_goes_on_after_what_is_missing(package: Callable[..., Path]) -> None:
    text = printed(lambda console: models.verify_all(console=console))
    assert "test: the model `test` is not installed" in text
    assert "single: the model `single` is not installed" in text
