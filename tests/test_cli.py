"""The command line, as it is typed."""

from __future__ import annotations

import csv
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from serving import Running
from typer.testing import CliRunner, Result

from runtime import character, config
from runtime.cli import app
from runtime.models import registry

ROOT = Path(__file__).parent.parent


def townsfolk(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, [str(word) for word in words])


def test_help_names_every_command() -> None:
    shown = townsfolk("--help").output
    for command in ("serve", "talk", "characters", "models", "replay"):
        assert command in shown
        assert townsfolk(command, "--help").exit_code == 0


def test_characters_are_listed() -> None:
    shown = townsfolk("characters").output
    assert "innkeeper" in shown
    assert "Tansy Quill" in shown


def test_models_are_listed_and_verified() -> None:
    result = townsfolk("models", "--verify")
    assert result.exit_code == 0
    for name in ("silero-vad-v6", "whisper-tiny.en", "smollm2-135m-instruct", "hibari-heart"):
        assert name in result.output


def test_a_line_is_said_and_the_answer_written(server: Running, tmp_path: Path) -> None:
    result = townsfolk("talk", "innkeeper", "--say", "Hello!", "--url", server.quick, "--save", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Mara Fenn:" in result.output
    (wav,) = tmp_path.glob("*.wav")
    samples, rate = sf.read(wav)
    rows = list(csv.reader(wav.with_suffix(".csv").read_text().splitlines()))
    assert rows[0][0] == "seconds"
    assert len(rows[0]) == 53
    assert abs(len(rows) - 1 - len(samples) * 60 / rate) <= 1


def test_a_recording_of_nothing_is_said_to_be_that(server: Running, tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    sf.write(silence, np.zeros((8000, 2)), 16000)
    result = townsfolk("talk", "innkeeper", "--wav", silence, "--url", server.quick)
    assert result.exit_code == 2
    assert "nothing was understood" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["talk", "nobody", "--say", "hi"], "no character `nobody`"),
        (["talk", "innkeeper", "--wav", "no.wav"], "no.wav"),
        (["replay", "nowhere"], "no recording"),
    ],
)
def test_what_the_user_can_mend_is_told_in_a_line(server: Running, words: list[str], said: str) -> None:
    result = townsfolk(*words, "--url", server.quick)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_bad_settings_and_characters_name_the_file_and_the_field(tmp_path: Path) -> None:
    settings = tmp_path / "townsfolk.toml"
    settings.write_text("port = 'many'")
    result = townsfolk("characters", "--config", settings)
    assert result.exit_code == 2
    assert re.search(r"townsfolk\.toml.*port", result.output, re.S)
    (tmp_path / "ghost").mkdir()
    (tmp_path / "ghost" / "character.toml").write_text('name = "Ghost"\nboo = 1\n')
    result = townsfolk("characters", "--characters", tmp_path)
    assert result.exit_code == 2
    assert "character.toml" in result.output
    assert townsfolk("characters", "--characters", tmp_path / "empty").exit_code == 2
    with pytest.raises(character.BadCharacter, match="no folder"):
        character.load_all(tmp_path / "empty")


def test_the_configuration_page_is_a_configuration(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "configuration.md").read_text(), re.S)
    file = tmp_path / "townsfolk.toml"
    file.write_text(block)
    settings = config.load(file)
    page = tomllib.loads(block)
    named = {*page, *page["safety"]}
    fields = {*settings.__struct_fields__, *settings.safety.__struct_fields__}
    assert named == fields, "every setting is on the page"
    assert set(settings.models) <= set(registry())


def test_ctrl_c_ends_the_server_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stderr.readline()
            assert line, f"the server ended: {said}"
            said += line
        process.send_signal(signal.SIGINT)
        while "Closing" not in said:
            said += process.stderr.readline()
        process.send_signal(signal.SIGINT)  # as `uv run` passes on what it was sent itself
        said += process.stderr.read()
        assert process.wait(20) == 0
    assert "Traceback" not in said
    assert "Closing." in said
