"""What a session knows of its game: who plays, and in what world. It outlives a lost connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runtime.actor import Actor
from runtime.character import Character
from runtime.flow import Worker
from runtime.lore import Lore
from runtime.protocol.messages import Player
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

    @classmethod
    def set(
        cls,
        cast: Mapping[str, Character],
        player: Player,
        lore: Lore,
        face: Worker,
        clock: Callable[[], float],
    ) -> Stage:
        """A new one."""
        cast = dict(cast)
        world = World(cast, lore.worker, lore.embedder, lore.salience)
        actors = {
            npc.id: Actor(npc, seed, player, lore, face, world.remarks, clock)
            for seed, npc in enumerate(cast.values())
        }
        return cls(cast, world, actors, player, next(iter(cast)))
