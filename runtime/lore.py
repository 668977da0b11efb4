"""What the characters of a server know and remember: one for all sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.character import Character
from runtime.emotion import Likeness
from runtime.flow import Worker
from runtime.knowledge import Embedder
from runtime.knowledge.embedding import embedded
from runtime.memory import Memory, memory_file
from runtime.memory.where import cache_folder
from runtime.reload import Entry, Library, Snapshot, seen, watch
from runtime.scene import Salience


class Lore:
    """The library of characters, their memory, and the sentence model. Without them, they know nothing."""

    def __init__(
        self,
        library: Library | None = None,
        memory: Memory | None = None,
        embedder: Embedder | None = None,
        before: Snapshot | None = None,
    ) -> None:
        """`before` is what the library's folder looked like when it was read."""
        self.library, self.memory, self.embedder = library, memory, embedder
        self.likeness = Likeness(embedder) if embedder else None
        self.salience = Salience(embedder)
        self.salience.prepare()
        self.worker = Worker("recall")
        self._before = before

    def entry(self, npc: Character) -> Entry:
        """`npc` with what it knows and its story."""
        entries = self.library.entries if self.library else {}
        return entries.get(npc.id) or Entry(npc, None, None)

    def newest(self, entry: Entry) -> Entry:
        """The entry that is to be used from the next turn on."""
        return self.library.newest(entry) if self.library else entry

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """Of `text`, which was embedded not long ago; else it takes some milliseconds."""
        return self.embedder.embed([text])[0] if self.embedder and text.strip() else None

    async def watch(self) -> None:
        """Read again what its writers change, for ever."""
        if library := self.library:

            async def renew(ids: Iterable[str]) -> None:
                await asyncio.to_thread(library.reload, ids)

            await watch(library.folder, renew, before=self._before)

    async def close(self) -> None:
        """Write what waits, then let go of file and threads."""
        if self.memory is not None:
            await self.memory.close()
        self.worker.close()


def load(folder: Path, memory: str) -> Lore:
    """Of the characters in `folder`; `memory` is the setting.

    Raises BadCharacter, BadKnowledge, BadStory, MemoryFailed.
    """
    embedder, before = embedded(), seen(folder)
    library = Library(folder, embedder, cache_folder() / "knowledge")
    file = memory_file(memory)
    return Lore(library, Memory.open(file, embedder) if file else None, embedder, before)
