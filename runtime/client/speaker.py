"""The loudspeaker's end of a session: it buffers what comes, plays it on the device's clock, and reports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.exceptions import ConnectionClosed

from runtime.client.link import Link
from runtime.client.session import Client, Event
from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Pose, Samples, Weights

TICK = 0.02
"""Seconds between looks at what there is to report: a tenth of what lies between two reports."""
LINES = 64
"""Captions kept: those of a reply, and of the few before it."""


class Speaker:
    """Plays a client's replies. An audio callback may ask for samples while another thread asks for the face.

    `render` is what makes time pass: a device asks for as many samples as it plays.
    """

    def __init__(self, client: Client, latency: float = 0.0) -> None:
        """`latency`: seconds from `render` to the ear, as the device tells."""
        self._client, self._latency = client, latency
        self._lock = threading.Lock()
        self._playback = self._fresh()
        self._lines: list[m.SpokenLine] = []
        self._latest = 0
        client.taps.append(self.take)
        client.heard = self.stop

    def _fresh(self) -> Playback:
        ready = self._client.ready
        return Playback(ready.audio_out.rate, ready.face.fps, self._latency)

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._playback.rate

    def take(self, item: Event) -> None:
        """Take what came; the client calls it."""
        with self._lock:
            match item:
                case Link(state="refused"):  # replies are counted from 1 again
                    self._playback, self._latest = self._fresh(), 0
                case Link():
                    pass
                case m.Reply(reply=reply):
                    self._latest = reply
                case m.SpokenLine():
                    self._lines = [*self._lines[1 - LINES :], item]
                case media.Packet(kind=media.MICROPHONE):
                    pass
                case _:
                    self._playback.take(item)

    def stop(self) -> m.Played | None:
        """Give up all that is not over, as on a lost connection; how much of the latest reply was heard."""
        with self._lock:
            for reply, sounded in list(self._playback.replies.items()):
                if not sounded.over:
                    self._playback.take(m.Cancel(reply=reply, npc="", valid_through=0, reason="closing"))
            self._playback.reports()
            return m.Played(reply=self._latest, at=self._heard(self._latest)) if self._latest else None

    # ------------------------------------------------------------ for the device and the screen

    def render(self, count: int) -> Samples:
        """The next `count` samples for the device, in [-1, 1]; zeros where nothing sounds."""
        with self._lock:
            return self._playback.render(count)

    def face(self) -> Weights | None:
        """The weights of this moment, named by `ready.blendshapes`; None between replies."""
        with self._lock:
            return self._playback.face()

    def pose(self) -> Pose | None:
        """The angles of this moment; None between replies and where none were asked for."""
        with self._lock:
            return self._playback.pose()

    @property
    def audible(self) -> bool:
        """Whether a microphone in the room may hear a character: the flag of `Client.hear`."""
        with self._lock:
            return self._playback.audible

    @property
    def sounding(self) -> int | None:
        """The reply that sounds at this moment."""
        with self._lock:
            return self._playback.sounding

    def position(self, reply: int) -> int:
        """Samples of `reply` that have been heard."""
        with self._lock:
            return self._heard(reply)

    def over(self, reply: int) -> bool:
        """Whether `reply` has been heard to its end, or was given up."""
        with self._lock:
            sounded = self._playback.replies.get(reply)
            return reply < self._latest if sounded is None else bool(sounded.over)

    def caption(self) -> m.SpokenLine | None:
        """The line that is being said; None between lines."""
        reply = self.sounding
        if reply is None:
            return None
        at = self.position(reply)
        return next((x for x in reversed(self._lines) if x.reply == reply and x.start <= at < x.end), None)

    def _heard(self, reply: int) -> int:
        sounded = self._playback.replies.get(reply)
        if sounded is None:
            return 0
        ringing = 0 if sounded.over == "finished" else round(self._latency * self.rate)
        return max(0, sounded.played - ringing)

    # ------------------------------------------------------------ to the server

    async def report(self) -> None:
        """Tell the server what has been heard, until the connection ends or this is cancelled."""
        with suppress(ConnectionClosed):
            while True:
                with self._lock:
                    reports = self._playback.reports()
                for report in reports:
                    await self._client.send(report)
                await asyncio.sleep(TICK)

    async def play_silently(self) -> None:
        """Be the device: let time pass as it does, for whoever has no loudspeaker."""
        loop = asyncio.get_running_loop()
        began, rendered = loop.time(), 0
        while True:
            await asyncio.sleep(TICK)
            due = round((loop.time() - began) * self.rate)
            self.render(due - rendered)
            rendered = due

    @asynccontextmanager
    async def running(self, silent: bool = False) -> AsyncIterator[Speaker]:
        """Report as long as this is open; `silent` where there is no device that renders."""
        tasks = [asyncio.create_task(self.report())]
        if silent:
            tasks.append(asyncio.create_task(self.play_silently()))
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
