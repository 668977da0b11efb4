"""What one character is aware of as it answers one player: what it knows, remembers and notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from runtime.character import Character
from runtime.flow import Worker
from runtime.knowledge import KNOWN, Embedder, Knowledge
from runtime.knowledge.consult import consult
from runtime.language.phrases import phrases
from runtime.memory import Memory, MemoryFailed, Recalled
from runtime.memory.recall import CUED
from runtime.mind.breath import wide
from runtime.mind.prompt import Exchange
from runtime.remarks import Remark, within

log = logging.getLogger(__name__)

BUDGET = 160
"""Characters of notes before one thing the player says: some 35 tokens, which take 0.25 s to read here, most
of it while the player still speaks."""

FACTS = 2
"""Of what it knows. The right one is among two in 88 of 100 questions of the characters that come along,
among three in 90; and the more there are, the more often the embedded model tells the wrong one."""

FRESH = 6
"""Exchanges in which a note is still in view: there it need not be read again. Facts are, as they are what is
asked for now."""

UNKNOWN = Remark(phrases("en").unknown, 0.6, "knowledge")
"""To a question that nothing it is aware of answers. A small model makes something up without it."""


@dataclass(frozen=True, slots=True)
class Aware:
    """What goes into the prompt, and the memories that are among it."""

    notes: tuple[str, ...] = ()
    memories: tuple[int, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What a session adds to what a character knows and remembers."""

    remarks: Sequence[Remark] = ()
    withholds: Callable[[str], bool] = lambda fact: False
    """Whether a fact is kept back for now."""
    filled: Callable[[str], str] = lambda text: text
    """A text with the story's variables in it."""


class Awareness:
    """Of one character towards one player. Its calls change nothing, so that they can be made on trial."""

    def __init__(
        self,
        npc: Character,
        player: str,
        worker: Worker,
        memory: Memory | None = None,
        around: Callable[[str], Around] = lambda text: Around(),
        embedder: Embedder | None = None,
    ) -> None:
        self._npc, self._player = npc, player
        self._worker, self._embedder = worker, embedder
        self._memory = memory
        self._around = around
        """What else there is: the scene, the story, its mood."""
        self.knowledge: Knowledge | None = None
        """What it knows; may be replaced between turns."""
        self.speaks = npc.speaks
        """The language of its prompts."""
        self._since = datetime.now(UTC)

    async def of(self, text: str, history: Sequence[Exchange], kept: Sequence[str] = ()) -> Aware:
        """What `text` brings to mind.

        `kept` are the notes that were read along with what the player had said so far. They stay if the most
        telling ones are among them: what is read already costs nothing.
        """
        before = history[-1].player if history else ""
        if self._embedder is not None and text.strip():
            await self._worker.at(1, self._embedder.embed, [text])  # the others find it made
        around = self._around(text)
        (known, unknown), (remembered, memories) = await asyncio.gather(
            self._known(text, before), self._remembered(text, first=not history)
        )
        known = [remark for remark in known if not around.withholds(remark.text)]
        remarks = [*known, *remembered, *around.remarks]
        if unknown and not any(remark.weight >= KNOWN for remark in remarks):
            remarks.append(replace(UNKNOWN, text=phrases(self.speaks).unknown))
        filled = [replace(remark, text=around.filled(remark.text)) for remark in remarks]
        said = {note for exchange in history[-FRESH:] for note in exchange.notes}
        new = [remark for remark in filled if remark.source == "knowledge" or remark.text not in said]
        longest = max((len(fact.text) for fact in known[:1]), default=0)  # a fact that is asked for is told
        notes = tuple(remark.text for remark in within(new, max(BUDGET, longest)))
        if notes and set(notes[:1]) <= set(kept):
            notes = tuple(kept)
        return Aware(notes, memories)

    async def _known(self, text: str, before: str) -> tuple[list[Remark], bool]:
        if self.knowledge is None:
            return [], False
        facts, unknown = await self._worker.at(1, consult, self.knowledge, text, FACTS, before)
        # What a question asks for is told by rules of English: of others nobody can say that it is unknown.
        unknown = unknown and not wide(text)
        return [Remark(fact.text, fact.score, "knowledge") for fact in facts], unknown

    async def _remembered(self, text: str, *, first: bool) -> tuple[list[Remark], tuple[int, ...]]:
        """What comes to mind of the player: much as they come up, later what fits what they say."""
        if self._memory is None:
            return [], ()
        now = datetime.now(UTC)
        try:
            found = await self._memory.recall(self._npc.id, self._player, text, BUDGET, now, self._since)
        except MemoryFailed:
            log.warning("%s remembers nothing of this player", self._npc.id, exc_info=True)
            return [], ()
        return _remarks(found, first=first), found.ids


def _remarks(found: Recalled, *, first: bool) -> list[Remark]:
    facts = list(zip(found.facts, found.relevances, strict=True))
    remarks = [Remark(text, 0.4 + relevance / 2, "memory") for text, relevance in facts if relevance >= CUED]
    if first:
        remarks += [Remark(text, 0.5, "memory") for text, _ in facts]
        remarks.append(Remark(found.relation.sentence, 0.45, "memory"))
        remarks.append(Remark(found.last or "", 0.55, "memory"))
    elif found.asks_last:
        remarks.append(Remark(found.last or "", 0.9, "memory"))
    return remarks
