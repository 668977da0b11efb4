"""All measures of one system over many clips, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.face import scores
from benchmarks.face.clips import BILABIAL, FPS, OPEN, Clip
from benchmarks.face.lips import Curve, Lips
from runtime.face.loudness import envelope

BLOCK: Final = 2 * FPS
"""Frames of one piece of the bootstrap: longer than a mouth remembers, short enough to have many."""

DRAWS: Final = 8
"""Random windows for each closure."""


class Figure(NamedTuple):
    """A value and its interval of 95 %; NaN where nothing could be measured."""

    value: float
    low: float = float("nan")
    high: float = float("nan")

    def __str__(self) -> str:
        return f"{self.value:.2f}" + (f" ({self.low:.2f}-{self.high:.2f})" if self.low == self.low else "")


class Judgement(NamedTuple):
    """What a mouth is worth. Correlations are over speech, each clip standardised, with the true mouth."""

    gap: Figure
    width: Figure
    protrusion: Figure
    beyond_loudness: Figure
    """Partial correlation of the gap given the loudness of the audio: 0 for a volume meter."""
    control: Figure
    """Correlation of the gap with the truth of another moment."""
    closed: Figure
    """Share of /p b m/ in which the lips shut."""
    closed_anywhere: Figure
    """The same for random windows of speech that touch none of them."""
    opened: Figure
    """Share of low vowels in which the lips do not count as shut at any time around their middle."""
    lag_ms: Figure
    velocity: Figure
    """Speed of the gap over that of the truth; both in their own standard deviations where scales differ."""
    unrest: Figure
    """Speed of the gap in pauses over its speed in speech."""
    ajar: Figure
    """Mean gap in pauses over the wide opening of speech."""
    fast: Figure
    """Share of the gap's variance above 12 Hz."""


def judge(clips: Sequence[Clip], mouths: Sequence[Lips]) -> Judgement:
    """Judge what one system made of `clips`; lengths are fitted to the clips."""
    pairs = [(clip, scores.fit(made, clip.frames)) for clip, made in zip(clips, mouths, strict=True)]
    true = [(clip, made, clip.truth) for clip, made in pairs if clip.truth is not None]
    gap, width, protrusion = (_pooled([(m[k], t[k], clip.speech()) for clip, m, t in true]) for k in range(3))
    return Judgement(
        gap=gap,
        width=width,
        protrusion=protrusion,
        beyond_loudness=_mean([_beyond(clip, m.gap, t.gap) for clip, m, t in true]),
        control=_mean([scores.shift_control(m.gap, t.gap, clip.speech()) for clip, m, t in true]),
        closed=_mean([hit for clip, m in pairs for hit in _shut(clip, m.gap, clip.spans(BILABIAL))]),
        closed_anywhere=_mean([hit for clip, m in pairs for hit in _anywhere(clip, m.gap)]),
        opened=_mean([hit for clip, m in pairs for hit in _opened(clip, m.gap)]),
        lag_ms=_mean([1000 * scores.lag(m.gap, t.gap, clip.speech()) for clip, m, t in true]),
        velocity=_mean([_speed(clip, m.gap, t.gap) for clip, m, t in true]),
        unrest=_mean([_unrest(clip, m.gap) for clip, m in pairs if clip.still().any()]),
        ajar=_mean([_ajar(clip, m.gap) for clip, m in pairs if clip.still().any()]),
        fast=_mean([scores.energy_above(m.gap) for _, m in pairs]),
    )


def _mean(values: Sequence[float] | NDArray[np.float64]) -> Figure:
    array = np.asarray(values, float)
    array = array[~np.isnan(array)]
    return Figure(float(array.mean()), *scores.bootstrap(array)) if len(array) else Figure(float("nan"))


def _pooled(curves: Sequence[tuple[Curve, Curve, scores.Mask]]) -> Figure:
    """Correlation of all clips together, each standardised; blocks of frames are its bootstrap."""
    pieces: list[tuple[float, float, float]] = []
    for made, true, mask in curves:
        a, b = scores.standardised(made, mask)[mask], scores.standardised(true, mask)[mask]
        count = max(1, round(len(a) / BLOCK))
        blocks = zip(np.array_split(a, count), np.array_split(b, count), strict=True)
        pieces += [(float(x @ y), float(x @ x), float(y @ y)) for x, y in blocks]
    return Figure(*scores.bootstrap_correlation(np.array(pieces).reshape(-1, 3)))


def _beyond(clip: Clip, made: Curve, true: Curve) -> float:
    mask = clip.speech()
    loud = envelope(clip.audio, clip.rate, np.arange(clip.frames) / FPS).astype(np.float64)
    return scores.partial_correlation(made[mask], true[mask], loud[mask])


def _shut(clip: Clip, gap: Curve, spans: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    return scores.closures(gap, spans, scores.shut_below(gap, clip.speech()))


def _anywhere(clip: Clip, gap: Curve) -> NDArray[np.bool_]:
    count = DRAWS * len(clip.spans(BILABIAL))
    return _shut(clip, gap, scores.windows(clip, count))


def _opened(clip: Clip, gap: Curve) -> list[bool]:
    limit = scores.shut_below(gap, clip.speech())
    middles = [(start + end) / 2 for start, end in clip.spans(OPEN)]
    places = [min(round(middle * FPS), len(gap) - 1) for middle in middles]
    return [bool(gap[place] > limit) for place in places]


def _speed(clip: Clip, made: Curve, true: Curve) -> float:
    mask = clip.speech()
    if "weights" not in clip.tags:
        made, true = scores.standardised(made, mask), scores.standardised(true, mask)
    slow = scores.velocity(true, mask)
    return scores.velocity(made, mask) / slow if slow else float("nan")


def _unrest(clip: Clip, gap: Curve) -> float:
    moving = scores.velocity(gap, clip.speech())
    return scores.velocity(gap, clip.still()) / moving if moving else 0.0


def _ajar(clip: Clip, gap: Curve) -> float:
    wide = scores.shut_below(gap, clip.speech()) / scores.CLOSED
    return float(gap[clip.still()].mean()) / wide if wide else 0.0
