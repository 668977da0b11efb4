"""The player as one session sees them: what a client tells, what a camera shows, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runtime.flow import Channel, Worker
from runtime.models import MissingModel
from runtime.perception import BadObservation, BadPicture, Camera, Head, Mirror, Noticed, Observation, Senses
from runtime.perception.mirror import Frame
from runtime.perception.tracker import Tracker
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError

STEP = 0.03
"""Metres that the player's head moves before eyes follow it: less is the camera's noise."""

WATCHED = 16
"""Players that one client may watch: a table of them."""

Item: TypeAlias = Noticed | ProtocolError
Watcher: TypeAlias = Callable[[Frame], object]


@dataclass
class Eyes:
    """What all sessions of a server see with: one thread, and the doubles that players show each other."""

    models: Mapping[str, str] = field(default_factory=dict)
    """The table [models] of the settings."""
    worker: Worker = field(default_factory=lambda: Worker("eyes", gives_way=True))
    _watchers: dict[str, list[Watcher]] = field(default_factory=dict)

    @contextmanager
    def watching(self, player: str, watcher: Watcher) -> Iterator[None]:
        """Tell `watcher` every frame of the double of `player`."""
        self._watchers.setdefault(player, []).append(watcher)
        try:
            yield
        finally:
            self._watchers[player].remove(watcher)
            if not self._watchers[player]:
                del self._watchers[player]

    def show(self, player: str, frame: Frame) -> None:
        """A frame of a player's double."""
        for watcher in list(self._watchers.get(player, ())):
            watcher(frame)


class Sight:
    """What is seen of one player. Frames are taken only with the player's consent (`player.camera`)."""

    def __init__(
        self,
        npc: str,
        player: m.Player,
        eyes: Eyes,
        post: Callable[[Item], object],
    ) -> None:
        self.senses = Senses(npc)
        self._player, self._eyes, self._post = player, eyes, post
        self._allowed = player.camera
        self._mirror = Mirror()
        self._camera = Camera(eyes.worker, lambda: Tracker(eyes.models))
        self._position: tuple[float, float, float] | None = None

    def told(self, message: m.Perceive, now: float) -> list[Noticed]:
        """What changes with what the client says."""
        return self.senses.told(message, now)

    def show(self, packet: media.Packet, now: float) -> list[Noticed]:
        """A frame of the camera, or the player's face as the client found it. Raises ProtocolError."""
        if not self._allowed:
            raise ProtocolError("no_consent", "`hello.player.camera` does not allow to look at the player")
        if packet.kind != media.CAMERA:
            return self._face(packet, now)
        try:
            self._camera.show(bytes(packet.payload), now)
        except BadPicture as error:
            raise ProtocolError("bad_media", str(error)) from error
        return []

    def watch(self) -> list[Coroutine[Any, Any, None]]:
        """What is to run while the session does: nothing, where the player is not looked at."""
        return [self._look(), self._idle()] if self._allowed else []

    async def _look(self) -> None:
        """What the camera shows, into `post`, until cancelled."""
        try:
            async with aclosing(self._camera.observations()) as observations:
                async for observation, at in observations:
                    for noticed in self._seen(observation, at):
                        self._post(noticed)
        except MissingModel as error:
            self._allowed = False
            self._post(ProtocolError("no_eyes", str(error)))

    async def _idle(self) -> None:
        """Notice, once a second, that nothing is seen any more."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            for noticed in self.senses.passed(loop.time()):
                self._post(noticed)

    def moved(self) -> tuple[float, float, float] | None:
        """Where the player's eyes are, if they have moved since this was last asked."""
        position = self.senses.position
        if position is None or position == self._position:
            return None
        before = self._position
        if before and max(abs(a - b) for a, b in zip(position, before, strict=True)) < STEP:
            return None
        self._position = position
        return position

    def _face(self, packet: media.Packet, now: float) -> list[Noticed]:
        weights, pose = packet.weights(), packet.pose()
        if weights.shape[1] != 52:
            raise ProtocolError("bad_media", "a player's face has the 52 weights of ARKit")
        head = None if pose is None else Head(float(pose[-1][0]), float(pose[-1][1]), float(pose[-1][2]))
        try:
            return self._seen(Observation(True, weights[-1], head), now)
        except BadObservation as error:
            raise ProtocolError("bad_media", str(error)) from error

    def _seen(self, observation: Observation, now: float) -> list[Noticed]:
        if self._player.double:
            self._eyes.show(self._player.id, self._mirror.seen(observation, now))
        return self.senses.seen(observation, now)


class Doubles:
    """Other players as one client watches them."""

    def __init__(
        self,
        group: asyncio.TaskGroup,
        eyes: Eyes,
        hello: m.Hello,
        number: Callable[[], int],
        send: Callable[[m.Double | bytes], Awaitable[None]],
    ) -> None:
        self._group, self._eyes, self._hello = group, eyes, hello
        self._number, self._send = number, send
        self.tasks: list[asyncio.Task[None]] = []
        """Those that send; to be cancelled with the session."""

    def watch(self, player: str) -> None:
        """Send the double of `player` from now on. Raises ProtocolError."""
        if len(self.tasks) >= WATCHED:
            raise ProtocolError("bad_message", f"{WATCHED} players are watched; `{player}` is one too many")
        self.tasks.append(self._group.create_task(self._follow(player)))

    async def _follow(self, player: str) -> None:
        frames: Channel[Frame] = Channel()
        loop, hello, number = asyncio.get_running_loop(), self._hello, self._number()
        began = loop.time()
        await self._send(m.Double(reply=number, player=player))
        with self._eyes.watching(player, frames.keep):
            async for weights, pose in frames.stream():
                time = round((loop.time() - began) * hello.audio_out.rate)
                await self._send(media.face(number, time, weights[None], hello.face.format, pose[None]))
