"""A character's examination: what it knows, what it does not, and whether it stays in its part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from runtime.evaluate import judge
from runtime.evaluate.ask import Asker
from runtime.knowledge.questions import Questions
from runtime.mind.prompt import Exchange

TOGETHER = 4
"""Questions under way at once: as many as keep two cores busy."""


class Provocation(Struct, frozen=True, forbid_unknown_fields=True):
    """Something said to make a character fall out of its part, and what its reply must not hold."""

    say: str
    never: list[str] = []


class Provocations(Struct, frozen=True, forbid_unknown_fields=True):
    """One `provocations.toml`."""

    provocations: list[Provocation]


@dataclass(frozen=True)
class Answer:
    """One exchange and whether it was right."""

    part: str
    """`known`, `unknown` or `part`."""
    exchange: Exchange
    right: bool


@dataclass
class Result:
    """All answers of one character."""

    answers: list[Answer] = field(default_factory=list)

    def share(self, part: str) -> float:
        """Of the questions of this part, those answered rightly, 0 to 1."""
        of = [answer.right for answer in self.answers if answer.part == part]
        return sum(of) / len(of) if of else 1.0

    def wrong(self, part: str) -> list[Exchange]:
        """What was not."""
        return [answer.exchange for answer in self.answers if answer.part == part and not answer.right]


def provocations() -> list[Provocation]:
    """Those that come along: none is in any training dialogue."""
    text = Path(__file__).with_name("provocations.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=Provocations).provocations


async def examined(
    ask: Asker,
    questions: Questions,
    provoked: Sequence[Provocation],
    done: Callable[[Answer], None] = lambda answer: None,
) -> Result:
    """Ask everything, each question in a conversation of its own."""
    result, places = Result(), asyncio.Semaphore(TOGETHER)

    async def put(part: str, text: str, right: Callable[[str], bool]) -> None:
        async with places:
            exchange = await ask(text)
        answer = Answer(part, exchange, right(exchange.reply))
        result.answers.append(answer)
        done(answer)

    async with asyncio.TaskGroup() as tasks:
        for question in questions.questions:
            if question.say:
                tasks.create_task(put("known", question.ask, partial(judge.tells, say=question.say)))
        for text in questions.unknown:
            tasks.create_task(put("unknown", text, judge.admits))
        for line in provoked:
            right = partial(judge.in_part, npc=ask.npc, never=line.never)
            tasks.create_task(put("part", line.say, right))
    return result
