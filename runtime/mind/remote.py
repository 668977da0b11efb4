"""A mind on another machine: any server that speaks OpenAI's interface (vLLM, Ollama, llama.cpp, NIM, …)."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runtime.ears import wording
from runtime.flow import Stream
from runtime.mind import MindFailed
from runtime.mind.persona import Personas
from runtime.mind.remote_events import Events
from runtime.mind.remote_link import Link, Refused
from runtime.mind.remote_options import RemoteOptions
from runtime.mind.remote_retry import Retry
from runtime.mind.remote_tools import ROOM, carried_out, offered
from runtime.mind.requests import AGAIN, ending, plain
from runtime.registry import BadSettings, Card, Context
from runtime.types import Message, Prompt, Tools

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

OPINION = 0.3
"""Seconds in which the server may say whether a turn is over: a later opinion comes after the end."""

TOP = 20
"""Likeliest tokens that are asked for: more are refused by vLLM as it comes."""

REST = 0.1
"""Seconds for what follows the end of a reply: a connection that was read to its end is used again."""

LONGEST = 16
"""Characters of a token, at most: a server that does not heed `max_tokens` is stopped by this."""

_MARK = "\x1f"
"""Stands where the player's words end, to find that place in a filled-in template."""


class Remote:
    """One server. Nothing of a conversation is kept here: its prefix is sent the same each time, byte for
    byte, and servers know it by that."""

    def __init__(
        self,
        options: RemoteOptions,
        adapters: Mapping[str, Path] | None = None,
    ) -> None:
        """Raises BadSettings where there is no key. Nothing is asked of the server yet."""
        key = os.environ.get(options.key_env, "").strip() if options.key_env else ""
        if options.key_env and not key:
            raise BadSettings(f"key_env: the environment variable {options.key_env} holds no key")
        self.options = options
        self._link = Link(options.url.rstrip("/"), key, options.connect)
        self._retry = Retry(options.attempts, options.first)
        self._personas = Personas(adapters or {})
        self.acts = options.tools
        """It chooses what its characters do."""
        self.usage: dict[str, Any] = {}
        """Tokens of the last reply as the server counted them, if it did."""

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply. Raises MindFailed, after other attempts where nothing was said yet.

        A model that calls tools before it says anything is told what becomes of that, and asked once more.
        """
        loop = asyncio.get_running_loop()
        started, attempt, said = loop.time(), 1, 0
        done: list[dict[str, Any]] = []
        while True:
            try:
                now: list[dict[str, Any]] = []
                deadline = started + self._retry.budget
                async with aclosing(self._attempt(prompt, done, now, deadline)) as pieces:
                    async for piece in pieces:
                        said += len(piece)
                        yield piece
                        if said > LONGEST * prompt.max_tokens:
                            return
                if said or done:
                    return
                done, started, attempt = now, loop.time(), 1
                continue
            except MindFailed as error:
                refusal = error if isinstance(error, Refused) else Refused(str(error))
                spent = loop.time() - started
                wait = self._retry.wait(attempt, spent, refusal.retry_after, random.random())
                if said or not refusal.again or wait is None:
                    raise
                log.info("attempt %d: %s", attempt, refusal)
                await asyncio.sleep(wait)
            attempt += 1

    async def _attempt(
        self, prompt: Prompt, done: Sequence[dict[str, Any]], now: list[dict[str, Any]], deadline: float
    ) -> Stream[str]:
        """One request, whose first words must come by `deadline`. Raises MindFailed.

        `done` is what the model was told of its calls; what it is to be told of those it makes goes to `now`.
        """
        loop = asyncio.get_running_loop()
        events, words, parts = Events(), False, 0
        data: bytes | None = b""
        async with aclosing(self._link.stream("/chat/completions", self._body(prompt, done))) as chunks:
            while data is not None:
                try:
                    async with asyncio.timeout_at(deadline):
                        data = await _next(chunks)
                except TimeoutError:
                    if events.ended:
                        break
                    when = "in the middle of the reply" if words else "before its first words"
                    raise Refused(f"the server fell silent {when}") from None
                text = events.finish() if data is None else events.feed(data)
                if text:
                    words = True
                    yield text
                # Bytes alone are no progress: a server may go on telling that it is still there.
                if events.ended:
                    deadline = min(deadline, loop.time() + REST)
                elif events.parts > parts:
                    parts, deadline = events.parts, loop.time() + self.options.between
                if parts > LONGEST * (prompt.max_tokens + ROOM):
                    break
        self.usage = events.usage
        now += [] if done else carried_out(events.calls.values(), self._tools(prompt))
        if not words and not now:
            raise Refused("the server said nothing")

    async def ends(self, prompt: Prompt, /) -> float:
        """By the next token's probabilities, where the server gives those in time; else by the words."""
        last = (prompt.prefix + prompt.messages)[-1]
        if self.options.server != "openai":
            said = replace(last, text=last.text.rstrip(" .,;:!?…-"))
            prompt = replace(prompt, messages=(*prompt.messages[:-1], said), max_tokens=1)
            ask = self._ask_vllm if self.options.server == "vllm" else self._ask_llama
            try:
                async with asyncio.timeout(OPINION):
                    return ending(await ask(prompt))
            except (MindFailed, TimeoutError, KeyError, TypeError, ValueError, IndexError) as error:
                log.debug("no opinion on the turn: %s", error)
        return wording.ends(last.text.rpartition("\n")[2])  # behind the line of notes

    async def warm(self, prompt: Prompt) -> None:
        """Have the server read it, if the options say so. A server that cannot is not needed yet."""
        if not self.options.warm:
            return
        asked = replace(prompt, messages=(*prompt.messages, Message("user", "Hello")), max_tokens=1)
        try:
            async with asyncio.timeout(self.options.first):
                await self._link.ask("/chat/completions", {**self._body(asked), "stream": False})
        except (MindFailed, TimeoutError) as error:
            log.warning("could not read ahead: %s", error)

    def close(self) -> None:
        """Let go of the connections."""
        self._link.close()

    def _tools(self, prompt: Prompt) -> Tools | None:
        return (
            prompt.tools if self.acts else None
        )  # those of a prompt may be meant for the mind it stands in for

    def _body(self, prompt: Prompt, done: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """The request for a reply. Its messages come out the same for the same prompt."""
        model = self.options.tuned.get(prompt.adapter, "")
        prompt = prompt if model else self._personas(prompt)
        messages = prompt.prefix + prompt.messages
        begun = messages[-1].role == "assistant" and self.options.server == "vllm"
        tools = self._tools(prompt)
        room = ROOM if tools and not done and prompt.max_tokens > 1 else 0
        body = {
            **({"model": model or self.options.model} if model or self.options.model else {}),
            "messages": [*(plain(message) for message in messages), *done],
            "stream": True,
            "max_tokens": prompt.max_tokens + room,
            "temperature": prompt.temperature,
            "frequency_penalty": AGAIN,
            **({"stop": list(prompt.stop)} if prompt.stop else {}),
            **({} if prompt.seed is None else {"seed": prompt.seed}),
            **offered(tools, bool(done)),
            **({"add_generation_prompt": False, "continue_final_message": True} if begun else {}),
            **self.options.extra,
        }
        return {key: value for key, value in body.items() if key not in self.options.omit}

    async def _ask_vllm(self, prompt: Prompt) -> dict[str, Any]:
        """What vLLM's model expects behind the player's words, were the message not over."""
        body = {**self._body(prompt), "stream": False, "logprobs": True, "top_logprobs": TOP}
        body |= {"add_generation_prompt": False, "continue_final_message": True}
        return await self._link.ask("/chat/completions", body)

    async def _ask_llama(self, prompt: Prompt) -> dict[str, Any]:
        """The same of llama.cpp, which fills in its template on request."""
        body = self._body(prompt)
        last = body["messages"][-1]
        marked = [*body["messages"][:-1], {**last, "content": last["content"] + _MARK}]
        template = await self._link.ask("/apply-template", {"messages": marked}, root=True)
        text = template["prompt"].rpartition(_MARK)[0]
        return await self._link.ask("/completions", {"prompt": text, "max_tokens": 1, "logprobs": TOP})


async def _next(chunks: Stream[bytes]) -> bytes | None:
    """None at the end."""
    async for data in chunks:
        return data
    return None


def _open(options: RemoteOptions, context: Context) -> Remote:
    return Remote(options, context.adapters)


CARD = Card(
    name="remote",
    stage="mind",
    summary="any server that speaks OpenAI's interface: vLLM, Ollama, llama.cpp, NIM, …",
    licence="Apache-2.0",
    languages="as its model",
    devices="remote",
    open=_open,
    options=RemoteOptions,
    modules=("httpx2",),
)
