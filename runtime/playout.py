"""Pace a reply on the audio clock: voice and face leave together, at most `lead` seconds early."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeAlias

import numpy as np
import soxr

from runtime.cues import Cues
from runtime.face.names import SHAPES
from runtime.flow import Stream
from runtime.language.sentences import join
from runtime.protocol import media
from runtime.protocol.messages import AudioOut, Face, FromServer, SpokenLine, SpokenWord
from runtime.types import Pose, Samples, Take, Weights

Sounded: TypeAlias = Callable[[Samples, float], None]
"""Told of samples that were sent, and when the first of them can be heard at the earliest."""

PACKETS_PER_SECOND = 15
"""67 ms a packet: four face frames at 60 fps, two at 30, and a cancel never waits behind much."""


class Clock:
    """Where the player's audio clock must be, if the first packet was played as soon as it was sent."""

    def __init__(self, lead: float) -> None:
        self.lead = lead
        self.started: float | None = None
        self.held: float | None = None
        """When it was stopped; it goes on from there."""
        self.underruns = 0

    def wait(self, now: float, due: float) -> float:
        """Seconds to wait before sending what is to be played at `due` seconds of the reply.

        What comes too late has made a gap: the client's clock stood still, so ours is set back to match.
        """
        if self.started is None:
            self.started = now
        if now - self.started > due:
            self.underruns += due > 0
            self.started = now - due
        return max(0.0, self.started + due - self.lead - now)

    def hold(self, now: float) -> None:
        """The client falls silent."""
        if self.held is None:
            self.held = now

    def release(self, now: float) -> None:
        """It goes on where it stopped."""
        if self.held is not None and self.started is not None:
            self.started += now - self.held
        self.held = None

    def position(self, now: float) -> float:
        """Seconds of the reply that can have been played by `now`, if all of it had been sent."""
        return 0.0 if self.started is None else (now if self.held is None else self.held) - self.started


class Playout:
    """Sends one reply. What has been sent, and what was said where, can be read at any moment."""

    def __init__(
        self,
        reply: int,
        npc: str,
        audio: AudioOut,
        face: Face,
        lead: float,
        send: Callable[[FromServer | bytes], Awaitable[None]],
        sounded: Sounded | None = None,
        cues: Cues | None = None,
    ) -> None:
        self.reply, self.npc = reply, npc
        self.audio, self.face = audio, face
        self.clock = Clock(lead)
        self.gate = asyncio.Event()
        """Open while the reply is wanted and nobody speaks over it: closed, nothing is sent."""
        self.lines: list[SpokenLine] = []
        self.samples = 0
        """Sent so far, at the client's rate."""
        self.frames = 0
        self._send, self._sounded, self._cues = send, sounded, cues

    def hold(self) -> None:
        """Send nothing more until `release`."""
        self.gate.clear()
        self.clock.hold(_now())

    def release(self) -> None:
        """Begin to send, or go on."""
        self.clock.release(_now())
        self.gate.set()

    async def play(self, takes: Stream[Take]) -> None:
        """While the gate is open, send every take in time. Cancelling stops between two packets."""
        async with aclosing(takes):
            async for take in takes:
                samples = _at_rate(take.speech.audio, take.speech.rate, self.audio.rate)
                await self.gate.wait()
                line = self._line(take, len(samples))
                await self._cue(line)
                self.lines.append(line)
                await self._send(line)
                await self._send_take(take, samples)
        if self._cues is not None:
            for action in self._cues.end(self.samples):
                await self._send(action)

    async def _cue(self, line: SpokenLine) -> None:
        """What goes with `line`; and wait for what has to be done before it."""
        if self._cues is None:
            return
        for message in self._cues.line(line.index, line.start, line.end):
            await self._send(message)
        await self._cues.gate(line.start)
        await self.gate.wait()

    def _line(self, take: Take, length: int) -> SpokenLine:
        start, rate = self.samples, self.audio.rate
        words = [
            SpokenWord(text=w.text, start=start + round(w.start * rate), end=start + round(w.end * rate))
            for w in take.speech.words
        ]
        return SpokenLine(
            reply=self.reply,
            npc=self.npc,
            index=len(self.lines),
            text=take.speech.line.text,
            start=start,
            end=start + length,
            words=words,
        )

    async def _send_take(self, take: Take, samples: Samples) -> None:
        size = self.audio.rate // PACKETS_PER_SECOND
        start, shown = self.samples, 0
        for at in range(0, len(samples), size):
            packet = samples[at : at + size]
            await self._due((start + at) / self.audio.rate)
            end = start + at + len(packet)
            last = at + size >= len(samples)
            until = len(take.frames) if last else self._frame_at(end) - take.first_frame
            if until > shown:  # the face goes first: it may lead the voice, never trail it
                new = slice(shown, until)
                await self._send_frames(take.first_frame + shown, take.frames[new], take.pose[new])
                shown = until
            await self.gate.wait()
            await self._send(media.voice(self.reply, start + at, packet))
            self.samples = end
            if self._sounded is not None and self.clock.started is not None:
                self._sounded(packet, self.clock.started + (start + at) / self.audio.rate)

    async def _due(self, seconds: float) -> None:
        """Wait until what is to be played at `seconds` of the reply may leave."""
        await self.gate.wait()
        while (pause := self.clock.wait(_now(), seconds)) > 0:
            await asyncio.sleep(pause)
            await self.gate.wait()  # it may have been held meanwhile, which puts off all that follows

    async def _send_frames(self, first: int, frames: Weights, pose: Pose) -> None:
        await self._send(packed(self.reply, first, frames, pose, self.audio.rate, self.face))
        self.frames += len(frames)

    def _frame_at(self, sample: int) -> int:
        """The first frame at or after `sample`."""
        return -(-sample * self.face.fps // self.audio.rate)

    def text_until(self, sample: int) -> str:
        """The words that end by `sample`, as shown; whole lines keep their own punctuation."""
        return said_until(self.lines, sample)


def said_until(lines: Sequence[SpokenLine], sample: int) -> str:
    """The words of `lines` that end by `sample`, as shown; whole lines keep their own punctuation."""
    return join(
        line.text if line.end <= sample else line.text[: _shown_until(line, sample)] for line in lines
    )


def unsaid_from(lines: Sequence[SpokenLine], thought: Sequence[str], sample: int) -> str:
    """What was not said by `sample` of the clauses `thought`, the first of which were sent as `lines`."""
    left = [line.text[_shown_until(line, sample) :].strip() for line in lines if line.end > sample]
    return join([*left, *thought[len(lines) :]])


def _shown_until(line: SpokenLine, sample: int) -> int:
    """Characters of `line` whose words end by `sample`. Words stand in it in their order, whatever is between
    them: a space, or nothing."""
    at = 0
    for word in line.words:
        if word.end > sample:
            break
        found = line.text.find(word.text, at)
        at = found + len(word.text) if found >= 0 else at
    return at


def packed(reply: int, first: int, frames: Weights, pose: Pose, rate: int, face: Face) -> bytes:
    """Frames from number `first` on as the packet that the client asked for."""
    _, become = SHAPES[face.shapes]
    time = round(first * rate / face.fps)
    return media.face(reply, time, become(frames), face.format, pose if face.pose else None)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _at_rate(samples: Samples, rate: int, wanted: int) -> Samples:
    if rate == wanted:
        return samples
    resampled: Samples = soxr.resample(samples, rate, wanted).astype(np.float32)
    return resampled
