"""What llama.cpp's server is asked and what it answers: dictionaries in the manner of OpenAI's interface."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from math import exp
from typing import Any

from runtime.mind import MindFailed
from runtime.types import Message, Prompt, Tools

MIN_P = 0.1
"""Words less likely than a tenth of the likeliest are noise in a small model."""

AGAIN = 0.4
"""Frequency penalty: small models go round in circles without one, and lose their grammar at 1."""

ACT = "What do you do as you say this? Answer with one call, or none:"
CALL = 80
"""Tokens that a call may have: a verb, a target and eight short parameters."""

_END = re.compile(r"[.?!](?!\.)|\n")
"""Tokens after which a turn may be over; an ellipsis is none."""


class Requests:
    """Requests to a server with these adapters, in their order there."""

    def __init__(self, adapters: Sequence[str]) -> None:
        self.adapters = adapters

    def chat(self, prompt: Prompt, slot: int) -> dict[str, Any]:
        """The reply to `prompt`, as a stream."""
        return {
            **self._common(prompt, slot),
            "messages": [plain(message) for message in prompt.prefix + prompt.messages],
            "stream": True,
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "min_p": MIN_P,
            "frequency_penalty": AGAIN,
            "stop": list(prompt.stop),
            **({} if prompt.seed is None else {"seed": prompt.seed}),
            **({"grammar": prompt.form} if prompt.form else {}),
        }

    def next_token(self, prompt: Prompt, slot: int, text: str) -> dict[str, Any]:
        """What may follow `text`, with probabilities."""
        return {**self._common(prompt, slot), "prompt": text, "max_tokens": 1, "logprobs": 40}

    def nothing(self, prompt: Prompt, slot: int) -> dict[str, Any]:
        """Give the slot to the prompt's adapter."""
        return {**self._common(prompt, slot), "prompt": [1], "n_predict": 0}

    def _common(self, prompt: Prompt, slot: int) -> dict[str, Any]:
        # All adapters with their scales: one that is not named would keep what it had.
        loras = [{"id": n, "scale": float(name == prompt.adapter)} for n, name in enumerate(self.adapters)]
        return {"id_slot": slot, "cache_prompt": True, "lora": loras}


def call_after(prompt: Prompt, tools: Tools, said: str) -> Prompt:
    """Asks what the character does, once it has `said` its reply: a call in the grammar of the tools."""
    ways = (
        f"{f['name']}({', '.join(f['parameters']['properties'])}): {f['description']}"
        for f in _functions(tools)
    )
    asked = "\n".join([ACT, *ways, "none: only speak"])
    messages = (*prompt.messages, Message("assistant", said or "…"), Message("user", asked))
    form = tools.grammar
    return replace(
        prompt, messages=messages, max_tokens=CALL, temperature=0.0, stop=(), tools=None, form=form
    )


def _functions(tools: Tools) -> list[dict[str, Any]]:
    return [schema["function"] for schema in tools.schemas]


def plain(message: Message) -> dict[str, str]:
    """A message without anything that a chat template means by its own marks: nobody speaks for others."""
    return {"role": message.role, "content": message.text.replace("<|", "< |")}


def ending(answer: dict[str, Any]) -> float:
    """The share of the next token's probability that would end a sentence or the turn. Raises MindFailed."""
    if "error" in answer:
        raise MindFailed(str(answer["error"].get("message", answer["error"])))
    (choice,) = answer["choices"]
    (step,) = choice["logprobs"]["content"]
    likely = ((token["token"].strip(), token["logprob"]) for token in step["top_logprobs"])
    return min(1.0, sum(exp(logprob) for text, logprob in likely if not text or _END.match(text)))


def prefix_name(prompt: Prompt) -> str:
    """Names the prefix of `prompt` among all there are."""
    parts = [prompt.adapter, *((m.role, m.text) for m in prompt.prefix)]
    return sha256(repr(parts).encode()).hexdigest()[:32]
