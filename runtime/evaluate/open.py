"""The parts of a server that an examination needs: minds with their adapters, and what characters know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runtime import lore
from runtime.awareness import Awareness
from runtime.character import Character
from runtime.evaluate.ask import Asker
from runtime.lore import Lore
from runtime.mind.llama import Llama
from runtime.mind.prompt import opening
from runtime.models import find
from runtime.safety import SafetySettings
from runtime.safety.manners import Checks, Manners

MIND = "smollm2-135m-instruct"


@dataclass(frozen=True)
class Bench:
    """Characters that can be asked, and nothing else of a server."""

    characters: Mapping[str, Character]
    mind: Llama
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
async def bench(characters: Mapping[str, Character], folder: Path) -> AsyncIterator[Bench]:
    """Loaded, its memory empty. Raises MissingModel, MindFailed, BadKnowledge."""
    adapters = {npc.id: Path(npc.adapter) for npc in characters.values() if npc.adapter}
    mind, known = Llama(find(MIND), adapters=adapters), lore.load(folder, "")
    try:
        for npc in characters.values():
            await mind.warm(opening(npc))
        yield Bench(characters, mind, known, Checks(SafetySettings(), known.embedder))
    finally:
        await known.close()
        mind.close()
