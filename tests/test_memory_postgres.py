"""PostgreSQL: outages, many servers, versions, secrets; and that it answers as SQLite does.

What every store does is in test_memory_store.py. Most runs where TOWNSFOLK_TEST_POSTGRES names a server.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_memory_store import SERVER, administer, learn, needs_server, new_database, texts

from runtime.memory import Memory, MemoryFailed
from runtime.memory.facts import Fact, Kind, Pair, Relation, Said
from runtime.memory.sqlite import SqliteStore
from runtime.memory.store import MemoryRenewed, Store
from runtime.memory.where import store_at
from runtime.mind.prompt import Exchange

psycopg = pytest.importorskip("psycopg", reason='pip install "townsfolk[postgres]"')

from runtime.memory import postgres_schema  # noqa: E402  needs psycopg
from runtime.memory.postgres import PostgresStore  # noqa: E402
from runtime.memory.postgres_address import Address  # noqa: E402
from runtime.memory.postgres_schema import STEPS  # noqa: E402

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
PAIR = Pair("mara", "p1")


@pytest.fixture
def url() -> Iterator[str]:
    with new_database() as url:
        yield url


def name(url: str) -> str:
    return urlsplit(url).path[1:]


def cut(url: str) -> None:
    """End all connections to a database, and wait until they have ended."""
    administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name(url)}'")


def switch(url: str, on: bool) -> None:
    """Let nobody in, as a server that is down, or everybody again."""
    administer(f"ALTER DATABASE {name(url)} ALLOW_CONNECTIONS {on}")


def offers_pgvector(url: str) -> bool:
    with closing(psycopg.connect(url)) as raw:
        return postgres_schema._offered(raw)


def hello(store: Store, text: str = "Hello.") -> None:
    before, _ = store.relation(PAIR)
    store.add(PAIR, Said(0, text, ""), Relation(exchanges=before.exchanges + 1))


# ------------------------------------------------------------ addresses and secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:s3cret@there:5433/town", "postgresql://u@there:5433/town"),
        ("postgres://u:s3cret%40@a,b/town?sslmode=require", "postgresql://u@a,b/town"),
        ("postgresql://u:s3cret?more@there/town", "postgresql://u@there/town"),
        ("postgresql://there/town?password=s3cret", "postgresql://there/town"),
        ("postgresql:///town?sslpassword=s3cret", "postgresql:///town"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    address = Address.of(url)
    assert address.shown == shown
    assert "s3cret" not in repr(address)
    assert "s3cret" not in address.masked(f"cannot read\n{url}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3@cret@there/town", "postgresql://u:s3/cret@there/town",
        "postgresql://u:12/cret@there/town",
        "postgresql://u:s3cret%@there/town", "postgresql://u:s3cret@there:port/town",
        "postgresql://u:s3cret@there/town?nonsense=1", "postgresql://u:s3cret@[there/town",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(MemoryFailed, match="postgresql://user@host:5432/database") as caught:
        store_at(url)
    told = "".join(traceback.format_exception(caught.value))
    assert "cret" not in told
    assert "s3" not in told.replace("%3", "")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_address_is_read_or_refused(text: str) -> None:
    with suppress(MemoryFailed):
        assert Address.of(f"postgresql://{text}").shown.startswith("postgresql://")


SECRET = "postgresql://u:s3cret@127.0.0.1:1/town"


def test_a_server_that_is_not_there_is_told_without_the_password(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(MemoryFailed) as caught:
        store_at(SECRET)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "postgresql://u@127.0.0.1:1/town cannot be used" in told
    assert "s3cret" not in told
    assert caught.value.__context__ is None


@needs_server
def test_an_unknown_user_is_told_without_the_password() -> None:
    parts = urlsplit(SERVER)
    there = parts.netloc.rpartition("@")[2]
    wrong = parts._replace(netloc=f"nobody_of_this_name:s3cret@{there}").geturl()
    with pytest.raises(MemoryFailed, match=f"nobody_of_this_name@{there}") as caught:
        store_at(wrong)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [each for each in sys.modules if each.startswith("runtime.memory.postgres")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr("runtime.memory.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MemoryFailed, match=r'pip install "townsfolk\[postgres\]"') as caught:
        store_at(SECRET)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


# ------------------------------------------------------------ outages


@needs_server
def test_a_connection_that_ended_between_calls_is_not_noticed(url: str) -> None:
    with closing(store_at(url)) as store:
        for n, call in enumerate(
            [lambda: hello(store), lambda: store.learn(PAIR, [Fact("name", "name", "Robin.")], None, 0)]
        ):
            cut(url)
            with store.transaction():
                call()
            cut(url)
            assert store.relation(PAIR)[0].exchanges == 1
            assert len(store.salient(PAIR, -1)) == n


@needs_server
async def test_a_connection_that_ends_within_a_step_loses_no_exchange(url: str) -> None:
    class Cutting(PostgresStore):
        cuts = 1

        def add(self, pair: Pair, said: Said, relation: Relation) -> None:
            super().add(pair, said, relation)
            if self.cuts:
                self.cuts -= 1
                cut(url)

    memory = Memory(Cutting(url))
    await memory.heard("mara", "p1", Exchange("I'm Robin.", "Hm."), NOW)
    (entry,) = await memory.export()
    assert [len(entry["exchanges"]), len(entry["memories"])] == [1, 1]
    await memory.close()


@needs_server
def test_a_step_is_undone_when_the_connection_ends_within_it(url: str) -> None:
    with closing(store_at(url)) as store:

        def broken(later: Callable[[], object]) -> None:
            with store.transaction():
                hello(store)
                cut(url)
                later()

        with pytest.raises(MemoryRenewed, match="was lost"):
            broken(lambda: store.relation(PAIR))
        with pytest.raises(MemoryFailed, match="may not have been kept") as at_the_end:
            broken(lambda: None)
        assert not isinstance(at_the_end.value, MemoryRenewed)  # to try again might keep it twice
        assert store.talk(PAIR, 9, 9) == []


@needs_server
def test_nothing_is_written_outside_of_a_step_that_was_lost(url: str) -> None:
    def stubborn() -> None:
        with store.transaction():
            cut(url)
            for _ in range(3):
                with pytest.raises(MemoryFailed, match="lost"):
                    hello(store)

    with closing(store_at(url)) as store:
        with pytest.raises(MemoryFailed, match="lost"):
            stubborn()
        assert store.pairs() == []


@needs_server
async def test_an_outage_is_told_and_over_by_the_next_call(url: str) -> None:
    memory = Memory(store_at(url))
    await memory.heard("mara", "p1", Exchange("I'm Robin.", "Hm."), NOW)
    switch(url, on=False)
    cut(url)
    for _ in range(2):
        with pytest.raises(MemoryFailed, match=f"{name(url)} cannot be used"):
            await memory.recall("mara", "p1", "Hello.", 400, NOW)
        with pytest.raises(MemoryFailed, match=f"{name(url)} cannot be used"):
            await memory.heard("mara", "p1", Exchange("I like tea.", "Hm."), NOW)
    switch(url, on=True)
    await memory.heard("mara", "p1", Exchange("I like tea.", "Hm."), NOW)
    recalled = await memory.recall("mara", "p1", "", 400, NOW)
    assert recalled.facts == ("The player's name is Robin.", "The player likes tea.")
    await memory.close()


# ------------------------------------------------------------ many servers


@needs_server
def test_servers_that_start_at_once_make_the_tables_once(url: str) -> None:
    failed: list[BaseException] = []

    def start(n: int) -> None:
        try:
            with closing(store_at(url)) as store:
                store.add(Pair("mara", f"p{n}"), Said(0, "Hello.", ""), Relation(exchanges=1))
        except MemoryFailed as error:
            failed.append(error)

    threads = [threading.Thread(target=start, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with closing(store_at(url)) as store:
        assert len(store.pairs()) == 8


@needs_server
def test_servers_that_write_of_other_players_do_not_wait(url: str) -> None:
    first, second = store_at(url), store_at(url)
    with first.transaction():
        hello(first)
        with second.transaction():
            second.add(Pair("mara", "p2"), Said(0, "Hello.", ""), Relation(exchanges=1))
        assert second.pairs() == [Pair("mara", "p2")]
    assert len(second.pairs()) == 2
    first.close()
    second.close()


@needs_server
def test_what_others_keep_is_never_overlooked_by_meaning(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are given before they are visible: who caches vectors by the highest id must not skip one."""
    monkeypatch.setattr(postgres_schema, "_offered", lambda connection: False)
    writers, reader = [store_at(url) for _ in range(3)], store_at(url)
    vector = np.array([1, 0], np.float32)

    def keep(store: Store, n: int) -> None:
        for each in range(20):
            with store.transaction():
                hello(store)
                store.learn(PAIR, [Fact("thing", f"{n} {each}", f"{n} {each}")], vector[None], 0)

    threads = [threading.Thread(target=keep, args=each) for each in zip(writers, range(3), strict=True)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        reader.near(PAIR, vector, 100)
    assert len(reader.near(PAIR, vector, 100)) == 60
    for store in (*writers, reader):
        store.close()


# ------------------------------------------------------------ versions and databases


@needs_server
def test_a_later_version_is_refused(url: str) -> None:
    store_at(url).close()
    with closing(psycopg.connect(url, autocommit=True)) as raw:
        raw.execute("UPDATE townsfolk.version SET number = 99")
    with pytest.raises(MemoryFailed, match="later version"):
        store_at(url)


@needs_server
def test_an_older_one_is_brought_up_to_date_while_others_use_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(store_at(url)) as older:
        hello(older)
        newer = (*STEPS, "ALTER TABLE townsfolk.pairs ADD COLUMN nickname text")
        with closing(psycopg.connect(url, autocommit=True)) as raw:
            postgres_schema.prepare(raw, "there", True, newer)
            assert raw.execute("SELECT nickname FROM townsfolk.pairs").fetchall() == [(None,)]
            assert raw.execute("SELECT number FROM townsfolk.version").fetchall() == [(len(newer),)]
        hello(older)
        assert older.relation(PAIR)[0].exchanges == 2


@needs_server
def test_a_step_is_taken_wholly_or_not_at_all(url: str) -> None:
    store_at(url).close()
    bad = (*STEPS, "CREATE TABLE townsfolk.extra (x int); CREATE TABLE townsfolk.extra (x int)")
    with closing(psycopg.connect(url, autocommit=True)) as raw:
        with pytest.raises(psycopg.Error):
            postgres_schema.prepare(raw, "there", True, bad)
        assert raw.execute("SELECT to_regclass('townsfolk.extra')").fetchall() == [(None,)]
        assert raw.execute("SELECT number FROM townsfolk.version").fetchall() == [(len(STEPS),)]


@needs_server
def test_a_database_of_another_encoding_is_refused() -> None:
    with (
        new_database("ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'") as url,
        pytest.raises(MemoryFailed, match="ENCODING 'UTF8'"),
    ):
        store_at(url)


@needs_server
def test_vectors_become_those_of_pgvector_when_it_comes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not offers_pgvector(url):
        pytest.skip("the server of TOWNSFOLK_TEST_POSTGRES offers no pgvector")
    with monkeypatch.context() as patch:
        patch.setattr(postgres_schema, "_offered", lambda connection: False)
        early = store_at(url)
        learn(url, "one", "two", vectors=np.eye(2, dtype=np.float32))
    assert texts([memo for memo, _ in early.near(PAIR, np.array([0, 1], np.float32), 1)]) == ["two"]
    late = PostgresStore(url)
    assert late._link.pgvector
    for store in (late, early):
        store.learn(PAIR, [Fact("thing", "three", "three")], np.array([[0.6, 0.8]], np.float32), 0)
        assert texts([memo for memo, _ in store.near(PAIR, np.array([0, 1], np.float32), 2)]) == [
            "two",
            "three",
        ]
        store.close()


@needs_server
def test_a_role_with_few_rights_is_enough(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """It may make its schema; pgvector is made by administrators, where it is not a trusted extension."""
    role, there = f"{name(url)}_role", urlsplit(url).netloc.rpartition("@")[2]
    administer(f"CREATE ROLE {role} LOGIN PASSWORD 's3cret'")
    administer(f"GRANT CREATE ON DATABASE {name(url)} TO {role}")
    try:
        theirs = urlsplit(url)._replace(netloc=f"{role}:s3cret@{there}").geturl()
        learn(theirs, "one", vectors=np.eye(1, dtype=np.float32))
        with closing(PostgresStore(theirs)) as store:
            assert texts([memo for memo, _ in store.near(PAIR, np.ones(1, np.float32), 1)]) == ["one"]
            refused = "CREATE EXTENSION vector" in caplog.text
            assert refused or store._link.pgvector or not offers_pgvector(url)
        assert "s3cret" not in caplog.text
    finally:
        with closing(psycopg.connect(url, autocommit=True)) as raw:
            raw.execute(f"DROP OWNED BY {role}")
        administer(f"DROP ROLE {role}")


# ------------------------------------------------------------ any input


@needs_server
def test_ids_that_cannot_be_held_are_nobody_elses(url: str) -> None:
    with closing(store_at(url)) as store:
        for odd in ("p\0", "p\ud800"):
            with pytest.raises(MemoryFailed, match="cannot hold the id"):
                store.add(Pair("mara", odd), Said(0, "Hello.", ""), Relation(exchanges=1))
            with pytest.raises(MemoryFailed, match="cannot hold the id"):
                store.relation(Pair("mara", odd))
            with pytest.raises(MemoryFailed):
                store.pairs(player=odd)
        assert store.pairs() == []


TEXT = st.text(max_size=40) | st.sampled_from(["\0", "\ud800", "I like 'tea'\\", "%s $1 {}", "I'm Zoë."])


@needs_server
def test_any_words_are_kept_and_looked_up() -> None:
    with new_database() as url, closing(store_at(url)) as store:

        @given(TEXT, TEXT, st.lists(TEXT, max_size=3))
        @settings(deadline=None, max_examples=60)
        def check(player: str, reply: str, words: list[str]) -> None:
            with store.transaction():
                store.add(PAIR, Said(0, player, reply), Relation(exchanges=1))
                store.learn(PAIR, [Fact("told", player, reply, player)], None, 0)
            (said,) = store.talk(PAIR, 0, 1)
            if "\0" not in player + reply and (player + reply).isprintable():
                assert (said.player, said.reply) == (player, reply)
            store.matching(PAIR, words, 5)
            store.forget(PAIR, words)
            store.forget(PAIR)
            assert store.pairs() == []

        check()


WORDS = ("ring", "bell", "cider", "goat", "harbour", "tea")
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
KINDS: tuple[Kind, ...] = ("name", "promise", "taste", "told", "asked")
PAIRS = st.sampled_from([Pair("mara", "p1"), Pair("mara", "p2"), Pair("holt", "p1")])
FACTS = st.builds(Fact, st.sampled_from(KINDS), st.sampled_from("abcdef"), SENTENCES)
STEPS_OF_A_LIFE = st.lists(
    st.one_of(
        st.tuples(st.just("heard"), PAIRS, SENTENCES, st.lists(FACTS, max_size=3, unique_by=lambda f: f.key)),
        st.tuples(st.just("use"), PAIRS, st.integers(0, 5)),
        st.tuples(st.just("drop"), PAIRS, st.lists(st.sampled_from("abcdef"), max_size=2)),
        st.tuples(st.just("forget"), PAIRS, st.lists(st.sampled_from(WORDS), max_size=2)),
    ),
    max_size=12,
)


def live(store: Store, step: tuple[object, ...], at: float) -> object:
    match step:
        case ("heard", Pair() as pair, str(text), list(facts)):
            with store.transaction():
                before, _ = store.relation(pair)
                store.add(pair, Said(at, text, "Hm."), Relation(0.1, 0.2, NOW, before.exchanges + 1, 1))
                store.learn(pair, facts, None, at)
        case ("use", Pair() as pair, int(n)):
            with store.transaction():
                store.use(pair, [memo.id for memo in store.salient(pair, -1)][n : n + 1], at)
        case ("drop", Pair() as pair, list(keys)):
            with store.transaction():
                store.drop(pair, keys)
        case ("forget", Pair() as pair, list(words)):
            return store.forget(pair, words)
    return None


def answers(store: Store, pair: Pair) -> object:
    """All that a store says of a pair, but for ids and the order of equals."""
    return (
        store.export(pair) | {"memories": sorted(map(str, store.export(pair)["memories"]))},
        store.talk(pair, 1e12, 3),
        store.relation(pair),
        sorted((m.fact.text, m.at, m.used) for m in store.known(pair, ("name", "told"), 99)),
        [sorted(memo.fact.text for memo, _ in store.matching(pair, [word, "no"], 99)) for word in WORDS],
    )


@needs_server
def test_it_answers_as_sqlite_does(tmp_path: Path) -> None:
    with (
        new_database() as url,
        closing(store_at(url)) as theirs,
        closing(SqliteStore(tmp_path / "m.db")) as ours,
    ):

        @given(STEPS_OF_A_LIFE, st.sampled_from([60.0, 86400.0, 9 * 86400.0]))
        @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
        def check(steps: list[tuple[object, ...]], pause: float) -> None:
            for store in (theirs, ours):
                for pair in store.pairs():
                    store.forget(pair)
            for n, step in enumerate(steps):
                assert live(theirs, step, n * pause) == live(ours, step, n * pause), step
            assert theirs.pairs() == ours.pairs()
            for pair in (*ours.pairs(), Pair("mara", "nobody")):
                assert answers(theirs, pair) == answers(ours, pair)

        check()
