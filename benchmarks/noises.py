"""What a microphone hears besides words: sounds of the throat from a glottal source and formants, and things.

Made, not recorded: the same for everybody, by a number. They have the onset, length, spectrum and voicing of
what they stand for, which is what a voice detector and a recogniser go by; they are not fit to be admired.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.stimuli import RATE
from runtime.types import Samples

signal: Any = import_module("scipy.signal")  # not typed

Rng: TypeAlias = np.random.Generator
Sound: TypeAlias = NDArray[Any]
"""A sound in the making, of any float."""

OPEN = ((750, 90), (1250, 110), (2600, 160))
"""Formants of an open vowel, as in a laugh: (hertz, bandwidth)."""
NEUTRAL = ((500, 80), (1450, 120), (2450, 180))
ROUND = ((330, 70), (900, 100), (2300, 160))
NASAL = ((260, 60), (1050, 200), (2200, 300))
"""A closed mouth: nearly all of it is the first."""


def cough(rng: Rng) -> Samples:
    """A burst as the glottis opens, its rush, and often a voiced end; once or twice."""
    return np.concatenate([_cough(rng) for _ in range(rng.integers(1, 3))])


def _cough(rng: Rng) -> Samples:
    burst = _decay(formants(white(rng, 0.05), OPEN), 0.015)
    rush = _decay(formants(white(rng, 0.22), NEUTRAL), 0.07) * 0.6
    pitch = rng.uniform(110, 230)
    end = formants(glottis(rng, np.linspace(pitch, 0.75 * pitch, int(0.14 * RATE)), 0.04), OPEN)
    return np.concatenate([loud(burst), loud(rush, 0.6), loud(_swell(end), 0.45), np.zeros(int(0.08 * RATE))])


def throat(rng: Rng) -> Samples:
    """Clearing one's throat: a slow, rough pulse through phlegm."""
    pitch = np.linspace(rng.uniform(85, 110), rng.uniform(60, 75), int(rng.uniform(0.35, 0.6) * RATE))
    rough = formants(glottis(rng, pitch, 0.25), NEUTRAL) + 0.4 * formants(white(rng, len(pitch) / RATE), OPEN)
    return loud(_swell(rough) * (1 + 0.6 * np.sin(np.arange(len(pitch)) * 2 * np.pi * 24 / RATE)))


def laugh(rng: Rng) -> Samples:
    """About five notes a second, each breath and then voice, falling in pitch and loudness."""
    notes, pitch = int(rng.integers(3, 7)), rng.uniform(150, 300)
    made: list[Sound] = []
    for k in range(notes):
        fall = pitch * 0.94**k
        breath = loud(formants(white(rng, 0.07), OPEN), 0.25)
        note = formants(glottis(rng, np.linspace(1.1 * fall, 0.9 * fall, int(0.1 * RATE)), 0.02), OPEN)
        made += [breath, loud(_swell(note)), np.zeros(int(0.02 * RATE))]
    laughed = np.concatenate(made)
    return loud(laughed * np.linspace(1, 0.5, len(laughed)))


def sneeze(rng: Rng) -> Samples:
    """Breath drawn in, a hiss between the teeth, a vowel."""
    drawn = loud(_swell(band(white(rng, 0.35), 500, 4000)), 0.12)
    hiss = loud(_decay(band(white(rng, 0.16), 2500, 7000), 0.08))
    pitch = rng.uniform(140, 260)
    vowel = formants(glottis(rng, np.linspace(pitch, 0.7 * pitch, int(0.2 * RATE)), 0.03), ROUND)
    return np.concatenate([drawn, hiss, loud(_swell(vowel), 0.5)])


def breath(rng: Rng) -> Samples:
    """Breath beside the microphone."""
    return loud(_swell(band(white(rng, rng.uniform(0.4, 0.9)), 250, 3500)), 0.25)


def sigh(rng: Rng) -> Samples:
    """Breath with some voice that falls."""
    pitch = np.linspace(rng.uniform(160, 220), 100, int(0.6 * RATE))
    voice = formants(glottis(rng, pitch, 0.03), NEUTRAL)
    return loud(_swell(0.4 * loud(voice) + 0.6 * loud(band(white(rng, 0.6), 300, 3500))), 0.4)


def hum(rng: Rng) -> Samples:
    """The "mm-hm" of a listener: two hums, the second higher, with a puff between."""
    pitch = rng.uniform(110, 220)
    first, second = (np.linspace(a * pitch, b * pitch, int(0.17 * RATE)) for a, b in ((1, 0.92), (1.15, 1.3)))
    hums = [loud(_swell(formants(glottis(rng, note, 0.01), NASAL)), 0.5) for note in (first, second)]
    return np.concatenate([hums[0], loud(band(white(rng, 0.05), 300, 2500), 0.06), hums[1]])


def slam(rng: Rng) -> Samples:
    """A door: the panel's low modes, the latch's crack, and what rattles after."""
    panel = modes([55, 88, 131, 190], [0.15, 0.12, 0.08, 0.05], 0.6, rng)
    crack = _decay(white(rng, 0.6), 0.012) * 0.8
    rattle = np.roll(_decay(band(white(rng, 0.6), 800, 5000), 0.02), int(0.09 * RATE)) * 0.3
    return loud(panel + crack + rattle, 0.8)


