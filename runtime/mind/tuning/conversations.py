"""What a character's adapter learns from: its written dialogue, mixed into conversations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from runtime.character import BadCharacter, Character

HELD_OUT = 0.1
"""Share of the dialogue that no training sees: what the loss and the early stop are read off."""

JOINED = 4
"""Most conversations made one: people change the subject, and replies must not cling to the last."""

GREETED = 0.3
"""Share of conversations that begin with the character's greeting, as many of a session do."""

UNTIDY = 0.25
"""Share of player lines without capitals and punctuation, as quick typing and some recognisers give them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the player said and what the character answered; `taught` is false for what is only context.

    To a greeting the player said nothing.
    """

    player: str
    reply: str
    taught: bool = True
    notes: tuple[str, ...] | None = None
    """What the character was aware of; None where its knowledge is to be searched for it."""
    knows: str = ""
    """What a fact holds that the reply tells."""


Conversation = tuple[Turn, ...]


FILES = ("dialogue.jsonl", "grounded.jsonl")
"""How it talks, which every tuned character has, and how it uses what it knows."""


def read(folder: Path) -> list[Conversation]:
    """Both files, a line each: `{"turns": [player, reply, player, …]}`. Raises BadCharacter.

    Of the last exchange a line may say what the character was aware of (`"notes": ["…"]`), or name the fact
    that the reply tells by some of its words (`"knows": "…"`).
    """
    found = _read(folder / FILES[0])
    if (grounded := folder / FILES[1]).is_file():
        found += _read(grounded)
    return found


def _read(file: Path) -> list[Conversation]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCharacter(f"{file}: {error}") from error
    return [_conversation(line, f"{file}:{n}") for n, line in enumerate(lines, 1) if line.strip()]


class _Line(Struct, forbid_unknown_fields=True):
    turns: list[str]
    notes: list[str] | None = None
    knows: str = ""


def _conversation(line: str, where: str) -> Conversation:
    try:
        read = msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError as error:
        raise BadCharacter(f"{where}: expected {{'turns': [player, reply, …]}}: {error}") from error
    if not read.turns or len(read.turns) % 2:
        raise BadCharacter(f"{where}: turns must be pairs of player and reply")
    if not all(text.strip() for text in read.turns):
        raise BadCharacter(f"{where}: every turn must be a text")
    pairs = zip(read.turns[::2], read.turns[1::2], strict=True)
    *before, last = (Turn(player.strip(), reply.strip()) for player, reply in pairs)
    notes = None if read.notes is None else tuple(read.notes)
    return (*before, replace(last, notes=notes, knows=read.knows))


def split(talks: Sequence[Conversation], seed: int) -> tuple[list[Conversation], list[Conversation]]:
    """Training and held-out conversations, the same for the same seed."""
    shuffled = Random(seed).sample(talks, len(talks))
    count = max(1, round(HELD_OUT * len(talks)))
    return shuffled[count:], shuffled[:count]


def mix(character: Character, talks: Sequence[Conversation], rng: Random) -> Iterator[Conversation]:
    """Every exchange once, in a new order and company: alone or behind others, tidy or not.

    Those that tell a fact come twice: to answer from notes is harder to learn than a way of talking.
    """
    pool = [*talks, *(talk for talk in talks if talk[-1].knows), *_examples(character, rng)]
    rng.shuffle(pool)
    while pool:
        joined = [turn for _ in range(min(len(pool), rng.randint(1, JOINED))) for turn in pool.pop()]
        opening = [Turn("", character.greeting, taught=False)] if rng.random() < GREETED else []
        yield (*opening, *(_untidy(turn, rng) for turn in joined))


def _examples(character: Character, rng: Random) -> list[Conversation]:
    """Each example in one of its wordings; `*` answers what has no answer, which free talk does not need."""
    return [
        (Turn(rng.choice(wordings), example.reply),)
        for example in character.examples
        if (wordings := re.findall(r"[^\s.!?*][^.!?*]*[.!?]*", example.player))
    ]


def _untidy(turn: Turn, rng: Random) -> Turn:
    if rng.random() >= UNTIDY:
        return turn
    return replace(turn, player=re.sub(r"[.,;:!?]", "", turn.player).lower() or turn.player)
