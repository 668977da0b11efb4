"""The voice: clauses in, speech out, with its phonemes and words in time."""

from __future__ import annotations

from typing import Protocol

from runtime import character
from runtime.flow import Stream
from runtime.types import Line, Speech


class VoiceEngine(Protocol):
    """Weights of a speech synthesiser; one serves every reply of every session."""

    rate: int
    """Hertz, of all it speaks."""

    def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn, as one clause or, where it is long, several.

        A line with nothing in it that can be said yields nothing. The same line in the same voice is the
        same audio. Raises ValueError for a voice the engine does not have.
        """
        ...

    def close(self) -> None:
        """Let its threads end. What is being spoken is lost."""
        ...