def keys(rng: Rng) -> Samples:
    """Typing: a click down, a softer one up, six to nine times."""
    out = np.zeros(int(1.2 * RATE), np.float32)
    for at in np.sort(rng.uniform(0, 1.05, int(rng.integers(6, 10)))):
        for delay, level in ((0.0, 1.0), (0.07, 0.4)):
            click = level * rng.uniform(0.6, 1) * loud(_decay(band(white(rng, 0.03), 1500, 7000), 0.004))
            start = int((at + delay) * RATE)
            out[start : start + len(click)] += click
    return loud(out, 0.15)


def cup(rng: Rng) -> Samples:
    """China on wood."""
    ring = modes([2150, 3370, 4680, 6150], [0.09, 0.06, 0.04, 0.03], 0.35, rng)
    return loud(ring + 0.8 * modes([180, 310], [0.03, 0.02], 0.35, rng), 0.35)


def chair(rng: Rng) -> Samples:
    """A chair leg that sticks and slips over the floor."""
    pitch = (
        95 + 35 * np.sin(np.linspace(0, 3, int(0.7 * RATE))) + np.cumsum(rng.normal(0, 0.08, int(0.7 * RATE)))
    )
    scrape = formants(glottis(rng, np.clip(pitch, 50, 200), 0.3), ((420, 200), (1300, 400), (2900, 700)))
    return loud(_swell(loud(scrape) + 0.5 * band(white(rng, 0.7), 600, 5000)), 0.3)


def fan(rng: Rng) -> Samples:
    """Steady noise that comes and goes at once: a hand dryer, a passing car."""
    return loud(_swell(band(white(rng, 1.0), 100, 4000), 0.03), 0.25)


def melody(rng: Rng) -> Samples:
    """Four notes of an instrument."""
    notes = 220 * 2 ** (rng.choice([0, 2, 4, 7, 9, 12], 4) / 12)
    made = [modes([k * note for k in (1, 2, 3, 4)], [0.3, 0.2, 0.15, 0.1], 0.25, rng) for note in notes]
    return loud(np.concatenate(made), 0.3)


VOCAL: tuple[Callable[[Rng], Samples], ...] = (cough, throat, laugh, sneeze, breath, sigh)
THINGS: tuple[Callable[[Rng], Samples], ...] = (slam, keys, cup, chair, fan, melody)


# ------------------------------------------------------------ what they are made of


def white(rng: Rng, seconds: float) -> Samples:
    return rng.standard_normal(round(seconds * RATE)).astype(np.float32)


def glottis(rng: Rng, pitch: Sound, jitter: float) -> Samples:
    """A pulse each period, its length off by `jitter` (a share), -12 dB an octave as in a throat."""
    wander = np.repeat(1 + jitter * rng.standard_normal(len(pitch) // 80 + 1), 80)[: len(pitch)]
    phase = np.cumsum(pitch * wander / RATE)
    pulse = np.diff(np.floor(phase), prepend=0.0)
    shaped: Samples = signal.lfilter([1], np.poly([0.97, 0.9]), pulse).astype(np.float32)
    return shaped


def formants(source: Sound, resonances: tuple[tuple[float, float], ...]) -> Samples:
    """A cascade of two-pole resonators (Klatt 1980), each with gain 1 at 0 Hz."""
    for frequency, bandwidth in resonances:
        radius = np.exp(-np.pi * bandwidth / RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * frequency / RATE), radius**2]
        source = signal.lfilter([sum(poles)], poles, source)
    shaped: Samples = np.asarray(source, np.float32)
    return shaped


def band(source: Sound, low: float, high: float) -> Samples:
    passed: Samples = np.asarray(signal.sosfilt(_passing(low, high), source), np.float32)
    return passed


@functools.cache
def _passing(low: float, high: float) -> Any:
    return signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos")


def modes(frequencies: list[float], decays: list[float], seconds: float, rng: Rng) -> Samples:
    """Something struck: sines that die away, each in its own time (s)."""
    time = np.arange(int(seconds * RATE)) / RATE
    ring = [
        rng.uniform(0.6, 1) * np.sin(2 * np.pi * f * time) * np.exp(-time / d)
        for f, d in zip(frequencies, decays, strict=True)
    ]
    struck: Samples = np.sum(ring, axis=0).astype(np.float32)
    return struck


def loud(sound: Sound, peak: float = 0.5) -> Samples:
    scaled: Samples = np.asarray(sound * (peak / np.abs(sound).max()), np.float32)
    return scaled


def _decay(sound: Sound, seconds: float) -> Sound:
    rise = np.minimum(1, np.arange(len(sound)) / (0.003 * RATE))
    return np.asarray(sound * rise * np.exp(-np.arange(len(sound)) / (seconds * RATE)))


def _swell(sound: Sound, share: float = 0.3) -> Sound:
    """Rise and fall over `share` of its length at either end."""
    edge = max(1, int(share * len(sound)))
    shape = np.minimum(1, np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / edge)
    return np.asarray(sound * np.sin(shape * np.pi / 2) ** 2)
