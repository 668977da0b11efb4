"""Where what was heard is in what was sent: offsets of the lips, and silence after a cancel."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runtime.types import Samples

WINDOW = 0.06
"""Seconds of what is heard that are looked for in what was sent: longer than any vowel's period."""
SEARCH = 0.25
"""Seconds around the place the client believes in: an offset beyond is found as its edge."""
SILENT = 1e-4
"""Amplitude below which a sample cannot be heard."""


@dataclass
class Sync:
    """Milliseconds, of all that a probe has handed over."""

    offsets: list[tuple[float, float]] = field(default_factory=list)
    """When a frame was heard (seconds of the audio clock), and how far its face was ahead of its sound."""
    waits: list[float] = field(default_factory=list)
    """From the arrival of `cancel` to the last sample that can be heard."""
    last: float = 0.0
    """When the latest interruption came."""

    def take(self, seen: dict[str, Any]) -> None:
        """Add what `probe.take()` gave."""
        rate, began, tape = seen["rate"], seen["began"], samples(seen["tape"])
        sent = {number: samples(data) for number, data in seen["sent"].items()}
        for heard, reply, at in seen["shown"]:
            found = offset(tape, sent.get(str(reply)), heard - began, at, rate)
            if found is not None:
                self.offsets.append((heard, found))
        for cancelled in seen["interruptions"]:
            self.last = cancelled
            first = round((cancelled - began) * rate)
            sounds = np.flatnonzero(np.abs(tape[first : first + rate // 3]) > SILENT)
            self.waits.append((int(sounds[-1]) + 1) / rate * 1000 if len(sounds) else 0.0)

    def after(self) -> list[float]:
        """Offsets behind the last interruption."""
        return [found for heard, found in self.offsets if self.last and heard > self.last]


def offset(tape: Samples, sent: Samples | None, heard: float, at: float, rate: int) -> float | None:
    """Milliseconds by which the face is ahead of the sound at the output; None in silence or if unclear."""
    middle, half, reach = round(heard * rate), round(WINDOW * rate / 2), round(SEARCH * rate)
    first = round(at) - half - reach
    if sent is None or middle < half or middle + half > len(tape) or first < 0:
        return None
    window, around = tape[middle - half : middle + half], sent[first : first + 2 * (half + reach)]
    if len(around) < 2 * (half + reach) or np.sqrt(np.mean(window**2)) < 0.01:
        return None
    size = 1 << (len(around) + len(window)).bit_length()
    fits = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(window, size)), size)[: 2 * reach + 1]
    power = np.cumsum(np.concatenate([[0.0], around.astype(np.float64) ** 2]))
    norm = np.sqrt((power[len(window) :] - power[: -len(window)])[: len(fits)] * np.sum(window**2))
    fits = fits / np.maximum(norm, 1e-9)
    best = int(np.argmax(fits))
    return None if fits[best] < 0.98 else float((reach - best) / rate * 1000)


def samples(data: str) -> Samples:
    """PCM16 as the probe writes it, in [-1, 1]."""
    pcm = np.frombuffer(base64.b64decode(data), "<i2")
    return pcm.astype(np.float32) / np.float32(32768)
