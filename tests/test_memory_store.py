"""The file: kills, damage, other processes, other versions; and the command line."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runtime.memory import USER, Memory, MemoryFailed, memory_file, schema
from runtime.memory.command import app
from runtime.memory.facts import Fact, Pair, Relation, Said
from runtime.memory.schema import STEPS, connect
from runtime.memory.sqlite import SqliteStore
from runtime.mind.prompt import Exchange

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
PAIR = Pair("mara", "p1")
ROOT = Path(__file__).parents[1]

WRITER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from runtime.memory import Memory
from runtime.mind.prompt import Exchange

async def main(file, player, count):
    memory = Memory.open(Path(file))
    for n in range(int(count)):
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=n)
        await memory.heard("mara", player, Exchange(f"I like dish number{n}.", "Hm."), at)
        print(n, flush=True)
    await memory.close()

asyncio.run(main(*sys.argv[1:]))
"""


def write(file: Path, player: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), player, str(count)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "memory.db"


def fill(file: Path, count: int = 50) -> None:
    store = SqliteStore(file)
    store.add(PAIR, Said(0, "Hello.", "Hm."), Relation(exchanges=1))
    with store.transaction():
        store.learn(
            PAIR, [Fact("taste", f"taste:{n}", f"The player likes {n}.") for n in range(count)], None, 0
        )
    store.close()


# ------------------------------------------------------------ kills and processes


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_was_heard_outlives_a_kill(file: Path) -> None:
    writer = write(file, "p1", 100_000)
    assert writer.stdout is not None
    heard = 0
    while heard < 20:
        heard = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    heard = max([heard, *map(int, writer.stdout.read().split())])
    writer.communicate()
    store = SqliteStore(file)
    said = store.talk(PAIR, 1e12, 100_000)
    assert len(said) in (heard + 1, heard + 2)  # the last may have been written and not yet told
    assert len(store.known(PAIR, ("taste",), 100_000)) == len(said)
    store.close()


def test_two_processes_share_a_file(file: Path) -> None:
    writers = [write(file, "p1", 40) for _ in range(2)]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    store = SqliteStore(file)
    relation, _ = store.relation(PAIR)
    assert relation.exchanges == 80
    assert len(store.talk(PAIR, 1e12, 1000)) == 80
    assert len(store.known(PAIR, ("taste",), 1000)) == 40  # both told the same
    store.close()


def test_a_writer_waits_for_another(file: Path) -> None:
    first, second = SqliteStore(file), SqliteStore(file)
    done = threading.Event()

    def add() -> None:
        with second.transaction():
            second.add(PAIR, Said(2, "second", ""), Relation(exchanges=2))
        done.set()

    thread = threading.Thread(target=add)
    with first.transaction():
        thread.start()
        first.add(PAIR, Said(1, "first", ""), Relation(exchanges=1))
        assert not done.is_set()
    thread.join()
    assert [said.player for said in first.talk(PAIR, 9, 9)] == ["second", "first"]
    first.close()
    second.close()


def test_a_file_that_stays_busy_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = SqliteStore(file)
    monkeypatch.setattr(schema, "BUSY", 1)
    second = SqliteStore(file)
    with first.transaction(), pytest.raises(MemoryFailed, match="locked"), second.transaction():
        pass
    first.close()
    second.close()


