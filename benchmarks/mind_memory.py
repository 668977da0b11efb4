"""Does a character know the next day what a player told it? Dialogues of tests/data/dialogues/*.txt."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge.embedding import embedded
from runtime.memory import Embedder, Memory, Recalled
from runtime.memory.facts import Fact, Pair, Relation, Said
from runtime.memory.sqlite import SqliteStore
from runtime.mind.prompt import Exchange

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "dialogues"
MONDAY = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
BUDGET = 600
"""Characters, some 150 tokens: what a prompt of the embedded model can spare for memories."""
_TIGHT = (0, 80, 200)
"""Budgets that cannot hold everything: they must be kept as well."""
_ASKED = 100
"""Recalls that are timed."""
PARTS = ("name", "promise", "topic", "fact")


@dataclass
class Dialogue:
    """A talk, and words that name, promise and topic must hold the next day; a dash: there must be none.

    A name and a topic may be one of several, with slashes between.
    """

    talk: list[Exchange] = field(default_factory=list)
    name: str = "-"
    promise: str = "-"
    topic: str = ""
    fact: str = ""


def read(name: str) -> list[Dialogue]:
    """The dialogues of FOLDER/`name`.txt."""
    return parse((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def parse(text: str) -> list[Dialogue]:
    """`> player`, `< character`, then `= name | promise | topic | another fact`. Raises ValueError."""
    dialogues = [Dialogue()]
    said = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark, _, rest = line.partition(" ")
        last = dialogues[-1]
        if mark == ">":
            said = rest
        elif mark == "<":
            last.talk.append(Exchange(said, rest))
            said = ""
        elif mark == "=" and rest.count("|") == len(PARTS) - 1:
            last.name, last.promise, last.topic, last.fact = (part.strip() for part in rest.split("|"))
            dialogues.append(Dialogue())
        elif line.strip():
            raise ValueError(f"line {number}: {line!r} is neither '> ', '< ' nor '= name|promise|topic|fact'")
    return dialogues[:-1]


def measured(dialogues: Sequence[Dialogue], embedder: Embedder | None = None) -> dict[str, Any]:
    """Shares of the dialogues, 0 to 1: of each of PARTS, and of name, promise and topic `together`.

    `over_budget` counts recalls of more characters than were allowed; `missed` says what went wrong where.
    Runs an event loop of its own: call it in a thread where one is running.
    """
    return asyncio.run(_measured(dialogues, embedder))


async def _measured(dialogues: Sequence[Dialogue], embedder: Embedder | None) -> dict[str, Any]:
    wrong: list[dict[str, str]] = []
    over = 0
    with TemporaryDirectory() as folder:
        file = Path(folder) / "memory.db"
        await _first_day(dialogues, file, embedder)
        memory = Memory.open(file, embedder)
        for number, dialogue in enumerate(dialogues):
            promise, hello, exceeded = await _second_day(memory, f"player {number}", dialogue)
            wrong.append(missing(dialogue, promise, hello))
            over += exceeded
        await memory.close()
    lost = Counter(part for each in wrong for part in each)
    count = len(dialogues)
    return {
        "dialogues": count,
        **{part: 1 - lost[part] / count for part in PARTS},
        "together": sum(not each.keys() & set(PARTS[:3]) for each in wrong) / count,
        "over_budget": over,
        "missed": [f"{n}: {part} {text}" for n, each in enumerate(wrong) for part, text in each.items()],
    }


async def _first_day(dialogues: Sequence[Dialogue], file: Path, embedder: Embedder | None) -> None:
    memory = Memory.open(file, embedder)
    for number, dialogue in enumerate(dialogues):
        for minute, exchange in enumerate(dialogue.talk):
            await memory.heard("npc", f"player {number}", exchange, MONDAY + timedelta(minutes=minute))
    await memory.close()


async def _second_day(memory: Memory, player: str, dialogue: Dialogue) -> tuple[Recalled, Recalled, int]:
    """What comes to mind when asked for promises, and at a greeting; how often it was more than allowed."""
    now = MONDAY + timedelta(days=1)
    hello = f"Hello. {dialogue.fact}"
    asked = [("Did I promise you anything?", BUDGET), *((hello, budget) for budget in (BUDGET, *_TIGHT))]
    found = [await memory.recall("npc", player, text, budget, now) for text, budget in asked]
    exceeded = sum(_size(each) > budget for each, (_, budget) in zip(found, asked, strict=True))
    return found[0], found[1], exceeded


def missing(dialogue: Dialogue, promise: Recalled, hello: Recalled) -> dict[str, str]:
    """What went wrong, by part: `promise` was recalled when asked for promises, `hello` at a greeting."""
    promised = [fact for fact in promise.facts if "the player promised" in fact.lower()]
    meant = [fact for fact in promise.facts if re.search("the player (?:means|threatened)", fact, re.I)]
    wrong = {}
    if (hello.name or "-") not in dialogue.name.split("/"):
        wrong["name"] = f"{hello.name!r}, not {dialogue.name!r}"
    if dialogue.promise == "-" and promised:
        wrong["promise"] = f"{promised}, but there was none"
    if dialogue.promise != "-" and not _held(dialogue.promise, promised + meant):
        wrong["promise"] = f"{dialogue.promise!r} not in {promise.facts}"
    if not any(topic in (hello.last or "").lower() for topic in dialogue.topic.lower().split("/")):
        wrong["topic"] = f"{dialogue.topic!r} not in {hello.last!r}"
    if dialogue.fact and not _held(dialogue.fact, hello.facts):
        wrong["fact"] = f"{dialogue.fact!r} not in {hello.facts}"
    return wrong


def _held(words: str, facts: Sequence[str]) -> bool:
    """Whether one of `facts` holds all the words."""
    return any(all(word in fact.lower() for word in words.lower().split()) for fact in facts)


def _size(recalled: Recalled) -> int:
    """Characters it takes in a prompt, a space after each line but the last."""
    lines = [*recalled.facts, *([recalled.last] if recalled.last else [])]
    return len(" ".join(lines))


def recall_times(memories: int = 10_000, embedder: Embedder | None = None) -> tuple[float, float]:
    """Milliseconds (median, 90th percentile) of one recall among as many memories of one pair.

    With the embedded sentence model where none is given. Wall-clock time on an open memory: what waits for it
    is a reply. The first recall, which reads all vectors, is not counted.
    """
    times = asyncio.run(_recall_times(memories, embedder or embedded()))
    return float(np.percentile(times, 50)), float(np.percentile(times, 90))


async def _recall_times(memories: int, embedder: Embedder | None) -> list[float]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "many.db"
        _fill(file, memories, embedder)
        memory = Memory.open(file, embedder)
        questions = [exchange.player for dialogue in read("a") for exchange in dialogue.talk][:_ASKED]
        times = []
        for question in questions[:1] + questions:
            begun = time.perf_counter()
            await memory.recall("npc", "player", question, BUDGET, MONDAY + timedelta(days=1))
            times.append((time.perf_counter() - begun) * 1000)
        await memory.close()
        return times[1:]


def _fill(file: Path, memories: int, embedder: Embedder | None) -> None:
    """Facts in the words of the dialogues, each about another thing; their vectors are real up to a little
    noise, since the network would take a minute for as many."""
    said = [exchange.player for name in ("a", "b", "c") for each in read(name) for exchange in each.talk]
    random = np.random.default_rng(7)
    store = SqliteStore(file)
    pair = Pair("npc", "player")
    vectors = None if embedder is None else embedder.embed(said)
    with store.transaction():
        store.add(pair, Said(MONDAY.timestamp(), "Hello.", "Hello."), Relation())
        for first in range(0, memories, len(said)):
            texts = said[: memories - first]
            facts = [Fact("told", f"told:{first + n}", f'The player said "{t}"') for n, t in enumerate(texts)]
            near: NDArray[np.float32] | None = None
            if vectors is not None:
                noisy = vectors[: len(texts)] + random.normal(0, 0.02, (len(texts), vectors.shape[1]))
                near = (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)
            store.learn(pair, facts, near, MONDAY.timestamp())
    store.close()
