"""The parts of a server that an examination needs: minds with their adapters, and what characters know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runtime import lore
from runtime.awareness import Awareness
from runtime.character import Character
from runtime.config import Settings
from runtime.engines import minds
from runtime.evaluate.ask import Asker
from runtime.lore import Lore
from runtime.mind import Mind
from runtime.mind.prompt import opening
from runtime.safety.manners import Checks, Manners


@dataclass(frozen=True)
class Bench:
    """Characters that can be asked, and nothing else of a server."""

    characters: Mapping[str, Character]
    mind: Mind
    lore: Lore
    checks: Checks

    def asker(self, npc: str, *, tuned: bool = True, noted: bool = True, seed: int = 1) -> Asker:
        """`npc` to be asked: with its adapter or without, told what it is aware of or not."""
        who = self.characters[npc]
        if not tuned:
            who = msgspec.structs.replace(who, adapter="")
        aware = Awareness(who, "player", self.lore.worker, embedder=self.lore.embedder)
        aware.knowledge = self.lore.entry(who).knowledge
        return Asker(who, self.mind, aware, Manners(self.checks, "exam"), noted, seed)


@asynccontextmanager
async def bench(
    characters: Mapping[str, Character], folder: Path, settings: Settings | None = None
) -> AsyncIterator[Bench]:
    """Loaded, its memory empty, with the minds of `settings`: the embedded one where there are none.

    Raises BadSettings, MissingModel, MindFailed, BadKnowledge.
    """
    settings = settings or Settings()
    async with AsyncExitStack() as opened:
        known = lore.load(folder, "")
        opened.push_async_callback(known.close)
        mind = minds(settings, characters)
        opened.callback(mind.close)
        for npc in characters.values():
            await mind.warm(opening(npc))
        yield Bench(characters, mind, known, Checks(settings.safety, known.embedder))
