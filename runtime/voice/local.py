"""A voice engine made of a blocking synthesiser: every clause is a call of its thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from typing import Protocol

from runtime import character
from runtime.flow import Stream, Worker
from runtime.types import Line, Speech
from runtime.voice import delivery


class Synthesiser(Protocol):
    """Weights, and how to speak with them. Called in one thread only."""

    def check(self, voice: character.Voice) -> None:
        """Raises ValueError for a voice it does not have. Quick: called by the event loop."""
        ...

    def speak(self, line: Line, voice: character.Voice) -> Iterator[Speech]:
        """Speak a line of at most `delivery.LONGEST` characters, in one part or in several."""
        ...


class LocalVoice:
    """See `VoiceEngine`."""

    def __init__(self, synthesiser: Synthesiser, rate: int) -> None:
        self.rate = rate
        self.worker = Worker("voice")
        self._synthesiser = synthesiser

    async def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn; see `VoiceEngine`."""
        self._synthesiser.check(voice)
        urgency = 1  # somebody waits for the first clause; the others are made while that one plays
        async with aclosing(lines):
            async for line in lines:
                for piece in delivery.pieces(line):
                    parts = self._synthesiser.speak(piece, voice)
                    while (speech := await self.worker.at(urgency, next, parts, None)) is not None:
                        if len(speech.audio):
                            yield speech
                            urgency = 0

    def close(self) -> None:
        """Let the thread end."""
        self.worker.close()
