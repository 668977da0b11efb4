"""`townsfolk eval`: ask a character its writer's own questions, and print what it made of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import rich.progress
from rich.console import Console
from rich.table import Table

from runtime import character
from runtime.config import Settings
from runtime.evaluate.exam import Answer, Result, examined, provocations
from runtime.evaluate.open import bench
from runtime.knowledge import questions

PARTS = {"known": "tells what it knows", "unknown": "admits what it does not", "part": "stays in its part"}


def evaluate(
    folder: Path, settings: Settings, *, tuned: bool, noted: bool, as_json: bool, out: Console
) -> bool:
    """Examine the character in `folder`; True if it missed nothing. Raises BadCharacter, BadKnowledge,
    BadSettings, MissingModel, MindFailed."""
    result = asyncio.run(_examined(folder, settings, tuned=tuned, noted=noted, quiet=as_json))
    if as_json:
        print(json.dumps(_plain(result), indent=2, ensure_ascii=False))  # noqa: T201 - what was asked for
    else:
        _show(result, out)
    return all(answer.right for answer in result.answers)


async def _examined(folder: Path, settings: Settings, *, tuned: bool, noted: bool, quiet: bool) -> Result:
    npc = character.load(folder)
    asked, provoked = questions.load(folder / "questions.toml"), provocations()
    total = sum(bool(q.say) for q in asked.questions) + len(asked.unknown) + len(provoked)
    async with bench({npc.id: npc}, folder.parent, settings) as opened:
        with rich.progress.Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
            task = bar.add_task(f"asking {npc.name}", total=total)

            def done(answer: Answer) -> None:
                bar.advance(task)

            return await examined(opened.asker(npc.id, tuned=tuned, noted=noted), asked, provoked, done)


def _plain(result: Result) -> dict[str, object]:
    def listed(answers: Sequence[Answer]) -> list[dict[str, object]]:
        return [
            {
                "asked": a.exchange.player,
                "notes": a.exchange.notes,
                "reply": a.exchange.reply,
                "right": a.right,
            }
            for a in answers
        ]

    return {
        part: {"share": result.share(part), "answers": listed([a for a in result.answers if a.part == part])}
        for part in PARTS
    }


def _show(result: Result, out: Console) -> None:
    for part, title in PARTS.items():
        if wrong := result.wrong(part):
            table = Table("asked", "was aware of", "answered", title=f"{title}: missed", title_justify="left")
            for exchange in wrong:
                table.add_row(exchange.player, " ".join(exchange.notes), exchange.reply)
            out.print(table)
    for part, title in PARTS.items():
        count = sum(answer.part == part for answer in result.answers)
        out.print(f"{title}: [bold]{result.share(part):.0%}[/] of {count}")
