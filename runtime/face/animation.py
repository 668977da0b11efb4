"""A mouth for what is said and a life around it: the face of a reply, clause by clause."""

from __future__ import annotations

from contextlib import aclosing

import numpy as np

from runtime.face import Mouth, MouthEngine, frame_range, loudness
from runtime.face.layers import Life
from runtime.flow import Stream, Worker
from runtime.types import Phone, Pose, Speech, Take, Weights


class Animation:
    """The face engine, with mouths of one kind."""

    def __init__(self, mouths: MouthEngine) -> None:
        self.worker = Worker("face")
        self._mouths, self.look_ahead = mouths, mouths.look_ahead

    async def animate(self, speech: Stream[Speech], fps: int, life: Life) -> Stream[Take]:
        """Give each clause of one reply its frames; see `FaceEngine`."""
        mouth: Mouth | None = None
        start = 0
        async with aclosing(speech):
            async for clause in speech:
                mouth = mouth or self.mouth()
                first, frames, pose = await self.worker(perform, clause, start, mouth, life, fps)
                yield Take(clause, start, first, frames, pose)
                start += len(clause.audio)

    def mouth(self) -> Mouth:
        """A fresh one for a reply."""
        return self._mouths.mouth()

    def close(self) -> None:
        """Let the thread end and the engine go."""
        self.worker.close()
        self._mouths.close()


def perform(clause: Speech, start: int, mouth: Mouth, life: Life, fps: int) -> tuple[int, Weights, Pose]:
    """The clause that begins at sample `start`: number of its first frame, its weights and its pose."""
    first, last = frame_range(start, start + len(clause.audio), clause.rate, fps)
    began = start / clause.rate
    times = np.arange(first, last) / fps
    if first == last:  # shorter than a frame, and on none
        return first, *life.perform(times)
    shape = mouth.follow(clause, times - began, fps)
    loud = loudness.envelope(clause.audio, clause.rate, times - began)
    stresses = [began + _middle(phone) for phone in clause.phones if phone.stress == 1]
    return first, *life.perform(times, shape, stresses, loud)


def _middle(phone: Phone) -> float:
    return (phone.start + phone.end) / 2
