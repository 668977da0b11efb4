"""A clause as it leaves the mouth: who speaks it, how loud, and how long it is silent around the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from runtime import character
from runtime.types import Samples

LEAD = 0.035
"""Seconds kept before the first sound: room for the burst of a plosive and for the lips to close on it."""

SENTENCE, COMMA, RUN_ON = 0.28, 0.12, 0.04
"""Seconds of silence after a sentence, after a comma, and where a long line was cut between words."""

AUDIBLE = -42.0
"""dB below the loudest 5 ms; what is softer at the edges of a clause is breath and filter tail."""

LOUDNESS = 10 ** (-20 / 20)
"""RMS of the sounding parts that clauses are brought to: a common level of speech, with 18 dB for peaks."""

EVENING = 0.8
"""Share of the difference in level that is evened out; the rest is the speaker's own emphasis."""

PEAK = 0.95
VOICED = 40.0
"""Hertz; the network's pitch below this means no voice."""

LEAST = 3.0
"""Bins between harmonics; where a pitch rises from nothing they lie closer, and every bin is one."""

_ENDS = re.compile(r"([.!?…])|([,;:—–-])")


Spectra: TypeAlias = NDArray[np.float32]
"""One value for each bin and frame, shape (bins, frames)."""


def deepen(
    f0: NDArray[np.float32], harmonics: Spectra, phase: Spectra, hertz: float, voice: character.Voice
) -> tuple[NDArray[np.float32], Spectra, Spectra]:
    """Another pitch for the source of a source-filter synthesis, and a filter to match, before `grow`.

    `harmonics` is the logarithm of the filter, `hertz` the distance of its bins. A network learns a filter
    only where its own voice has harmonics; between them it may say anything, and does. So the filter is drawn
    anew through the harmonics. A lower voice has more of them under the same envelope: each is made that much
    softer. `grow` divides the pitch by the size, so that is put in here.
    """
    ratio = 2 ** (voice.pitch / 12) * voice.size
    if ratio == 1:
        return f0, harmonics, phase
    moved = np.where(f0 > VOICED, np.maximum(f0 * ratio, VOICED + 1), f0).astype(np.float32)
    envelope = _through_harmonics(harmonics, f0 / hertz) + np.float32(np.log(ratio) / 2)
    return moved, envelope, _through_harmonics(phase, f0 / hertz)


def _through_harmonics(spectra: Spectra, apart: NDArray[np.float32]) -> Spectra:
    """`spectra` as they are at multiples of `apart` (bins, one for each frame), in straight lines between."""
    drawn = spectra.copy()
    bins = np.arange(len(spectra))
    for frame in np.flatnonzero(apart > LEAST):
        at = np.arange(apart[frame], bins[-1], apart[frame])
        drawn[:, frame] = np.interp(bins, at, np.interp(at, bins, spectra[:, frame]))
    return drawn


def grow(audio: Samples, rate: int, size: float) -> Samples:
    """The same from a vocal tract `size` times as long: the spectrum moves down and time stretches."""
    if size == 1 or not len(audio):
        return audio
    grown: Samples = soxr.resample(audio, rate, rate * size).astype(np.float32)
    return grown


@dataclass(frozen=True, slots=True)
class Clause:
    """Trimmed audio; `offset` is the second of the untrimmed audio at which it begins."""

    audio: Samples
    offset: float


def finish(audio: Samples, rate: int, text: str) -> Clause:
    """Cut the silence around the words to what the punctuation asks for, and set the level."""
    block = rate // 200
    energy = np.square(audio[: len(audio) // block * block]).reshape(-1, block).mean(1)
    if not len(energy) or energy.max() < 1e-9:
        return Clause(np.zeros(0, np.float32), 0.0)
    sounding = np.flatnonzero(energy > energy.max() * 10 ** (AUDIBLE / 10))
    start = max(0, int(sounding[0]) * block - round(LEAD * rate))
    end = (int(sounding[-1]) + 1) * block + round(pause_after(text) * rate)
    kept = audio[start:end]
    kept = np.pad(kept, (0, end - start - len(kept))) * _gain(energy, float(np.abs(audio).max()))
    _fade(kept, block)
    return Clause(kept.astype(np.float32), start / rate)


def pause_after(text: str) -> float:
    """Seconds of silence that the end of `text` asks for."""
    found = _ENDS.match(text.rstrip("\"”’')* ")[-1:])
    if found is None:
        return RUN_ON
    return SENTENCE if found[1] else COMMA


def _gain(energy: NDArray[np.float32], peak: float) -> float:
    active = energy[energy > energy.max() * 1e-3]
    gain: float = (LOUDNESS / float(np.sqrt(active.mean()))) ** EVENING
    return min(gain, PEAK / peak)


def _fade(audio: Samples, length: int) -> None:
    """Both ends meet silence without a step: 5 ms in, 10 ms out."""
    ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 2 * length))).astype(np.float32)
    rise = min(length, len(audio) // 2)
    audio[:rise] *= ramp[::2][:rise]
    fall = min(2 * length, len(audio) // 2)
    audio[len(audio) - fall :] *= ramp[::-1][-fall:]
