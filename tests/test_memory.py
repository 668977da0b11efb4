"""Memory across days, and what comes to mind of it. All dates are given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from runtime.memory import Memory, MemoryFailed
from runtime.memory.facts import DECAY, IMPORTANCE, Fact, Memo, Pair, Relation, Said, recency, salience
from runtime.memory.forgetting import MEMORIES
from runtime.memory.recall import CUED, cued, dated, last_talk, ranked, relevance, terms, within
from runtime.memory.relation import moved
from runtime.memory.sqlite import EXCHANGES, SqliteStore
from runtime.memory.topics import talked_about
from runtime.mind.prompt import Exchange

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAIR = Pair("mara", "p1")


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    memory = Memory.open(tmp_path / "memory.db")
    yield memory
    await memory.close()


async def say(memory: Memory, *said: str, at: datetime = NOW, npc: str = "mara", reply: str = "Hm.") -> None:
    for number, text in enumerate(said):
        await memory.heard(npc, "p1", Exchange(text, reply), at + timedelta(seconds=20 * number))


def memo(kind: str, text: str, at: float = 0.0, used: float | None = None, id_: int = 1) -> Memo:
    return Memo(id_, Fact(kind, f"{kind}:{text}", text), at, at if used is None else used)  # type: ignore[arg-type]


# ------------------------------------------------------------ days


async def test_the_next_day_knows_name_promise_and_topic(memory: Memory) -> None:
    await say(memory, "I'm Robin.", "What happened to the drowned bell?", "I'll bring you the ring tomorrow.")
    recalled = await memory.recall("mara", "p1", "Hello again.", 400, NOW + DAY)
    assert recalled.name == "Robin"
    assert recalled.facts[0] == "The player's name is Robin."
    assert "Yesterday the player promised to bring you the ring the next day." in recalled.facts
    assert (recalled.last or "").startswith("Last time, yesterday, ")
    assert "the drowned bell" in (recalled.last or "")
    assert recalled.days_since == pytest.approx(1, abs=0.01)
    assert recalled.relation.visits == 1


async def test_nobody_is_remembered_by_another_character_or_as_another_player(memory: Memory) -> None:
    await say(memory, "I'm Robin.")
    assert (await memory.recall("holt", "p1", "Hello.", 400, NOW)).name is None
    stranger = await memory.recall("mara", "p2", "Hello.", 400, NOW)
    assert (stranger.facts, stranger.last, stranger.days_since) == ((), None, None)


async def test_a_first_meeting_has_no_last_time_while_it_lasts(memory: Memory) -> None:
    await say(memory, "What about the drowned bell?")
    now = await memory.recall("mara", "p1", "And the ring?", 400, NOW + timedelta(minutes=5))
    assert (now.last, now.days_since) == (None, None)
    told = await memory.recall(
        "mara", "p1", "Hello.", 400, NOW + timedelta(minutes=5), since=NOW + timedelta(minutes=4)
    )
    assert "bell" in (told.last or "")


async def test_a_correction_takes_the_place_of_what_was_believed(memory: Memory) -> None:
    await say(memory, "I'm Robin.", "No, my name is Rowan.", "I like tea.", "I don't like tea.")
    facts = (await memory.recall("mara", "p1", "tea", 400, NOW)).facts
    assert facts[0] == "The player's name is Rowan."
    assert "The player doesn't like tea." in facts
    assert not any("Robin" in fact or "likes tea" in fact for fact in facts)
    await say(memory, "My name isn't Rowan.", at=NOW + DAY)
    assert (await memory.recall("mara", "p1", "", 400, NOW + DAY)).name is None


async def test_an_answer_is_understood_by_the_question_before_it(memory: Memory) -> None:
    await memory.heard("mara", "p1", Exchange("", "Halt. What's your name?"), NOW)
    await memory.heard("mara", "p1", Exchange("Yuki.", "Go on, then."), NOW + timedelta(seconds=5))
    assert (await memory.recall("mara", "p1", "", 400, NOW)).name == "Yuki"
    await memory.heard("holt", "p1", Exchange("", "What's your name?"), NOW)
    await memory.heard("holt", "p1", Exchange("Biscuit.", "Hm."), NOW + DAY)  # a day later it answers nothing
    assert (await memory.recall("holt", "p1", "", 400, NOW + DAY)).name is None


async def test_a_promise_is_remembered_as_kept(memory: Memory) -> None:
    await say(memory, "I'll bring you the silver ring.")
    before = (await memory.relation("mara", "p1", NOW)).trust
    await say(memory, "Here is the silver ring.", at=NOW + DAY)
    facts = (await memory.recall("mara", "p1", "ring", 400, NOW + DAY)).facts
    assert facts == ("The player promised to bring you the silver ring, and did.",)
    assert (await memory.relation("mara", "p1", NOW + DAY)).trust > before


async def test_unheard_words_are_not_kept(memory: Memory) -> None:
    await memory.heard("mara", "p1", Exchange("", ""), NOW)
    await memory.heard("mara", "p1", Exchange("Hello.", "I'll bring you the", interrupted=True), NOW)
    (entry,) = await memory.export()
    assert [said["reply"] for said in entry["exchanges"]] == ["I'll bring you the"]
    assert entry["memories"] == []


async def test_a_naive_time_is_refused(memory: Memory) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        await memory.heard("mara", "p1", Exchange("Hello.", "Hm."), datetime(2026, 1, 1))


async def test_who_hangs_up_does_not_undo_the_writing(memory: Memory) -> None:
    task = asyncio.create_task(memory.heard("mara", "p1", Exchange("I'm Robin.", "Hm."), NOW))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await memory.recall("mara", "p1", "", 400, NOW)).name == "Robin"


async def test_after_close_nothing_answers(tmp_path: Path) -> None:
    memory = Memory.open(tmp_path / "memory.db")
    await memory.close()
    with pytest.raises(RuntimeError):
        await memory.recall("mara", "p1", "", 400, NOW)


@given(text=st.text(max_size=200), reply=st.text(max_size=200), budget=st.integers(0, 300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_any_words_are_kept_and_recalled_within_the_budget(
    memory: Memory, text: str, reply: str, budget: int
) -> None:
    await memory.heard("any", "p", Exchange(text, reply), NOW)
    recalled = await memory.recall("any", "p", text, budget, NOW + DAY)
    assert len(" ".join([*recalled.facts, *([recalled.last] if recalled.last else [])])) <= budget


# ------------------------------------------------------------ recall


def test_recency_importance_and_relevance_each_decide_where_the_others_are_equal() -> None:
    old, new = memo("taste", "a", 0, id_=1), memo("taste", "b", 86400, id_=2)
    assert ranked([old, new], {}, 86400)[0] is new
    assert ranked([old, memo("name", "n", 0, id_=3)], {}, 86400)[0].fact.kind == "name"
    assert ranked([old, new], {1: 1.0}, 86400)[0] is old


def test_the_stored_order_is_that_of_importance_times_recency_at_any_time() -> None:
    memos = [memo(kind, "x", used=3600.0 * hours) for kind in IMPORTANCE for hours in (0, 7, 90, 400)]
    for now in (400 * 3600.0, 5000 * 3600.0):
        stored = sorted(memos, key=lambda m: salience(m.importance, m.used))
        computed = sorted(memos, key=lambda m: m.importance * recency(m.used, now))
        products = [m.importance * recency(m.used, now) for m in stored]
        assert products == pytest.approx([m.importance * recency(m.used, now) for m in computed])


def test_relevance_is_the_most_of_words_and_meaning() -> None:
    one, two = memo("taste", "a", id_=1), memo("taste", "b", id_=2)
    assert relevance([(one, 4.0), (two, 1.0)], [(two, 0.7)]) == {1: 1.0, 2: 0.7}
    assert relevance([], [], [one]) == {1: 0.5}


def test_a_budget_is_filled_with_what_fits() -> None:
    long, short = memo("taste", "l" * 50, id_=1), memo("taste", "s" * 10, id_=2)
    assert [m.id for m, _ in within([long, short], 30, 0)] == [2]
    assert within([short], 10, 0) == []  # there has to be a space between


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(60, "the player promised to pay."), (7200, "A few hours ago the player"),
     (86400, "Yesterday the player"),
     (3 * 86400, "3 days ago"), (21 * 86400, "3 weeks ago"), (90 * 86400, "3 months ago"),
     (900 * 86400, "Years ago")],
)  # fmt: skip
def test_what_was_done_has_a_date_and_who_somebody_is_has_none(seconds: float, text: str) -> None:
    assert dated(memo("promise", "The player promised to pay."), seconds).lower().startswith(text.lower())
    assert dated(memo("origin", "The player is from Oslo."), seconds) == "The player is from Oslo."


async def test_what_is_asked_for_comes_before_what_is_merely_new(memory: Memory) -> None:
    await say(memory, "I'm allergic to nuts.", "My sister Anna is a baker.", at=NOW)
    await say(
        memory, *[f"I like {food}." for food in ("bread", "fish", "soup", "tea", "plums")], at=NOW + DAY
    )
    recalled = await memory.recall("mara", "p1", "Do you remember my sister?", 40, NOW + 2 * DAY)
    assert recalled.facts == ("The player's sister Anna is a baker.",)
    cued = await memory.recall("mara", "p1", "What do I do for a living?", 600, NOW + 2 * DAY)
    assert "The player's sister Anna is a baker." in cued.facts


async def test_use_keeps_a_passing_memory_alive_and_disuse_does_not(memory: Memory) -> None:
    await say(memory, "I saw a grey wolf.", "I met a green dragon.")
    first = await memory.recall("mara", "p1", "wolf", 100, NOW)
    assert "wolf" in first.facts[0]
    assert len(first.ids) == len(first.facts)
    later = NOW + 20 * DAY
    await memory.heard("mara", "p1", Exchange("Hm.", "Hm."), later, used=first.ids[:1])
    await memory.heard("mara", "p1", Exchange("Hm.", "Hm."), later + 10 * DAY)
    kept = [memo.fact.text for memo in await memory.show("mara", "p1")]
    assert kept == ['The player said "I saw a grey wolf."']


class Meanings:
    """Two meanings: of drink, and of all else."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        drink = ("cider", "beverage")
        return np.array([[5, 0] if any(w in t for w in drink) else [0, 5] for t in texts], np.float32)


