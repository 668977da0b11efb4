"""One prompt and its reply, in the thread of a model in PyTorch: every method is a call in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.mind import MindFailed
from runtime.mind.requests import ending, prefix_name
from runtime.mind.transformers_model import Model
from runtime.mind.transformers_sample import Sampler, Stops
from runtime.mind.transformers_talk import Talk, Talks
from runtime.types import Prompt

TOP = 40
"""Likeliest tokens that are looked at for the end of a turn."""


class Reading:
    """One prompt in the model's thread: what is left of it to read, and the logits after it."""

    def __init__(self, model: Model, talks: Talks, prompt: Prompt) -> None:
        self.model, self._talks, self._prompt = model, talks, prompt
        self.talk: Talk | None = None
        self.left: list[int] = []
        self.logits: Any = None

    def begin(self, text: Callable[[Model], str]) -> int:
        """Find what was read of it before; how many tokens were not. Raises MindFailed."""
        tokens = self.model.tokens(text(self.model))
        if len(tokens) + self._prompt.max_tokens > self.model.context:
            raise MindFailed(f"{len(tokens)} tokens do not fit the context of {self.model.context}")
        prompt = self._prompt
        name = prefix_name(prompt)
        self.talk = self._talks.take(prompt.conversation, name, prompt.adapter, tokens)
        self.left = tokens[len(self.talk.tokens) :]
        return len(self.left)

    def read(self) -> None:
        """A bit of what is left."""
        assert self.talk is not None
        talk, self.talk = self.talk, None  # not given back where this fails
        count, self.logits = self.model.read(talk, self.left)
        self.talk, self.left = talk, self.left[count:]

    def ending(self) -> float:
        """How likely the turn ends where the text does."""
        likely = self.logits.log_softmax(0).topk(min(TOP, len(self.logits)))
        steps = zip(likely.indices.tolist(), likely.values.tolist(), strict=True)
        decode = self.model.tokenizer.decode
        tokens = [{"token": decode([t], skip_special_tokens=True), "logprob": p} for t, p in steps]
        return ending({"choices": [{"logprobs": {"content": [{"top_logprobs": tokens}]}}]})

    def keep(self) -> None:
        """Keep it as a prefix."""
        if self.talk is not None:
            self._talks.keep(prefix_name(self._prompt), self.talk)
            self.talk = None

    def leave(self) -> None:
        """Give back the talk, with as much as was read."""
        if self.talk is not None:
            self._talks.give(self._prompt.conversation, self.talk)


class Writing:
    """One reply in the model's thread."""

    def __init__(self, reading: Reading, prompt: Prompt) -> None:
        from tokenizers.decoders import DecodeStream

        self._reading = reading
        self._sampler = Sampler(prompt.temperature, prompt.seed)
        # Holds back bytes until they are characters. It starts behind the prompt, so a first space stays.
        self._decoder: Any = DecodeStream(skip_special_tokens=True)
        self.stops = Stops(prompt.stop)
        self.over = False
        """Whether it has come to its own end."""

    def write(self) -> str:
        """The next token's text; empty while its characters are not whole."""
        reading = self._reading
        if reading.left:
            reading.read()
        if reading.talk is None:
            raise MindFailed("what was read is lost")
        token = self._sampler(reading.logits, reading.talk.tokens)
        if token in reading.model.ends:
            self.over = True
            return self.stops.finish()
        reading.left = [token]
        piece = self._decoder.step(reading.model.tokenizer.backend_tokenizer, token)
        text = self.stops.feed(piece or "")
        self.over = self.stops.met
        return text
