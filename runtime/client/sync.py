"""The client without `async`: for scripts, notebooks and game loops. A thread of its own does the talking.

with connect("ws://127.0.0.1:8765/ws", "innkeeper") as npc:
    print(npc.ask("Do you have a room?").text)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar, Unpack

from runtime.client.answer import Answer
from runtime.client.link import State
from runtime.client.opening import Options, resuming
from runtime.client.resuming import Resuming
from runtime.client.session import Event
from runtime.client.speaker import Speaker
from runtime.client.verbs import Deed, Verbs
from runtime.protocol import messages as m
from runtime.types import Samples

T = TypeVar("T")


class Session:
    """A session that reconnects and resumes by itself. Iterate over it, or `poll` it once a frame."""

    def __init__(self, client: Resuming, loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> None:
        self._client, self._loop, self._stack = client, loop, stack
        self._speaker: Speaker | None = None
        self._verbs: Verbs | None = None

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @property
    def ready(self) -> m.Ready:
        """What the server said of the session."""
        return self._client.ready

    @property
    def state(self) -> State:
        """What has become of the connection."""
        return self._client.state

    @property
    def over(self) -> bool:
        """The session has ended for good."""
        return self._client.over

    def send(self, message: m.FromClient) -> None:
        """Any message of a client. Waits while there is no connection."""
        self._wait(self._client.send(message))

    def say(self, text: str, to: str | None = None) -> None:
        """Type a line to a character."""
        self._wait(self._client.say(text, to))

    def greet(self, to: str) -> None:
        """Come up to a character, who speaks first."""
        self.send(m.Greet(to=to))

    def ask(self, text: str, to: str | None = None) -> Answer:
        """Type a line and wait for the answer. Raises ProtocolError where the server refuses it."""
        return self._wait(self._client.ask(text, to))

    def answer(self) -> Answer:
        """The next whole reply."""
        return self._wait(self._client.answer())

    def hear(self, samples: Samples, audible: bool = False) -> None:
        """Send a stretch of microphone, at `ready.audio_in.rate`, as it is recorded."""
        self._wait(self._client.hear(samples, audible))

    def show(self, picture: bytes) -> None:
        """Send a picture of the player's camera, which needs the player's consent."""
        self._wait(self._client.show(picture))

    def speak(self, samples: Samples, silence: float = 1.5) -> None:
        """Say a recording in real time, then `silence` seconds of nothing."""
        self._wait(self._client.speak(samples, silence))

    def poll(self) -> list[Event]:
        """All that has come since the last call, without waiting. Raises as iterating does."""
        return self._client.waiting()

    def __iter__(self) -> Iterator[Event]:
        """Everything that comes, until the session ends."""
        events = aiter(self._client)
        while (event := self._wait(_next(events))) is not None:
            yield event

    def speaker(self, latency: float = 0.0, silent: bool = False) -> Speaker:
        """The loudspeaker of this session, made by the first call; `silent` where no device renders."""

        async def opened() -> Speaker:
            return await self._stack.enter_async_context(Speaker(self._client, latency).running(silent))

        self._speaker = self._speaker or self._wait(opened())
        return self._speaker

    def offer(self, verb: m.Verb, deed: Deed) -> None:
        """Offer one more verb. `deed` is called in the thread of the session."""
        self._verbs = self._verbs or Verbs(self._client, self._speaker)
        self._wait(self._verbs.offer(verb, deed))


async def _next(events: Any) -> Event | None:
    event: Event | None = await anext(events, None)
    return event


@contextmanager
def connect(url: str, *cast: str, **options: Unpack[Options]) -> Iterator[Session]:
    """Open a session with the characters of `cast`, or with all.

    Raises ProtocolError where it is refused, OSError where nobody answers.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="townsfolk", daemon=True)
    thread.start()
    stack = AsyncExitStack()

    def wait(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    try:
        client = wait(stack.enter_async_context(resuming(url, *cast, **options)))
        yield Session(client, loop, stack)
    finally:
        wait(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
