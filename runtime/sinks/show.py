"""What is heard and seen of a session, a sixtieth of a second at a time.

Sans-IO: whatever plays the sound asks for the next moment, and how many it asked for is the time. It may ask
from a thread of its own; what the server sends is handed over in its order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

FPS: Final = 60
"""Moments a second: the rate of the app Live Link Face, and as often as most screens can show one."""

RATE: Final = 24000
"""Hertz of the sound: the voice's own rate, and 400 whole samples a moment."""

SIZE = RATE // FPS
"""Samples of a moment."""

MELT = FPS // 5
"""Moments in which one life of a face turns into another: 0.2 s, as the wire asks for."""

Look: TypeAlias = NDArray[np.float32]
"""A face at one time: 52 weights as in runtime.face.ARKIT, then 7 angles in degrees as in POSE."""

NEUTRAL: Look = np.zeros(media.BLENDSHAPES + media.ANGLES, np.float32)


class Lost:
    """The connection is gone: what sounds is to stop, as the rest of it will never come."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A sixtieth of a second."""

    number: int
    """Counts from 0: it begins `number` / FPS seconds after the first."""
    audio: Samples
    """SIZE samples at RATE."""
    faces: Mapping[str, Look]
    """By character, as they are when the first sample is heard."""
    audible: bool
    """A microphone in the room may hear a character."""
    reports: Sequence[m.Playback]
    """What the server is to be told when it is heard."""


class Melting:
    """The face of one character: what was last seen turns into what comes, whenever that is another life."""

    def __init__(self) -> None:
        self._shown = self._before = NEUTRAL
        self._life: object = None
        self._since = MELT

    def step(self, life: object, look: Look) -> Look:
        """The next moment of `life`, which is told from others by equality."""
        if life != self._life:
            self._life, self._before, self._since = life, self._shown, 0
        if self._since < MELT:
            self._since += 1
            share = np.float32(0.5 - 0.5 * np.cos(np.pi * self._since / MELT))
            look = self._before + (look - self._before) * share
        self._shown = look
        return look


class Show:
    """The sound and the faces of a cast, from one session to the next."""

    def __init__(self, cast: Sequence[str]) -> None:
        self.cast = tuple(cast)
        self.played: m.Played | None = None
        """The last reply of this session and how much of it has sounded; None before the first."""
        self._come: deque[m.FromServer | media.Packet | Lost] = deque()
        self._faces = {npc: Melting() for npc in cast}
        self._number = 0
        self._open()

    def _open(self) -> None:
        # A moment is heard while the next is made, so what has been rendered is one moment ahead of the ear.
        self._playback = Playback(RATE, FPS, latency=1 / FPS)
        self._speakers: dict[int, str] = {}
        self._rests: dict[str, int] = {}
        self.played = None

    def take(self, item: m.FromServer | media.Packet | Lost) -> None:
        """Hand over what came; from any thread. `Ready` begins a session, with its own count of replies."""
        self._come.append(item)

    def next(self) -> Moment:
        """The next moment, for the one that plays."""
        while self._come:
            self._accept(self._come.popleft())
        audio = self._playback.render(SIZE)
        faces = {npc: self._faces[npc].step(*self._life(npc)) for npc in self.cast}
        moment = Moment(self._number, audio, faces, self._playback.audible, self._playback.reports())
        self._number += 1
        self._count()
        return moment

    def _accept(self, item: m.FromServer | media.Packet | Lost) -> None:
        match item:
            case m.Ready():
                self._open()
            case Lost():
                self._stop()
            case m.Rest(npc=npc, reply=reply):
                self._rests[npc] = reply
                self._playback.take(item)
            case m.Reply(npc=npc, reply=reply):
                self._speakers[reply] = npc
                self.played = m.Played(reply=reply, at=0)
            case _:
                self._playback.take(item)

    def _stop(self) -> None:
        for reply, npc in self._speakers.items():
            if reply in self._playback.replies and not self._playback.replies[reply].over:
                self._playback.take(m.Cancel(reply=reply, npc=npc, valid_through=0, reason="closing"))
        self._rests.clear()
        self._count()

    def _count(self) -> None:
        last = self.played and self._playback.replies.get(self.played.reply)
        if last:
            self.played = m.Played(reply=last.reply, at=last.played)

    def _life(self, npc: str) -> tuple[object, Look]:
        """What the face of `npc` follows, and how it looks there."""
        sounding = self._playback.sounding
        if sounding is not None and self._speakers.get(sounding) == npc:
            weights, pose = self._playback.face(), self._playback.pose()
            if weights is not None:
                return sounding, _look(weights, pose)
        if npc in self._rests:
            weights, pose = self._playback.rest(self._rests[npc])
            if weights is not None:
                return "rest", _look(weights, pose)
        return None, NEUTRAL


def _look(weights: NDArray[np.float32], pose: NDArray[np.float32] | None) -> Look:
    return np.concatenate([weights, NEUTRAL[media.BLENDSHAPES :] if pose is None else pose])
