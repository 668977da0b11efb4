"""Sound for the ears: sentences spoken by the voice that ships, noises, and a count of words misheard."""

from __future__ import annotations

import functools
import re

import numpy as np
import soxr
from hibari import Hibari

from runtime.ears import RATE
from runtime.types import Samples

SENTENCES = (
    "Good morning, have you seen the blacksmith today?",
    "I would like to buy two loaves of bread and some cheese.",
    "Where is the old bridge, and who guards it at night?",
    "Please tell me what happened to your brother in the war.",
    "I found this silver ring near the river.",
    "How much do you want for the brown horse?",
    "The wolves came down from the mountain last winter.",
    "Can you teach me how to fight with a sword?",
    "What is the fastest road to the capital city?",
    "Yes.",
    "No, thank you.",
    "Hello there!",
    "Who are you?",
)


@functools.cache
def _voice() -> Hibari:
    return Hibari()


@functools.cache
def say(text: str) -> Samples:
    """`text` as speech, 16 kHz."""
    spoken = np.asarray(_voice()(text), np.float32)
    return soxr.resample(spoken, 24000, RATE).astype(np.float32)


def hiss(seconds: float, level: float) -> Samples:
    """White noise of RMS `level`, 16 kHz; the same every time."""
    return np.random.default_rng(7).normal(0, level, int(seconds * RATE)).astype(np.float32)


def pause(seconds: float) -> Samples:
    """What a quiet room sounds like."""
    return hiss(seconds, 0.0005)


def words(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def errors(said: str, heard: str) -> int:
    """Words inserted, left out or replaced (Levenshtein distance)."""
    known, found = words(said), words(heard)
    row = list(range(len(found) + 1))
    for count, word in enumerate(known, 1):
        diagonal, row[0] = row[0], count
        for at, other in enumerate(found, 1):
            best = min(row[at] + 1, row[at - 1] + 1, diagonal + (word != other))
            diagonal, row[at] = row[at], best
    return row[-1]
