"""What a character feels, moment by moment. Sans-IO: times come in as seconds of any one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from runtime.emotion.appraisal import FELT, Appraisal, expressed, happened, heard, tells
from runtime.emotion.likeness import Likeness
from runtime.emotion.temper import Temper
from runtime.remarks import Remark

PLACE: dict[str, tuple[float, float]] = {
    "joy": (0.8, 0.5), "sadness": (-0.7, -0.5), "anger": (-0.6, 0.8), "fear": (-0.7, 0.7),
    "disgust": (-0.7, 0.3), "surprise": (0.1, 0.9),
}  # fmt: skip
"""Valence and arousal of each feeling: Russell's circumplex (1980), rounded."""

TONE: dict[str, tuple[float, float]] = {
    "joy": (1.06, 1.0), "sadness": (0.92, -1.3), "anger": (1.06, 0.5), "fear": (1.1, 1.5),
    "disgust": (0.95, -0.8), "surprise": (1.05, 1.5),
}  # fmt: skip
"""Speed and semitones of a voice full of each feeling. Directions after Scherer (2003): joy, anger and fear
are faster and higher, sadness slower and lower; sizes so that it is heard and stays the same person."""

SHOWS = 0.15
"""Intensity from which on a feeling has its name; below it is neutral."""
STRONG = 0.45
"""From here on a character is told what it feels: one insult (0.7) is, one "thanks" (0.35) is not."""
AGAINST = 0.7
"""Share of the opposite feelings that a full new one drives out: who is praised stops being angry."""
ALIKE = 0.35
"""Share of other feelings of its own colour that it drives out: an anger that follows a fright shows."""
SOOTHES = 0.75
"""Share of anger and fear that an apology of full strength takes away."""
OWN = 0.5
"""What a character's own words count against others' words: it hears itself, and mostly knew."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """What is felt at a moment, as in the message `feeling`."""

    emotion: str
    intensity: float
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Tone:
    """How a feeling sounds: a factor of speed, 0.92 to 1.1, and semitones, -1.5 to 1.5."""

    speed: float = 1.0
    pitch: float = 0.0


REMARKS = {
    "joy": "You are in high spirits.",
    "sadness": "You are sad.",
    "anger": "You are angry.",
    "fear": "You are afraid.",
    "disgust": "You are disgusted.",
    "surprise": "You are astonished.",
}


class Mood:
    """The feelings of one character toward one player. Each lies in [0, 1] and decays by its own half-life.

    An appraisal (OCC: Ortony, Clore & Collins 1988) moves a feeling a share of the way to 1 and drives others
    out. A time before the last one counts as the last one.
    """

    def __init__(self, temper: Temper | None = None, likeness: Likeness | None = None) -> None:
        """`likeness` recognises by meaning what no rule does, where `heard` gets vectors."""
        self.temper = temper or Temper()
        self._likeness = likeness
        self._felt = dict.fromkeys(FELT, 0.0)
        self._then: float | None = None

    def heard(self, text: str, now: float, vector: NDArray[np.float32] | None = None) -> Feeling:
        """The player said `text`; `vector` is its own, by the embedder of `likeness`."""
        found = heard(text, self.temper.boldness)
        if not found and self._likeness and vector is not None and tells(text):
            found = self._likeness.appraised(vector, self.temper.boldness)
        return self._moved(found, now)

    def event(self, text: str, now: float) -> Feeling:
        """Something happened, told of in one sentence."""
        return self._moved(happened(text, self.temper.boldness), now)

    def said(self, text: str, now: float) -> Feeling:
        """The character said `text` itself."""
        return self._moved([one.scaled(OWN) for one in expressed(text)], now)

    def at(self, now: float) -> Feeling:
        """What is felt at `now`; changes nothing that a later call tells."""
        felt = self._decayed(now)
        emotion = max(felt, key=lambda name: felt[name])
        intensity = felt[emotion]
        if intensity < SHOWS:
            emotion, intensity = "neutral", 0.0
        valence, arousal = self._mixed(felt, PLACE, (self.temper.valence, self.temper.arousal))
        return Feeling(emotion, intensity, valence, arousal)

    def remarks(self, now: float) -> tuple[Remark, ...]:
        """What the character is told of its feeling: nothing, where it is not strong."""
        feeling = self.at(now)
        if feeling.emotion == "neutral" or feeling.intensity < STRONG:
            return ()
        return (Remark(REMARKS[feeling.emotion], feeling.intensity, "mood"),)

    def voice(self, now: float) -> Tone:
        """How it sounds at `now`, against its usual voice."""
        return Tone(*self._mixed(self._decayed(now), TONE, (1.0, 0.0)))

    def cues(self, lines: Sequence[str], now: float) -> list[Feeling]:
        """The feeling at the beginning of each of `lines` of a reply: what the player's words have left, then
        moved by its own words, each line by itself already. Changes nothing."""
        copy = Mood(self.temper)
        copy._felt, copy._then = dict(self._felt), self._then
        return [copy.said(line, now) for line in lines]

    def _moved(self, appraisals: Sequence[Appraisal], now: float) -> Feeling:
        self._felt = self._decayed(now)
        self._then = self._later(now)
        for one in appraisals:
            self._felt = self._stirred(self._felt, one)
        return self.at(now)

    def _stirred(self, felt: Mapping[str, float], by: Appraisal) -> dict[str, float]:
        """`felt` after one appraisal."""
        strength = min(1.0, by.strength * self.temper.share(by.emotion))
        if by.soothes:
            eased = 1 - SOOTHES * min(1.0, by.strength * max(self.temper.reactivity, 0.5))
            felt = {name: of * (eased if name in ("anger", "fear") else 1.0) for name, of in felt.items()}
        moved = {name: of * (1 - _drives_out(by.emotion, name) * strength) for name, of in felt.items()}
        moved[by.emotion] = felt[by.emotion] + strength * (1 - felt[by.emotion])
        return moved

    def _decayed(self, now: float) -> dict[str, float]:
        passed = 0.0 if self._then is None else self._later(now) - self._then
        return {name: of * 0.5 ** (passed / self.temper.half_life(name)) for name, of in self._felt.items()}

    def _later(self, now: float) -> float:
        if self._then is None:
            return now if isfinite(now) else 0.0
        return max(now, self._then) if isfinite(now) else self._then

    def _mixed(
        self, felt: Mapping[str, float], of: Mapping[str, tuple[float, float]], rest: tuple[float, float]
    ) -> tuple[float, float]:
        """The mean of `of` by what is felt and of `rest` by what is left to 1: never outside them."""
        whole = max(1.0, sum(felt.values()))
        left = max(0.0, 1.0 - sum(felt.values()))
        first, second = (
            left * rest[axis] + sum(felt[name] * of[name][axis] for name in felt) / whole for axis in (0, 1)
        )
        return first, second


def _drives_out(new: str, old: str) -> float:
    if new == old:
        return 0.0
    alike = (PLACE[new][0] > 0) == (PLACE[old][0] > 0)
    return ALIKE if alike else AGAINST
