"""One player's way through one character's story: what was said and happened in, what the character is aware
of and must keep to itself out. Sans-IO; times are seconds of any clock that only goes forward."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from runtime.remarks import Remark
from runtime.story import play, template
from runtime.story.expression import Value, Values
from runtime.story.play import Happening, Place, Step
from runtime.story.script import GIVEN
from runtime.story.story import Story
from runtime.story.telling import Hidden, hidden, remarks

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would be if the player had said something."""

    step: Step | None
    remarks: tuple[Remark, ...]
    hidden: Hidden


class Progress:
    """Where a player is in a story. Copies are cheap: a place never changes, it is replaced."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self._place, self._first = play.beginning(story)
        self._fresh = True
        self._since = 0.0
        self._about: frozenset[str] = frozenset()
        """Facts of the story that the player's last words are about."""

    def begin(self, now: float = 0.0) -> Step:
        """A session begins: counts the visit. Where the story is; with hooks if it only begins."""
        self._since = now - float(self.variables["seconds"])
        self._put(visits=float(self.variables["visits"]) + 1)
        step = self._first if self._fresh else Step(self.section)
        self._fresh = False
        return step

    @property
    def section(self) -> str:
        """The id of the section it is in."""
        return self._place.section

    @property
    def variables(self) -> Values:
        """All of them, those that are given too."""
        return self._place.variables

    def heard(self, text: str, vector: Vector | None = None, now: float = 0.0) -> Step | None:
        """The player said `text`, whose vector is the embedder's. Call before the reply is thought."""
        self._about = self.story.facts.about(text, vector)
        self._put(turns=float(self.variables["turns"]) + 1)
        return self._go(Happening(said=self.story.waited.like(text, vector)), now)

    def event(self, text: str, vector: Vector | None = None, now: float = 0.0) -> Step | None:
        """Something happened in the game."""
        return self._go(Happening(event=self.story.waited.like(text, vector)), now)

    def result(self, verb: str, ok: bool = True, now: float = 0.0) -> Step | None:
        """An action of the character's ended."""
        return self._go(Happening(result=verb) if ok else Happening(failed=verb), now)

    def set(self, values: Values, now: float = 0.0) -> Step | None:
        """The game changed variables. Those that the story does not know, or of another kind, are let be."""
        self._put(**self.story.fitting(values))
        return self._go(Happening(), now)

    def passed(self, now: float) -> Step | None:
        """Time passed; for conditions on `seconds`. Once a second is enough."""
        return self._go(Happening(), now)

    def peek(self, text: str, vector: Vector | None = None, now: float = 0.0) -> Ahead:
        """What `heard` would lead to; nothing changes."""
        ahead = copy.copy(self)
        step = ahead.heard(text, vector, now)
        return Ahead(step, ahead.remarks(), ahead.hidden())

    def remarks(self) -> tuple[Remark, ...]:
        """What the character is aware of as it answers, the weightiest first."""
        return remarks(self.story, self._place, self._about)

    def hidden(self) -> Hidden:
        """What must not be said yet, and what of its knowledge is withheld."""
        return hidden(self.story, self._place)

    def fill(self, text: str) -> str:
        """Any text of the character's (greeting, fact) with variables in place of their names."""
        return template.fill(text, self.variables)

    def state(self) -> str:
        """JSON, to be kept across sessions."""
        return msgspec.json.encode(self._place).decode()

    def restore(self, state: str) -> bool:
        """Go on from an earlier `state`, also of an older version of the story. False, and at the beginning,
        where that cannot be read. `begin` comes after it."""
        try:
            kept = msgspec.json.decode(state, type=Place)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return False
        self._fresh = not self._adopt(kept)
        return not self._fresh

    def onto(self, story: Story) -> Progress:
        """The same place in a newer version of the story, while a session is open."""
        moved = Progress(story)
        moved._fresh = not moved._adopt(self._place)
        moved._since = self._since
        return moved

    def _adopt(self, kept: Place) -> bool:
        """Take a place over as far as this story has it; False where it has none of it."""
        there = tuple(dict.fromkeys(id for id in kept.visited if id in self.story.sections))
        if not there:
            return False
        counts = {n: v for n, v in kept.variables.items() if n in GIVEN and _count(v)}
        variables = {**self.story.defaults, **self.story.fitting(kept.variables), **counts}
        section = kept.section if kept.section in there else there[-1]
        happened = tuple(key for key in self.story.triggers if key in kept.happened)
        self._place = Place(section, there, variables, happened)
        return True

    def _put(self, **values: Value) -> None:
        self._place = msgspec.structs.replace(self._place, variables={**self._place.variables, **values})

    def _go(self, happening: Happening, now: float) -> Step | None:
        self._put(seconds=max(now - self._since, 0.0))
        self._place, step = play.advanced(self.story, self._place, happening)
        if step is not None and step.entered:
            self._since = now
        return step


def _count(value: object) -> bool:
    return isinstance(value, float) and 0 <= value <= play.MOST