async def test_meaning_finds_what_words_do_not(tmp_path: Path) -> None:
    found = []
    for embedder in (None, Meanings()):
        memory = Memory.open(tmp_path / f"{embedder is None}.db", embedder)
        await say(memory, "I like cider.", "I like chess.", at=NOW)
        found.append((await memory.recall("mara", "p1", "Any beverage?", 30, NOW)).facts)
        await memory.close()
    assert found == [("The player likes chess.",), ("The player likes cider.",)]


async def test_another_sentence_model_may_come(tmp_path: Path) -> None:
    class Wider(Meanings):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.pad(super().embed(texts), ((0, 0), (0, 3)))

    for embedder in (Meanings(), Wider()):
        memory = Memory.open(tmp_path / "memory.db", embedder)
        await say(memory, "I like cider." if isinstance(embedder, Wider) else "I like chess.")
        facts = (await memory.recall("mara", "p1", "Any beverage?", 300, NOW)).facts
        await memory.close()
    assert facts == ("The player likes cider.", "The player likes chess.")


def test_terms_are_words_that_can_be_looked_up() -> None:
    assert terms('What did I say about the "bell" (my sister\'s)?') == ["say", "bell", "sister"]
    assert terms("?!") == []
    assert len(terms(" ".join(f"word{n}" for n in range(99)))) == 24


