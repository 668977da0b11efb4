"""What a session knows of its game: who plays, and in what world. It outlives a lost connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runtime.actor import Actor
from runtime.character import Character
from runtime.engines import Engines
from runtime.flow import Worker
from runtime.language.interpreter import Interpreters
from runtime.language.spoken import Spoken, wanted
from runtime.lore import Lore
from runtime.protocol.errors import ProtocolError
from runtime.protocol.messages import Hello, Player
from runtime.world import World


@dataclass
class Stage:
    """The cast by id, as their files are now; the world around them; and each as it plays."""

    cast: dict[str, Character]
    world: World
    actors: dict[str, Actor]
    player: Player
    attending: str
    """Id of the one whom the player's voice is meant for."""
    language: Spoken
    """What the player speaks."""
    interpreters: Interpreters | None = None
    """Who carries the meaning across where a character has no words of that; None for nobody."""

    def heard(self, text: str, tag: str = "") -> bool:
        """The player has said `text`, in the language `tag` where the recogniser tells it. Returns whether
        everybody now speaks another."""
        changed = self.language.hears(text, tag)
        if changed:
            self._speak()
        return changed

    def renew(self, npc: str) -> None:
        """Let it become what its files say by now. Between turns."""
        self.actors[npc].renew()
        self.cast[npc] = self.actors[npc].npc

    def _speak(self) -> None:
        for npc, actor in self.actors.items():
            actor.speak(self.language.tag, self.interpreters)
            self.cast[npc] = actor.npc

    @classmethod
    def set(
        cls,
        cast: Mapping[str, Character],
        player: Player,
        lore: Lore,
        face: Worker,
        clock: Callable[[], float],
        language: Spoken,
        interpreters: Interpreters | None = None,
    ) -> Stage:
        """A new one, in which everybody speaks `language`."""
        cast = dict(cast)
        world = World(cast, lore.worker, lore.embedder, lore.salience)
        actors = {
            npc.id: Actor(npc, seed, player, lore, face, world.remarks, clock)
            for seed, npc in enumerate(cast.values())
        }
        stage = cls(cast, world, actors, player, next(iter(cast)), language, interpreters)
        stage._speak()
        return stage


def staged(
    hello: Hello,
    characters: Mapping[str, Character],
    engines: Engines,
    before: Stage | None,
    clock: Callable[[], float],
) -> Stage:
    """The world as a lost connection left it, or a new one where others are to play. Raises ProtocolError."""
    cast = _cast(hello, characters)
    try:
        language = wanted(hello.player.language, engines.languages)
    except ValueError as error:
        raise ProtocolError("unknown_language", str(error), fatal=True) from error
    if before is not None and list(before.cast) == list(cast) and before.player == hello.player:
        return before
    worker, between = engines.face.worker, engines.interpreters
    return Stage.set(cast, hello.player, engines.lore, worker, clock, language, between)


def _cast(hello: Hello, characters: Mapping[str, Character]) -> dict[str, Character]:
    ids = list(dict.fromkeys(hello.cast)) or list(characters)
    if unknown := [id for id in ids if id not in characters]:
        text = f"no character `{unknown[0]}`; there are {', '.join(characters)}"
        raise ProtocolError("unknown_character", text, fatal=True)
    return {id: characters[id] for id in ids}
