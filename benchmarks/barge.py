"""Speaking over a character: how soon it falls silent, for what it stops, and whether it goes on unharmed.

A real server in a process of its own, a real websocket, real time: a simulated sound card asks for 10 ms at
a time, and a microphone that is never off sends what the room and the player sound like.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.interjections import KINDS, Interjection, Kind, drawn, interjections
from benchmarks.listener import Listener, listening
from benchmarks.process import ServerProcess, server
from benchmarks.report import Report, spread
from benchmarks.stimuli import RATE
from benchmarks.stress import stress
from runtime.models import find
from runtime.playback import Sounded
from runtime.protocol import messages as m
from runtime.voice.hibari import HibariVoice

EARLY, LATE = 0.5, 2.0
"""Seconds into the story between which it is spoken over; six more follow."""
PATIENCE = 25.0
"""Seconds for a story to come to its end, one way or the other."""
AFTER = 0.5
"""Seconds in which a last packet or a late verdict may still come."""

NPC = "bela"
STORYTELLER = '''
name = "Bela"
description = "Tells one story."
personality = "You tell stories."
at_a_loss = "Let me think."
greeting = """There was a miller by the river, and he had a wheel that sang when it turned. \
Every spring the people came down from the hills to hear it, until the water rose."""
'''
"""Eight seconds, the same each time: a written line takes the same way to the ear as a thought one."""
HURRIED = "lead = 600"
"""Nothing is sent in its own time, so that whatever can come too late does."""


@dataclass
class Trial:
    """What came of one interjection. Times in milliseconds from its first voiced sample."""

    interjection: Interjection
    silent: float | None = None
    """The character could not be heard any more."""
    cut: float | None = None
    """`cancel` came."""
    held: float = 0.0
    """Length of all holds."""
    heard: str = ""
    sounded: Sounded | None = None
    length: int = 0
    """Samples of the whole reply, where it came to its end."""
    stale: int = 0

    @property
    def whole(self) -> bool:
        """It went on to its end, and nothing of it was missing."""
        s = self.sounded
        return s is not None and (s.over, s.played, s.missing) == ("finished", self.length, 0)


async def trial(url: str, interjection: Interjection, wait: float) -> Trial:
    """Have a story told, speak over it after `wait` seconds, and see what becomes of it."""
    async with listening(url, NPC) as listener:
        playback = listener.playback
        await listener.client.send(m.Greet(to=NPC))
        await listener.until(lambda: playback.sounding is not None, PATIENCE)
        reply = playback.sounding or 0
        await asyncio.sleep(wait)
        voiced = await listener.utter(interjection.audio) + interjection.voiced / RATE
        await listener.until(lambda: playback.replies[reply].over != "", PATIENCE)
        await asyncio.sleep(AFTER)
        return _account(interjection, listener, reply, voiced)


def _account(interjection: Interjection, listener: Listener, reply: int, voiced: float) -> Trial:
    playback = listener.playback
    made = Trial(interjection, sounded=playback.replies[reply], stale=playback.stale)
    held = 0.0
    for at, item in listener.log:
        match item:
            case m.Hold(reply=number) if number == reply:
                held = at
            case m.Release(reply=number) if number == reply:
                made.held += (at - held) * 1000
            case m.Cancel(reply=number) if number == reply:
                made.cut = (at - voiced) * 1000
            case m.Done(reply=number) if number == reply:
                made.length = item.samples
            case m.Heard():
                made.heard = item.text
    if held or made.cut is not None:  # else it fell silent because it was over
        made.silent = next(((at - voiced) * 1000 for at in listener.silences if at > voiced), None)
    return made


@asynccontextmanager
async def storytelling(settings: str = "") -> AsyncIterator[ServerProcess]:
    """A server whose only character tells one story."""
    with tempfile.TemporaryDirectory() as folder:
        cast, file = Path(folder) / "characters", Path(folder) / "townsfolk.toml"
        (cast / NPC).mkdir(parents=True)
        (cast / NPC / "character.toml").write_text(STORYTELLER)
        file.write_text(settings)
        async with server("--characters", str(cast), "--config", str(file)) as process:
            yield process


async def measure(trials: int = 60, barge_ins: int = 1000, seed: int = 0) -> list[Report]:
    """Speak over `trials` stories, then break off `barge_ins` replies under load. About 10 s a trial."""
    rng, results = np.random.default_rng(seed), list[Trial]()
    engine = HibariVoice({"heart": find("hibari-heart")})
    chosen = drawn(await interjections(engine, seed), trials, seed)
    reports = []
    if chosen:
        async with storytelling() as process:
            for each in chosen:
                results.append(await trial(process.url, each, rng.uniform(EARLY, LATE)))
        reports = [_quick(results), _right(results), *_wrong(results)]
    if barge_ins:
        async with storytelling(HURRIED) as process:
            reports.append(await stress(process.url, NPC, barge_ins, seed))
    return reports


def _of(trials: list[Trial], kind: Kind) -> list[Trial]:
    return [trial for trial in trials if trial.interjection.kind == kind]


def _quick(trials: list[Trial]) -> Report:
    table = Report("Spoken over: ms from the player's first voiced sample, at the client")
    for kind in KINDS:
        silent = [trial.silent for trial in _of(trials, kind) if trial.silent is not None]
        table.add(what=f"{kind}: silence", times=len(silent), **spread(silent))
    cut = [trial.cut for trial in _of(trials, "interruption") if trial.cut is not None]
    table.add(what="interruption: cancel", times=len(cut), **spread(cut))
    holds = [trial.held for trial in trials if trial.held and trial.cut is None]
    table.add(what="length of a hold that was released", times=len(holds), **spread(holds))
    return table


def _right(trials: list[Trial]) -> Report:
    table = Report("What became of the reply, %")
    for kind in KINDS:
        of = _of(trials, kind)
        rest = [trial for trial in of if trial.cut is None]
        table.add(
            spoken_over_by=kind,
            times=len(of),
            cut=_share(trial.cut is not None for trial in of),
            held_and_released=_share(trial.cut is None and trial.held > 0 for trial in of),
            not_even_held=_share(trial.cut is None and not trial.held for trial in of),
            of_the_rest_whole=_share(trial.whole for trial in rest),
            stale_packets=sum(trial.stale for trial in of),
        )
    return table


def _wrong(trials: list[Trial]) -> list[Report]:
    table = Report("Misjudged")
    for trial in trials:
        if (trial.cut is None) == (trial.interjection.kind == "interruption"):
            each = trial.interjection
            table.add(kind=each.kind, what=each.what, heard=trial.heard, held_ms=round(trial.held))
    return [table] if table.rows else []


def _share(happened: Iterable[bool]) -> float:
    values = list(happened)
    return round(100 * sum(values) / len(values), 1) if values else float("nan")
