"""The written protocol is the one that is spoken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from runtime.protocol import describe, fields, messages
from runtime.protocol.errors import ERRORS


def test_the_files_in_the_repository_are_fresh() -> None:
    describe.main(["--check"])


def test_check_names_what_is_stale_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describe, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"stale: docs/protocol\.md"):
        describe.main(["--check"])
    assert not list(tmp_path.iterdir())
    describe.main([])
    describe.main(["--check"])
    (tmp_path / "docs" / "protocol.md").write_text("old")
    with pytest.raises(SystemExit, match=r"stale: docs/protocol\.md;"):
        describe.main(["--check"])


def test_the_page_leaves_nothing_out() -> None:
    page = describe.page()
    assert not re.search(r"\{\{\w+\}\}", page)
    for example in describe.FROM_CLIENT + describe.FROM_SERVER:
        assert f"\n### {example.__struct_config__.tag}\n" in page
    assert all(f"| `{code}` |" in page for code in ERRORS)
    for link in re.findall(r"\]\(#([\w-]+)\)", page):
        assert re.search(rf"(?im)^#+ {link}$", page), f"nothing at #{link}"


def test_notes_under_fields_reach_the_page() -> None:
    found = {field.name: field for field in fields.of(messages.Hello)}
    assert found["cast"].meaning.startswith("Character ids")
    assert found["player"].meaning == "Who is talking."
    assert found["protocol"].default == "required"
    assert found["client"].default == '`""`'


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int, "integer"),
        (str | None, "string or null"),
        (Literal["b", "a"], '`"b"` or `"a"`'),
        (Annotated[int, msgspec.Meta(ge=0)], "integer (0 or more)"),
        (Annotated[str, msgspec.Meta(max_length=8)], "string (up to 8 characters)"),
        (Annotated[list[float], msgspec.Meta(max_length=3)], "list (up to 3 items) of number"),
        (list[messages.Npc], "list of [Npc](#npc)"),
    ],
)
def test_types_in_words(hint: object, words: str) -> None:
    assert fields.shape(hint) == words


def test_schema_resolves_and_is_strict_for_clients_only() -> None:
    schema = json.loads(describe.schema())
    references = set(re.findall(r'"#/\$defs/(\w+)"', describe.schema()))
    assert references == set(schema["$defs"]) - {"FromClient", "FromServer"} | {"FromClient", "FromServer"}
    assert schema["$defs"]["Say"]["additionalProperties"] is False
    assert "additionalProperties" not in schema["$defs"]["Ready"]
