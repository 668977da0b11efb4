"""What every store does, in a file or a database; then what a file alone does: damage, versions, rights.

The database's half runs where TOWNSFOLK_TEST_POSTGRES names a server (docs/memory-server.md).
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
import pytest
from typer.testing import CliRunner

from runtime.knowledge.embedding import embedded
from runtime.memory import USER, Memory, MemoryFailed, memory_file, schema
from runtime.memory.command import app
from runtime.memory.facts import Fact, Memo, Pair, Relation, Said
from runtime.memory.forgetting import MEMORIES
from runtime.memory.schema import STEPS, connect
from runtime.memory.sqlite import EXCHANGES, SqliteStore
from runtime.memory.store import Store
from runtime.memory.where import store_at
from runtime.mind.prompt import Exchange

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
PAIR = Pair("mara", "p1")
ROOT = Path(__file__).parents[1]

WRITER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from runtime.memory import Memory
from runtime.memory.where import memory_file, store_at
from runtime.mind.prompt import Exchange

async def main(place, player, count):
    memory = Memory(store_at(memory_file(place)))
    for n in range(int(count)):
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=n)
        await memory.heard("mara", player, Exchange(f"I like dish number{n}.", "Hm."), at)
        print(n, flush=True)
    await memory.close()

asyncio.run(main(*sys.argv[1:]))
"""


SERVER = os.environ.get("TOWNSFOLK_TEST_POSTGRES", "")

needs_server = pytest.mark.skipif(
    not SERVER, reason="TOWNSFOLK_TEST_POSTGRES names no server: see docs/memory-server.md to start one"
)


def administer(*statements: str) -> None:
    """On the server, in no transaction."""
    psycopg = pytest.importorskip("psycopg")
    with closing(psycopg.connect(SERVER, autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def new_database(options: str = "") -> Iterator[str]:
    """The address of an empty one on the server, gone afterwards."""
    name = f"townsfolk_test_{uuid4().hex[:12]}"
    administer(f"CREATE DATABASE {name} {options}")
    try:
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=needs_server),
        pytest.param("postgres without pgvector", marks=needs_server),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A setting for a store that is not there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "deep" / "memory.db")
        return
    if request.param == "postgres without pgvector":
        pytest.importorskip("psycopg")
        from runtime.memory import postgres_schema

        monkeypatch.setattr(postgres_schema, "_offered", lambda connection: False)
    with new_database() as url:
        yield url


