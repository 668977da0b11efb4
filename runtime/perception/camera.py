"""Frames of one client's camera, looked at off the loop: the newest only, and none is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from runtime.flow import Stream, Worker
from runtime.perception import pictures
from runtime.perception.observation import BadObservation, Observation
from runtime.perception.pictures import BadPicture, Pixels

LATE = 0.25
"""Seconds after which a frame that still waits is not worth a look: what it shows is over."""


class Looks(Protocol):
    """Finds the player in frames; see `Tracker`."""

    def look(self, pixels: Pixels, at: float) -> Observation:
        """What a frame shows."""
        ...

    def close(self) -> None:
        """Let go of its models."""
        ...


class Camera:
    """Takes frames as they come and gives what was seen in them; those in between are dropped.

    Use it only for players who have agreed to it. The worker may serve many cameras; its thread alone uses
    what `opened` makes.
    """

    def __init__(self, worker: Worker, opened: Callable[[], Looks]) -> None:
        self._worker, self._opened = worker, opened
        self._looks: Looks | None = None
        self._newest: tuple[bytes, float] | None = None
        self._came = asyncio.Event()
        self.dropped = 0
        """Frames that were never looked at, because a newer one came or they were late."""
        self.broken = 0
        """Frames that had a good head and could not be decoded."""

    def show(self, data: bytes, at: float) -> None:
        """A frame that was received at `at` seconds of the loop's clock. Takes the place of one that waits.

        Raises BadPicture for one that is too large or of an unknown format: tell the client.
        """
        pictures.size(data)
        self.dropped += self._newest is not None
        self._newest = data, at
        self._came.set()

    async def observations(self) -> Stream[tuple[Observation, float]]:
        """What is seen, with the time its frame was received. Ends never; closing it lets go of the models.

        Raises MissingModel at the first frame if there is nothing to look with.
        """
        loop = asyncio.get_running_loop()
        try:
            while True:
                data, at = await self._next()
                if loop.time() - at > LATE and self._looks is not None:
                    self.dropped += 1
                    continue
                try:
                    yield await self._worker(self._look, data, at), at
                except (BadPicture, BadObservation):
                    self.broken += 1
        finally:
            if (looks := self._looks) is not None:
                self._worker.submit(0, looks.close)

    async def _next(self) -> tuple[bytes, float]:
        while self._newest is None:
            self._came.clear()
            await self._came.wait()
        newest, self._newest = self._newest, None
        return newest

    def _look(self, data: bytes, at: float) -> Observation:
        if self._looks is None:
            self._looks = self._opened()
        return self._looks.look(pictures.decode(data), at)
