"""Puts a line to a character as a session would: what it is aware of, its mind, its guard."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from runtime.awareness import Aware, Awareness
from runtime.character import Character
from runtime.mind import Mind
from runtime.mind.lines import lines
from runtime.mind.prompt import Exchange, prompt
from runtime.safety import checked, deflection
from runtime.safety.manners import Manners


@dataclass(frozen=True)
class Asker:
    """One character, its mind, and what it is aware of."""

    npc: Character
    mind: Mind
    awareness: Awareness
    manners: Manners
    noted: bool = True
    """Whether its mind is told what it is aware of."""
    seed: int = 1

    async def __call__(self, text: str, history: Sequence[Exchange] = ()) -> Exchange:
        """What it answers. Raises MindFailed."""
        if (written := self.manners.judged(self.npc, text, self.seed).answer) is not None:
            return Exchange(text, written.text)
        aware = await self.awareness.of(text, history) if self.noted else Aware()
        asked = replace(prompt(self.npc, history, text, notes=aware.notes), seed=self.seed)
        check = self.manners.check(self.npc, self.npc.never, (), aware.notes)
        otherwise = deflection(self.npc.deflections, self.npc.at_a_loss, self.seed)
        async with aclosing(checked(lines(self.mind(asked), self.npc.name), check, otherwise)) as spoken:
            said = [line.text async for line in spoken]
        return Exchange(text, " ".join(said), notes=aware.notes)
