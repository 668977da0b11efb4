"""The characters there are, with knowledge and story: of each the newest version that is sound."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runtime import character as characters
from runtime.character import BadCharacter, Character
from runtime.knowledge.embedding import Embedder
from runtime.knowledge.knowledge import Knowledge
from runtime.story import Story
from runtime.story.positions import line_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One character, as its files said when they were last sound. A newer one takes its place."""

    character: Character
    knowledge: Knowledge | None
    story: Story | None


class Library:
    """Reading is safe from any thread and never waits; `reload` reads files and is called in a thread."""

    def __init__(self, folder: Path, embedder: Embedder | None = None, cache: Path | None = None) -> None:
        """Reads every character under `folder`. Raises BadCharacter, BadKnowledge, BadStory, if one is bad
        or there is none: a server does not start with half of its cast."""
        self.folder, self._embedder, self._cache = folder, embedder, cache
        self._entries = {id: self._read(folder / id) for id in characters.load_all(folder)}
        self._adapters = {id: entry.character.adapter for id, entry in self._entries.items()}
        self._weights = {id: _version(file) for id, file in self._adapters.items()}

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Everybody there is now, for a session that begins."""
        return self._entries

    @property
    def characters(self) -> dict[str, Character]:
        """Their cards."""
        return {id: entry.character for id, entry in self._entries.items()}

    def newest(self, entry: Entry) -> Entry:
        """The entry that is to be used from the next turn on; the same where its files are gone."""
        return self._entries.get(entry.character.id, entry)

    def reload(self, ids: Iterable[str]) -> frozenset[str]:
        """Read these again; returns those that are now different. One that became bad stays as it was, and
        why is logged; one that is gone is there no longer for new sessions. Raises nothing."""
        entries = dict(self._entries)
        for id in sorted(ids):
            try:
                self._renew(entries, id)
            except (ValueError, RecursionError, OSError, sqlite3.Error) as error:
                stays = "stays as it was" if id in entries else "is left out"
                log.error("%s %s: %s", id, stays, _told(self.folder / id / "character.toml", error))
        different = frozenset(id for id in ids if entries.get(id) is not self._entries.get(id))
        self._entries = entries
        return different

    def _renew(self, entries: dict[str, Entry], id: str) -> None:
        if (self.folder / id / "character.toml").is_file():
            entries[id] = self._with_loaded_adapter(self._read(self.folder / id))
            log.info("%s was reloaded", id)
        elif id in entries and len(entries) > 1:
            del entries[id]
            log.info("%s is gone; who talks to it may go on", id)

    def _with_loaded_adapter(self, entry: Entry) -> Entry:
        """The adapter that the mind has loaded, or none: it takes others only when it starts."""
        character, loaded = entry.character, self._adapters.get(entry.character.id, "")
        if _version(character.adapter) != self._weights.get(character.id):
            log.warning(
                "%s: adapter.gguf changed; it takes effect when the server is restarted", character.id
            )
            self._weights[character.id] = _version(character.adapter)
        return Entry(msgspec.structs.replace(character, adapter=loaded), entry.knowledge, entry.story)

    def _read(self, folder: Path) -> Entry:
        character = characters.load(folder)
        knowledge = Knowledge.load(folder / "knowledge", self._embedder, self._cache, character.name)
        return Entry(character, knowledge, Story.load(folder, self._embedder))


def _told(card: Path, error: Exception) -> str:
    """The error; of a card with the line, which its own error names by keys only."""
    if not isinstance(error, BadCharacter):
        return str(error) or type(error).__name__
    try:
        line = line_of(str(error), card.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return str(error)
    return str(error).replace(f"{card}:", f"{card}:{line}:", 1)


def _version(file: str) -> tuple[int, int] | None:
    """Differs where the file does."""
    try:
        stat = Path(file).stat() if file else None
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size) if stat else None
