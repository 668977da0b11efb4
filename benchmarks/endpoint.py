"""How soon the ears know that the player is done, and how often they think so too early.

The ears run on a clock that jumps: sound comes when it would come, a recognition or an opinion after the time
it was measured to take. There is one recogniser, and what is broken off holds it to its end.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import pauses
from benchmarks.pauses import Turn
from benchmarks.report import Report, spread
from benchmarks.sentences import DEVELOPMENT, HELD_OUT
from benchmarks.stimuli import RATE
from runtime import character as characters
from runtime import ears
from runtime.bundled import bundled
from runtime.ears import Recogniser, TurnSettings
from runtime.ears.ending import WEIGHTS, Weights
from runtime.ears.listener import Listener
from runtime.ears.utterance import Work
from runtime.ears.vad import Vad
from runtime.ears.whisper import Whisper
from runtime.mind.llama import Llama
from runtime.mind.prompt import Exchange, opening, prompt
from runtime.models import find
from runtime.types import Transcript
from runtime.voice.hibari import HibariVoice

Mind = Callable[[str], Awaitable[float]]
PACKET = 0.02
"""Seconds of one packet of the microphone."""
VARIANTS: Mapping[str, Weights | None] = {
    "all votes": WEIGHTS,
    "without the words": WEIGHTS._replace(words=0.0),
    "without the melody": WEIGHTS._replace(melody=0.0),
    "without the mind": WEIGHTS._replace(mind=0.0),
    "words alone": WEIGHTS._replace(melody=0.0, mind=0.0),
    "0.5 s of silence alone": None,
}


@dataclass
class Trial:
    """What the ears made of one turn. Times in seconds of its sound."""

    turn: Turn
    cut: bool = False
    """It was thought to be over inside a sentence."""
    split: bool = False
    """Or between two."""
    wait: float = float("nan")
    """From the last audible sample to the decision, its words included."""
    heard: list[str] = field(default_factory=list)


class Timed:
    """A recogniser and a mind, asked once for each thing, with the seconds each took."""

    def __init__(self, recogniser: Recogniser, mind: Mind | None, pace: float = 1.0) -> None:
        """`pace` multiplies what calls take: what a machine would do that is this much slower."""
        self._recogniser, self._mind, self._pace = recogniser, mind, pace
        self._words: dict[tuple[bytes, bool], tuple[Transcript, float]] = {}
        self._opinions: dict[str, tuple[float, float]] = {}

    async def words(self, work: Work) -> tuple[Transcript, float]:
        audio = work.audio()
        key = audio.tobytes(), work.final
        if key not in self._words:
            began = time.perf_counter()
            found = await self._recogniser(audio, final=work.final)
            self._words[key] = found, self._pace * (time.perf_counter() - began)
        return self._words[key]

    async def opinion(self, text: str) -> tuple[float, float] | None:
        if self._mind is None:
            return None
        if text not in self._opinions:
            began = time.perf_counter()
            vote = await self._mind(text)
            self._opinions[text] = vote, self._pace * (time.perf_counter() - began)
        return self._opinions[text]

    def report(self) -> Report:
        """What the calls took."""
        report = Report("Compute, ms a call")
        words = [took * 1000 for _, took in self._words.values()]
        report.add(what="recognition", calls=len(words), **spread(words))
        votes = [took * 1000 for _, took in self._opinions.values()]
        report.add(what="the mind's opinion", calls=len(votes), **spread(votes))
        return report


class Run:
    """One turn through the ears, on a clock that jumps."""

    def __init__(self, vad: Vad, timed: Timed, turn: Turn, weights: Weights | None) -> None:
        self._timed, self._listener = timed, Listener(vad, TurnSettings(), RATE, True)
        self._ending = self._listener.turns.ending
        if weights is None:
            words = self._ending.words  # as if nothing had been understood
            self._ending.words = lambda *_: words("")  # type: ignore[method-assign]
        else:
            self._ending.weights = weights
        size = int(PACKET * RATE)
        sound = np.split(turn.audio, range(size, len(turn.audio), size))
        self._order = itertools.count(len(sound))
        self._coming: list[tuple[float, int, ears.MicIn]] = [
            ((k + 1) * PACKET, k, ears.Audio(packet, at=(k + 1) * PACKET)) for k, packet in enumerate(sound)
        ]
        self._begun = self._busy = self._before = 0.0
        self.trial = Trial(turn)

    async def __call__(self) -> Trial:
        while self._coming:
            now, _, item = heapq.heappop(self._coming)
            for hearing in list(self._listener.take(item, now)):
                await self._heard(hearing, now)
            if (work := self._listener.wanted(now)) is not None:
                await self._recognise(work, now)
        return self.trial

    async def _heard(self, hearing: ears.Hearing, now: float) -> None:
        trial, turn = self.trial, self.trial.turn
        if isinstance(hearing, ears.Words) and hearing.settled:
            vote = await self._timed.opinion(hearing.text)
            if vote is not None:
                self._post(now + vote[1], ears.Opinion(hearing.turn, hearing.text, vote[0]))
        if isinstance(hearing, ears.Ended):
            trial.heard.append(hearing.transcript.text)
            if hearing.ended >= turn.end:
                trial.wait = now - turn.end
            elif any(a < hearing.ended < b + 0.15 for a, b in turn.seams):
                trial.split = True
            else:
                trial.cut = True

    async def _recognise(self, work: Work, now: float) -> None:
        if now < self._begun:
            self._busy = self._before  # what had not begun yet never will
        found, took = await self._timed.words(work)
        self._before, self._begun = self._busy, max(now, self._busy)
        self._busy = self._begun + took
        self._post(self._busy, ears.Recognised(work.number, found))

    def _post(self, at: float, item: ears.MicIn) -> None:
        heapq.heappush(self._coming, (at, next(self._order), item))


async def judged(recordings: Sequence[Path], development: bool, ablation: bool) -> list[Report]:
    """The same with the mind of a character of the cast, who has just greeted the player."""
    npc = characters.load(bundled("characters") / "innkeeper")
    mind = Llama(find("smollm2-135m-instruct"), adapters={npc.id: Path(npc.adapter)})
    await mind.warm(opening(npc))
    greeted = [Exchange("", npc.greeting)]

    async def opinion(text: str) -> float:
        return await mind.ends(prompt(npc, greeted, text, "endpoint"))

    try:
        return await measure(opinion, recordings, development=development, ablation=ablation)
    finally:
        mind.close()


async def measure(
    opinion: Mind | None = None,
    recordings: Sequence[Path] = (),
    speakers: int = 2,
    development: bool = False,
    ablation: bool = True,
    pace: float = 1.0,
) -> list[Report]:
    """Held-out turns (or the ones the weights were fitted on) by this many of four speakers, and recordings.

    `pace` multiplies what recognitions and opinions take, to say what a faster or idle machine would do.
    """
    engine = HibariVoice({"heart": find("hibari-heart")})
    turns = await pauses.turns(engine, DEVELOPMENT if development else HELD_OUT, speakers)
    whisper = Whisper(find("whisper-tiny.en"))
    timed, vad = Timed(whisper, opinion, pace), Vad(find("silero-vad-v6"))
    trials = {}
    for name, weights in VARIANTS.items():
        if name == "all votes" or ablation:
            trials[name] = [await Run(vad, timed, turn, weights)() for turn in turns]
    recorded = [await Run(vad, timed, pauses.recorded(file), WEIGHTS)() for file in recordings]
    whisper.close()
    engine.worker.close()
    reports = [_kinds(trials["all votes"]), _variants(trials), timed.report()]
    return [*reports, _recorded(recorded)] if recorded else reports


def _row(trials: list[Trial]) -> dict[str, str | float | int]:
    waits = [t.wait * 1000 for t in trials if not t.cut and not np.isnan(t.wait)]
    paused = [t for t in trials if t.turn.pauses]
    inside = sum(len(t.turn.pauses) for t in paused)
    return {
        "turns": len(trials),
        "cut_%": round(100 * sum(t.cut for t in trials) / max(1, len(trials)), 1),
        "of_pauses_%": round(100 * sum(t.cut for t in paused) / max(1, inside), 1),
        "split": sum(t.split for t in trials),
        "lost": sum(not t.heard for t in trials),
        **spread(waits),
    }


def _kinds(trials: list[Trial]) -> Report:
    report = Report("End of a turn: cut off inside a sentence; wait after its last sound, ms")
    for kind, group in itertools.groupby(trials, lambda trial: trial.turn.kind):
        report.add(kind=kind, **_row(list(group)))
    report.add(kind="finished", **_row([t for t in trials if t.turn.kind in pauses.FINISHED]))
    report.add(kind="with pauses", **_row([t for t in trials if t.turn.pauses]))
    report.add(kind="all", **_row(trials))
    return report


def _variants(trials: Mapping[str, list[Trial]]) -> Report:
    report = Report("The same, each vote left out")
    for name, group in trials.items():
        finished = _row([t for t in group if t.turn.kind in pauses.FINISHED])
        row = _row(group)
        report.add(votes=name, **row, finished_p50=finished["p50"])
    return report


def _recorded(trials: list[Trial]) -> Report:
    report = Report("Recordings of people: turns they were cut into, of the pauses they make")
    for trial in trials:
        report.add(
            recording=trial.turn.text,
            pauses=len(trial.turn.pauses),
            ends_inside=max(0, len(trial.heard) - 1),
            wait_ms=round(trial.wait * 1000, 1),
        )
    return report
