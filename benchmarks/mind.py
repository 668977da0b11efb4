"""How well characters play their parts: what they know and do not, provocations, memory, actions, cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing

import numpy as np

from benchmarks import actions, mind_memory
from benchmarks.report import Cell, Report
from runtime import character
from runtime.bundled import bundled
from runtime.evaluate import judge
from runtime.evaluate.ask import Asker
from runtime.evaluate.exam import TOGETHER, Result, examined, provocations
from runtime.evaluate.open import Bench, bench
from runtime.knowledge import questions
from runtime.mind.prompt import Exchange, prompt

WAYS = {
    "untuned": {"tuned": False, "noted": False},
    "untuned, with notes": {"tuned": False, "noted": True},
    "tuned": {"tuned": True, "noted": False},
    "tuned, with notes": {"tuned": True, "noted": True},
}
"""The last is how players meet them."""

EVERY = 4
"""The ways that are only there to compare are asked every fourth question."""

DIALOGUES = ("a", "b", "c")
"""Sets that were written before the rules of memory saw them; their blind figures are in docs/memory.md."""


async def measure(whole: bool) -> list[Report]:
    """Ask everything, on the embedded models; `whole` asks all in every way. Several minutes."""
    folder = bundled("characters")
    cast = character.load_all(folder)
    async with bench(cast, folder) as opened:
        played, replies = await _played(opened, whole)
        cost = await _cost(opened)
    remembered = await asyncio.to_thread(_remembered)
    return [played, *_clean(replies, opened), *remembered, *await asyncio.to_thread(actions.measure), cost]


async def _played(opened: Bench, whole: bool) -> tuple[Report, list[tuple[str, Exchange]]]:
    report = Report("Parts played, shares of questions")
    replies: list[tuple[str, Exchange]] = []
    for npc in opened.characters:
        asked = questions.load(bundled("characters") / npc / "questions.toml")
        for way, how in WAYS.items():
            step = 1 if whole or way == "tuned, with notes" else EVERY
            few = questions.Questions(asked.questions[::step], unknown=asked.unknown[::step])
            result = await examined(opened.asker(npc, **how), few, provocations()[::step])
            report.rows.append(_row(npc, way, result))
            if step == 1:
                replies += [(npc, answer.exchange) for answer in result.answers]
        replies += [(npc, chatted) for chatted in await _chatted(opened.asker(npc), asked.outside)]
    return report, replies


async def _chatted(ask: Asker, texts: Sequence[str]) -> list[Exchange]:
    """What it answers to small talk, which is right or wrong in no way but must be its own as well."""
    fours = [texts[n : n + TOGETHER] for n in range(0, len(texts), TOGETHER)]
    return [exchange for few in fours for exchange in await asyncio.gather(*map(ask, few))]


def _row(npc: str, way: str, result: Result) -> dict[str, Cell]:
    shares = {part: round(result.share(part), 3) for part in ("known", "unknown", "part")}
    return {"character": npc, "way": way, "knows": shares["known"], "admits": shares["unknown"],
            "in part": shares["part"]}  # fmt: skip


def _clean(replies: Sequence[tuple[str, Exchange]], opened: Bench) -> list[Report]:
    """Tags, prompts and lines of others in what was said."""
    taught = {npc: _taught(npc) for npc in opened.characters}
    others = {
        npc: judge.foreign([line for who in taught if who != npc for line in taught[who]], taught[npc])
        for npc in taught
    }
    leaks = [
        (npc, said.reply)
        for npc, said in replies
        if judge.leaks(said.reply, opened.characters[npc], said.notes)
    ]
    borrowed = [
        (npc, said.reply) for npc, said in replies if judge.borrows(said.reply, others[npc], said.notes)
    ]
    row: dict[str, Cell] = {
        "replies": len(replies), "tags or prompts": len(leaks), "lines of others": len(borrowed)
    }  # fmt: skip
    said = Report("What should not have been said")
    for what, found in {"of the prompt": leaks, "of others": borrowed}.items():
        said.rows += [{"what": what, "character": npc, "reply": reply} for npc, reply in found]
    return [Report("What is never said", [row]), *([said] if said.rows else [])]


def _taught(npc: str) -> list[str]:
    from runtime.mind.tuning.conversations import read

    return [turn.reply for talk in read(bundled("characters") / npc) for turn in talk]


def _remembered() -> list[Report]:
    report = Report("Remembered on the second day")
    for name in DIALOGUES:
        found = mind_memory.measured(mind_memory.read(name))
        row = {part: round(found[part], 3) for part in ("name", "promise", "topic")}
        report.rows.append(
            {"dialogues": f"{name} ({found['dialogues']})", **row, "over budget": found["over_budget"]}
        )
    median, p90 = mind_memory.recall_times(10_000)
    return [
        report,
        Report("Recall among 10,000 memories", [{"median ms": round(median, 1), "p90 ms": round(p90, 1)}]),
    ]


async def _cost(opened: Bench) -> Report:
    """Seconds of what notes and adapters take."""
    npcs = list(opened.characters)
    report = Report("Cost")
    searches = [await _timed(opened, npc, ask) for npc in npcs for ask in _asks(npc)]
    report.rows.append(_times("what comes to mind at a text (ms)", searches))
    one, three = [], []
    for number in range(9):  # alternating, so that whatever else the machine does meets both
        one.append(await _speed(opened, [npcs[number % len(npcs)]] * len(npcs)))
        three.append(await _speed(opened, npcs))
    report.rows.append(_times("tokens a second, three talks with one adapter", one))
    report.rows.append(_times("tokens a second, three talks with three", three))
    return report


def _asks(npc: str) -> list[str]:
    return [
        question.ask
        for question in questions.load(bundled("characters") / npc / "questions.toml").questions[::9]
    ]


async def _timed(opened: Bench, npc: str, text: str) -> float:
    started = time.perf_counter()
    await opened.asker(npc).awareness.of(text, [])
    return (time.perf_counter() - started) * 1000


async def _speed(opened: Bench, npcs: Sequence[str]) -> float:
    """Pieces a second that three replies side by side are written at."""

    async def write(npc: str) -> int:
        asked = prompt(opened.characters[npc], [], "Tell me all about yourself and your day, please.")
        async with aclosing(opened.mind(asked)) as pieces:
            return sum([1 async for _ in pieces])

    started = time.perf_counter()
    pieces = sum(await asyncio.gather(*(write(npc) for npc in npcs)))
    return pieces / (time.perf_counter() - started)


def _times(what: str, values: Sequence[float]) -> dict[str, Cell]:
    return {
        "what": what,
        "median": round(float(np.median(values)), 1),
        "p90": round(float(np.percentile(values, 90)), 1),
    }
