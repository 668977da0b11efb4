"""The measures of a mouth. Pure functions of curves at FPS; `score` puts them together for many clips.

Averages of errors are not among them: a mouth that never moves wins those. Each measure here has a control,
what a mouth gets that knows nothing: a shift in a circle for correlations, random windows for closures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.face.clips import BILABIAL, FPS, Clip, frames
from benchmarks.face.lips import Curve, Lips

Mask = NDArray[np.bool_]

CLOSED: Final = 0.15
"""Share of a talker's own wide opening (90th percentile of the gap over speech) below which lips are shut."""

AROUND: Final = 0.04
"""Seconds by which a closure may be early or late: a mouth that misses by more is seen to miss."""

REACH: Final = 0.25
"""Seconds of shift within which the best correlation is sought."""

FAST: Final = 12.0
"""Hertz above which no jaw moves."""


def correlation(a: Curve, b: Curve) -> float:
    """Pearson's r; 0 where one of them does not vary, as a mouth that never moves follows nothing."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 1e-12 else 0.0


def partial_correlation(a: Curve, b: Curve, given: Curve) -> float:
    """What a tells of b beyond `given` (loudness): a volume meter has none."""
    ab, ag, bg = correlation(a, b), correlation(a, given), correlation(b, given)
    return (ab - ag * bg) / float(np.sqrt(max((1 - ag**2) * (1 - bg**2), 1e-12)))


def lag(made: Curve, true: Curve, mask: Mask | None = None) -> float:
    """Seconds by which `made` trails `true` where they correlate best, within REACH; negative if it leads.

    NaN where they correlate nowhere.
    """
    mask = np.ones(len(made), bool) if mask is None else mask
    reach = round(REACH * FPS)
    shifts = np.arange(-reach, reach + 1)
    found = np.array([_shifted(made, true, mask, shift) for shift in shifts.tolist()])
    best = int(found.argmax())
    if found[best] <= 0:
        return float("nan")
    if 0 < best < len(found) - 1:
        left, top, right = found[best - 1 : best + 2]
        bend = left - 2 * top + right
        return float(shifts[best] + (0.5 * (left - right) / bend if bend else 0.0)) / FPS
    return float(shifts[best]) / FPS


def _shifted(made: Curve, true: Curve, mask: Mask, shift: int) -> float:
    """Correlation of made(t + shift) with true(t) over the frames of the mask that both have."""
    here = np.flatnonzero(mask)
    here = here[(here + shift >= 0) & (here + shift < len(made))]
    return correlation(made[here + shift], true[here]) if len(here) > 2 else 0.0


def shut_below(gap: Curve, speech: Mask) -> float:
    """The gap below which these lips count as shut."""
    return CLOSED * float(np.percentile(gap[speech], 90)) if speech.any() else 0.0


def closures(gap: Curve, spans: Sequence[tuple[float, float]], limit: float) -> NDArray[np.bool_]:
    """For each span of seconds, do the lips shut in it or within AROUND of it?"""
    return np.array([_least(gap, start, end) <= limit for start, end in spans], bool)


def windows(clip: Clip, count: int, seed: int = 0) -> list[tuple[float, float]]:
    """`count` spans as long as the clip's closures, in speech that no closure touches: their control."""
    closed = clip.spans(BILABIAL)
    lengths = [end - start for start, end in closed]
    half = max(lengths, default=0.0) / 2
    free = clip.speech()
    for start, end in closed:
        free[frames(start - 2 * AROUND - half, end + 2 * AROUND + half)] = False
    places = np.flatnonzero(free) / FPS
    if not len(places) or not lengths:
        return []
    rng = np.random.default_rng(seed)
    drawn = zip(rng.choice(places, count), rng.choice(lengths, count), strict=True)
    return [(float(at - length / 2), float(at + length / 2)) for at, length in drawn]


def _least(gap: Curve, start: float, end: float) -> float:
    here = gap[frames(start - AROUND, max(end + AROUND, start - AROUND + 1 / FPS))]
    return float(here.min()) if len(here) else float("inf")


def velocity(curve: Curve, mask: Mask) -> float:
    """Root mean square of the speed over the frames of a mask, units a second."""
    both = mask[1:] & mask[:-1]
    return float(np.sqrt(np.mean(np.square(np.diff(curve)[both])))) * FPS if both.any() else 0.0


def energy_above(curve: Curve, hertz: float = FAST) -> float:
    """Share of a curve's variance that is faster than `hertz`: jitter (Hann windows of a second, halved)."""
    size = min(FPS, len(curve))
    starts = range(0, len(curve) - size + 1, max(1, size // 2))
    blocks = np.array([curve[at : at + size] - curve[at : at + size].mean() for at in starts])
    power = np.square(np.abs(np.fft.rfft(blocks * np.hanning(size), axis=1))).sum(0)
    fast = np.fft.rfftfreq(size, 1 / FPS) > hertz
    return float(power[fast].sum() / power.sum()) if power.sum() > 1e-12 else 0.0


def shift_control(made: Curve, true: Curve, mask: Mask, count: int = 20, seed: int = 0) -> float:
    """Mean correlation with the truth of another moment: `made` turned by at least half a second."""
    if len(made) < 2 * FPS:
        return 0.0
    turns = np.random.default_rng(seed).integers(FPS // 2, len(made) - FPS // 2, count)
    return float(np.mean([correlation(np.roll(made, turn)[mask], true[mask]) for turn in turns]))


def bootstrap(values: NDArray[np.float64]) -> tuple[float, float]:
    """Interval of 95 % of the mean of `values`, one for each independent piece (a clip, a closure)."""
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values[_picks(len(values))].mean(1), (0.025, 0.975))
    return float(low), float(high)


def bootstrap_correlation(pieces: NDArray[np.float64]) -> tuple[float, float, float]:
    """r and its interval of 95 % from independent pieces: rows of (sum xy, sum xx, sum yy), centred."""
    if not len(pieces):
        return float("nan"), float("nan"), float("nan")
    sums = np.concatenate([pieces.sum(0)[None], pieces[_picks(len(pieces))].sum(1)])
    r = sums[:, 0] / np.sqrt(np.maximum(sums[:, 1] * sums[:, 2], 1e-12))
    low, high = np.quantile(r[1:], (0.025, 0.975))
    return float(r[0]), float(low), float(high)


def _picks(count: int, draws: int = 500) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, count, (draws, count))


def standardised(curve: Curve, mask: Mask) -> Curve:
    """In standard deviations from the mean over a mask, so that talkers and scales can be pooled."""
    inside = curve[mask]
    spread = float(inside.std()) if len(inside) else 0.0
    scaled: Curve = (curve - inside.mean()) / spread if spread > 1e-9 else np.zeros(len(curve))
    return scaled


def fit(made: Lips, count: int) -> Lips:
    """Exactly `count` frames: the last is held or the rest is cut off."""
    places = np.minimum(np.arange(count), len(made.gap) - 1)
    return Lips(*(curve[places] for curve in made))
