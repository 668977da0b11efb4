"""When is the player's turn over? Votes are weighed into the silence that is enough. No I/O, no clock.

The words, the melody and the mind each say how likely the turn ends here; their logits are added up, as
independent evidence is. Weights began as a logistic regression on the pauses and ends of the development part
of `benchmarks.sentences`, spoken by four synthetic voices; what was set by hand: docs/turn-taking.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from runtime.ears import wording
from runtime.ears.prosody import Prosody

UNKNOWN = 0.5
"""Seconds of silence that end a turn of which nothing is known: the measure of all waits."""
_DONE, _HANGING = 0.18, 1.6
"""Seconds when it is plainly over, and when it plainly is not. The first is a usual gap between two people
(0.2 s, Stivers et al. 2009, PNAS 106), the second longer than most pauses for thought."""
_SURE, _LOST = 2.9, 0.7
"""Sums at which the wait is shortest and longest; between them it grows by the same factor for the same step.
Chosen among a dozen pairs by cut-offs and waits on both parts: docs/turn-taking.md."""
_BIAS = -0.2
_RARE = 2.0
"""Added to the mind's logit: even after whole sentences it mostly holds that more may follow (median 0.3)."""
# What is usual at a pause, and how much a step from it counts. The pitch has a token of a vote: on synthetic
# voices it says nothing, while people who are done move it and people who hold the turn keep it level
# (Gravano and Hirschberg 2011, Computer Speech and Language 25).
_USUAL, _MELODY = Prosody(3.0, -1.4, 1.5), Prosody(0.1, -0.15, 0.8)
_TUNE = 0.6
"""Bound of the melody: it may shift a judgement, not make one."""
_HEARD, _UNSURE = 0.75, 10.0
"""Confidence below which words count for less, and how much for all that is missing. Where the last word
was none, Whisper makes one ("or" -> "or get it", "um" -> "us") at 0.55 to 0.6; of whole sentences one in
twenty has less than 0.7. Short answers have less often, and are told by their words."""


class Weights(NamedTuple):
    """How much each vote counts."""

    words: float
    melody: float
    mind: float


WEIGHTS = Weights(1.0, 1.0, 0.9)
_SECOND = 0.5
"""For an end after a second whole sentence: turns of three are rarer than turns of two."""
_FAR = 4.0
"""Bound of a logit that comes in: no single vote decides alone."""


class Ending:
    """The votes on one turn at a time."""

    def __init__(self, unknown: float = UNKNOWN) -> None:
        """`unknown` is the silence that ends a turn of which nothing is known; all waits go with it."""
        self.patience = 1.0
        """All waits are this many times as long."""
        self.weights = WEIGHTS
        self.sight = 0.0
        """The eyes' vote, a logit: who has finished looks at whom they speak to."""
        self._scale = unknown / UNKNOWN
        self._words: str | None = None
        self._confidence = 1.0
        self._melody: Prosody | None = None
        self._opinions: dict[str, float] = {}
        self._goes_on = False

    def begin(self, goes_on: bool = False) -> None:
        """Another turn: nothing is known of it, but whether it `goes_on` right after what seemed an end."""
        self._goes_on = goes_on
        self._opinions.clear()
        self.resume()

    def resume(self) -> None:
        """The player goes on: what was heard of the end was not the end."""
        self._words = self._melody = None

    def words(self, text: str, confidence: float = 1.0) -> None:
        """All words of the turn, as far as it has been spoken, and how sure the recogniser is of them."""
        self._words, self._confidence = text, confidence

    def melody(self, end: Prosody | None) -> None:
        """How the voice sounded before it fell silent."""
        self._melody = end

    def opinion(self, text: str, ends: float) -> None:
        """The mind's vote on a turn of these words. It counts when they are, or become, the words heard."""
        self._opinions[_plain(text)] = ends

    @property
    def enough(self) -> float:
        """Seconds of silence, from the last sound on, that end the turn as things stand."""
        if self._words is None:  # they are under way, and no turn can be answered without them
            return _HANGING * self._scale * self.patience
        if not self._words:
            return UNKNOWN * self._scale * self.patience
        share = (_SURE - self.evidence) / (_SURE - _LOST)
        wait: float = _DONE * (_HANGING / _DONE) ** max(0.0, min(1.0, share))
        return wait * self._scale * self.patience

    @property
    def evidence(self) -> float:
        """For an end (positive) or against it, in logits."""
        total = _BIAS + self.weights.words * _logit(wording.ends(self._words or ""))
        total += self.weights.melody * self._tune() + self.sight
        # A mind may well hold that more follows a "hello"; people who pause after one are done all the same.
        if wording.cues(self._words or "").answer:
            return total
        opinion = self._opinions.get(_plain(self._words or ""))
        if opinion is not None:
            total += self.weights.mind * (_logit(opinion) + _RARE)
        total += _SECOND * (wording.sentences(self._words or "") + self._goes_on > 1)
        return total - _UNSURE * max(0.0, _HEARD - self._confidence)

    def _tune(self) -> float:
        if self._melody is None:
            return 0.0
        total = sum(w * (x - usual) for w, x, usual in zip(_MELODY, self._melody, _USUAL, strict=True))
        return max(-_TUNE, min(_TUNE, total))


def _plain(text: str) -> str:
    """Words are the same whether or not they were thought to be the last."""
    return text.rstrip(" .,!?…-").casefold()


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-_FAR, min(_FAR, math.log(bounded / (1 - bounded))))