async def test_the_weakest_go_where_there_are_too_many(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "memory.db")
    store.add(PAIR, Said(0, "a", "b"), Relation(exchanges=1))
    with store.transaction():
        store.learn(PAIR, [Fact("name", "name", "The player's name is Robin.")], None, 0)
        store.learn(PAIR, [Fact("told", f"told:{n}", f"News {n}.") for n in range(MEMORIES)], None, 3600)
    kept = store.salient(PAIR, -1)
    assert len(kept) == MEMORIES
    assert any(memo.fact.kind == "name" for memo in kept)
    store.close()


async def test_the_oldest_exchanges_go_where_there_are_too_many(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "memory.db")
    with store.transaction():
        for n in range(EXCHANGES + 5):
            store.add(PAIR, Said(n, f"{n}", ""), Relation(exchanges=n + 1))
    kept = store.talk(PAIR, 1e12, EXCHANGES * 2)
    assert [kept[0].player, kept[-1].player, len(kept)] == [f"{EXCHANGES + 4}", "5", EXCHANGES]
    store.close()


# ------------------------------------------------------------ talk and relation


def test_a_pause_divides_conversations() -> None:
    talk = [Said(at, str(at), "") for at in (9000, 8900, 5000, 4000, 100)]  # newest first
    assert [said.at for said in last_talk(talk, 9100)] == [4000, 5000]
    assert [said.at for said in last_talk(talk, 90000)] == [8900, 9000]
    assert [said.at for said in last_talk(talk, 9100, since=8950)] == [8900]
    assert last_talk([], 0) == []


