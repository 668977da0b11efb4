"""Is the player understood, does the voice say what its text says, does the face cover the voice?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soxr

from benchmarks import stimuli
from benchmarks.report import Report, error_rate, spread, word_errors
from benchmarks.stimuli import RATE, SENTENCES
from runtime.client import Answer, Client, connect
from runtime.config import Settings
from runtime.ears.whisper import Whisper
from runtime.gateway.server import Gateway
from runtime.models import find
from runtime.protocol import messages as m
from runtime.serve import serving
from runtime.talk import hear

QUICK = 600.0
"""A lead of ten minutes: replies come as fast as they are made, since nobody listens."""


async def measure(replies: int, wav: Path | None, text: str | None) -> list[Report]:
    """Ask for `replies` replies of all characters in turn; let a recogniser write down what they say."""
    async with serving(Settings(port=0, lead=QUICK, memory="")) as gateway:
        host, port = gateway.address
        url = f"ws://{host}:{port}/ws"
        reports = []
        if wav and gateway.engines:
            async with Gateway(Settings(port=0), gateway.characters) as paced:
                paced.open(gateway.engines)
                url_paced = f"ws://{host}:{paced.address[1]}/ws"
                reports = [await _recording(url_paced, wav, text or wav.stem)]
        async with connect(url) as client:
            cast = [npc.id for npc in client.ready.cast]
            answers = []
            for k in range(replies):
                await client.say(SENTENCES[k % len(SENTENCES)], to=cast[k % len(cast)])
                answers.append(await client.answer())
            return [*reports, *await _heard_again(answers, client)]


async def _recording(url: str, wav: Path, text: str) -> Report:
    stimulus = stimuli.recorded(wav)
    heard = []
    async with connect(url, audio_in=m.AudioIn(rate=stimulus.rate, echo_cancelled=True)) as client:
        answer = await hear(client, stimulus.audio, heard.append)
    report = Report(f"{wav.name}, over the websocket in real time")
    edits, words = word_errors(text, " ".join(heard))
    report.add(heard=" ".join(heard), wer_percent=round(100 * edits / words, 1), answer=answer.text)
    return report


async def _heard_again(answers: list[Answer], client: Client) -> list[Report]:
    rate, fps = client.ready.audio_out.rate, client.ready.face.fps
    whisper = Whisper(find("whisper-tiny.en"))
    rows = Report("Replies, and what a recogniser makes of their audio")
    pairs, lags = [], []
    for answer in answers:
        audio = soxr.resample(answer.audio, rate, RATE).astype(np.float32)
        heard = (await whisper(audio, final=True)).text
        pairs.append((answer.text, heard))
        lags.append(len(answer.face) - len(answer.audio) * fps / rate)
        edits, words = word_errors(answer.text, heard)
        rows.add(
            npc=answer.npc, text=answer.text, heard=heard, wer_percent=round(100 * edits / max(1, words))
        )
    totals = Report("In all")
    weights = np.concatenate([answer.face for answer in answers])
    totals.add(what="word error rate of the voice, %", value=round(100 * error_rate(pairs), 1))
    totals.add(what="replies", value=len(answers))
    totals.add(what="face minus audio, frames, at most", value=round(max(map(abs, lags)), 2))
    totals.add(what="weights from", value=float(weights.min()))
    totals.add(what="weights to", value=float(weights.max()))
    totals.add(what="face packets out of order", value=sum(_disorder(answer) for answer in answers))
    seconds = [len(answer.audio) / rate for answer in answers]
    totals.add(what="seconds a reply, median", value=spread(seconds)["p50"])
    return [rows, totals]


def _disorder(answer: Answer) -> int:
    return int(np.sum(np.diff(answer.face_times) <= 0))
