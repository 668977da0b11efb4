"""What the game has told that holds until it says otherwise: told again to a server that has forgotten it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from runtime.protocol import messages as m


class Standing:
    """The latest of each. A session that is resumed has all of it; a new one has nothing."""

    def __init__(self) -> None:
        self._scene: m.Scene | None = None
        self._entities: dict[str, m.Entity] = {}
        self._variables: dict[str, m.State] = {}
        self._places: dict[tuple[str, str], m.Place] = {}
        self._latest: dict[type, m.FromClient] = {}

    def note(self, message: m.FromClient) -> None:
        """Keep what is to be told again."""
        match message:
            case m.Scene():
                self._see(message)
            case m.Variables(values=values):
                self._variables |= values
            case m.Place(npc=npc, id=id):
                self._places[npc, id] = message
            case m.Greet(to=to) | m.Say(to=str(to)):
                self._latest[m.Attend] = m.Attend(to=to)
            case m.Actions() | m.Attend():
                self._latest[type(message)] = message
            case m.Talk(down=down):
                # A key that is down now opens no turn on another connection: its beginning is lost.
                self._latest[m.Talk] = m.Talk(down=None if down is None else False)

    def _see(self, scene: m.Scene) -> None:
        kept = {} if scene.replace else {k: v for k, v in self._entities.items() if k not in scene.gone}
        self._entities = kept | {entity.id: entity for entity in scene.entities}
        setting = scene.setting or (self._scene.setting if self._scene else "")
        self._scene = msgspec.structs.replace(scene, setting=setting)

    def told(self) -> Iterator[m.FromClient]:
        """All of it, in an order in which it makes sense."""
        if self._scene is not None:
            whole = list(self._entities.values())
            yield msgspec.structs.replace(self._scene, replace=True, entities=whole, gone=[])
        if self._variables:
            yield m.Variables(values=self._variables)
        yield from self._latest.values()
        yield from self._places.values()