def test_a_step_that_fails_leaves_nothing(file: Path) -> None:
    store = SqliteStore(file)

    def fail() -> None:
        with store.transaction():
            store.add(PAIR, Said(1, "Hello.", ""), Relation(exchanges=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.pairs() == []
    store.close()


# ------------------------------------------------------------ damage


@pytest.mark.parametrize("damage", ["no database", "torn"])
def test_a_damaged_file_is_set_aside(file: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    fill(file, 500)
    content = file.read_bytes()
    broken = b"no database at all" * 300 if damage == "no database" else content[: len(content) // 2 + 100]
    file.write_bytes(broken)
    with caplog.at_level(logging.ERROR):
        store = SqliteStore(file)
    assert store.pairs() == []
    assert "set aside" in caplog.text
    store.close()
    (kept,) = file.parent.glob("memory.db.damaged-*")
    assert kept.read_bytes()[: len(broken)] == broken
    fill(file)  # the new one is whole


def scribble(file: Path) -> None:
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(os.urandom(file.stat().st_size - 4096))


async def test_damage_while_it_is_used_loses_no_exchange(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(file, 2000)
    store = SqliteStore(file)
    memory = Memory(store)
    scribble(file)
    store._database.read("PRAGMA shrink_memory")  # else the pages in its cache would do
    with caplog.at_level(logging.ERROR):
        await memory.heard("mara", "p1", Exchange("I'm Robin.", "Hm."), NOW)
    assert "set aside" in caplog.text
    assert (await memory.recall("mara", "p1", "", 400, NOW)).name == "Robin"
    await memory.close()


def test_a_file_that_another_process_replaced_is_left_alone(file: Path) -> None:
    fill(file)
    store = SqliteStore(file)
    fresh = file.with_name("fresh.db")
    fill(fresh, 3)
    store.close()
    fresh.rename(file)
    from runtime.memory.aside import set_aside

    set_aside(file, sqlite3.DatabaseError("malformed"), seen=(0, 0))
    store = SqliteStore(file)
    assert len(store.salient(PAIR, -1)) == 3
    store.close()


# ------------------------------------------------------------ versions


def test_a_file_of_a_later_version_is_refused_and_kept(file: Path) -> None:
    fill(file)
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(MemoryFailed, match="later version"):
        SqliteStore(file)
    assert not list(file.parent.glob("*damaged*"))


def test_an_older_file_is_brought_up_to_date(file: Path) -> None:
    fill(file)
    newer = (*STEPS, "ALTER TABLE pairs ADD COLUMN nickname TEXT; CREATE TABLE extra (x)")
    connection = connect(str(file), newer)
    assert connection.execute("SELECT nickname FROM pairs").fetchall() == [(None,)]
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    connection.close()


def test_a_step_is_taken_wholly_or_not_at_all(file: Path) -> None:
    fill(file)
    with pytest.raises(sqlite3.OperationalError):
        connect(str(file), (*STEPS, "CREATE TABLE extra (x); CREATE TABLE extra (x)"))
    connection = connect(str(file))
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []
    connection.close()


def test_a_python_without_fts5_is_told_what_to_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_has_fts5", lambda connection: False)
    with pytest.raises(MemoryFailed, match=r"FTS5.*switch memory off"):
        SqliteStore(file)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_its_owner_reads_it(file: Path) -> None:
    fill(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("platform", "environment", "tail"),
    [
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/townsfolk/memory.db"),
        ("linux", {"XDG_DATA_HOME": "relative"}, ".local/share/townsfolk/memory.db"),
        ("linux", {}, ".local/share/townsfolk/memory.db"),
        ("darwin", {}, "Library/Application Support/Townsfolk/memory.db"),
        ("win32", {"LOCALAPPDATA": "/Local"}, "/Local/Townsfolk/memory.db"),
    ],
)
def test_each_system_has_its_place(platform: str, environment: dict[str, str], tail: str) -> None:
    found = memory_file(USER, environment, platform)
    assert found is not None
    assert found.as_posix().endswith(tail)


def test_memory_can_be_elsewhere_or_nowhere() -> None:
    assert memory_file("") is None
    assert memory_file("there/m.db") == Path("there/m.db")


# ------------------------------------------------------------ the command line


def command(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_shows_exports_and_forgets(file: Path) -> None:
    fill(file, 2)
    assert "The player likes 1." in command("show", "--file", file)
    out = file.with_name("out.json")
    command("export", "--npc", "mara", "--out", out, "--file", file)
    (entry,) = json.loads(out.read_text(encoding="utf-8"))
    assert (entry["player"], len(entry["memories"])) == ("p1", 2)
    assert "0 erased" in command("forget", "--npc", "holt", "--file", file)
    assert "3 erased" in command("forget", "--player", "p1", "--yes", "--file", file)
    assert json.loads(command("export", "--file", file)) == []


def test_the_command_says_what_is_missing(file: Path) -> None:
    assert "nothing is remembered yet" in command("show", "--file", file, code=2)
    assert not file.exists()
    fill(file)
    assert "say whose" in command("forget", "--file", file, code=2)
    assert "names nothing" in command("forget", "--all", "--about", "?!", "--file", file, code=2)