def test_topics_are_what_both_speak_of() -> None:
    talk = [
        Said(0, "Have you heard about the drowned bell?", "The drowned bell rang under the harbour."),
        Said(1, "I lost my ring, Robin says.", "A bell is louder than a ring."),
    ]
    topics = talked_about(talk, ["Robin"])
    assert topics is not None
    assert topics.startswith("the drowned bell")
    assert "the player's ring" in topics
    assert "Robin" not in topics
    assert talked_about([Said(0, "Hello. How are you?", "Good, and you?")]) is None


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_any_talk_has_topics_or_none(texts: list[tuple[str, str]]) -> None:
    topics = talked_about([Said(n, *text) for n, text in enumerate(texts)])
    assert topics is None or topics.strip()


def test_warm_words_build_trust_slowly_and_an_insult_costs_more() -> None:
    warm = Relation()
    for _ in range(9):
        warm = moved(warm, "Thank you, you're very kind.", NOW, 30)
    assert 0.5 < warm.trust < 0.6
    hurt = moved(warm, "You idiot!", NOW, 30)
    assert warm.trust - hurt.trust > 0.1
    assert hurt.mood < warm.mood
    assert moved(Relation(), "The gate closes at sunset.", NOW, 30).trust == 0
    assert moved(Relation(), "He is an idiot.", NOW, 30).trust == 0
    assert warm.sentence.startswith("You trust the player")


@given(st.lists(st.sampled_from(["Thanks!", "You liar!", "Hm.", "You liar, thanks."]), max_size=80))
def test_a_relation_stays_in_its_range(said: list[str]) -> None:
    relation = Relation()
    for text in said:
        relation = moved(relation, text, NOW, 60)
    assert -1 <= relation.trust <= 1
    assert -1 <= relation.mood <= 1
    assert relation.exchanges == len(said)


async def test_a_mood_passes_and_trust_stays(memory: Memory) -> None:
    await say(memory, "You stupid liar!")
    angry = await memory.relation("mara", "p1", NOW)
    calm = await memory.relation("mara", "p1", NOW + timedelta(hours=5))
    assert angry.mood == pytest.approx(-0.35)
    assert calm.mood == pytest.approx(-0.35 / 32)
    assert calm.trust == angry.trust < 0
    assert angry.met == NOW
    await say(memory, "Hello.", "Hello?", at=NOW + DAY)
    assert (await memory.relation("mara", "p1", NOW + DAY)).visits == 2


