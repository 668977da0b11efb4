"""One reply, from its creation to its last packet: one task group, and one `cancel()` ends all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from runtime.awareness import Aware
from runtime.character import Character, Voice
from runtime.cues import Cues
from runtime.ears import Words
from runtime.engines import Engines
from runtime.face.layers import Life
from runtime.flow import Stream, ahead
from runtime.language.interpreter import Interpreter
from runtime.mind import MindFailed
from runtime.mind.lines import Lines, lines
from runtime.mind.prompt import Exchange
from runtime.playout import Playout
from runtime.protocol.messages import Cancel, Done, FromServer, Latency
from runtime.safety import OutputCheck, checked, deflection
from runtime.safety.manners import Judged
from runtime.types import Line, Prompt

T = TypeVar("T")
Reason = Literal["interrupted", "superseded", "failed", "closing"]
Send = Callable[[FromServer | bytes], Awaitable[None]]

UNHEARD = 0.25
"""Seconds between a packet's leaving and its sound, for a client that does not report: network, jitter
buffer and output. Believing too little was heard is the smaller fault."""


@dataclass
class Stamps:
    """When, in seconds of the loop's clock, each step of a reply was first done."""

    asked: float = 0.0
    """The player fell silent, or the typed line came."""
    heard: float = 0.0
    """The player's words were known, and that they were all."""
    steps: dict[str, float] = field(default_factory=dict)

    def mark(self, step: str) -> None:
        self.steps.setdefault(step, asyncio.get_running_loop().time())

    def latency(self) -> Latency:
        """Milliseconds since `asked`, step by step. One that never was, or was done ahead, took nothing."""
        times, last = {}, self.heard
        for step in ("mind", "voice", "face", "total"):
            last = max(last, self.steps.get(step, last))
            times[step] = round((last - self.asked) * 1000, 1)
        return Latency(ears=round((self.heard - self.asked) * 1000, 1), **times)


