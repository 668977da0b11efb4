"""What must not change a face: how sound is cut, its rate, its level, the hour; and what must not move it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import soxr

from benchmarks import stimuli
from benchmarks.face import lips, scores
from benchmarks.face.clips import FPS, Clip
from benchmarks.face.lips import Curve
from benchmarks.face.sides import AudioEngine, pushed
from benchmarks.report import Report
from runtime.types import Samples, Weights

RATES: Final = (8000, 24000, 44100, 48000)
"""Rates of telephones, of voices, of music and of browsers, against 16 kHz."""

GAINS: Final = (-12, 12)
"""dB. A voice at arm's length, and one close to the microphone."""

CUTS: Final = {"1 ms": 0.001, "20 ms": 0.02, "100 ms": 0.1, "all at once": 1e9}

WAIT: Final = 3.0
"""Seconds after which an engine must know that what it hears is no speech."""


def report(engine: AudioEngine, clip: Clip, minutes: float) -> Report:
    """All checks with the speech of one clip; the long one runs for `minutes` of audio."""
    rows = Report(f"What must not matter to the network ({clip.name})")
    audio = soxr.resample(clip.audio, clip.rate, 16000).astype(np.float32)
    base = pushed(engine, audio, 16000)
    wide = max(float(np.percentile(_gap(base), 90)), 1e-6)
    worst = max(_apart(base, pushed(engine, audio, 16000, cut)) for cut in CUTS.values())
    worst = max(worst, _apart(base, ragged(engine, audio, 16000)))
    rows.add(what=f"cut into pieces of {', '.join(CUTS)} or any size: weights apart at most", value=worst)
    for rate in RATES:
        other = pushed(engine, soxr.resample(audio, 16000, rate).astype(np.float32), rate)
        rows.add(what=f"{rate / 1000:g} kHz against 16 kHz, r of the gap", value=_alike(base, other))
    for gain in GAINS:
        other = pushed(engine, audio * np.float32(10 ** (gain / 20)), 16000)
        rows.add(what=f"{gain:+d} dB, r of the gap", value=_alike(base, other))
    for name, made in QUIET.items():
        still = _gap(pushed(engine, made(20 * 16000), 16000))[round(WAIT * FPS) :]
        rows.add(
            what=f"{name}: widest gap after {WAIT:g} s, share of speech", value=float(still.max()) / wide
        )
    if minutes:
        rows.add(
            what=f"at {minutes:g} min against half of it, weights apart at most",
            value=drift(engine, audio, minutes),
        )
    return rows


QUIET: Final[dict[str, Callable[[int], Samples]]] = {
    "digital silence": lambda count: np.zeros(count, np.float32),
    "a quiet room, -60 dBFS": lambda count: stimuli.room(count, -60.0),
    "a loud fan, -35 dBFS": lambda count: stimuli.room(count, -35.0),
    "hum of 50 Hz, -35 dBFS": lambda count: _hum(count),
}


def ragged(engine: AudioEngine, audio: Samples, rate: int, seed: int = 0) -> Weights:
    """The face of `audio` in pieces of random lengths, some of them empty, up to a tenth of a second."""
    rng, stream, at, parts = np.random.default_rng(seed), engine.stream(rate, FPS), 0, []
    while at < len(audio):
        count = int(rng.integers(0, rate // 10))
        parts.append(stream.push(audio[at : at + count]))
        at += count
    return np.concatenate([*parts, stream.finish()])


def drift(engine: AudioEngine, audio: Samples, minutes: float) -> float:
    """How far the weights of the same words are apart at the end and half-way, when all has settled."""
    seconds = int(np.ceil(len(audio) / 16000)) + 1  # whole seconds, so that frames fall alike in each round
    turn = np.pad(audio, (0, seconds * 16000 - len(audio))) + stimuli.room(seconds * 16000, -66.0)
    stream, frames = engine.stream(16000, FPS), [np.zeros((0, 52), np.float32)]
    rounds = max(4, round(minutes * 60 / seconds))
    for _ in range(rounds + 1):  # one more, so that the end of the sound is not in the last that counts
        frames += [stream.push(turn[at : at + 320]) for at in range(0, len(turn), 320)]
    face, size = np.concatenate([*frames, stream.finish()]), seconds * FPS
    half, last = ((rounds // 2) * size, (rounds - 1) * size)
    return _apart(face[half : half + size], face[last : last + size])


def _gap(face: Weights) -> Curve:
    return lips.of_weights(face).gap


def _apart(a: Weights, b: Weights) -> float:
    return float(np.abs(a - b).max()) if len(a) == len(b) else float("inf")


def _alike(a: Weights, b: Weights) -> float:
    count = min(len(a), len(b))
    return scores.correlation(_gap(a)[:count], _gap(b)[:count])


def _hum(count: int) -> Samples:
    tone: Samples = np.sin(2 * np.pi * 50 * np.arange(count, dtype=np.float32) / 16000)
    return tone * np.float32(np.sqrt(2) * 10 ** (-35 / 20))
