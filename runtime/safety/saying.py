"""The check on the way out: every clause a character is about to say, before any of it is spoken. Sans-IO."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing

import numpy as np
from numpy.typing import NDArray

from runtime.flow import Stream
from runtime.mind.breath import CLOSING, END, PAUSE
from runtime.safety.groups import Mark, compiled, halves, marks, own
from runtime.safety.leaks import Secret, labelled, recited
from runtime.safety.personal import personal
from runtime.safety.settings import SafetySettings
from runtime.safety.topics import Topics
from runtime.safety.verdict import PASS, Verdict
from runtime.types import Line


class OutputCheck:
    """Judges the lines of one reply, in order. What is barred takes the rest of its sentence along.

    A line in whose last words a barred phrase may begin is held until the next one tells: then nothing of it
    is said. Other lines pass at once, also those that end in a pause: hardly a phrase goes on over one. Make
    one for each reply; what is compiled is shared.
    """

    def __init__(
        self,
        settings: SafetySettings,
        never: Iterable[str] = (),
        prompt: str = "",
        names: Iterable[str] = (),
        minor: bool = False,
        topics: Topics | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """`never` is of the character, `prompt` what it must not read out, `names` are of the others.

        `notes` are what it is told of the player; they may be used, not recited.
        """
        self._settings, self._minor = settings, minor
        self._phrases = compiled((*own(settings.block, "block"), *own(never, "never")))
        self._secret = Secret.of(prompt)
        self._names, self._notes = tuple(names), tuple(notes)
        self._topics = Topics(settings.topics) if topics is None else topics
        self._sentence: list[Line] = []
        self._held: list[Line] = []
        self._seen: set[str] = set()
        self._barred = self._over = False
        self.verdict = PASS
        """Why the last line that was barred was."""

    def passes(self, line: Line, vector: NDArray[np.float32] | None = None) -> bool:
        """Whether `line` may follow those before it; without holding anything back."""
        self._sentence.append(line)
        if not self._barred and not (verdict := self._judged(line, vector)).ok:
            self._barred, self.verdict = True, verdict
            self._over = self._over or verdict.category == "speaker"
        passed = not self._barred
        if line.text.rstrip(CLOSING).endswith(END):
            self._sentence, self._barred = [], self._over
        return passed

    def feed(self, line: Line, vector: NDArray[np.float32] | None = None) -> list[Line]:
        """The lines that may be spoken now that `line` is there: those held before it, and it."""
        stops = line.text.rstrip(CLOSING).endswith((*END, *PAUSE))
        if not self.passes(line, vector):
            self._held = []
            return []
        if not stops and self._phrases.begun(self._words(), self._bars):
            self._held.append(line)
            return []
        return self._released([line])

    def finish(self) -> list[Line]:
        """What was held when nothing follows: it was no phrase."""
        return self._released([])

    def _released(self, lines: list[Line]) -> list[Line]:
        held, self._held = self._held, []
        return [*held, *lines]

    def _words(self) -> list[str]:
        return self._phrases.words(" ".join([line.text for line in self._sentence]))

    def _judged(self, line: Line, vector: NDArray[np.float32] | None) -> Verdict:
        text = " ".join([line.text for line in self._sentence])
        words = self._phrases.words(text)
        found = self._phrases.found(words)
        barred = [mark for mark in marks(found, self._seen) if self._bars(mark)]
        self._seen |= halves(match.value for match in found)
        if barred:
            worst = max(barred, key=lambda mark: mark.level)
            return Verdict("block", worst.category, worst.level, worst.why)
        if labelled(text, self._names):
            return Verdict("block", "speaker", 1, "speaks for another")
        if self._secret.told(words) or recited(words, self._notes):
            return Verdict("block", "leak", 2, "reads out its prompt")
        if kind := personal(text):
            return Verdict("block", "personal", 2, f"holds {kind}")
        if topic := self._topics.about(text, vector):
            return Verdict("block", "topic", 2, f"speaks of: {topic}")
        return PASS

    def _bars(self, mark: Mark) -> bool:
        return mark.level > self._settings.spoken(mark.category, self._minor)


async def checked(stream: Stream[Line], check: OutputCheck, otherwise: Line) -> Stream[Line]:
    """The lines of `stream` that may be said; `otherwise` where none is left."""
    silent = True
    async with aclosing(stream):
        async for line in stream:
            for passed in check.feed(line):
                silent = False
                yield passed
    for passed in check.finish():
        silent = False
        yield passed
    if silent:
        yield otherwise
