"""Voice to voice of our server and of a peer, in blocks of turns by turns, in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from rich.console import Console

from benchmarks import stimuli
from benchmarks.peer import environment
from benchmarks.peer.launch import SETTINGS, pipecat, side
from benchmarks.player import Room, Turn, playing
from benchmarks.process import ServerProcess, server
from benchmarks.report import Report, spread
from benchmarks.sides import Side, Townsfolk
from runtime.models import find
from runtime.voice.hibari import HibariVoice

BLOCK = 4
"""Turns with one server before the next has its go: what else the machine does hits all of them alike."""
BEFORE = 1.5
"""Seconds of room before the first sentence: a Pipecat session builds its pipeline in these."""
BETWEEN = 0.6
"""Seconds of room before each other."""

console = Console(stderr=True)


async def measure(turns: int, level: float = -60.0) -> list[Report]:
    """`turns` turns with our server and with each variant of Pipecat, in a room of `level` dBFS."""
    said = await stimuli.spoken(HibariVoice({"heart": find("hibari-heart")}), turns)
    room = Room(level)
    packets = [room.said(stimulus) for stimulus in said]
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(pipecat())
        ours = await stack.enter_async_context(server())
        sides: list[tuple[Side, ServerProcess]] = [(Townsfolk(ours.url), ours)]
        sides += [(side(peer, variant), peer) for variant in SETTINGS]
        results: dict[str, list[Turn]] = {each.name: [] for each, _ in sides}
        spent = dict.fromkeys(results, 0.0)
        for which, first in schedule(len(sides), turns):
            each, process = sides[which]
            before = process.cpu()
            console.print(f"  turns {first + 1} to {min(first + BLOCK, turns)}: {each.name}", style="dim")
            results[each.name] += await _block(each, room, packets[first : first + BLOCK])
            spent[each.name] += process.cpu() - before
    return [table(results, spent), settings()]


def schedule(sides: int, turns: int) -> list[tuple[int, int]]:
    """Who is talked to, and from which turn on: each block goes round all sides, each round one further."""
    starts = range(0, turns, BLOCK)
    return [((k + at) % sides, start) for k, start in enumerate(starts) for at in range(sides)]


async def _block(side: Side, room: Room, said: Sequence[Sequence[bytes]]) -> list[Turn]:
    turns = []
    async with playing(side, room) as player:
        await asyncio.sleep(BEFORE)
        for packets in said:
            turns.append(await player.say(packets))
            await asyncio.sleep(BETWEEN)
    return turns


def table(results: Mapping[str, Sequence[Turn]], spent: Mapping[str, float]) -> Report:
    """Figures of each side; the ratios are to the first, ours. A cut-in has no time, and is counted."""
    report = Report("Voice to voice, ms from the last sample of speech to the first of the answer")
    figures = {name: spread(waits(turns)) for name, turns in results.items()}
    ours = next(iter(figures.values()))
    for name, turns in results.items():
        each = figures[name]
        report.add(
            server=name,
            turns=len(turns),
            p50=each["p50"],
            p90=each["p90"],
            p50_ratio=_ratio(each["p50"], ours["p50"]),
            p90_ratio=_ratio(each["p90"], ours["p90"]),
            cut_in=sum(turn.cut_in for turn in turns),
            unanswered=sum(turn.unanswered for turn in turns),
            cpu_s_a_turn=round(spent[name] / max(1, len(turns)), 2),
        )
    return report


def settings() -> Report:
    """What was compared."""
    report = Report("With these settings, on the same weights, adapter, prompt and sampling")
    report.add(server="townsfolk", settings="as it comes; it makes the face, too")
    for variant, what in SETTINGS.items():
        report.add(server=f"pipecat {variant}", settings=f"{environment.version()}, {what}")
    return report


def waits(turns: Sequence[Turn]) -> list[float]:
    """Milliseconds of the turns that have a time."""
    return [turn.wait * 1000 for turn in turns if turn.wait is not None]


def _ratio(theirs: str | float, ours: str | float) -> float:
    return round(float(theirs) / float(ours), 2)
