"""What is around the characters of one session: the scene, what happens, what they can do, who overhears."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from runtime.actions import Choice, Offer, Part, Script, Selector, offered
from runtime.character import Character
from runtime.company import Banter, Overheard, addressed, overheard
from runtime.flow import Worker
from runtime.knowledge import Embedder
from runtime.protocol import messages as m
from runtime.remarks import Remark
from runtime.scene import Events, Reaction, Salience, Scene, notice, remarks
from runtime.types import Tools

log = logging.getLogger(__name__)

NAMES = 32
"""Most names that a recogniser is told: Whisper takes some twenty of them."""


class World:
    """Of one session. Slow calls of the sentence model go through `worker`."""

    def __init__(
        self,
        cast: Mapping[str, Character],
        worker: Worker,
        embedder: Embedder | None = None,
        salience: Salience | None = None,
    ) -> None:
        self._cast, self._worker, self._embedder = cast, worker, embedder
        self.scene = Scene()
        self.script, self.banter = Script(), Banter()
        self._events = Events(self.scene, cast, salience)
        self._overheard = Overheard()
        self.seen: Callable[[float], list[Remark]] = lambda now: []
        """What is noticed of the player."""
        self.looked_at = ""
        """Whom or what the player looks at, by its id."""
        self._offer = Offer([])
        self._selector = Selector(self._offer, None)

    # ------------------------------------------------------------ what the game tells

    async def offer(self, actions: m.Actions) -> None:
        """From now on characters can do this. Raises ProtocolError."""
        self._offer = Offer(actions.verbs)
        self._selector = selector = Selector(self._offer, self._embedder)
        await self._worker(selector.prepare)

    async def happened(self, event: m.Event, now: float, attending: str, busy: bool) -> Reaction | None:
        """Who speaks of it by itself, if anybody. Raises ProtocolError."""
        return await self._worker(self._events.happened, event, now, attending, busy)

    def idle(self, now: float) -> Reaction | None:
        """Nobody speaks any more: who still has something to say to what happened."""
        return self._events.idle(now)

    # ------------------------------------------------------------ what characters make of it

    def remarks(self, npc: str, text: str, now: float) -> list[Remark]:
        """What of it matters to `npc` as the player says `text`."""
        return [
            *remarks(self.scene, npc, text, now),
            *self._events.remarks(npc, now),
            *self._overheard.remarks(npc, now),
            *self.script.remarks(npc),
            *self.seen(now),
        ]

    def names(self, npc: str) -> tuple[str, ...]:
        """What the player may well say to `npc` and few recognisers know: names, the likeliest first."""
        around = self.scene.visible(npc)
        spoken_of = self.scene.mentioned(npc)
        around = sorted(around, key=lambda entity: entity.id not in spoken_of)
        known = (*self._cast[npc].words, *(each.name for each in around if each.name))
        cast = (self._cast[npc].name, *(each.name for each in self._cast.values()))
        return tuple(dict.fromkeys((*cast, *known)))[:NAMES]

    def look(self, at: str, now: float) -> None:
        """The player looks at something: "this" and "it" in what they say, or whom they speak to."""
        self.looked_at = at
        if at in self.scene.entities:
            self.scene.apply(m.Scene(replace=False, attention=at), now)

    def named(self, id: str) -> str:
        """What is called by this id."""
        if id in self._cast:
            return self._cast[id].name
        entity = self.scene.entities.get(id)
        return (entity.name or f"the {entity.kind}") if entity else id

    async def choices(self, npc: str, text: str) -> list[Choice]:
        """What `npc` is asked to do by `text`, and can do."""
        if not len(self._offer):
            return []
        return await self._worker.at(1, self._selector.select, text, self.scene, npc)

    def tools(self, npc: str, part: Part) -> Tools | None:
        """What a mind that acts may have `npc` do in this part, if anything."""
        return offered(self._offer, self.scene, npc, part.add) if len(self._offer) else None

    def part(self, reply: int, npc: str, choices: Sequence[Choice]) -> Part:
        """The actions of one reply."""
        return self.script.part(reply, npc, choices, self._offer, self.scene)

    # ------------------------------------------------------------ who talks to whom

    def meant(self, text: str, attending: str) -> str:
        """Whom the player speaks to: by name, by what they look at, or as before."""
        if len(self._cast) == 1:
            return attending
        gaze = self.looked_at if self.looked_at in self._cast else self.scene.attention
        return addressed(text, attending, self._cast, gaze)

    def said(self, npc: str, text: str, now: float, by: str = "") -> list[str]:
        """The player, or the character `by`, said `text` to `npc`. Returns who else heard it."""
        notice(self.scene, npc, text)
        speaker = self._cast[by].name if by else "the player"
        near = overheard(self._cast, by or npc)
        hearers = [other for other in near if other not in (npc, by)]
        self._overheard.said(speaker, self._cast[npc].name, text, hearers, now)
        return hearers

    def next(self, npc: str, text: str, now: float) -> str | None:
        """Who answers what `npc` has just said, if another character does."""
        return self.banter.after(text, npc, self._cast, now) if len(self._cast) > 1 else None
