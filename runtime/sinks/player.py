"""The player's side of a sink: what is said to the characters, and what is told of them and the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from runtime.flow import Channel
from runtime.protocol import messages as m
from runtime.sinks.link import Link
from runtime.sinks.show import FPS, RATE, Lost, Moment, Show
from runtime.types import Samples

TAIL = 0.5
"""Seconds after the last word before a sink with nothing more to say ends: time for faces to come to rest."""

Tell = Callable[[str], object]


class Player:
    """Talks over one link after another, and keeps the show informed."""

    def __init__(self, cast: Sequence[str], tell: Tell, greets: bool) -> None:
        self.cast, self._tell, self._greets = tuple(cast), tell, greets
        self.show: asyncio.Future[Show] = asyncio.get_running_loop().create_future()
        """Known when the first session has told the cast."""
        self._link: Link | None = None
        self._linked = asyncio.Event()
        self._reports: Channel[m.Playback] = Channel()
        self._audible = False
        self._over = asyncio.Event()
        """The last reply asked for has been heard to its end, or will never be."""

    # ------------------------------------------------------------ the network

    def hello(self, token: str | None) -> m.Hello:
        """How a session is asked for."""
        played = None
        if token is not None and self.show.done():
            played = self.show.result().played
        return m.Hello(
            protocol=m.PROTOCOL,
            client="townsfolk-sink",
            cast=list(self.cast),
            audio_out=m.AudioOut(rate=RATE),
            face=m.Face(format="f32", fps=FPS, pose=True, rest=True),
            resume=token,
            played=played,
        )

    async def talk(self, link: Link) -> None:
        """One session, until its connection ends."""
        show = self._begin(link.ready)
        self._link = link
        self._reports.clear()  # what is left is of another session
        self._linked.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                reporting = tasks.create_task(self._report(link))
                async for item in link:
                    show.take(item)
                    self._note(item)
                reporting.cancel()
        finally:
            self._linked.clear()
            self._link = None

    def lost(self, why: str) -> None:
        """There is no connection."""
        self.show.result().take(Lost())
        self._over.set()
        self._tell(f"reconnecting: {why}")

    def _begin(self, ready: m.Ready) -> Show:
        if not self.show.done():
            self.show.set_result(Show([npc.id for npc in ready.cast]))
            self._tell(f"connected: {', '.join(npc.id for npc in ready.cast)}")
        elif ready.resumed:
            self._tell("resumed")
        else:
            self._tell("connected anew: the server has forgotten the conversation")
        for missed in ready.missed:
            self._tell(f"missed: {missed.npc}: {missed.text}")
        self.show.result().take(ready)
        return self.show.result()

    async def _report(self, link: Link) -> None:
        if self._greets:
            self._greets = False
            await link.send(m.Greet(to=link.ready.attending))
        async for report in self._reports.stream():
            await link.send(report)

    def _note(self, item: object) -> None:
        match item:
            case m.SpokenLine():
                self._tell(f"{item.npc}: {item.text}")
            case m.Heard(final=True):
                self._tell(f"you: {item.text}")
            case m.Cancel():
                self._over.set()
            case m.Error():
                self._tell(f"refused: {item.message} {item.hint}".rstrip())
                self._over.set()

    # ------------------------------------------------------------ what sounds

    def heard(self, moment: Moment) -> None:
        """A moment has begun to be heard."""
        self._audible = moment.audible
        for report in moment.reports:
            if self._link is not None:
                self._reports.post(report)
            if report.state in ("finished", "interrupted"):
                self._over.set()

    # ------------------------------------------------------------ what is said

    async def say(self, lines: Sequence[str]) -> None:
        """Say `lines`, each when the answer to the one before has been heard."""
        for line in lines:
            await self.type(line)
            await self._over.wait()
        await asyncio.sleep(TAIL)

    async def type(self, line: str) -> None:
        """Say a line as soon as there is a connection."""
        await self._linked.wait()
        self._over.clear()
        if self._link is not None:
            await self._link.send(m.Say(text=line))

    async def speak(self, microphone: Channel[Samples]) -> None:
        """Send what a microphone hears; without a connection it is lost, as the words would be stale."""
        async for samples in microphone.stream():
            if self._link is not None:
                await self._link.hear(samples, self._audible)
