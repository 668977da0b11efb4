"""A mind with another one to stand in for it: before the first word, or in the middle of a reply."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from runtime.flow import Stream
from runtime.mind import Mind, MindFailed
from runtime.types import Message, Prompt

log = logging.getLogger(__name__)

Failure = Literal["before", "midway", "both"]
"""What was counted: the first mind failed before its first word, or after it; or the other one failed too."""

_FRAGMENT = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff'’-]{1,32}$")
"""What may be the beginning of a word, in scripts that part words by spaces."""

LETTERS = 4
"""Characters of a token, roughly: what of a reply's length is left after so much text."""


@dataclass
class Breaker:
    """Leaves alone what has failed `limit` times in a row, for `rest` seconds; then tries it once more.

    While that one try is under way nobody else has to wait for it. Sans-IO: times are the caller's.
    """

    limit: int = 3
    """One failure is chance, and a second may have the same cause; a third player should not wait."""
    rest: float = 30.0
    """Seconds: long enough for a server to start again, short enough that players notice it is back."""
    failures: int = 0
    until: float = 0.0

    def allows(self, now: float) -> bool:
        """Whether to try it at this moment."""
        if self.failures < self.limit:
            return True
        if now < self.until:
            return False
        self.until = now + self.rest  # this one tries; the others keep away until it is known how it went
        return True

    def failed(self, now: float) -> None:
        self.failures += 1
        self.until = now + self.rest

    def succeeded(self) -> None:
        self.failures = 0


class Fallback:
    """Asks `mind`; where it fails, `other` answers, or goes on from the words that were said.

    Turns are judged, and conversations read, by `other` too, so that it has little to read when it is needed.
    """

    def __init__(
        self,
        mind: Mind,
        other: Mind,
        on_failed: Callable[[Failure], object] = lambda failure: None,
        breaker: Breaker | None = None,
    ) -> None:
        """`on_failed` is told of every failure, for a counter."""
        self.mind, self.other = mind, other
        self._on_failed = on_failed
        self.breaker = breaker or Breaker()

    @property
    def acts(self) -> bool:
        """Whether the first mind chooses what it does. The other does, while it answers, if it can."""
        return bool(getattr(self.mind, "acts", False))

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply, whole words. Raises MindFailed where neither has said anything.

        Where both fail and something was said, the reply ends there.
        """
        said = ""
        if self.breaker.allows(_now()):
            try:
                async with aclosing(whole_words(self.mind(prompt))) as pieces:
                    async for piece in pieces:
                        said += piece
                        yield piece
                self.breaker.succeeded()
                return
            except MindFailed as error:
                self._failed("midway" if said else "before", error)
        try:
            async with aclosing(self._rest(prompt, said)) as pieces:
                async for piece in pieces:
                    said += piece
                    yield piece
        except MindFailed as error:
            self._failed("both", error)
            if not said:
                raise

    async def ends(self, prompt: Prompt, /) -> float:
        """The other's opinion, which is at hand, and if it has none, the first one's."""
        try:
            return await self.other.ends(prompt)
        except MindFailed:
            return await self.mind.ends(prompt)

    async def warm(self, prompt: Prompt) -> None:
        """Have both read it. A first mind that cannot is met again when it is asked."""
        if self.breaker.failures < self.breaker.limit:
            try:
                await self.mind.warm(prompt)
            except MindFailed as error:
                log.warning("the mind could not read ahead: %s", error)
        await self.other.warm(prompt)

    def close(self) -> None:
        self.mind.close()
        self.other.close()

    async def _rest(self, prompt: Prompt, said: str) -> Stream[str]:
        """The reply of the other one, from where the first broke off."""
        begun = said.rstrip()
        if begun:
            left = max(LETTERS, prompt.max_tokens - len(begun) // LETTERS)
            begun_message = Message("assistant", begun)
            prompt = replace(prompt, messages=(*prompt.messages, begun_message), max_tokens=left)
        fresh = True
        async with aclosing(self.other(prompt)) as pieces:
            async for piece in pieces:
                text = piece.lstrip() if fresh and begun != said else piece
                fresh = fresh and not piece.strip()
                if text:
                    yield text

    def _failed(self, failure: Failure, error: MindFailed) -> None:
        if failure != "both":
            self.breaker.failed(_now())
        log.warning("the mind failed (%s): %s", failure, error)
        self._on_failed(failure)


async def whole_words(stream: Stream[str]) -> Stream[str]:
    """The text of `stream` without half a word at the end of any piece, or of what breaks off.

    A voice waits for the whole word anyhow, and another mind goes on better behind one.
    """
    held = ""
    async with aclosing(stream):
        async for piece in stream:
            text = held + piece
            fragment = _FRAGMENT.search(text)
            at = fragment.start() if fragment else len(text)
            held, text = text[at:], text[:at]
            if text:
                yield text
    if held:
        yield held


def _now() -> float:
    return asyncio.get_running_loop().time()
