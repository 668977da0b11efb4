"""What a game lets characters do: declared beside the function that does it."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from runtime.client.session import Client, Event
from runtime.client.speaker import TICK, Speaker
from runtime.protocol import messages as m

log = logging.getLogger(__name__)

Deed: TypeAlias = Callable[[m.Action], str | Awaitable[str | None] | None]
TOLD = 200
"""Characters of a result; what is longer is cut, as the server would refuse it."""


class Refused(Exception):
    """Raised by a deed that cannot be done; its text is what the character then knows."""


class Verbs:
    """The verbs of one client. A deed is called when its place in the reply is heard, and answered for.

    What it returns is told to the character; it may also be a coroutine. With a `speaker` it waits for its
    place, without one it is called when the action comes.
    """

    def __init__(self, client: Client, speaker: Speaker | None = None) -> None:
        self._client, self._speaker = client, speaker
        self._deeds: dict[str, tuple[m.Verb, Deed]] = {}
        self._tasks: dict[int, tuple[m.Action, asyncio.Task[None]]] = {}
        client.taps.append(self.take)

    async def offer(self, verb: m.Verb, deed: Deed) -> None:
        """Offer one more verb."""
        self._deeds[verb.name] = verb, deed
        await self._client.send(m.Actions(verbs=[verb for verb, _ in self._deeds.values()]))

    def take(self, item: Event) -> None:
        """Take what came; the client calls it."""
        match item:
            case m.Action(action=number, verb=verb) if verb in self._deeds:
                task = asyncio.create_task(self._do(item, self._deeds[verb][1]))
                self._tasks[number] = item, task
                task.add_done_callback(lambda _: self._tasks.pop(number, None))
            case m.Cancel(reply=reply, valid_through=through):
                for action, task in self._tasks.values():
                    if action.reply == reply and action.at > through:  # it has not begun: void
                        task.cancel()

    async def _do(self, action: m.Action, deed: Deed) -> None:
        if not await self._begins(action):
            return
        try:
            told = deed(action)
            text, ok = (await told if inspect.isawaitable(told) else told) or "", True
        except Refused as refusal:
            text, ok = str(refusal), False
        except Exception:
            log.exception("%s broke down", action.verb)
            text, ok = "", False
        await self._client.send(m.ActionResult(action=action.action, ok=ok, text=text[:TOLD]))

    async def _begins(self, action: m.Action) -> bool:
        """Wait for its place in the reply; False where the reply ended before it."""
        while self._speaker is not None and self._speaker.position(action.reply) < action.at:
            if self._speaker.over(action.reply):
                return False
            await asyncio.sleep(TICK)
        return True


def verb(
    name: str, *examples: str, description: str = "", targets: list[str] | None = None, **more: object
) -> m.Verb:
    """A verb with its examples. `more` are the other fields of `Verb`; raises msgspec.ValidationError."""
    given = {"name": name, "description": description, "examples": list(examples), "targets": targets, **more}
    return msgspec.convert(msgspec.to_builtins(given), m.Verb)