def write(place: str, player: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, place, player, str(count)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "memory.db"


def fill(place: str | Path, count: int = 50) -> None:
    with closing(store_at(place)) as store:
        store.add(PAIR, Said(0, "Hello.", "Hm."), Relation(exchanges=1))
        with store.transaction():
            likes = [Fact("taste", f"taste:{n}", f"The player likes {n}.") for n in range(count)]
            store.learn(PAIR, likes, None, 0)


def texts(memos: list[Memo]) -> list[str]:
    return [memo.fact.text for memo in memos]


# ------------------------------------------------------------ kills and processes


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_was_heard_outlives_a_kill(place: str) -> None:
    writer = write(place, "p1", 100_000)
    assert writer.stdout is not None
    heard = 0
    while heard < 20:
        heard = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    heard = max([heard, *map(int, writer.stdout.read().split())])
    writer.communicate()
    with closing(store_at(place)) as store:
        with store.transaction():  # a database may still be about to notice that the writer is gone
            store.relation(PAIR)
        said = store.talk(PAIR, 1e12, 100_000)
        assert len(said) in (heard + 1, heard + 2)  # the last may have been written and not yet told
        assert len(store.known(PAIR, ("taste",), 100_000)) == len(said)


TELLER = """
import sys
from runtime.memory import Memory
from runtime.memory.where import memory_file, store_at
from runtime.story import Progress, Story

story = (
    "[variables]\\ntalks = 0.0\\n[[section]]\\nid = 'start'\\n"
    "[[trigger]]\\nsays = ['hello']\\nonce = false\\nadd = { talks = 1 }"
)
progress, memory = Progress(Story.parse(story)), Memory(store_at(memory_file(sys.argv[1])))
progress.begin()
while True:
    progress.heard("hello")
    memory.keep("mara", "p1", progress.state()).result()
    print(int(progress.variables["talks"]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_where_a_story_is_outlives_a_kill(place: str) -> None:
    teller = subprocess.Popen(
        [sys.executable, "-c", TELLER, place], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert teller.stdout is not None
    told = 0
    while told < 20:
        told = int(teller.stdout.readline())
    teller.send_signal(signal.SIGKILL)
    told = max([told, *map(int, teller.stdout.read().split())])
    teller.communicate()
    with closing(store_at(place)) as store:
        with store.transaction():
            state = json.loads(store.place(PAIR))
        assert state["section"] == "start"
        assert state["variables"]["talks"] in (told, told + 1)  # the last may have been kept and not yet told


def test_a_story_is_exported_and_forgotten_with_all_else(place: str) -> None:
    with closing(store_at(place)) as store:
        assert store.place(PAIR) == ""
        store_put(store, PAIR, '{"section": "start"}')
        store_put(store, PAIR, '{"section": "bell"}')
        store_put(store, Pair("mara", "p2"), '{"section": "end"}')
        assert store.place(PAIR) == '{"section": "bell"}'
        assert store.pairs("mara") == [PAIR, Pair("mara", "p2")]  # though not a word was said
        assert store.export(PAIR)["story"] == {"section": "bell"}
        assert store.forget(PAIR, ["bell"]) == 0  # words are forgotten in what was said
        assert store.place(PAIR) == '{"section": "bell"}'
    assert "in the section bell" in command("show", "--player", "p1", "--file", place)
    assert "1 erased" in command("forget", "--player", "p1", "--yes", "--file", place)
    with closing(store_at(place)) as store:
        assert store.pairs() == [Pair("mara", "p2")]
        assert store.export(PAIR)["story"] is None


def store_put(store: Store, pair: Pair, state: str) -> None:
    with store.transaction():
        store.put(pair, state)


def test_two_processes_share_a_store(place: str) -> None:
    writers = [write(place, "p1", 40) for _ in range(2)]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    with closing(store_at(place)) as store:
        relation, _ = store.relation(PAIR)
        assert relation.exchanges == 80
        assert len(store.talk(PAIR, 1e12, 1000)) == 80
        assert len(store.known(PAIR, ("taste",), 1000)) == 40  # both told the same


def test_two_connections_may_be_the_first(tmp_path: Path) -> None:
    file = str(tmp_path / "memory.db")
    opened = threading.Event()
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("BEGIN IMMEDIATE")
        first.execute("CREATE TABLE other (id INTEGER)")
        thread = threading.Thread(target=lambda: (connect(file).close(), opened.set()))
        thread.start()
        assert not opened.wait(0.2)
        first.execute("COMMIT")
    thread.join()
    assert opened.is_set()


def test_a_writer_waits_for_another(place: str) -> None:
    first, second = store_at(place), store_at(place)
    began, done = threading.Event(), threading.Event()

    def add() -> None:
        began.set()
        with second.transaction():
            before, _ = second.relation(PAIR)
            second.add(PAIR, Said(2, "second", ""), Relation(exchanges=before.exchanges + 1))
        done.set()

    thread = threading.Thread(target=add)
    with first.transaction():
        before, _ = first.relation(PAIR)
        thread.start()
        began.wait()
        first.add(PAIR, Said(1, "first", ""), Relation(exchanges=before.exchanges + 1))
        assert not done.is_set()
    thread.join()
    assert [said.player for said in first.talk(PAIR, 9, 9)] == ["second", "first"]
    assert first.relation(PAIR)[0].exchanges == 2  # it read what the first had written
    first.close()
    second.close()


def test_a_store_that_stays_busy_is_told(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store_at(place)
    monkeypatch.setattr(schema, "BUSY", 1)
    if "://" in place:
        monkeypatch.setattr("runtime.memory.postgres_link.BUSY", 50)
    second = store_at(place)
    with first.transaction():
        first.relation(PAIR)
        with pytest.raises(MemoryFailed, match="locked"), second.transaction():
            second.relation(PAIR)
    with second.transaction():  # as if nothing had been
        second.add(PAIR, Said(1, "Hello.", ""), Relation(exchanges=1))
    assert first.pairs() == [PAIR]
    first.close()
    second.close()


def test_a_step_that_fails_leaves_nothing(place: str) -> None:
    store = store_at(place)

    def fail() -> None:
        with store.transaction():
            store.add(PAIR, Said(1, "Hello.", ""), Relation(exchanges=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.pairs() == []
    store.close()


# ------------------------------------------------------------ what is kept


def test_an_exchange_and_a_relation_come_back_as_they_were(place: str) -> None:
    said = [Said(n / 3, f"Line {n}", 'Hm — \'tis \\ "so" %s', n == 2) for n in range(4)]
    with closing(store_at(place)) as store:
        assert store.relation(PAIR) == (Relation(), 0.0)
        for n, each in enumerate(said):
            store.add(PAIR, each, Relation(0.25, -0.5, NOW, n + 1, 2))
    with closing(store_at(place)) as store:
        assert store.talk(PAIR, math.inf, 100) == said[::-1]
        assert store.talk(PAIR, said[2].at, 2) == [said[2], said[1]]
        assert store.relation(PAIR) == (Relation(0.25, -0.5, NOW, 4, 2), 1.0)
        assert store.talk(Pair("mara", "p2"), math.inf, 100) == []


def test_a_fact_takes_the_place_of_one_about_the_same(place: str) -> None:
    long = "told:" + "x" * 5000
    with closing(store_at(place)) as store:
        store.add(PAIR, Said(0, "", ""), Relation(exchanges=1))
        with store.transaction():
            store.learn(PAIR, [Fact("name", "name", "Robin.", "Robin"), Fact("told", long, "News.")], None, 0)
        with store.transaction():
            store.learn(PAIR, [Fact("name", "name", "Rowan.", "Rowan"), Fact("told", long, "Late.")], None, 9)
            store.learn(PAIR, [Fact("told", long + "y", "Other.")], None, 9)
        (name,) = store.known(PAIR, ("name",), 5)
        assert (name.fact, name.at, name.used) == (Fact("name", "name", "Rowan.", "Rowan"), 9, 9)
        assert texts(store.known(PAIR, ("told", "name"), 2)) == ["Other.", "Late."]
        with store.transaction():
            store.drop(PAIR, [long, "name", "no such"])
            store.drop(PAIR, [])
        assert texts(store.salient(PAIR, -1)) == ["Other."]
        assert store.known(PAIR, (), 5) == []


def test_use_makes_a_memory_stronger_and_never_weaker(place: str) -> None:
    day = 86400.0
    with closing(store_at(place)) as store:
        store.add(PAIR, Said(0, "", ""), Relation(exchanges=1))
        with store.transaction():
            facts = [Fact("told", f"told:{text}", text) for text in ("wolf", "dragon")]
            store.learn(PAIR, [*facts, Fact("name", "name", "Robin.")], None, 0)
            wolf = next(memo.id for memo in store.salient(PAIR, -1) if memo.fact.text == "wolf")
            store.use(PAIR, [wolf], 10 * day)
            store.use(PAIR, [wolf, 999_999], 5 * day)  # told late
            store.use(PAIR, [], 20 * day)
        assert [memo.used for memo in store.salient(PAIR, -1) if memo.id == wolf] == [10 * day]
        assert texts(store.salient(PAIR, 2)) == ["Robin.", "wolf"]
        with store.transaction():
            store.learn(PAIR, [], None, 30 * day)
        assert texts(store.salient(PAIR, -1)) == ["Robin.", "wolf"]
        with store.transaction():
            store.learn(PAIR, [], None, 40 * day)
        assert texts(store.salient(PAIR, -1)) == ["Robin."]


def test_there_is_an_end_to_what_is_kept(place: str) -> None:
    with closing(store_at(place)) as store:
        with store.transaction():
            for n in range(EXCHANGES + 5):
                store.add(PAIR, Said(n, f"{n}", ""), Relation(exchanges=n + 1))
            store.learn(PAIR, [Fact("name", "name", "The player's name is Robin.")], None, 0)
            store.learn(PAIR, [Fact("told", f"told:{n}", f"News {n}.") for n in range(MEMORIES)], None, 3600)
        kept = store.talk(PAIR, 1e12, EXCHANGES * 2)
        assert [kept[0].player, kept[-1].player, len(kept)] == [f"{EXCHANGES + 4}", "5", EXCHANGES]
        memos = store.salient(PAIR, -1)
        assert len(memos) == MEMORIES
        assert memos[0].fact.kind == "name"


# ------------------------------------------------------------ what is found


def learn(place: str, *sentences: str, vectors: np.ndarray | None = None, at: float = 0.0) -> None:
    with closing(store_at(place)) as store, store.transaction():
        for pair in (PAIR, Pair("mara", "p2")):  # who must not turn up
            store.add(pair, Said(at, "", ""), Relation(exchanges=1))
            store.learn(pair, [Fact("thing", f"thing:{text}", text) for text in sentences], vectors, at)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["cider"], ["The player likes Zoë's cider."]),
        (["ciders", "liked"], ["The player likes Zoë's cider.", "The player likes bread."]),
        (["zoe"], ["The player likes Zoë's cider."]),
        (["WOLVES", "wolve"], ["The player fears wolves."]),
        (["dragon", "bread"], ["The player likes bread."]),
        (["will"], []),
        (['"', "'", "\\", "a & !b", "'); DROP TABLE townsfolk.pairs; --", "x" * 9000], []),
        ([], []),
    ],
)
def test_words_find_what_shares_them(place: str, asked: list[str], found: list[str]) -> None:
    learn(
        place, "The player likes Zoë's cider.", "The player likes bread.", "The player fears wolves.",
        "The player has a goat.",
    )  # fmt: skip
    with closing(store_at(place)) as store:
        best = store.matching(PAIR, asked, 10)
    assert [memo.fact.text for memo, _ in best] == found
    scores = [score for _, score in best]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_a_rare_word_says_more_than_a_common_one(place: str) -> None:
    learn(place, *[f"The player drank cider number {n}." for n in range(30)], "The player met Anna.")
    with closing(store_at(place)) as store:
        (first, best), *others = store.matching(PAIR, ["cider", "anna"], 5)
    assert first.fact.text == "The player met Anna."
    assert len(others) == 4
    assert best > 2 * others[0][1]


def test_meaning_finds_what_is_near(place: str) -> None:
    vectors = np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    learn(place, "one", "two", "three", vectors=vectors)
    learn(place, "none")
    learn(place, "other model", vectors=np.array([[1.0, 0.0]], np.float32))
    with closing(store_at(place)) as store:
        for _ in range(2):  # the second time from what was read before, where that is kept
            found = store.near(PAIR, np.array([0.8, 0.6, 0], np.float32), 2)
            assert texts([memo for memo, _ in found]) == ["two", "one"]
            assert [cosine for _, cosine in found] == pytest.approx([0.96, 0.8])
        assert store.near(Pair("mara", "p3"), vectors[0], 5) == []
        assert [memo.fact.text for memo, _ in store.near(PAIR, np.array([0, 1], np.float32), 5)] == [
            "other model"
        ]
        learn(place, "new", vectors=vectors[2:])  # by another server
        with store.transaction():
            store.drop(PAIR, ["thing:three"])
        assert [memo.fact.text for memo, _ in store.near(PAIR, vectors[2], 1) or []] in (["new"], [])
        assert "new" in [memo.fact.text for memo, _ in store.near(PAIR, vectors[2], 3)]


@pytest.mark.parametrize("meant", [False, True])
async def test_the_next_day_knows_name_promise_and_topic(place: str, meant: bool) -> None:
    embedder = embedded() if meant else None
    if meant and embedder is None:
        pytest.skip("the sentence model is not installed")
    memory = Memory(store_at(place), embedder)
    for n, text in enumerate(
        ["I'm Robin.", "What happened to the drowned bell?", "I'll bring you the ring tomorrow."]
    ):
        await memory.heard("mara", "p1", Exchange(text, "Hm."), NOW + timedelta(seconds=20 * n))
    await memory.close()
    memory = Memory(store_at(place), embedder)
    recalled = await memory.recall("mara", "p1", "Any news of my jewellery?", 400, NOW + timedelta(days=1))
    assert recalled.name == "Robin"
    assert "Yesterday the player promised to bring you the ring the next day." in recalled.facts
    assert "the drowned bell" in (recalled.last or "")
    ring = [r for r, text in zip(recalled.relevances, recalled.facts, strict=True) if "ring" in text]
    assert (max(ring) > 0.2) == meant  # jewellery and ring share no word
    await memory.close()


# ------------------------------------------------------------ forgetting


async def test_forgotten_is_gone_from_every_answer(place: str) -> None:
    memory = Memory(store_at(place))
    for npc in ("mara", "holt"):
        for text in ("My name is Xanthippe.", "I like cider."):
            await memory.heard(npc, "p1", Exchange(text, "Hm."), NOW)
    assert await memory.forget(player="p1", about="xanthippe") == 4
    left = await memory.export()
    assert "anthipp" not in json.dumps(left)
    assert [[m["text"] for m in entry["memories"]] for entry in left] == [["The player likes cider."]] * 2
    assert await memory.forget(about="cider xanthippe") == 0  # all words, not any
    assert await memory.forget(npc="mara") == 2
    assert [entry["npc"] for entry in await memory.export()] == ["holt"]
    assert (await memory.relation("mara", "p1", NOW)).exchanges == 0
    await memory.close()


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


def test_a_file_without_stories_gets_them_and_keeps_its_memories(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(str(file), STEPS[:1])) as first:
        assert first.execute("PRAGMA user_version").fetchone() == (1,)
        first.execute("INSERT INTO pairs (npc, player, met, exchanges) VALUES ('mara', 'p1', 5, 7)")
    with closing(SqliteStore(file)) as store:
        assert store.relation(PAIR)[0].exchanges == 7
        store.put(PAIR, '{"section": "bell"}')
        assert store.pairs() == [PAIR]
    query = "EXPLAIN QUERY PLAN SELECT id, vector FROM memories WHERE pair = 1 AND id > 5 ORDER BY id"
    with closing(connect(str(file))) as today:  # a recall reads only what came since the last
        assert "pair=? AND rowid>?" in today.execute(query).fetchone()[3]


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
    assert isinstance(found, Path)
    assert found.as_posix().endswith(tail)


def test_memory_can_be_elsewhere_or_nowhere() -> None:
    assert memory_file("") is None
    assert memory_file("there/m.db") == Path("there/m.db")
    for url in ("postgresql://mara@there/town", "postgres:///town"):
        assert memory_file(url) == url


# ------------------------------------------------------------ the command line


def command(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_shows_exports_and_forgets(place: str, tmp_path: Path) -> None:
    fill(place, 2)
    assert "The player likes 1." in command("show", "--file", place)
    out = tmp_path / "out.json"
    command("export", "--npc", "mara", "--out", out, "--file", place)
    (entry,) = json.loads(out.read_text(encoding="utf-8"))
    assert (entry["player"], len(entry["memories"])) == ("p1", 2)
    assert entry["exchanges"] == [
        {"at": "1970-01-01T00:00:00+00:00", "player": "Hello.", "reply": "Hm.", "interrupted": False}
    ]
    assert "0 erased" in command("forget", "--npc", "holt", "--file", place)
    assert "3 erased" in command("forget", "--player", "p1", "--yes", "--file", place)
    assert json.loads(command("export", "--file", place)) == []


def test_the_command_takes_the_place_from_the_settings(place: str, tmp_path: Path) -> None:
    fill(place, 2)
    settings = tmp_path / "townsfolk.toml"
    settings.write_text(f"memory = {json.dumps(place)}\n", encoding="utf-8")
    assert "The player likes 1." in command("show", "--config", settings)


def test_the_command_says_what_is_missing(place: str) -> None:
    for _ in range(2):  # looking makes nothing
        assert "nothing is remembered yet" in command("show", "--file", place, code=2)
    fill(place)
    assert "say whose" in command("forget", "--file", place, code=2)
    assert "names nothing" in command("forget", "--all", "--about", "?!", "--file", place, code=2)
