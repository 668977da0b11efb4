"""What the network learns from: utterances of many voices, each with its sounds in time, kept in one file a
voice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from runtime.types import Phone, Samples

RATE = 16000
"""Hertz of everything that is learned from."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech at RATE and its phones, in symbols of `runtime.face.visemes`."""

    audio: Samples
    phones: tuple[Phone, ...]


def utterance(audio: Samples, rate: int, phones: Iterable[Phone]) -> Utterance:
    """The same at RATE, its loudest tenth of a second at -20 dBFS, whatever the synthesiser's own level."""
    sound = soxr.resample(audio, rate, RATE) if rate != RATE else audio
    blocks = np.square(sound[: len(sound) // 1600 * 1600]).reshape(-1, 1600).mean(1)
    loudest = float(np.sqrt(blocks.max())) if len(blocks) else 0.0
    return Utterance((sound * (0.1 / max(loudest, 1e-5))).astype(np.float32), tuple(phones))


def save(path: Path, said: Iterable[Utterance]) -> float:
    """Write a voice; returns its seconds."""
    found = list(said)
    audio = np.concatenate([u.audio for u in found])
    phones = [[(p.symbol, round(p.start, 4), round(p.end, 4), p.stress) for p in u.phones] for u in found]
    np.savez(
        path,
        audio=np.clip(audio * 32767, -32768, 32767).astype(np.int16),
        lengths=np.array([len(u.audio) for u in found]),
        phones=np.array(json.dumps(phones)),
    )
    return len(audio) / RATE


def load(path: Path) -> Iterator[Utterance]:
    """The utterances of one voice, in order."""
    with np.load(path) as kept:
        audio, lengths, phones = kept["audio"], kept["lengths"], json.loads(str(kept["phones"]))
    ends = np.cumsum(lengths)
    for end, length, sounds in zip(ends, lengths, phones, strict=True):
        yield Utterance(
            audio[end - length : end].astype(np.float32) / 32768, tuple(Phone(*p) for p in sounds)
        )
