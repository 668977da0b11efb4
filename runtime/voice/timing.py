"""When each phoneme is heard: a voice network's own durations, refined against the sound it predicted.

A network's durations say where its attention was, not where the lips moved: they run about 60 ms late, give a
stress mark a length of its own and stretch the last sound over the pause behind it. So they are taken as a
prior, and a forced alignment (dynamic programming over segment boundaries, as in Brugnara, Falavigna and
Omologo 1993, with one Gaussian for each broad class of sounds) moves each boundary to where the spectrum
changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Frames: TypeAlias = NDArray[np.float32]
"""Band levels in dB below the loud parts of the clause, shape (frames, 4)."""

BANDS = (0, 500, 2000, 4500, 12000)
"""Hertz: voicing and nasals | vowels | frication of sh | frication of s."""

FLOOR = -60.0
"""dB; what is softer is silence, and its exact level would only mislead."""

PAUSES = frozenset(';:,.!?—…"“”()')
STRESS = {"ˈ": 1, "ˌ": 2}

LATE, SPREAD, REACH = 0.055, 0.035, 0.100
"""Seconds: how late a boundary is on average, its standard deviation about that, and how far it may move.
Measured on stop closures and sibilants: their sound lies 40 to 80 ms before the network's own time."""

CLOSED = 0.6
"""Share of a stop that is closure; the rest is its release."""

HELD = 0.150
"""Seconds after which a sound before a pause counts as part of the pause, until the spectrum says
otherwise."""

LEVELS: dict[str, tuple[float, float, float, float]] = {
    "pause": (-60, -60, -60, -60),
    "open": (-9, -11, -24, -34),
    "close": (-7, -19, -26, -32),
    "nasal": (-7, -28, -42, -51),
    "glide": (-11, -22, -41, -45),
    "hush": (-44, -57, -60, -60),
    "murmur": (-27, -52, -60, -60),
    "burst": (-30, -27, -27, -30),
    "s": (-43, -39, -34, -9),
    "sh": (-39, -34, -16, -16),
    "f": (-42, -39, -36, -30),
    "v": (-22, -37, -42, -39),
    "h": (-34, -24, -20, -27),
}
"""Median level of each class in each band, dB, after eight rounds of aligning 40 sentences at two
speeds, voice `heart`; "hush" and "murmur" are the closures of voiceless and voiced stops."""

WIDTHS = (7.7, 7.2, 6.4, 6.3)
"""Standard deviation in each band, dB, the same for all classes; from the same sentences."""

_SOUNDS = {
    "open": "æɑɔʌɛAIOWYQaɒɐɜeo",
    "close": "əɪiuʊᵊᵻɚ",
    "nasal": "mnŋ",
    "glide": "lɹwjr",
    "s": "sz",
    "sh": "ʃʒ",
    "f": "fθ",
    "v": "vð",
    "h": "h",
    "murmur": "Tɾ",
}
PARTS: dict[str, tuple[str, ...]] = {
    **{sound: (kind,) for kind, sounds in _SOUNDS.items() for sound in sounds},
    **dict.fromkeys("ptk", ("hush", "burst")),
    **dict.fromkeys("bdɡ", ("murmur", "burst")),
    "ʧ": ("hush", "sh"),
    "ʤ": ("murmur", "sh"),
    "": ("pause",),
}
"""The classes a sound runs through. The empty symbol is a pause."""

_KINDS = {kind: row for row, kind in enumerate(LEVELS)}
_PAUSE = _KINDS["pause"]
_NEVER = 1e9
_MEANS = np.array(list(LEVELS.values()), np.float32)


@dataclass(frozen=True, slots=True)
class Span:
    """A sound or a pause (empty symbol) in seconds."""

    symbol: str
    start: float
    end: float
    stress: int = 0
    word: int = 0
    """Index of the stretch between two spaces of the phoneme string in which it stands."""


