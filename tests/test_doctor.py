"""The doctor finds what is not well, says what to do, and fails where the server would not start."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from runtime import models, registry
from runtime.config import Settings
from runtime.devices import CPU, CUDA
from runtime.doctor import content, gpu, machine
from runtime.doctor.command import doctor
from runtime.doctor.finding import Finding


def by_name(found: Any) -> dict[str, Finding]:
    return {finding.what: finding for finding in found}


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        number: int = trial.getsockname()[1]
        return number


def test_what_is_installed_here_is_well(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "townsfolk.toml"
    file.write_text(f"preset = 'embedded'\nport = {port}")
    assert doctor(file)
    table = capsys.readouterr().out
    for line in (
        str(file),
        "preset embedded",
        "is free",
        "guard, innkeeper, noodles",
        "llama.cpp",
        ", 0 fail",
    ):
        assert line in table


def test_a_bad_file_fails_and_the_rest_is_looked_at(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "townsfolk.toml"
    file.write_text("[mind]\nengine = 'nobody'")
    assert not doctor(file, json=True)
    found = {each["what"]: each for each in msgspec.json.decode(capsys.readouterr().out)}
    assert found["settings"]["state"] == "fail"
    assert "there is no engine 'nobody'" in found["settings"]["text"]
    assert found["engine: mind"]["state"] == "ok"


def test_a_port_in_use_fails() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = machine.port("127.0.0.1", taken.getsockname()[1])
    assert found.state == "fail"
    assert "--port" in found.advice
    assert machine.port("127.0.0.1", 0).state == "ok"
    assert machine.port("no.such.host.invalid", 0).state == "fail"


def test_old_pythons_and_small_machines_are_told() -> None:
    assert machine.python((3, 10, 4)).state == "fail"
    assert machine.python((3, 11, 0)).state == "ok"
    assert machine.cores(1).state == "warn"
    assert machine.memory(16_000_000_000, 8).state == "ok"
    tight = machine.memory(int(machine.LOADED + 3.5 * machine.SLOT), 8)
    assert (tight.state, tight.advice) == ("warn", "set slots = 3, or take a smaller model")
    assert machine.memory(1, 8).advice.startswith("close other programs")
    assert machine.memory(None, 8).state == "ok"
    available = machine.available_memory()
    assert available is None or available > 1e6


def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    assert machine.writable("cache", tmp_path / "not" / "yet").state == "ok"
    assert not (tmp_path / "not").exists(), "looking makes nothing"
    file = tmp_path / "file"
    file.touch()
    found = machine.writable("cache", file / "inside")
    assert found.state == "fail"
    assert str(file) in found.advice


def test_a_model_that_is_missing_fails_unless_another_engine_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str, overrides: Any) -> Path:
        raise models.MissingModel(f"the model `{name}` is not installed")

    monkeypatch.setattr(models, "find", find)
    found = by_name(content.weights(Settings()))
    spared = {f"model: {name}" for name, model in models.registry().items() if model.optional}
    assert {name for name, each in found.items() if each.state == "warn"} == spared
    assert {each.state for name, each in found.items() if name not in spared} == {"fail"}
    assert all(each.advice for each in found.values())
    other = Settings(mind={"engine": "transformers"}, models={"whisper-tiny.en": "hub:some/where"})
    found = by_name(content.weights(other))
    assert found["model: smollm2-135m-instruct"].state == "warn"
    assert found["model: whisper-tiny.en"].state == "ok"


def test_an_engine_that_is_not_installed_fails_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_importable", lambda name: name != "piper")
    found = by_name(content.chosen(Settings(voice={"engine": "piper"})))
    assert (found["engine: voice"].state, found["engine: voice"].advice) == (
        "fail",
        'pip install "townsfolk[piper]"',
    )
    optional = by_name(content.others(Settings()))["voice: piper"]
    assert (optional.state, optional.advice) == ("ok", 'pip install "townsfolk[piper]"')


def test_a_character_that_does_not_load_fails(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "character.toml").write_text("name = 3")
    (found,) = content.characters(Settings(characters=str(tmp_path)))
    assert found.state == "fail"
    assert "odd" in found.text


def test_a_gpu_that_a_library_does_not_use_is_told() -> None:
    blind = SimpleNamespace(get_available_providers=lambda: [CPU])
    sees = SimpleNamespace(get_available_providers=lambda: [CUDA, CPU])
    assert gpu.onnxruntime(blind, True).state == "warn"
    assert "onnxruntime-gpu" in gpu.onnxruntime(blind, True).advice
    assert gpu.onnxruntime(blind, False).state == gpu.onnxruntime(sees, True).state == "ok"

    def none() -> Any:
        return SimpleNamespace(get_cuda_device_count=lambda: 0)

    assert (gpu.ctranslate2(none(), True).state, gpu.ctranslate2(none(), False).state) == ("warn", "ok")
    cpu = {"name": "CPU", "memory_free": 8e9}
    only, both = (
        SimpleNamespace(get_device_info=lambda d=d: d) for d in ([cpu], [{**cpu, "name": "CUDA0"}, cpu])
    )
    assert (gpu.llama(only, True).state, gpu.llama(both, True).state) == ("warn", "ok")
    assert "CUDA0 (8 GB free)" in gpu.llama(both, True).text
    torch = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: False), __version__="2")
    assert (gpu.torch(torch, True).state, gpu.torch(torch, False).state) == ("warn", "ok")


def test_two_onnxruntimes_over_each_other_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_version", lambda package: "1")
    found = gpu.onnxruntime(SimpleNamespace(get_available_providers=lambda: [CPU]), False)
    assert found.state == "warn"
    assert "pip uninstall -y onnxruntime onnxruntime-gpu" in found.advice
