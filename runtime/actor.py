"""One character as it plays towards one player: its card, what it is aware of, what it feels, its story."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from contextlib import suppress

import msgspec

from runtime.awareness import Around, Awareness
from runtime.character import Character, Voice
from runtime.emotion import Mood
from runtime.flow import Worker
from runtime.language.interpreter import Interpreter, Interpreters
from runtime.language.told import has_words, told_in
from runtime.lore import Lore
from runtime.memory import MemoryFailed
from runtime.presence import Presence
from runtime.protocol import messages as m
from runtime.remarks import Remark
from runtime.story import Progress, Step

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Actor:
    """Of one session. `world` tells what of its surroundings matters to a text."""

    def __init__(
        self,
        npc: Character,
        seed: int,
        player: m.Player,
        lore: Lore,
        face: Worker,
        world: Callable[[str, str, float], list[Remark]],
        clock: Clock,
    ) -> None:
        self._lore, self._world, self._clock = lore, world, clock
        self._entry = lore.entry(npc)
        self.npc = npc
        """As it speaks to this player."""
        self.language = npc.speaks
        """What the player hears of it (BCP 47)."""
        self.interpreter: Interpreter | None = None
        """Between it and a player whose language it has no words of."""
        self._spoken: tuple[str, Interpreters | None] = "", None
        self.mood = Mood(npc.temper, lore.likeness)
        self.story = Progress(self._entry.story) if self._entry.story else None
        self.presence = Presence(npc, seed, face)
        self.awareness = Awareness(npc, player.id, lore.worker, lore.memory, self._around, lore.embedder)
        self.awareness.knowledge = self._entry.knowledge
        self._player = player
        self._begun = False
        self._kept = False
        """Its story goes into memory. Where none could be read, none is put in its place."""

    async def remember(self) -> None:
        """Where its story was when this player left, before a session begins."""
        if self._begun or self.story is None or (memory := self._lore.memory) is None:
            return
        try:
            self.story.restore(await memory.place(self.npc.id, self._player.id))
            self._kept = True
        except MemoryFailed:
            log.warning("%s's story begins anew for this player", self.npc.id, exc_info=True)

    def enter(self) -> Step | None:
        """A session begins, or goes on; where its story is, if it has just begun."""
        if self._begun:
            self.presence.renew()
            return None
        self._begun = True
        if self.story is None:
            return None
        self.story.set({"player": self._player.name})
        return self._moved(self.story.begin(self._clock()))

    def renew(self) -> None:
        """Become what its files say by now. Between turns."""
        newest = self._lore.newest(self._entry)
        if newest is self._entry:
            return
        if newest.story is None:
            self.story = None
        elif newest.story is not self._entry.story:
            self.story = self.story.onto(newest.story) if self.story else Progress(newest.story)
        self._entry = newest
        self.speak(*self._spoken)
        self.mood.temper = self.npc.temper
        self.awareness.knowledge = newest.knowledge

    def speak(self, tag: str, interpreters: Interpreters | None = None) -> None:
        """From now on speak the language `tag` (empty: its own): in its own words, through one of
        `interpreters`, or, where there are none, as well as its mind can."""
        self._spoken, written = (tag, interpreters), self._entry.character
        self.language = tag or written.speaks
        between = interpreters is not None and not has_words(written, self.language)
        self.interpreter = interpreters(self.language, written.speaks) if interpreters and between else None
        self.npc = written if between else told_in(written, self.language)
        self.awareness.speaks = self.npc.speaks

    # ------------------------------------------------------------ what moves it

    def heard(self, text: str) -> Step | None:
        """The player said `text` to it, and meant it."""
        vector, now = self._lore.vector(text), self._clock()
        self.mood.heard(text, now, vector)
        return self._moved(self.story.heard(text, vector, now)) if self.story else None

    def event(self, text: str) -> Step | None:
        """Something happened."""
        now = self._clock()
        self.mood.event(text, now)
        return self._moved(self.story.event(text, self._lore.vector(text), now)) if self.story else None

    def set(self, values: dict[str, m.State]) -> Step | None:
        """The game changed variables."""
        return self._moved(self.story.set(values, self._clock())) if self.story else None

    def did(self, verb: str, ok: bool) -> Step | None:
        """An action of its own ended."""
        return self._moved(self.story.result(verb, ok, self._clock())) if self.story else None

    def _moved(self, step: Step | None) -> Step | None:
        """`step`, and where the story is by now is kept."""
        if self._kept and self.story is not None and self._lore.memory is not None:
            with suppress(RuntimeError):  # the server goes down
                self._lore.memory.keep(self.npc.id, self._player.id, self.story.state())
        return step

    # ------------------------------------------------------------ how it is

    @property
    def never(self) -> list[str]:
        """What it does not say: ever, or yet."""
        return [*self.npc.never, *(self.story.hidden().words if self.story else ())]

    def filled(self, text: str) -> str:
        """A written text with the story's variables in it."""
        return self.story.fill(text) if self.story else text

    def voice(self) -> Voice:
        """How it sounds now."""
        tone, voice = self.mood.voice(self._clock()), self.npc.voice
        speed = min(2.0, max(0.5, voice.speed * tone.speed))
        pitch = min(12.0, max(-12.0, voice.pitch + tone.pitch))
        return msgspec.structs.replace(voice, speed=speed, pitch=pitch)

    def _around(self, text: str) -> Around:
        now, vector = self._clock(), self._lore.vector(text)
        mood = copy.copy(self.mood)  # its feelings are replaced, never changed: the copy's are its own
        mood.heard(text, now, vector)
        remarks = [*self._world(self.npc.id, text, now), *mood.remarks(now)]
        if self.story is None:
            return Around(remarks)
        ahead = self.story.peek(text, vector, now)
        return Around([*remarks, *ahead.remarks], ahead.hidden.withholds, self.story.fill)