class Reply:
    """What `npc` answers to `text`, or, without a text, its greeting."""

    def __init__(
        self,
        number: int,
        npc: Character,
        text: str | None,
        turn: int | None,
        playout: Playout,
        life: Life,
        cues: Cues,
        voice: Voice,
    ) -> None:
        self.life = life
        """Its face lives it."""
        self.cues, self.voice = cues, voice
        self.judged = Judged()
        """What is to become of the player's words."""
        self.number, self.npc, self.text, self.turn = number, npc, text, turn
        self.stamps, self.playout = Stamps(), playout
        self.task: asyncio.Task[None] | None = None
        self.wanted = asyncio.Event()
        """Set when it is known that it is meant: before that it is only tried, and told to nobody."""
        self.likely = asyncio.Event()
        """Set when it may well be wanted: before that there is no thinking, only reading."""
        self.words: Words | None = None
        """The latest that it would answer."""
        self.ends: float | None = None
        """How likely the player's turn ends with them, to the mind; None until it has read them."""
        self.thought: Callable[[], None] = lambda: None
        """Called when the mind has written all of it."""
        self.greeting = npc.greeting
        self.language = npc.speaks
        """What the player hears."""
        self.interpreter: Interpreter | None = None
        """Between the player and a character without words of that."""
        self.thoughts: list[str] = []
        """Its clauses, as they are thought."""
        self.aware = Aware()
        """What the character was aware of as it answered."""
        self._cut: int | None = None
        """Where it was cancelled, in samples, by what could be known at that moment."""
        self.reported: int | None = None
        """Samples the client says it has played."""

    # ------------------------------------------------------------ the pipeline

    async def run(
        self, engines: Engines, asked: Prompt | None, check: OutputCheck, send: Send, fps: int
    ) -> None:
        """Think, speak, move and send; then say that it is done. Raises what a stage raises, in a group.

        Without a prompt it says what is written: the greeting, or the answer that its text was judged to get.
        """
        if asked is None:
            written = self.judged.answer
            await self.perform(self._written(written.text if written else self.greeting), engines, fps)
        else:
            text = (self.interpreter or engines.mind)(asked)
            thought = lines(text, self.npc.name, language=self.language)
            otherwise = self._otherwise()
            spoken = self._told(checked(thought, check, otherwise), otherwise)
            await self.perform(self._first_only(spoken), engines, fps)
        await self.finish(send)

    def _otherwise(self) -> Line:
        """What is said where nothing that was thought may be."""
        return deflection(self.npc.deflections, self.npc.at_a_loss, self.number, self.npc.speaks)

    async def _told(self, spoken: Stream[Line], otherwise: Line) -> Stream[Line]:
        """What is said; `otherwise`, which is written in the character's language, in the player's."""
        async with aclosing(spoken):
            async for line in spoken:
                if line is not otherwise or self.interpreter is None:
                    yield line
                    continue
                async for translated in self._written(line.text):
                    yield translated

    async def apologise(self, engines: Engines, send: Send, fps: int) -> None:
        """What the character says in place of a reply that broke off before its first word."""
        await self.perform(self._written(self.npc.at_a_loss), engines, fps)
        await self.finish(send)

    async def _written(self, text: str) -> Stream[Line]:
        """A written line, clause by clause, in the player's language where that can be."""
        if self.interpreter is not None:
            with suppress(MindFailed):  # in another language it is better than nothing
                text = await self.interpreter.said(text)
        splitter = Lines(language=self.language)
        for line in splitter.feed(text) + splitter.finish():
            yield line

    async def perform(self, spoken: Stream[Line], engines: Engines, fps: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            clauses = ahead(tasks, self._marked("mind", self._noted(spoken)))
            speech = ahead(tasks, self._marked("voice", engines.voice.speak(clauses, self.voice)))
            felt = self.cues.feel(speech, self.life)
            takes = ahead(tasks, self._marked("face", engines.face.animate(felt, fps, self.life)))
            await self.playout.play(takes)

    async def _first_only(self, spoken: Stream[Line]) -> Stream[Line]:
        """One clause, and the rest once the reply is wanted: one that was tried in vain costs little."""
        async with aclosing(spoken):
            async for line in spoken:
                yield line
                await self.wanted.wait()
        self.thought()

    async def _noted(self, spoken: Stream[Line]) -> Stream[Line]:
        async with aclosing(spoken):
            async for line in spoken:
                self.thoughts.append(line.text)
                yield line

    async def _marked(self, step: str, stream: Stream[T]) -> Stream[T]:
        async with aclosing(stream):
            async for item in stream:
                self.stamps.mark(step)
                yield item

    async def finish(self, send: Send) -> None:
        await send(
            Done(
                reply=self.number,
                npc=self.npc.id,
                text=self.playout.text_until(self.playout.samples),
                samples=self.playout.samples,
                frames=self.playout.frames,
                latency=self.stamps.latency(),
            )
        )

    # ------------------------------------------------------------ meant, or only tried

    def answers(self, npc: Character, text: str, turn: int | None) -> bool:
        """Whether this, made ahead, is what is wanted now. One whose task has ended unwanted has failed.

        Letters count, their case and the signs between them do not: words are heard before their full stop.
        """
        working = self.task is not None and not self.task.done()
        same = (self.npc.id, self.turn, _letters(self.text or "")) == (npc.id, turn, _letters(text))
        return working and same

    def commit(self, text: str | None, asked: float, heard: float) -> None:
        """It is wanted, as the answer to `text`: let it be sent."""
        self.text = text
        self.stamps.asked, self.stamps.heard = asked, heard
        self.likely.set()
        self.wanted.set()
        self.playout.release()

    # ------------------------------------------------------------ what was heard

    @property
    def cut(self) -> bool:
        """Whether it was cancelled."""
        return self._cut is not None

    def cancel(self, reason: Reason) -> Cancel:
        """End the reply now; nothing of it is sent after this call. Returns what the client is to be told."""
        if self._cut is None:
            self._cut = self.heard_samples()
            self.cues.cancelled(self._cut)
        if self.task is not None:
            self.task.cancel()
        return Cancel(reply=self.number, npc=self.npc.id, valid_through=self._cut, reason=reason)

    def sounding(self) -> bool:
        """True while some of what was sent may still be heard."""
        return self._cut is None and self.heard_samples() < self.playout.samples

    @property
    def unheard(self) -> bool:
        """Whether there is anything of it that was thought and not heard."""
        everything = len(self.playout.lines) == len(self.thoughts)
        return not everything or self.heard_samples() < self.playout.samples

    def remaining(self) -> float:
        """Seconds of it that are still to be heard; endless while it is being made."""
        if self.task is not None and not self.task.done():
            return float("inf")
        return (self.playout.samples - self.heard_samples()) / self.playout.audio.rate

    def heard_samples(self) -> int:
        """Samples the player has heard: as reported, else as long ago as they must have been played."""
        if self.reported is not None:
            return min(self.reported, self.playout.samples)
        if self._cut is not None:
            return self._cut
        seconds = self.playout.clock.position(asyncio.get_running_loop().time()) - UNHEARD
        return max(0, min(round(seconds * self.playout.audio.rate), self.playout.samples))

    def exchange(self) -> Exchange:
        """The exchange as it happened: only the words that were heard."""
        heard = self.playout.text_until(self.heard_samples())
        cut = self._cut is not None
        said = self.text if self.text and self.judged.kept else ""
        return Exchange(player=said, reply=heard, interrupted=cut, notes=self.aware.notes)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
