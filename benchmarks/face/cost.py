"""What a face costs on one core, by the clock of the thread that makes it."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
import soxr

from benchmarks.face.clips import FPS, Clip
from benchmarks.face.sides import PUSH, AudioEngine
from benchmarks.report import Report

RATE: Final = 24000
"""That of our voices."""


def report(engine: AudioEngine, clip: Clip, seconds: float = 20.0) -> Report:
    """Pushes of 20 ms of one clip, again and again for `seconds` of audio; the first second warms up."""
    audio = soxr.resample(clip.audio, clip.rate, RATE).astype(np.float32)
    audio = np.tile(audio, int(np.ceil((seconds + 1) * RATE / len(audio))))[: round((seconds + 1) * RATE)]
    stream, step, took = engine.stream(RATE, FPS), round(PUSH * RATE), []
    for at in range(0, len(audio) - step + 1, step):
        began = time.perf_counter()
        stream.push(audio[at : at + step])
        took.append(time.perf_counter() - began)
    spent = np.array(took[round(1 / PUSH) :])
    share = float(spent.mean()) / PUSH
    rows = Report("What the network costs, one thread")
    rows.add(what="look-ahead, ms", value=round(1000 * engine.look_ahead, 1))
    rows.add(what="a push of 20 ms, median, ms", value=round(1000 * float(np.median(spent)), 3))
    rows.add(
        what="a push of 20 ms, 99th percentile, ms", value=round(1000 * float(np.quantile(spent, 0.99)), 3)
    )
    rows.add(what=f"a frame at {FPS} a second, ms", value=round(1000 * share / FPS, 4))
    rows.add(what="share of real time", value=round(share, 5))
    rows.add(what="streams on a core", value=int(1 / share))
    return rows
