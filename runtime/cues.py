"""What goes with the words of one reply: actions and feelings, each at its place on the reply's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from functools import partial

from runtime.actions import Part
from runtime.emotion import Feeling, Mood
from runtime.face.layers import Life
from runtime.flow import Stream, Worker
from runtime.protocol import messages as m
from runtime.types import Speech

LOOK = 0.05
"""Seconds between two looks whether a gate is open."""

CHANGED = 0.1
"""Difference in a feeling's strength that is worth telling."""

SHOWN = 0.8
"""How much of a feeling the face shows: faces that show all of it look like masks."""


class Cues:
    """Of one reply of `npc`."""

    def __init__(self, reply: int, npc: str, mood: Mood, face: Worker, clock: Callable[[], float]) -> None:
        self._reply, self._npc = reply, npc
        self._mood, self._face, self._clock = mood, face, clock
        self._feelings: list[Feeling] = []
        self._told: Feeling | None = None
        self.part: Part | None = None
        """Its actions, where it does anything."""
        self.moved = True
        """Its face shows what it feels; false where the game directs it."""

    async def feel(self, stream: Stream[Speech], life: Life) -> Stream[Speech]:
        """A stage: the feeling that each clause is said with, shown by the face from its beginning on."""
        said: list[str] = []
        start = 0.0
        async with aclosing(stream):
            async for speech in stream:
                said.append(speech.line.text)
                feeling = self._mood.cues(said, self._clock())[-1]
                self._feelings.append(feeling)
                if self.moved:
                    strength = SHOWN * feeling.intensity
                    show = partial(life.direct, start, emotion=feeling.emotion, intensity=strength)
                    await self._face(show)
                start += speech.seconds
                yield speech

    def line(self, index: int, start: int, end: int) -> list[m.Action | m.Feeling]:
        """What is to be sent ahead of line `index`, which lasts from sample `start` to `end`."""
        actions = self.part.cues(index, start, end, last=False) if self.part else []
        return [*self._felt(index, start), *actions]

    def _felt(self, index: int, start: int) -> Iterable[m.Feeling]:
        if index >= len(self._feelings):
            return
        feeling, told = self._feelings[index], self._told
        same = told is not None and told.emotion == feeling.emotion
        if (
            same and abs(told.intensity - feeling.intensity) < CHANGED
            if told
            else feeling.emotion == "neutral"
        ):
            return
        self._told = feeling
        yield m.Feeling(
            reply=self._reply,
            npc=self._npc,
            emotion=feeling.emotion,
            intensity=round(feeling.intensity, 3),
            valence=round(feeling.valence, 3),
            arousal=round(feeling.arousal, 3),
            at=start,
        )

    async def gate(self, start: int) -> None:
        """Wait while an action holds back what is said from sample `start` on."""
        while self.part is not None and self.part.held(start, self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)  # results come in and patience runs out: looking covers both

    def end(self, at: int) -> list[m.Action]:
        """What is left when the last line has been sent."""
        return self.part.finish(at) if self.part else []

    def cancelled(self, valid_through: int) -> None:
        """The reply ends at this sample."""
        if self.part is not None:
            self.part.cancelled(valid_through)
