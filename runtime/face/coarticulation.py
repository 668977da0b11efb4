"""How sounds run into each other: every sound pulls the mouth towards its target, near ones most.

Dominance functions of Cohen and Massaro (1993), F = sum D T / sum D with D = a exp(-distance / tau), with the
onset and decay times and the habits of JALI (Edwards et al. 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.face.visemes import CHANNELS, GROUPS, REST, VISEMES, Viseme
from runtime.types import Phone

Curves: TypeAlias = NDArray[np.float32]
"""Targets that were reached, in the order of CHANNELS, shape (frames, 11)."""

Times: TypeAlias = NDArray[np.float64]
"""Seconds of the clause, shape (frames,)."""

GAIN = 0.45
"""Share of a textbook target that running speech reaches."""

STRESS = {0: 0.88, 1: 1.10, 2: 1.0}
"""Vowels are made more carefully where they are stressed."""

ONSET, DECAY = 0.040, 0.045
"""Seconds of tau. A sound so begins to show 60 ms before it and is gone 120 ms after."""

EARLY_ONSET, EARLY_DECAY = 0.075, 0.060
"""The same for the rounding of lip-heavy sounds, which protrude the lips 150 ms ahead."""

PAUSE = 0.060
"""Seconds; a gap between sounds from which on the mouth goes to rest."""

BRIEF = 0.100
"""Seconds; a shorter obstruent or nasal leaves the jaw alone."""

TURN = 0.55
"""Share of a diphthong that belongs to its first vowel."""

CORE = (0.35, 0.60)
"""The part of a sound in which its pull is full."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One target held from `start` to `end`, seconds."""

    start: float
    end: float
    viseme: Viseme
    stress: int = 0

    @property
    def centre(self) -> float:
        return (self.start + self.end) / 2


def segments(phones: Sequence[Phone], seconds: float) -> list[Segment]:
    """Targets in order, with rest wherever nothing is said. A symbol without a viseme is passed over."""
    found: list[Segment] = []
    said = 0.0
    for phone in phones:
        visemes = VISEMES.get(phone.symbol, ())
        if not visemes:
            continue
        if phone.start - said >= PAUSE or not found:
            found.append(Segment(said, max(phone.start, said), REST))
        edges = [phone.start, phone.end]
        if len(visemes) == 2:
            edges.insert(1, phone.start + TURN * (phone.end - phone.start))
        for viseme, start, end in zip(visemes, edges, edges[1:], strict=False):
            found.append(Segment(start, end, viseme, phone.stress))
        said = phone.end
    return [*found, Segment(said, max(said, seconds) + 2 * PAUSE, REST)]


def blend(parts: Sequence[Segment], times: Times) -> Curves:
    """Where the mouth is at `times`, in textbook targets times GAIN."""
    start = np.array([part.start for part in parts])
    length = np.array([part.end for part in parts]) - start
    ahead = np.maximum(start + CORE[0] * length - times[:, None], 0)
    behind = np.maximum(times[:, None] - start - CORE[1] * length, 0)
    early = np.array([part.viseme.early for part in parts])
    pull = np.exp(-ahead / ONSET - behind / DECAY)
    heavy = np.exp(
        -ahead / np.where(early, EARLY_ONSET, ONSET) - behind / np.where(early, EARLY_DECAY, DECAY)
    )
    targets = np.array([part.viseme.targets for part in parts]) * np.array([[_care(part)] for part in parts])
    curves = np.empty((len(times), len(CHANNELS)), np.float32)
    for name, columns in GROUPS.items():
        dominance = np.array([_dominance(part, name) for part in parts])
        weights = (heavy if name == "round" else pull) * dominance + 1e-9
        curves[:, columns] = weights @ targets[:, columns] / weights.sum(1, keepdims=True)
    return curves * np.float32(GAIN)


def smooth(curves: Curves, fps: int) -> Curves:
    """Take out what no jaw can follow, above about 10 Hz, with a Hann window; loses `margin(fps)` a side."""
    window = np.hanning(2 * margin(fps) + 3)[1:-1]
    window /= window.sum()
    blocks = np.lib.stride_tricks.sliding_window_view(curves, len(window), axis=0)
    smoothed: Curves = (blocks @ window).astype(np.float32)
    return smoothed


def margin(fps: int) -> int:
    """Frames that `smooth` needs before and after."""
    return max(1, round(fps / 30))


def _care(part: Segment) -> float:
    return STRESS.get(part.stress, 1.0) if part.viseme.vowel else 1.0


def _dominance(part: Segment, group: str) -> float:
    viseme = part.viseme
    if group == "jaw":
        return viseme.jaw * (0.3 if viseme.brief and part.end - part.start < BRIEF else 1.0)
    return {"round": viseme.rounding, "lips": viseme.lips, "tongue": viseme.tongue}[group]
