"""What a mind and a camera add to the wait for an answer: the same words with and without, in turn.

Each sentence is said to both ways, one after the other, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import actions, stimuli
from benchmarks.process import server
from benchmarks.report import Report, spread
from benchmarks.stimuli import Stimulus
from benchmarks.turn import Microphone, Turn, one_turn
from runtime.bundled import bundled
from runtime.client import Client, connect
from runtime.models import find
from runtime.protocol import messages as m
from runtime.voice.hibari import HibariVoice

LEVEL = -60.0
"""dBFS of the room."""
FPS = 15
"""Frames of the camera a second."""
BEFORE = 2.0
"""Seconds of room before each sentence, in which the camera runs already."""
BARE = 'memory = ""\n'
"""Settings of a server whose characters remember nobody."""


@dataclass
class Way:
    """One of two ways to have the same talk."""

    name: str
    client: Client
    microphone: Microphone
    frames: Sequence[bytes] = ()
    """What the player's camera shows, if they have one."""
    turns: list[Turn] = field(default_factory=list)


async def measure(turns: int, camera: Path | None) -> list[Report]:
    """`turns` sentences in each way: of a camera that shows the photograph `camera`, or of the mind."""
    said = await stimuli.spoken(HibariVoice({"heart": find("hibari-heart")}), turns)
    async with AsyncExitStack() as stack:
        ways = await stack.enter_async_context(_filmed(said, camera) if camera else _minded(said))
        for number, stimulus in enumerate(said):
            for way in ways if number % 2 else ways[::-1]:
                way.turns.append(await _turn(way, stimulus))
    title = "A camera" if camera else "Knowledge, memory, scene, actions, story and adapter"
    return [compared(f"{title}: ms from the last sample of speech", *ways)]


async def _turn(way: Way, stimulus: Stimulus) -> Turn:
    """Said to one way, with its camera on and everybody else's off."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(way.microphone.run())]
        if way.frames:
            running.append(tasks.create_task(_film(way.client, way.frames)))
        await asyncio.sleep(BEFORE)
        turn = await one_turn(way.client, way.microphone, stimulus)
        for task in running:
            task.cancel()
    return turn


async def _film(client: Client, frames: Sequence[bytes]) -> None:
    """Until cancelled."""
    loop = asyncio.get_running_loop()
    started, count = loop.time(), 0
    while True:
        await client.show(frames[count % len(frames)])
        count += 1
        await asyncio.sleep(started + count / FPS - loop.time())


@asynccontextmanager
async def _minded(said: Sequence[Stimulus]) -> AsyncIterator[list[Way]]:
    """The innkeeper as she comes, and with nothing but her card, each on a server of her own."""
    with TemporaryDirectory(prefix="townsfolk-") as folder:
        bare = Path(folder) / "characters" / "innkeeper"
        bare.mkdir(parents=True)
        shutil.copy(bundled("characters") / "innkeeper" / "character.toml", bare)
        config = Path(folder) / "townsfolk.toml"
        config.write_text(BARE)
        async with (
            server() as whole,
            server("--characters", str(bare.parent), "--config", str(config)) as less,
            _joined(whole.url, said) as player,
            _joined(less.url, said) as stranger,
        ):
            inn = actions.settings()["inn"]
            await player.send(m.Scene(entities=inn.entities, setting=inn.setting))
            await player.send(m.Actions(verbs=inn.verbs))
            yield [
                Way("with all", player, Microphone(player, LEVEL)),
                Way("her card alone", stranger, Microphone(stranger, LEVEL)),
            ]


@asynccontextmanager
async def _filmed(said: Sequence[Stimulus], photograph: Path) -> AsyncIterator[list[Way]]:
    """Two players of one server; one has a camera."""
    from benchmarks.perception_camera import frames  # needs what reads pictures

    shown = frames(photograph)
    async with (
        server() as process,
        _joined(process.url, said, camera=True) as seen,
        _joined(process.url, said) as unseen,
    ):
        yield [
            Way("with a camera", seen, Microphone(seen, LEVEL), shown),
            Way("without", unseen, Microphone(unseen, LEVEL)),
        ]


@asynccontextmanager
async def _joined(url: str, said: Sequence[Stimulus], camera: bool = False) -> AsyncIterator[Client]:
    audio_in = m.AudioIn(rate=said[0].rate, echo_cancelled=True)
    player = m.Player(id="seen" if camera else "unseen", camera=camera)
    async with connect(url, "innkeeper", audio_in=audio_in, player=player) as client:
        yield client


def compared(title: str, more: Way, less: Way) -> Report:
    """The waits of both, and of each sentence that both answered the one less the other."""
    report = Report(title)
    for way in (more, less):
        waits = [turn.audio for turn in way.turns if _timed(turn)]
        report.add(way=way.name, turns=len(way.turns), timed=len(waits), **spread(waits))
    pairs = [
        (a.audio, b.audio) for a, b in zip(more.turns, less.turns, strict=True) if _timed(a) and _timed(b)
    ]
    report.add(
        way="difference of the same sentence",
        turns=len(more.turns),
        timed=len(pairs),
        **spread([a - b for a, b in pairs]),
    )
    return report


def _timed(turn: Turn) -> bool:
    """Answered, and not before the player had ended."""
    return not turn.early and bool(np.isfinite(turn.audio))
