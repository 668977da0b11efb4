"""How many players one server answers in time, each saying a sentence every ten seconds."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from rich.console import Console
from websockets.exceptions import ConnectionClosed

from benchmarks import stimuli
from benchmarks.peer.launch import pipecat, side
from benchmarks.player import Player, Room, Turn, playing
from benchmarks.process import ServerProcess, server
from benchmarks.report import Report, spread
from benchmarks.sides import Side, Townsfolk
from runtime.models import find
from runtime.voice.hibari import HibariVoice

EVERY = 10.0
"""Seconds from one sentence of a player to the next."""
WAVER = 0.2
"""Share by which these seconds vary: players who keep step would always or never meet."""
GOOD = 1000.0
"""Milliseconds within which nine of ten answers shall begin."""
LADDER = (1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32)
"""Players at once, step by step; the ladder ends after two steps that do not hold."""
SETTLING = 2.0
"""Seconds for new sessions to be built before anyone speaks."""
SEED = 11

console = Console(stderr=True)


@dataclass
class Step:
    """What came of one number of players."""

    players: int
    turns: list[Turn] = field(default_factory=list)
    server: float = 0.0
    client: float = 0.0
    """Shares of one core."""

    @property
    def waits(self) -> list[float]:
        """Milliseconds; an answer that never came has an endless one, a cut-in has none."""
        return [1000 * (turn.wait or float("inf")) for turn in self.turns if not turn.cut_in]

    @property
    def p90(self) -> float:
        """The wait that nine of ten do not exceed (nearest rank): endless where fewer were answered."""
        waits = sorted(self.waits)
        return waits[-(-9 * len(waits) // 10) - 1] if waits else float("nan")

    @property
    def holds(self) -> bool:
        """Whether nine of ten answers began in time."""
        return self.p90 <= GOOD


async def measure(seconds: float = 40.0, peer: bool = False, ladder: Sequence[int] = LADDER) -> list[Report]:
    """Climb the ladder with our server, `seconds` a step, and with the tuned peer if wanted."""
    said = await stimuli.spoken(HibariVoice({"heart": find("hibari-heart")}), 20)
    room = Room(-60.0)
    packets = [room.said(stimulus) for stimulus in said]
    async with server() as ours:
        reports, held = await _climb(Townsfolk(ours.url), ours, room, packets, seconds, ladder)
    most = Report(f"Most players with p90 <= {GOOD:.0f} ms")
    most.add(server="townsfolk", players=held, ratio=1.0)
    if peer:
        async with pipecat() as theirs:
            other = side(theirs, "tuned")
            more, theirs_held = await _climb(other, theirs, room, packets, seconds, ladder)
        reports += more
        most.add(
            server=other.name,
            players=theirs_held,
            ratio=round(held / theirs_held, 2) if theirs_held else float("nan"),
        )
    return [*reports, most]


async def _climb(
    side: Side,
    process: ServerProcess,
    room: Room,
    said: Sequence[Sequence[bytes]],
    seconds: float,
    ladder: Sequence[int],
) -> tuple[list[Report], int]:
    steps: list[Step] = []
    for players in ladder:
        try:
            steps.append(await _step(side, process, room, said, players, seconds))
        except ExceptionGroup as lost:
            if lost.split(refused)[1] is not None:
                raise
            console.print(f"  {side.name}: {players} players are more than it takes", style="dim")
            break
        console.print(f"  {side.name}: {players} players, holds: {steps[-1].holds}", style="dim")
        if len(steps) > 1 and not any(step.holds for step in steps[-2:]):
            break
    return [table(side.name, steps)], most(steps)


def refused(error: BaseException) -> bool:
    """Whether a server had no room for one player more, and said so. Any other end is a fault."""
    return isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.reason == "busy"


async def _step(
    side: Side,
    process: ServerProcess,
    room: Room,
    said: Sequence[Sequence[bytes]],
    players: int,
    seconds: float,
) -> Step:
    step = Step(players)
    async with AsyncExitStack() as stack:
        all_players = [await stack.enter_async_context(playing(side, room)) for _ in range(players)]
        await asyncio.sleep(SETTLING)
        before, client, began = process.cpu(), time.process_time(), time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number, (player, times) in enumerate(zip(all_players, starts(players, seconds), strict=True)):
                tasks.create_task(_talk(player, times, said, number, step.turns))
        took = time.perf_counter() - began
        step.server, step.client = (process.cpu() - before) / took, (time.process_time() - client) / took
    return step


async def _talk(
    player: Player, times: Sequence[float], said: Sequence[Sequence[bytes]], number: int, turns: list[Turn]
) -> None:
    """Speak at `times`, or as soon after as the last answer has been heard out."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for count, at in enumerate(times):
        await asyncio.sleep(began + at - loop.time())
        turns.append(await player.say(said[(number + count) % len(said)]))


def starts(players: int, seconds: float, seed: int = SEED) -> list[list[float]]:
    """When each player begins to speak within `seconds`: spread over EVERY, then about EVERY apart."""
    chance = random.Random(seed)
    firsts = [(player + chance.random()) * EVERY / players for player in range(players)]
    return [list(_times(first, seconds, chance)) for first in firsts]


def _times(at: float, seconds: float, chance: random.Random) -> Iterator[float]:
    while at < seconds:
        yield at
        at += EVERY * chance.uniform(1 - WAVER, 1 + WAVER)


def most(steps: Sequence[Step]) -> int:
    """The largest number of players that was held; 0 where none was."""
    return max((step.players for step in steps if step.holds), default=0)


def table(name: str, steps: Sequence[Step]) -> Report:
    """One row a step. The median is of the answers that came."""
    report = Report(f"{name}: voice to voice in ms, each player a sentence every {EVERY:.0f} s")
    for step in steps:
        figures = spread([wait for wait in step.waits if wait < float("inf")])
        report.add(
            players=step.players,
            turns=len(step.turns),
            p50=figures["p50"],
            p90=round(step.p90, 1),
            unanswered=sum(turn.unanswered for turn in step.turns),
            cut_in=sum(turn.cut_in for turn in step.turns),
            server_cpu_percent=round(100 * step.server),
            client_cpu_percent=round(100 * step.client),
        )
    return report
