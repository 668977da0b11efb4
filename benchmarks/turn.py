"""Voice to voice: real audio in real time over the websocket, as a player's microphone sends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import stimuli
from benchmarks.process import ServerProcess, server
from benchmarks.report import Report, spread
from benchmarks.stimuli import Stimulus
from runtime.client import PACKET, Answer, Client, collect, connect
from runtime.models import find
from runtime.protocol import messages as m
from runtime.types import Samples
from runtime.voice.hibari import HibariVoice

BEFORE = 0.6
"""Seconds of room before each sentence."""
PATIENCE = 8.0
"""Seconds to wait for an answer before it counts as none."""


@dataclass
class Turn:
    """What came of one spoken turn. Times in milliseconds from the last sample of speech."""

    heard: str = ""
    answer: Answer | None = None
    audio: float = float("nan")
    face: float = float("nan")
    early: bool = False
    """The character began before the player had ended."""


class Microphone:
    """A room that is always on: noise, and now and then somebody speaks. Real time, 20 ms a packet."""

    def __init__(self, client: Client, level: float) -> None:
        self._client = client
        self._rate = client.ready.audio_in.rate
        self._noise = stimuli.room(self._rate * 10, level)
        self._speech: Samples = np.zeros(0, np.float32)
        self._ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def speak(self, samples: Samples) -> float:
        """Say this from now on; the loop time at which its last sample has been sent."""
        self._ended = asyncio.get_running_loop().create_future()
        self._speech = samples
        return await self._ended

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        size = round(self._rate * PACKET)
        started, sent = loop.time(), 0
        while True:
            at = sent % (len(self._noise) - size)
            packet = self._noise[at : at + size].copy()
            speech, self._speech = self._speech[:size], self._speech[size:]
            packet[: len(speech)] += speech
            sent += size
            await asyncio.sleep(started + sent / self._rate - loop.time())
            await self._client.hear(packet)
            if len(speech) and not len(self._speech) and not self._ended.done():
                self._ended.set_result(loop.time())


async def measure(turns: int, level: float, recordings: list[Path], plot: Path | None = None) -> list[Report]:
    """Measure `turns` turns in a room of `level` dBFS; draw them into `plot`."""
    said = [stimuli.recorded(file) for file in recordings]
    if not said:
        engine = HibariVoice({"heart": find("hibari-heart")})
        said = await stimuli.spoken(engine, turns)
    async with server() as process:
        before = process.cpu()
        results = await _conversation(process, said, level)
        reports = _reports(results, process, process.cpu() - before)
    if plot is not None:
        from benchmarks.waterfall import draw  # matplotlib takes a second to import

        draw(results, plot)
    return reports


async def _conversation(process: ServerProcess, said: list[Stimulus], level: float) -> list[Turn]:
    results = []
    async with connect(
        process.url, "innkeeper", audio_in=m.AudioIn(rate=said[0].rate, echo_cancelled=True)
    ) as client:
        microphone = Microphone(client, level)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(microphone.run())
            for stimulus in said:
                await asyncio.sleep(BEFORE)
                results.append(await one_turn(client, microphone, stimulus))
            running.cancel()
    return results


async def one_turn(client: Client, microphone: Microphone, stimulus: Stimulus) -> Turn:
    """Say it, and hear the answer out."""
    turn = Turn()
    listening = asyncio.create_task(_listen(client, turn))
    try:
        ended = await microphone.speak(stimulus.audio)
        await asyncio.wait({listening}, timeout=PATIENCE + 20)
    finally:
        listening.cancel()
    if turn.answer is not None and turn.answer.first_audio:
        turn.early = turn.answer.first_audio < ended
        turn.audio = (turn.answer.first_audio - ended) * 1000
        turn.face = (turn.answer.first_face - ended) * 1000
    return turn


async def _listen(client: Client, turn: Turn) -> None:
    async for item in client:
        match item:
            case m.Heard(final=True):
                turn.heard = item.text
            case m.Reply():
                turn.answer = Answer(item.reply, item.npc)
            case _ if turn.answer is not None and collect(turn.answer, item):
                if turn.answer.cancelled is None:
                    return


def _reports(turns: list[Turn], process: ServerProcess, cpu: float) -> list[Report]:
    timed = [turn for turn in turns if turn.answer and turn.answer.latency and not turn.early]
    whole = Report("Voice to voice, ms from the last sample of speech, at the client")
    whole.add(what="first audio sample", turns=len(timed), **spread([turn.audio for turn in timed]))
    whole.add(what="first face frame", turns=len(timed), **spread([turn.face for turn in timed]))
    stages = Report("Where the time goes, ms (as the server sees it)")
    previous: list[float] = [0.0] * len(timed)
    for step, what in (
        ("ears", "silence, end of turn, words"),
        ("mind", "first clause thought"),
        ("voice", "first clause spoken"),
        ("face", "its face"),
        ("total", "sent"),
    ):
        times = [getattr(turn.answer.latency, step) for turn in timed if turn.answer]
        stages.add(stage=step, what=what, **spread([b - a for a, b in zip(previous, times, strict=True)]))
        previous = times
    server_side = Report("What it costs")
    server_side.add(
        turns=len(turns),
        unanswered=sum(turn.answer is None for turn in turns),
        cut_in=sum(turn.early for turn in turns),
        cpu_seconds_per_turn=round(cpu / max(1, len(turns)), 2),
        peak_rss_mib=round(process.peak()),
        cold_start_to_ready_s=round(process.cold_start, 2),
    )
    return [whole, stages, server_side]