# ------------------------------------------------------------ forgetting


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir()).lower()


async def test_forgotten_is_gone_from_every_answer_and_from_the_disk(tmp_path: Path) -> None:
    memory = Memory.open(tmp_path / "memory.db")
    await say(memory, "My name is Xanthippe.", "I like cider.")
    await say(memory, "My name is Xanthippe.", npc="holt")
    assert await memory.forget(player="p1", about="xanthippe") == 4
    assert (await memory.recall("mara", "p1", "", 400, NOW)).facts == ("The player likes cider.",)
    assert await memory.forget(player="p1") > 0
    assert await memory.export() == []
    assert not any(word in on_disk(tmp_path) for word in (b"antipp", b"cider"))
    await memory.close()


async def test_forgetting_one_pair_leaves_the_others(memory: Memory) -> None:
    await say(memory, "I like cider.")
    await say(memory, "I like cider.", npc="holt")
    await memory.forget(npc="mara")
    assert [entry["npc"] for entry in await memory.export()] == ["holt"]
    with pytest.raises(ValueError, match="names nothing"):
        await memory.forget(about="?!")


async def test_an_export_holds_everything(memory: Memory) -> None:
    await say(memory, "I'm Robin.", "I like cider.", reply="Well.")
    (entry,) = await memory.export("mara", "p1")
    assert entry["exchanges"][0] == {
        "at": "2026-03-02T19:00:00+00:00", "player": "I'm Robin.", "reply": "Well.", "interrupted": False
    }  # fmt: skip
    assert [memory["text"] for memory in entry["memories"]] == [
        "The player's name is Robin.", "The player likes cider."
    ]  # fmt: skip


def test_half_a_week_and_two_days_halve_what_is_recent() -> None:
    hours = np.log(0.5) / np.log(DECAY)
    assert recency(0, 3600 * float(hours)) == pytest.approx(0.5)
    assert 5.7 * 24 < hours < 5.8 * 24


async def test_a_failing_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(MemoryFailed, match="Name another file"):
        Memory.open(tmp_path)  # a folder


async def test_who_calls_the_character_by_its_name_does_not_bear_it(memory: Memory):
    greeting = Exchange("Mara, pleased to meet you.", "And you.")
    await memory.heard("mara", "p1", greeting, NOW, called="Mara Fenn")
    assert (await memory.recall("mara", "p1", "Hello.", 200, NOW + DAY)).name is None


async def test_a_question_asked_again_does_not_bring_back_that_it_was_asked(memory: Memory) -> None:
    for ago in range(40, 0, -1):
        asked = Exchange("What happened to the bell?", "It fell into the sea.")
        await memory.heard("mara", "robin", asked, NOW - timedelta(hours=ago))
    recalled = await memory.recall("mara", "robin", "What happened to the bell?", 600, NOW)
    bell = next(n for n, fact in enumerate(recalled.facts) if "bell" in fact)
    assert recalled.relevances[bell] == 0.0, "it answers nothing, and must not crowd out what does"
    again = await memory.recall("mara", "robin", "What did I ask about the bell?", 600, NOW)
    assert again.relevances[next(n for n, fact in enumerate(again.facts) if "bell" in fact)] >= CUED


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Where am I from?", ["origin"]),
        ("Where do your clams come from?", []),
        ("What is my sister's name?", ["kin", "name"]),
        ("What is the rat called?", []),
        ("What have you got to eat?", ["taste"]),
    ],
)
def test_only_who_speaks_of_themselves_asks_who_they_are(text: str, kinds: list[str]) -> None:
    assert cued(text) == kinds
