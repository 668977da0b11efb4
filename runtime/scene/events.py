"""What happens around the characters of a session, and when one speaks of it unasked. Sans-IO."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from runtime.character import Character
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.remarks import Remark
from runtime.scene.salience import Kind, Salience
from runtime.scene.scene import Scene
from runtime.scene.sentences import sentence
from runtime.scene.words import content, words

URGENCY: Mapping[Kind, float] = {"danger": 1.0, "striking": 0.75, "arrival": 0.75, "quiet": 0.2}
"""How much an event asks to be spoken of where it is near."""
SPOKEN_OF = 0.5
"""Urgency from which on it is."""
ADDRESSED = 0.9
"""An event that names the character concerns it, whatever it is else."""
HALF_AT = 20.0
"""Metres at which an event asks half as much; danger carries three times as far."""
BETWEEN, BETWEEN_DANGERS = 20.0, 5.0
"""Seconds between two remarks unasked: a character that comments on all is a nuisance, not company."""
WAITS = 6.0
"""Seconds for which an event that came while somebody spoke is still worth a word."""
SAME_FOR, SAME = 300.0, 0.6
"""Seconds in which the same is not remarked on again, and share of content words that makes it the same."""
KNOWN, FADES, KEPT = 0.85, 45.0, 32
"""Weight of what has just happened, seconds in which it falls to half, and how many are kept."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """A character speaks of its own accord."""

    npc: str
    text: str
    """What it speaks of, a sentence: "A soaked sailor comes in."."""
    kind: Kind | str
    urgency: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class _Known:
    text: str
    at: float
    source: str | None
    about: frozenset[str]


class Events:
    """Of one session. `cast` are its characters by id."""

    def __init__(self, scene: Scene, cast: Mapping[str, Character], salience: Salience | None = None) -> None:
        self._scene, self._cast = scene, cast
        self._salience = salience or Salience()
        self._known: list[_Known] = []
        self._remarked: list[_Known] = []
        self._spoke: dict[str, float] = {}
        self._waiting: tuple[Reaction, float] | None = None

    def happened(self, event: m.Event, now: float, attending: str, busy: bool = False) -> Reaction | None:
        """Take in what happened; who is to speak of it at once, if anybody.

        `busy`: somebody speaks, or is about to. What may not be spoken of then waits for `idle`. Raises
        ProtocolError("unknown_character") if the event is for somebody who is not in the cast.
        """
        if event.to is not None and event.to not in self._cast:
            raise ProtocolError("unknown_character", f"`{event.to}` is not in the cast")
        known = _Known(sentence(event.text), now, event.source, content(event.text))
        again = any(_same(known, other) for other in self._remarked if now - other.at < SAME_FOR)
        self._known = [*self._known, known][-KEPT:]
        reaction = self._reaction(event, known, attending)
        if reaction is None or (event.run == "auto" and (again or self._too_soon(reaction, now))):
            return None
        if busy:
            self._queue(reaction, now)
            return None
        return self._told(reaction, now)

    def idle(self, now: float) -> Reaction | None:
        """Nobody speaks any more: what came meanwhile, if it is still worth a word."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or now - waiting[1] > WAITS or self._too_soon(waiting[0], now):
            return None
        return self._told(waiting[0], now)

    def remarks(self, npc: str, now: float) -> list[Remark]:
        """What `npc` noticed of late, the latest first, each weighted by its age; at most three."""
        told: dict[str, Remark] = {}
        for known in reversed(self._known):
            weight = KNOWN * 0.5 ** (max(0.0, now - known.at) / FADES)
            if weight >= 0.1 and self._notices(npc, known.source):
                told.setdefault(known.text, Remark(known.text, weight, "event"))
        return list(told.values())[:3]

    def _reaction(self, event: m.Event, known: _Known, attending: str) -> Reaction | None:
        """Who would speak of it and how much it asks for that; None where nobody may."""
        npc = event.to or self._concerned(known.text) or self._witness(event, attending)
        if event.run is False or npc is None:
            return None
        if event.run is True:
            return Reaction(npc, known.text, "told", 1.0)
        if event.source == npc or not self._notices(npc, event.source):
            return None
        kind = self._salience(event.text)
        urgency = self._urgency(kind, npc, event)
        return Reaction(npc, known.text, kind, urgency) if urgency >= SPOKEN_OF else None

    def _urgency(self, kind: Kind, npc: str, event: m.Event) -> float:
        urgency = max(URGENCY[kind], ADDRESSED if self._concerned(event.text) == npc else 0.0)
        source = self._scene.entities.get(event.source or "")
        away = None if source is None else self._scene.distance(npc, source)
        half = HALF_AT * (3.0 if kind == "danger" else 1.0)
        return urgency if away is None else urgency / (1.0 + away / half)

    def _concerned(self, text: str) -> str | None:
        """The one character to which it is done: "The player waves at Mara."; not who does it."""
        named = [
            key for key, npc in self._cast.items() if not _does(npc, text) and _names(npc) & set(words(text))
        ]
        return named[0] if len(named) == 1 else None

    def _witness(self, event: m.Event, attending: str) -> str | None:
        """The attended character if it notices the source, else the nearest that does; not who does it."""
        can = [
            key
            for key, npc in self._cast.items()
            if key != event.source and self._notices(key, event.source) and not _does(npc, event.text)
        ]
        entity = self._scene.entities.get(event.source or "")
        if attending in can or entity is None:
            return attending if attending in can else next(iter(can), None)
        aways = {npc: self._scene.distance(npc, entity) for npc in can}
        return min(can, key=lambda npc: math.inf if (away := aways[npc]) is None else away, default=None)

    def _notices(self, npc: str, source: str | None) -> bool:
        entity = self._scene.entities.get(source or "")
        return entity is None or entity.visible_to is None or npc in entity.visible_to or npc == entity.id

    def _too_soon(self, reaction: Reaction, now: float) -> bool:
        if reaction.kind == "told":
            return False
        pause = BETWEEN_DANGERS if reaction.kind == "danger" else BETWEEN
        last = max(self._spoke.values(), default=-math.inf)
        return now - last < pause

    def _queue(self, reaction: Reaction, now: float) -> None:
        if (
            self._waiting is None
            or reaction.urgency >= self._waiting[0].urgency
            or now - self._waiting[1] > WAITS
        ):
            self._waiting = reaction, now

    def _told(self, reaction: Reaction, now: float) -> Reaction:
        self._spoke[reaction.npc] = now
        about = content(reaction.text)
        self._remarked = [*self._remarked, _Known(reaction.text, now, None, about)][-KEPT:]
        return reaction


def _same(one: _Known, other: _Known) -> bool:
    both = one.about | other.about
    return one.text == other.text or (bool(both) and len(one.about & other.about) / len(both) >= SAME)


def _does(npc: Character, text: str) -> bool:
    """Whether a character is who does it: English begins with the subject."""
    return bool(_names(npc) & set(words(text)[:2]))


def _names(npc: Character) -> frozenset[str]:
    return frozenset(word.lower() for word in npc.name.split() if word[:1].isupper() and len(word) > 2)
