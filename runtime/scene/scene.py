"""Who and what is around the characters of one session, as its game tells it. Sans-IO: times are given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError

ENTITIES = 256
"""Most that a scene holds; more than a player can speak of, and a bound on what one line costs."""

REMEMBERED = 4
"""Things spoken of last with a character, for "it" and "the other one": pronouns reach back no farther."""


class Scene:
    """One session's scene. What cannot be true is refused whole, and leaves the scene as it was."""

    def __init__(self) -> None:
        self._entities: dict[str, m.Entity] = {}
        self._attention: str | None = None
        self._setting = ""
        self._changed: dict[str, tuple[float, frozenset[str]]] = {}
        self._mentioned: dict[str, list[str]] = {}

    def apply(self, message: m.Scene, now: float = 0.0) -> None:
        """Take what the game says, at `now` seconds. Raises ProtocolError("bad_scene") on contradictions."""
        given = _by_id(message.entities)
        gone = set(message.gone)
        kept = {} if message.replace else {k: e for k, e in self._entities.items() if k not in gone}
        _check_gone(gone, given, self._entities)
        entities = kept | given
        if len(entities) > ENTITIES:
            raise ProtocolError(
                "bad_scene", f"{len(entities)} entities are too many; a scene holds {ENTITIES}"
            )
        attention = message.attention
        if attention is not None and attention not in entities:
            raise ProtocolError("bad_scene", f"attention is on `{attention}`, which is not in the scene")
        self._note_changes(given, now)
        self._entities = entities
        self._changed = {key: change for key, change in self._changed.items() if key in entities}
        # A change that says nothing of attention leaves it; what is gone is not attended to.
        held = None if message.replace or self._attention not in entities else self._attention
        self._attention = attention or held
        self._setting = message.setting or self._setting

    @property
    def entities(self) -> dict[str, m.Entity]:
        """All that is there, by id."""
        return dict(self._entities)

    @property
    def attention(self) -> str | None:
        """Id of what the player looks at."""
        return self._attention

    @property
    def setting(self) -> str:
        """Where and when, in a clause."""
        return self._setting

    def visible(self, npc: str) -> list[m.Entity]:
        """What `npc` can see, itself left out."""
        return [e for e in self._entities.values() if e.id != npc and _seen_by(e, npc)]

    def distance(self, npc: str, entity: m.Entity) -> float | None:
        """Metres from `npc`: as the game says, or between positions; None where neither is known."""
        if npc in entity.distance:
            return entity.distance[npc]
        own = self._entities.get(npc)
        if own is None or own.position is None or entity.position is None:
            return None
        return math.dist(own.position, entity.position)

    def mentioned(self, npc: str) -> Sequence[str]:
        """Ids of what was spoken of with `npc`, the latest first."""
        return tuple(key for key in self._mentioned.get(npc, ()) if key in self._entities)

    def mention(self, npc: str, ids: Iterable[str]) -> None:
        """Note that `npc` and the player spoke of these, the most salient first."""
        ids = [key for key in dict.fromkeys(ids) if key in self._entities]
        before = [key for key in self._mentioned.get(npc, ()) if key not in ids]
        self._mentioned[npc] = [*ids, *before][:REMEMBERED]

    def changed(self, key: str) -> tuple[float, frozenset[str]]:
        """When the state of an entity last changed, and which of it; -inf if it never did."""
        return self._changed.get(key, (-math.inf, frozenset()))

    def _note_changes(self, given: dict[str, m.Entity], now: float) -> None:
        """What is new is no change: it was just not spoken of before."""
        for key, entity in given.items():
            if (old := self._entities.get(key)) is None:
                self._changed.pop(key, None)
                continue
            differ = {name for name, value in entity.state.items() if old.state.get(name) != value}
            if differ:
                self._changed[key] = (now, frozenset(differ))


def _seen_by(entity: m.Entity, npc: str) -> bool:
    return entity.visible_to is None or npc in entity.visible_to


def _by_id(entities: Iterable[m.Entity]) -> dict[str, m.Entity]:
    found: dict[str, m.Entity] = {}
    for entity in entities:
        if entity.id in found:
            raise ProtocolError("bad_scene", f"`{entity.id}` is there twice")
        found[entity.id] = entity
    return found


def _check_gone(gone: set[str], given: dict[str, m.Entity], known: dict[str, m.Entity]) -> None:
    if both := sorted(gone & given.keys()):
        raise ProtocolError("bad_scene", f"`{both[0]}` is both given and gone")
    if absent := sorted(gone - known.keys()):
        raise ProtocolError("bad_scene", f"`{absent[0]}` is to go but is not there")
