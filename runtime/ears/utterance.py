"""What is kept of a turn until its words are known, and the recognitions made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runtime.types import Samples, Transcript

_LAG = 3
"""Blocks, 96 ms: the voice detector goes on for up to two after the last sound, and in one more there is no
word. What covers all before them covers all that was said, and the words need not be looked for again: over
the development part of `benchmarks.sentences` they stay the same, also with 4; with 5 some are cut."""


@dataclass(slots=True, eq=False)
class Utterance:
    """One turn: its sound so far and the words found in it."""

    turn: int
    blocks: list[Samples]
    """16 kHz; the first ones are from before the turn was noticed."""
    voiced: int = 0
    """Blocks up to the last voiced one."""
    spoke_until: float = 0.0
    ended: float = 0.0
    asked: int = 0
    """Blocks of the recognition begun last."""
    covered: int = 0
    """Blocks that `outcome` was made of."""
    outcome: Transcript | BaseException | None = None
    shown: str = ""
    cut: bool = False
    """It ended in the middle of speech: no silence stands for its last sounds."""
    told: bool = False
    """The session knows that the outcome covers all that was said."""

    @property
    def settled(self) -> bool:
        """The outcome covers all that was said."""
        return self.outcome is not None and self.covers(self.covered)

    def covers(self, blocks: int) -> bool:
        """Whether the words of the first `blocks` blocks are all there are."""
        return blocks >= self.voiced - (0 if self.cut else _LAG)


@dataclass(frozen=True, slots=True)
class Work:
    """One recognition: the first `blocks` blocks of an utterance."""

    number: int
    utterance: Utterance
    blocks: int
    final: bool
    began: float

    def audio(self) -> Samples:
        """16 kHz, shape (n,)."""
        return np.concatenate(self.utterance.blocks[: self.blocks])

    def serves(self, utterance: Utterance) -> bool:
        """Whether its words can be the final ones of `utterance`, as far as that has been spoken."""
        return self.utterance is utterance and utterance.covers(self.blocks)
