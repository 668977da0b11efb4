"""The mind: what answers the player. Its contract, and the one error it may raise."""

from __future__ import annotations

from typing import Protocol

from runtime.flow import Stream
from runtime.types import Prompt


class Mind(Protocol):
    """A language model: a prompt in, pieces of text out as they are written.

    Closing the stream stops the writing within a token or two. Any number of prompts may be under way.
    """

    def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply, whole characters only. Raises MindFailed.

        A mind need not write further ahead of its reader than a clause or two.
        """
        ...

    async def ends(self, prompt: Prompt, /) -> float:
        """How likely the player's turn, the last message, ends with the words it has: 0 to 1.

        Also reads the prompt ahead, so that a reply to it, or to a turn that goes on, has less to read.
        Raises MindFailed.
        """
        ...

    async def warm(self, prompt: Prompt) -> None:
        """Read what a later prompt begins with ahead of time, so that only what is new is left to read.

        A character's prefix (its `opening`) is kept for good, a conversation until others need its place.
        """
        ...

    def close(self) -> None:
        """Stop what is being written and free the weights. Calls after it raise MindFailed."""
        ...


class MindFailed(Exception):
    """A mind that cannot answer; says why (a prompt that is too long, weights that do not load)."""
