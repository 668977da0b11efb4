"""Puts before the player's lines what the character would be aware of: the notes it learns to answer from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from runtime.awareness import BUDGET, FACTS, UNKNOWN
from runtime.character import BadCharacter, Character
from runtime.knowledge.asked import names
from runtime.knowledge.consult import consult
from runtime.knowledge.embedding import embedded
from runtime.knowledge.knowledge import Fact, Knowledge
from runtime.knowledge.notes import BadKnowledge
from runtime.knowledge.words import Stemmer
from runtime.mind.tuning.conversations import Conversation, Turn
from runtime.remarks import Remark, within

COMMON = 2
"""Stems that a reply shares with a note that it was written from; fewer are chance."""


def grounded(character: Character, folder: Path, talks: Sequence[Conversation]) -> list[Conversation]:
    """`talks` with the notes of every turn. Raises BadCharacter for a fact that is nowhere.

    A reply that was written without its notes in view may say other things than they do. With them it would
    teach the character to pay no attention to notes, so it is taught without.
    """
    if not (folder / "knowledge").is_dir():
        return [tuple(replace(turn, notes=turn.notes or ()) for turn in talk) for talk in talks]
    try:
        knowledge = Knowledge.load(folder / "knowledge", embedded(), name=character.name)
    except BadKnowledge as error:
        raise BadCharacter(str(error)) from error
    ground = _Grounding(knowledge, Stemmer(character.name))
    return [ground(talk) for talk in talks]


SWAPPED = 0.3
"""Share of pairs of notes whose second is put first: the best is not always the right one."""


class _Grounding:
    def __init__(self, knowledge: Knowledge, stems: Stemmer) -> None:
        self._knowledge, self._stems = knowledge, stems
        self._rng = Random(0)

    def __call__(self, talk: Conversation) -> Conversation:
        said = ("", *(turn.player for turn in talk))
        return tuple(self._turn(turn, before) for turn, before in zip(talk, said, strict=False))

    def _turn(self, turn: Turn, before: str) -> Turn:
        facts, unknown = consult(self._knowledge, turn.player, FACTS, before) if turn.player else ([], False)
        if turn.notes == (UNKNOWN.text,):  # what it would be told where it is asked
            notes = self._notes(facts) or ((UNKNOWN.text,) if unknown else ())
            return replace(turn, notes=notes)
        if turn.notes is not None or not turn.player:
            return replace(turn, notes=turn.notes or ())
        notes = self._notes(self._with(facts, turn.knows) if turn.knows else facts)
        return replace(turn, notes=notes if self._fits(turn.reply, notes) else ())

    def _notes(self, facts: Sequence[Fact]) -> tuple[str, ...]:
        notes = [
            remark.text for remark in within((Remark(f.text, f.score, "knowledge") for f in facts), BUDGET)
        ]
        if self._rng.random() < SWAPPED:
            notes.reverse()
        return tuple(notes)

    def _with(self, facts: list[Fact], knows: str) -> list[Fact]:
        """`facts`, the one that holds `knows` among them."""
        if any(names(knows, fact.text) for fact in facts):
            return facts
        found = [fact for fact in self._knowledge if names(knows, fact.text)]
        if not found:
            raise BadCharacter(f"grounded.jsonl: no fact of its knowledge holds {knows!r}")
        return [replace(found[0], score=1.0), *facts][:FACTS]

    def _fits(self, reply: str, notes: tuple[str, ...]) -> bool:
        told = set(self._stems(reply).values())
        return any(len(told & set(self._stems(note).values())) >= COMMON for note in notes)
