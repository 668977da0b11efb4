"""A mind on PyTorch and transformers: any chat model of theirs, on a CPU or a GPU."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from runtime.flow import PRESSING, Stream, Worker
from runtime.mind import MindFailed
from runtime.mind.persona import Personas
from runtime.mind.requests import prefix_name
from runtime.mind.transformers_model import Model
from runtime.mind.transformers_reply import Reading, Writing
from runtime.mind.transformers_talk import Talks
from runtime.registry import Card, Context, Options
from runtime.types import Message, Prompt

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST = 16
"""Tokens of a reply, a clause or two, that go before what anybody else wants of the model."""

_MARK = "\x1f"
"""Stands where the player's words end, to find that place in a filled-in template."""


class TransformersOptions(Options, frozen=True):
    """Of a model in PyTorch."""

    model: str = "smollm2-135m-instruct"
    """A name of `townsfolk models`, a folder of safetensors, a GGUF file, or `hub:owner/name`."""
    device: str = "auto"
    """`cpu`, `cuda`, `cuda:1`, `mps`; `auto` takes a GPU where there is one."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """`auto`: float32 on a CPU, bfloat16 on a GPU."""
    quantize: Literal["none", "8bit", "4bit"] = "none"
    """Keep the weights of a folder in fewer bits, where bitsandbytes is installed."""
    compile: bool = False
    """Compile a step, with caches of a fixed size: for a GPU. The first reply waits a minute for it."""
    adapters: bool = True
    """Use the characters' own adapters, where they fit the model."""


class Transformers:
    """Weights, the conversations they have read, and the one thread in which they compute.

    A reply is written token by token, each when it is wanted; a prompt is read in bits of about 80 ms.
    """

    def __init__(
        self,
        path: Path,
        options: TransformersOptions | None = None,
        slots: int = 8,
        threads: int = 0,
        adapters: Mapping[str, Path] | None = None,
    ) -> None:
        """Load the weights and the adapters (GGUF, or a folder of peft's) by id. Raises MindFailed."""
        options = options or TransformersOptions()
        self._model: Model | None = Model(path, options, threads)
        refused = self._model.adapt((adapters or {}) if options.adapters else {})
        for name, reason in refused.items():
            log.warning("%s speaks without its adapter: %s", name, reason)
        self._fits = frozenset(self._model.adapters)
        self._personas = Personas(adapters or {})
        self._talks = Talks(self._model.caches, slots)
        self.worker = Worker("mind")
        self.read_last = 0
        """Tokens of the last prompt that were not in the cache."""

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply. Raises MindFailed, also where the prompt does not fit the context."""
        prompt = self._whole(prompt)
        async with self._reading(prompt, PRESSING, lambda model: model.rendered(_all(prompt))) as reading:
            writing = Writing(reading, prompt)
            for count in range(prompt.max_tokens):
                text = await self._at(PRESSING if count < FIRST else 0, writing.write)
                if text:
                    yield text
                if writing.over:
                    return
            if rest := writing.stops.finish():
                yield rest

    async def ends(self, prompt: Prompt, /) -> float:
        """The probability of all tokens that can end the last message, by one step of the model."""
        prompt = self._whole(prompt)
        *before, last = _all(prompt)
        asked = (*before, Message("user", last.text.rstrip(" .,;:!?…-") + _MARK))
        async with self._reading(prompt, 1, lambda model: _until_mark(model, asked)) as reading:
            return await self._at(1, reading.ending)

    async def warm(self, prompt: Prompt) -> None:
        """Read `prompt` ahead of time. A bare prefix is kept for every conversation."""
        prompt = self._whole(prompt)
        if prompt.messages:
            async with self._reading(prompt, -1, lambda model: model.rendered(_all(prompt))):
                return
        name = prefix_name(prompt)
        if self._talks.has(name):
            return
        asked = (*prompt.prefix, Message("user", _MARK))  # some templates want a player to begin
        async with self._reading(prompt, 0, lambda model: _until_mark(model, asked)) as reading:
            await self._at(0, reading.keep)

    def close(self) -> None:
        """Stop what is being written and let go of the weights."""
        self._model = None
        self.worker.close()

    def _whole(self, prompt: Prompt) -> Prompt:
        return prompt if prompt.adapter in self._fits else self._personas(prompt)

    @asynccontextmanager
    async def _reading(
        self, prompt: Prompt, urgency: int, text: Callable[[Model], str]
    ) -> AsyncIterator[Reading]:
        """A prompt that has been read, its talk given back afterwards."""
        if self._model is None:
            raise MindFailed("the mind is closed")
        reading = Reading(self._model, self._talks, prompt)
        try:
            self.read_last = await self._at(urgency, reading.begin, text)
            while reading.left:
                await self._at(urgency, reading.read)
            yield reading
        finally:
            with suppress(RuntimeError):  # closed meanwhile
                # Behind the call that is under way, if it was left alone, and before any other.
                self.worker.submit(PRESSING + 1, reading.leave)

    async def _at(self, urgency: int, call: Callable[..., T], *args: Any) -> T:
        try:
            return await self.worker.at(urgency, call, *args)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._model is None and not (task and task.cancelling()):
                raise MindFailed("the mind is closed") from None  # its thread dropped the call
            raise
        except RuntimeError as error:  # of PyTorch (out of memory), or of a thread that was closed
            raise MindFailed(str(error) if self._model else "the mind is closed") from error


def _all(prompt: Prompt) -> Sequence[Message]:
    return prompt.prefix + prompt.messages


def _until_mark(model: Model, messages: Sequence[Message]) -> str:
    return model.rendered(messages).rpartition(_MARK)[0]


def _open(options: TransformersOptions, context: Context) -> Transformers:
    return Transformers(
        context.weights(options.model), options, context.slots, context.threads, context.adapters
    )


CARD = Card(
    name="transformers",
    stage="mind",
    summary="Hugging Face transformers on PyTorch: folders of safetensors, GGUF, 8 and 4 bit, LoRA",
    licence="Apache-2.0",
    languages="as its model",
    devices="cpu cuda mps",
    open=_open,
    options=TransformersOptions,
    extra="townsfolk[transformers]",
    modules=("torch", "transformers"),
)
