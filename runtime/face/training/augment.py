"""Rooms, microphones, noises and lines that synthetic speech never met."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, fftconvolve, firwin2, sosfilt  # type: ignore[attr-defined]

from runtime.face.training.corpus import RATE
from runtime.types import Samples

Random = np.random.Generator


def worsen(audio: Samples, random: Random) -> Samples:
    """Speech as some microphone in some room hears it; the same length."""
    if random.random() < 0.5:
        audio = room(audio, random)
    audio = colour(audio, random)
    if random.random() < 0.25:
        audio = narrow(audio, random)
    power = float(np.square(audio).mean()) + 1e-9
    if random.random() < 0.8:
        noise = sound_of_nobody(len(audio), random)
        decibels = random.triangular(6, 28, 50)
        noise *= np.sqrt(power / (np.square(noise).mean() + 1e-12) * 10 ** (-decibels / 10))
        audio = audio + noise
    if random.random() < 0.1:
        audio = mu_law(audio)
    gain = 10 ** (random.uniform(-22, 12) / 20)
    heard: Samples = np.clip(audio * gain, -1, 1).astype(np.float32)
    return heard


def room(audio: Samples, random: Random) -> Samples:
    """Exponentially decaying noise for a reverberation of 0.1 to 0.6 s behind the direct sound."""
    seconds = random.uniform(0.1, 0.6)
    times = np.arange(int(seconds * RATE)) / RATE
    tail = random.standard_normal(len(times)) * np.exp(-6.9 * times / seconds)
    tail *= random.uniform(0.1, 0.7) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    wet: Samples = fftconvolve(audio, tail)[: len(audio)].astype(np.float32)
    return wet


def colour(audio: Samples, random: Random) -> Samples:
    """A smooth response of a few dB either way, as of a microphone and its distance."""
    points = np.array([0, 150, 400, 1000, 2500, 5000, RATE / 2])
    decibels = random.normal(0, 3.0, len(points)) + random.normal(0, 2.5) * np.log2((points + 100) / 1000)
    response = 10 ** (np.clip(decibels, -18, 12) / 20)
    taps = firwin2(255, points, response, fs=RATE)
    coloured: Samples = fftconvolve(audio, taps, "same").astype(np.float32)
    return coloured


def narrow(audio: Samples, random: Random) -> Samples:
    """The band of a telephone or of a frugal codec."""
    low, high = random.choice([20, 100, 300]), random.choice([3400, 3800, 5000, 6500])
    sections = butter(4, (low, high), "bandpass", fs=RATE, output="sos")
    heard: Samples = sosfilt(sections, audio).astype(np.float32)
    return heard


def mu_law(audio: Samples) -> Samples:
    """Eight bits a sample, as in G.711."""
    peak = np.abs(audio).max() + 1e-9
    squeezed = np.sign(audio) * np.log1p(255 * np.abs(audio / peak)) / np.log(256)
    coarse = np.round(squeezed * 127) / 127
    heard: Samples = (peak * np.sign(coarse) * np.expm1(np.abs(coarse) * np.log(256)) / 255).astype(
        np.float32
    )
    return heard


def sound_of_nobody(count: int, random: Random) -> Samples:
    """Noise of some colour, hum, knocks or something like music: nothing that a mouth makes."""
    kind = random.choice(["noise", "noise", "noise", "hum", "knocks", "music"])
    sound = noise(count, random)
    if kind == "hum":
        times = np.arange(count) / RATE
        sound = 0.3 * sound + sum(
            random.random() / k * np.sin(2 * np.pi * k * random.choice([50, 60, 100]) * times)
            for k in range(1, 6)
        )
    if kind == "knocks":
        clicks = (random.random(count) < 2 / RATE) * random.standard_normal(count) * 30
        sound = 0.3 * sound + fftconvolve(clicks, np.exp(-np.arange(800) / 120))[:count]
    if kind == "music":
        sound = 0.1 * sound + music(count, random)
    made: Samples = np.asarray(sound, np.float32)
    return made


def noise(count: int, random: Random) -> Samples:
    """Noise that falls by 0 to 9 dB an octave and swells slowly."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    bins = np.maximum(np.arange(len(spectrum)) * RATE / count, 40)
    sound = np.fft.irfft(spectrum * (bins / 1000) ** -random.uniform(0, 1.5), count)
    swell = 1 + random.uniform(0, 0.6) * np.sin(
        2 * np.pi * random.uniform(0.05, 0.4) * np.arange(count) / RATE + random.uniform(0, 6)
    )
    made: Samples = (sound / (sound.std() + 1e-9) * swell).astype(np.float32)
    return made


def music(count: int, random: Random) -> Samples:
    """Chords of plucked strings in a scale of equal steps."""
    sound = np.zeros(count)
    start = 0
    while start < count:
        length = int(random.uniform(0.15, 0.9) * RATE)
        times = np.arange(min(length * 2, count - start)) / RATE
        for _ in range(random.integers(1, 4)):
            pitch = 110 * 2 ** (random.integers(0, 36) / 12)
            fall = np.exp(-times / random.uniform(0.1, 0.8))
            sound[start : start + len(times)] += fall * sum(
                np.sin(2 * np.pi * pitch * k * times) / k for k in range(1, 5)
            )
        start += length
    made: Samples = (sound / (sound.std() + 1e-9)).astype(np.float32)
    return made


def breath(random: Random) -> Samples:
    """Somebody breathes in: half a second of soft noise around 1 to 3 kHz."""
    count = int(random.uniform(0.2, 0.6) * RATE)
    sections = butter(2, (500, 4000), "bandpass", fs=RATE, output="sos")
    sound = sosfilt(sections, random.standard_normal(count)) * np.hanning(count)
    made: Samples = (sound * 10 ** (random.uniform(-45, -28) / 20)).astype(np.float32)
    return made
