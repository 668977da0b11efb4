"""Hot reload: what is noticed, what is read again, and what stays."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.character import BadCharacter
from runtime.reload import Library, changed, seen, watch
from runtime.story import BadStory

CARD = """name = "{name}"
description = "Somebody."
personality = "You are {name}."
greeting = "Hello."
at_a_loss = "Hm."

[voice]
speed = 1.0
"""
STORY = '[[section]]\nid = "start"\ngoal = "You want {player} to stay."\n'


def write(folder: Path, **files: str) -> Path:
    """`toml` files of a character, `knowledge` as a file of facts, `adapter` as a file of weights."""
    (folder / "knowledge").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = {"knowledge": "knowledge/notes.md", "adapter": "adapter.gguf"}.get(name, f"{name}.toml")
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def cast(tmp_path: Path) -> Path:
    write(tmp_path / "mara", character=CARD.format(name="Mara"), story=STORY, knowledge="The inn is old.\n")
    write(tmp_path / "holt", character=CARD.format(name="Holt"))
    return tmp_path


# Watching

SNAPSHOTS = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(
        st.sampled_from(["character.toml", "story.toml"]), st.tuples(st.integers(), st.integers())
    ),
)


@given(SNAPSHOTS, SNAPSHOTS)
def test_changes_are_those_that_differ(before: dict[str, dict[str, tuple[int, int]]],
                                       after: dict[str, dict[str, tuple[int, int]]]) -> None:  # fmt: skip
    ids = changed(before, after)
    assert {**before, **{id: after[id] for id in ids & after.keys()}}.items() >= after.items()
    assert all(before.get(id) != after.get(id) for id in ids)
    assert changed(before, before) == frozenset()


def test_every_file_that_matters_is_seen(cast: Path) -> None:
    before = seen(cast)
    assert set(before) == {"mara", "holt"}
    assert set(before["mara"]) == {"character.toml", "story.toml", "knowledge/notes.md"}
    write(cast / "holt", adapter="x")
    write(cast / "mara", dialogue="not looked at")
    assert changed(before, after := seen(cast)) == {"holt"}
    file = cast / "mara" / "knowledge" / "notes.md"
    os.utime(file, ns=(0, 0))
    assert changed(after, after := seen(cast)) == {"mara"}
    write(cast / "tansy", character="whatever")
    shutil.rmtree(cast / "holt")
    assert changed(after, seen(cast)) == {"holt", "tansy"}


def test_no_folder_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert seen(tmp_path) == {}
    assert seen(tmp_path / "nowhere") == {}


@pytest.mark.virtual_time
async def test_a_watch_tells_what_changed(cast: Path) -> None:
    told: list[frozenset[str]] = []

    async def call(ids: frozenset[str]) -> None:
        told.append(ids)

    task = asyncio.create_task(watch(cast, call, before=seen(cast)))
    await asyncio.sleep(3.5)
    assert told == []
    write(cast / "mara", story=STORY + "priority = 1\n")
    await asyncio.sleep(3)
    assert told == [{"mara"}]
    shutil.rmtree(cast / "mara")
    write(cast / "ned", character="x")
    await asyncio.sleep(3)
    assert told == [{"mara"}, {"mara", "ned"}]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# The library


def test_a_server_does_not_start_with_a_bad_character(cast: Path) -> None:
    write(cast / "mara", story="[[section]]\n")
    with pytest.raises(BadStory, match=r"story.toml:1: "):
        Library(cast)
    write(cast / "mara", character="name = 1")
    with pytest.raises(BadCharacter):
        Library(cast)


def test_what_was_edited_is_new_from_the_next_turn_on(cast: Path) -> None:
    library = Library(cast)
    old = library.entries["mara"]
    write(cast / "mara", character=CARD.format(name="Mara").replace("Hello.", "Good day."))
    write(cast / "mara", knowledge="The inn is new.\n", story=STORY.replace("start", "begin"))
    assert library.newest(old) is old
    assert library.reload({"mara"}) == {"mara"}
    new = library.newest(old)
    assert new.character.greeting == "Good day."
    assert new.story is not None
    assert new.story.first.id == "begin"
    assert [fact.text for fact in new.knowledge.search("inn", least=0)] == ["The inn is new."]
    assert [fact.text for fact in old.knowledge.search("inn", least=0)] == ["The inn is old."]
    assert old.character.greeting == "Hello."


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"character": CARD.format(name="Mara") + "sped = 2\n"}, "character.toml:9: "),
        ({"character": CARD.format(name="Mara").replace("1.0", "9.0")}, "character.toml:8: "),
        ({"character": "name = \n"}, "character.toml:1: "),
        ({"character": "a = " + "[" * 99_999}, "recursion"),
        ({"story": STORY + 'next = ["x"]'}, "story.toml:4: "),
        ({"knowledge": "---\na: b\n---\n"}, "notes.md: "),
    ],
)
def test_a_bad_edit_keeps_the_old_and_says_where(
    cast: Path, caplog: pytest.LogCaptureFixture, files: dict[str, str], where: str
) -> None:
    library = Library(cast)
    old = library.entries["mara"]
    write(cast / "mara", **files)
    assert library.reload({"mara", "holt"}) == {"holt"}
    assert library.newest(old) is old
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert where in errors[0]
    assert errors[0].startswith("mara stays as it was: ")
    write(cast / "mara", character=CARD.format(name="Mara"), story=STORY, knowledge="The inn is old.\n")
    assert library.reload({"mara"}) == {"mara"}


def test_who_is_gone_stays_with_those_who_talk_to_it(cast: Path) -> None:
    library = Library(cast)
    old = library.entries["mara"]
    shutil.rmtree(cast / "mara")
    assert library.reload({"mara"}) == {"mara"}
    assert set(library.characters) == {"holt"}
    assert library.newest(old) is old
    shutil.rmtree(cast / "holt")
    assert library.reload({"holt"}) == frozenset(), "the last one stays"
    assert set(library.characters) == {"holt"}


def test_who_is_new_may_be_talked_to(cast: Path) -> None:
    library = Library(cast)
    write(cast / "tansy", character=CARD.format(name="Tansy"))
    write(cast / "ned", character="x")
    assert library.reload({"tansy", "ned", "nobody"}) == {"tansy"}
    assert list(library.characters) == ["holt", "mara", "tansy"]


def test_an_adapter_waits_for_a_restart(cast: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(cast / "mara", adapter="old")
    library = Library(cast)
    loaded = library.characters["mara"].adapter
    assert loaded

    def warned() -> int:
        found = sum("restarted" in record.getMessage() for record in caplog.records)
        caplog.clear()
        return found

    library.reload({"mara"})
    assert warned() == 0
    write(cast / "mara", adapter="a new one")
    library.reload({"mara"})
    library.reload({"mara"})
    assert (warned(), library.characters["mara"].adapter) == (1, loaded)
    (cast / "mara" / "adapter.gguf").unlink()
    library.reload({"mara"})
    assert (warned(), library.characters["mara"].adapter) == (1, loaded), "the mind has it still"
    write(cast / "holt", adapter="new")
    library.reload({"holt"})
    assert (warned(), library.characters["holt"].adapter) == (1, ""), "the mind has none of it"
