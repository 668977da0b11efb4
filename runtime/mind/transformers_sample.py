"""From a model's logits to text: the next token as llama.cpp is asked to choose it, and where to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from runtime.mind.requests import AGAIN, MIN_P

LAST = 64
"""Tokens, those of the prompt among them, of which a repetition counts: what llama.cpp looks back on."""


class Sampler:
    """Chooses the tokens of one reply."""

    def __init__(self, temperature: float, seed: int | None) -> None:
        import torch

        self._torch: Any = torch
        self._temperature = temperature
        self._chance: Any = torch.Generator()
        if seed is None:
            self._chance.seed()
        else:
            self._chance.manual_seed(seed)

    def __call__(self, logits: Any, before: Sequence[int]) -> int:
        """The next token by its logits, a tensor (vocabulary,), after the tokens `before`.

        A frequency penalty of AGAIN, then of what is at least MIN_P times as likely as the likeliest one at
        random; the likeliest itself at temperature 0.
        """
        logits = logits.float().cpu().clone()
        counts = Counter(before[-LAST:])
        logits[list(counts)] -= AGAIN * self._torch.tensor(list(counts.values()), dtype=logits.dtype)
        if self._temperature <= 0:
            return int(logits.argmax())
        likely = logits.softmax(0)
        logits[likely < MIN_P * likely.max()] = -float("inf")
        return int((logits / self._temperature).softmax(0).multinomial(1, generator=self._chance))


class Stops:
    """Text up to the first of `stops`; what may be the beginning of one is held back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.met = False
        """Whether the end was found."""

    def feed(self, text: str) -> str:
        """What can be said of all so far."""
        if self.met:
            return ""
        self._held += text
        ends = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if ends:
            self.met = True
            self._held, text = "", self._held[: min(ends)]
            return text
        keep = max((self._begun(stop) for stop in self._stops), default=0)
        text, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return text

    def finish(self) -> str:
        """What was held back: nothing follows, so it was no stop."""
        text, self._held = self._held, ""
        return text

    def _begun(self, stop: str) -> int:
        """How many characters at the end may be the first of `stop`."""
        sizes = range(min(len(stop) - 1, len(self._held)), 0, -1)
        return next((size for size in sizes if stop.startswith(self._held[-size:])), 0)
