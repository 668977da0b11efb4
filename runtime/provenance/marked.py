"""A voice engine whose speech bears the watermark."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import Any

from runtime import character
from runtime.flow import Stream, Worker
from runtime.provenance.watermark import Watermark
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine


class Marked:
    """`engine`, with a mark in every clause; made in a thread of its own, 8 ms for a second of speech.

    Put a cache around it, not in it, so that a clause said again is not marked again.
    """

    def __init__(self, engine: VoiceEngine, watermark: Watermark | None = None) -> None:
        """Raises MissingWatermark."""
        self.rate = engine.rate
        self._engine = engine
        self._watermark = watermark or Watermark()
        self._marking = Worker("watermark")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)  # its `worker`, for whoever watches the threads

    async def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn; see `VoiceEngine`."""
        urgency = 1
        async with aclosing(self._engine.speak(lines, voice)) as spoken:
            async for speech in spoken:
                audio = await self._marking.at(urgency, self._watermark.mark, speech.audio, speech.rate)
                yield replace(speech, audio=audio)
                urgency = 0

    def close(self) -> None:
        """Close the engine and let the thread end."""
        self._engine.close()
        self._marking.close()
