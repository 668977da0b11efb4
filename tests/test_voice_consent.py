"""Whose voice may be cloned: signed consent, and everything that refuses it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

pytest.importorskip("cryptography", reason="consent is signed with `cryptography`: the extra `coqui`")

from runtime.registry import BadSettings, Context
from runtime.voice import consent, coqui
from runtime.voice.command import app
from runtime.voice.consent import Consent, ConsentRefused

TODAY = date(2026, 6, 1)


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(consent.KEY, str(tmp_path / "keys" / "consent.pem"))
    file = tmp_path / "mara.wav"
    soundfile.write(file, np.zeros(8000, np.float32), 8000)
    return file


def given(**changes: object) -> Consent:
    plain = Consent(
        who='Mara "M." Ünal',
        to="The Studio",
        purposes=["game", "trailer"],
        given=TODAY - timedelta(30),
        expires=TODAY + timedelta(30),
        sha256="0" * 64,
    )
    return msgspec.structs.replace(plain, **changes)


def signed(recording: Path, **changes: object) -> frozenset[str]:
    """Sign; the keys that a server of this user trusts."""
    private = consent.own_key(create=True)
    assert private
    consent.sign(recording, given(**changes), private)
    return consent.trusted_keys()


def test_what_was_signed_is_read_back_and_allows_what_it_says(recording: Path) -> None:
    trusted = signed(recording)
    found = consent.check(recording, "trailer", trusted, TODAY)
    assert (found.who, found.to, found.purposes) == ('Mara "M." Ünal', "The Studio", ["game", "trailer"])


def test_without_consent_there_is_no_cloning_and_the_error_says_what_to_do(recording: Path) -> None:
    with pytest.raises(ConsentRefused, match=r"no consent mara\.consent\.toml.*townsfolk voice consent sign"):
        consent.check(recording, "game", [])


@pytest.mark.parametrize(
    ("changes", "purpose", "day", "reason"),
    [
        ({}, "advertising", TODAY, "is for game, trailer, not for 'advertising'"),
        ({}, "game", TODAY + timedelta(31), "ran out on 2026-07-01"),
        ({}, "game", TODAY - timedelta(31), "holds from 2026-05-02 on"),
    ],
)
def test_what_it_does_not_cover_is_refused(
    recording: Path, changes: dict[str, object], purpose: str, day: date, reason: str
) -> None:
    with pytest.raises(ConsentRefused, match=reason):
        consent.check(recording, purpose, signed(recording, **changes), day)


@pytest.mark.parametrize(
    ("old", "new"),
    [("The Studio", "Another Studio"), ('"trailer"', '"advertising"'), ("2026-07-01", "2036-07-01")],
)
def test_a_changed_file_is_refused(recording: Path, old: str, new: str) -> None:
    trusted = signed(recording)
    file = consent.beside(recording)
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ConsentRefused, match="changed after it was signed"):
        consent.check(recording, "game", trusted, TODAY)


def test_another_recording_is_refused(recording: Path) -> None:
    trusted = signed(recording)
    soundfile.write(recording, np.ones(8000, np.float32), 8000)
    with pytest.raises(ConsentRefused, match="for another recording"):
        consent.check(recording, "game", trusted, TODAY)


def test_a_key_that_is_not_trusted_is_refused_and_named(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (theirs,) = signed(recording)
    monkeypatch.setenv(consent.KEY, str(tmp_path / "ours.pem"))
    with pytest.raises(ConsentRefused, match="a key this server does not trust: ") as refused:
        consent.check(recording, "game", consent.trusted_keys(), TODAY)
    assert theirs in str(refused.value)
    assert consent.check(recording, "game", consent.trusted_keys([theirs]), TODAY)


@pytest.mark.parametrize(
    "text", ["", "who = 3", "not toml at all [", 'who = "A"\nto = "B"\nagreed = true', "\x00\xff"]
)
def test_rubbish_is_refused(recording: Path, text: str) -> None:
    consent.beside(recording).write_text(text, "latin-1")
    with pytest.raises(ConsentRefused, match=r"is no consent"):
        consent.check(recording, "game", [])


def test_the_private_key_is_made_once_and_for_its_owner_only(recording: Path) -> None:
    assert consent.own_key() is None
    first, second = consent.own_key(create=True), consent.own_key(create=True)
    assert first
    assert second
    assert consent.public(first) == consent.public(second)
    assert consent.key_file().stat().st_mode & 0o077 == 0 or consent.key_file().drive


def test_an_engine_does_not_open_a_clone_without_consent(recording: Path) -> None:
    options = coqui.CoquiOptions(model="anything", clones={"mara": str(recording)})
    with pytest.raises(BadSettings, match=r"\[voice\] clones: .*may not be cloned"):
        coqui.CARD.open(options, Context())


def test_the_commands_sign_and_check(recording: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["consent", "check", str(recording)]).exit_code == 1
    asked = ["consent", "sign", str(recording), "--who", "Mara", "--to", "The Studio", "--purpose", "game"]
    assert run(app, asked).exit_code == 0
    checked = run(app, ["consent", "check", str(recording)])
    assert checked.exit_code == 0
    assert "Mara lets The Studio clone it for game" in checked.stdout
    assert run(app, ["consent", "check", str(recording), "--purpose", "film"]).exit_code == 1
