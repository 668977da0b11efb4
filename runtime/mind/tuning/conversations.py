"""What a character's adapter learns from: its written dialogue, mixed into conversations. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

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


Conversation = tuple[Turn, ...]


def read(folder: Path) -> list[Conversation]:
    """`folder/dialogue.jsonl`, a line each: `{"turns": [player, reply, player, …]}`. Raises BadCharacter."""
    file = folder / "dialogue.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCharacter(f"{file}: {error}") from error
    return [_conversation(line, f"{file}:{n}") for n, line in enumerate(lines, 1) if line.strip()]


def _conversation(line: str, where: str) -> Conversation:
    try:
        turns = json.loads(line)["turns"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCharacter(f"{where}: expected {{'turns': [player, reply, …]}}: {error}") from error
    if not isinstance(turns, list) or not turns or len(turns) % 2:
        raise BadCharacter(f"{where}: turns must be pairs of player and reply")
    if not all(isinstance(text, str) and text.strip() for text in turns):
        raise BadCharacter(f"{where}: every turn must be a text")
    return tuple(Turn(p.strip(), r.strip()) for p, r in zip(turns[::2], turns[1::2], strict=True))


def split(talks: Sequence[Conversation], seed: int) -> tuple[list[Conversation], list[Conversation]]:
    """Training and held-out conversations, the same for the same seed."""
    shuffled = Random(seed).sample(talks, len(talks))
    count = max(1, round(HELD_OUT * len(talks)))
    return shuffled[count:], shuffled[:count]


def mix(character: Character, talks: Sequence[Conversation], rng: Random) -> Iterator[Conversation]:
    """Every exchange once, in a new order and company: alone or behind others, tidy or not."""
    pool = [*talks, *_examples(character, rng)]
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
    return Turn(re.sub(r"[.,;:!?]", "", turn.player).lower() or turn.player, turn.reply, turn.taught)