def spans(phonemes: str, seconds: NDArray[np.floating[Any]]) -> list[Span]:
    """What the durations mean: marks belong to their sound, word gaps to both neighbours, the rest is pause.

    `seconds` holds one duration for each character and for the silence before and after, shape (len + 2,).
    """
    edges = np.concatenate([[0.0], np.cumsum(seconds)]).tolist()
    found = [Span("", 0.0, edges[1])]
    stress = word = 0
    for symbol, end in zip(phonemes + ".", edges[2:], strict=True):
        last = found[-1]
        if symbol in STRESS:
            stress = STRESS[symbol]
        elif symbol == " ":
            word += 1
            found[-1] = replace(last, end=(last.end + end) / 2 if last.symbol else end)
        elif symbol in PARTS:
            found.append(Span(symbol, last.end, end, stress, word))
            stress = 0
        elif symbol in PAUSES and last.symbol:
            found.append(Span("", last.end, end, word=word))
        else:
            found[-1] = replace(last, end=end)
    return found


def band_levels(power: NDArray[np.float32], hertz: float) -> Frames:
    """Levels of a power spectrum, shape (bins, frames), whose bins are `hertz` apart."""
    edges = [round(edge / hertz) for edge in BANDS]
    sums = np.stack([power[low:high].sum(0) for low, high in pairwise(edges)], 1)
    loud = np.percentile(sums.sum(1), 95)
    levels: Frames = np.maximum(10 * np.log10(sums / max(float(loud), 1e-9) + 1e-9), FLOOR).astype(np.float32)
    return levels


def align(prior: list[Span], levels: Frames, step: float) -> list[Span]:
    """Move the boundaries of `prior` to where the levels, one row every `step` seconds, say they are."""
    ends = part_ends(prior, levels, step)
    found: list[Span] = []
    start, part = 0.0, -1
    for span in prior:
        part += len(PARTS[span.symbol])
        end = ends[part] * step
        found.append(replace(span, start=start, end=end))
        start = end
    return found


def part_ends(prior: list[Span], levels: Frames, step: float) -> list[int]:
    """The frame at which each part of each sound ends, rising; the cheapest path through all places."""
    kinds = [_KINDS[kind] for span in prior for kind in PARTS[span.symbol]]
    places = _places(prior, len(levels), step)
    costs = ((levels[:, None] - _MEANS) ** 2 / np.square(WIDTHS, dtype=np.float32)).sum(2) / 2
    sums = np.concatenate([np.zeros((1, len(_KINDS))), np.cumsum(costs, 0, dtype=np.float64)])
    before, total, choices = np.zeros(1, np.intp), np.zeros(1), []
    for kind, (place, penalty) in zip(kinds, places, strict=True):
        path = (total - sums[before, kind])[:, None] + (sums[place, kind] + penalty)
        path[before[:, None] >= place + (kind == _PAUSE)] = _NEVER
        choices.append(path.argmin(0))
        total, before = path.min(0), place
    at, ends = int(total.argmin()), []
    for (place, _), choice in zip(reversed(places), reversed(choices), strict=True):
        ends.append(int(place[at]))
        at = int(choice[at])
    rising: list[int] = np.maximum.accumulate(ends[::-1]).tolist()
    return rising


def _places(
    prior: list[Span], frames: int, step: float
) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Frames at which each part may end, and what each costs; the last part ends with the clause."""
    found = []
    for span, following in zip(prior, [*prior[1:], None], strict=True):
        start, end = span.start - LATE, span.end - LATE
        held = 0.0
        if following is not None and span.symbol and not following.symbol:
            held = max(end - start - HELD, 0.0)
            end -= held
        if len(PARTS[span.symbol]) == 2:
            found.append(_place(start + CLOSED * (end - start), 0.0, frames, step))
        found.append(_place(end, held, frames, step))
    found[-1] = np.array([frames], np.intp), np.zeros(1)
    return found


def _place(
    expected: float, held: float, frames: int, step: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Frames around `expected` seconds, `held` seconds more behind it, with the cost of being off."""
    low = min(max(0, int((expected - REACH) / step)), frames)
    high = min(int((expected + REACH + held) / step) + 1, frames)
    place = np.arange(low, max(high, low) + 1, dtype=np.intp).clip(max=frames)
    late = place * step - expected
    spread = np.where((late > 0) & (held > 0), 3 * SPREAD, SPREAD)
    return place, (late / spread) ** 2 / 2
