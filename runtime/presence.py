"""How a character of one session bears itself: what the game directs, and its face between replies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import Literal, TypeAlias
from weakref import WeakSet

import numpy as np

from runtime.character import Character
from runtime.face.layers import PLAYER, Life, Target
from runtime.flow import Worker
from runtime.playout import packed
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError

PLACES = 256
"""Things a character can be told of."""

LEAD, BLOCK = 0.1, 0.2
"""Seconds that a rest is sent ahead of its time, and seconds of it in a packet: together the longest that a
face takes to show that it listens, and five packets a second cost next to nothing."""

BEFORE = -2.0
"""Second of a reply's life at which it takes on what was directed before: it shows from the first frame."""

Mode: TypeAlias = Literal["rest", "listening", "thinking"]
Send: TypeAlias = Callable[[m.Rest | bytes], Awaitable[None]]


class Presence:
    """One character towards one player. Lives that are under way are left to the face engine's thread."""

    def __init__(self, npc: Character, seed: int, worker: Worker) -> None:
        self.npc, self._worker, self._seed = npc, worker, seed
        self._lives: WeakSet[Life] = WeakSet()
        self.renew()
        self._places: dict[str, Target] = {"player": PLAYER}
        self._told: m.Direct | None = None
        self._looks: str | None = None

    def renew(self) -> None:
        """Rest anew: the times of a session's faces begin at 0."""
        self._rest = Life(self._seed, self.npc.face, "rest")
        self._lives.add(self._rest)

    def speak(self, number: int) -> Life:
        """The life of reply `number`."""
        life = Life(number, self.npc.face, "speaking")
        if self._told is not None:
            _feel(life, BEFORE, self._told)
        if self._looks is not None:
            life.direct(BEFORE, look=self._places[self._looks])
        self._lives.add(life)
        return life

    @property
    def directed(self) -> bool:
        """Whether the game says what it feels."""
        return self._told is not None and self._told.emotion != "neutral"

    def place(self, place: m.Place) -> None:
        """Remember where a thing is, and follow it with the eyes if they are on it. Raises ProtocolError."""
        if place.id not in self._places and len(self._places) >= PLACES:
            raise ProtocolError("unknown_place", f"{PLACES} places are known; `{place.id}` is one too many")
        try:
            self._places[place.id] = Target.at(*place.position)
        except ValueError as error:
            raise ProtocolError("bad_message", f"{place.position} cannot be looked at") from error
        if place.id == self._looks:
            self._look(place.id)

    def direct(self, told: m.Direct) -> None:
        """Feel and look as told from the next frame on. Raises ProtocolError."""
        if told.look is not None and told.look not in self._places:
            known = ", ".join(self._places)
            raise ProtocolError("unknown_place", f"`{told.look}` has no place; known are {known}")
        if told.emotion is not None:
            self._told = told
            for life in list(self._lives):
                self._worker.submit(0, partial(_feel, life, 0, told))
        if told.look is not None:
            self._look(told.look)

    def turn(self, mode: Mode) -> None:
        """Rest, listen or think from the next frame on."""
        self._worker.submit(0, partial(self._rest.direct, 0, mode=mode))

    async def rest(self, number: int, rate: int, face: m.Face, send: Send) -> None:
        """Send its face between replies, on and on, as `number`."""
        size = round(BLOCK * face.fps)
        await send(m.Rest(reply=number, npc=self.npc.id))
        loop = asyncio.get_running_loop()
        started = loop.time()
        for first in count(0, size):
            weights, pose = await self._worker(self._rest.perform, np.arange(first, first + size) / face.fps)
            await asyncio.sleep(started + first / face.fps - LEAD - loop.time())
            await send(packed(number, first, weights, pose, rate, face))

    def _look(self, at: str) -> None:
        self._looks = at
        for life in list(self._lives):
            self._worker.submit(0, partial(life.direct, 0, look=self._places[at]))


def _feel(life: Life, at: float, told: m.Direct) -> None:
    life.direct(at, emotion=told.emotion, intensity=told.intensity)
