"""From a character and what was said to the prompt its mind answers. Pure: the same in, the same out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runtime.character import Character
from runtime.language.facts import of
from runtime.language.phrases import rules
from runtime.language.sentences import join, unspaced
from runtime.types import Message, Prompt

RULES = rules("en")

EXCHANGES, CHARACTERS = 12, 3600
"""Most history a prompt carries: about 900 tokens, so that prefix, history and reply fit a slot."""

BLOCK = 8
"""Exchanges forgotten at once. Forgetting moves everything behind it, which must then be read again; so
it happens every eighth turn rather than every turn."""

LONGEST = 600
"""Characters of one text in a prompt; a longer one is cut. 600 take about a second to read here."""

WIDE = 3
"""Characters of English that make as many tokens as one of Chinese does: 4 make a token, Chinese needs 0.6 to
0.8 of one for each in models made for it."""

TOKENS, WIDE_TOKENS = 60, 90
"""Of a reply, in languages with and without spaces: one or two sentences have about 40, and 60."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the player said and how much of the reply was heard. To a greeting the player said nothing."""

    player: str
    reply: str
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    """What the character was aware of as it answered."""


def prefix(character: Character) -> tuple[Message, ...]:
    """What never changes for a character; with an adapter, which holds the rest, it is short."""
    if character.adapter:
        return (Message("system", system(character)),)
    talk = [
        message
        for example in character.examples
        for message in (Message("user", example.player), Message("assistant", example.reply))
    ]
    return (Message("system", f"{character.personality.strip()}\n{rules(character.speaks)}"), *talk)


def system(character: Character) -> str:
    """The system message that adapters are trained with."""
    return f"You are {character.name}. {character.description}"


def opening(character: Character) -> Prompt:
    """The prompt of a character before anybody has said anything: what is read ahead of time."""
    return Prompt(prefix(character), (), adapter=character.id if character.adapter else "", npc=character.id)


def prompt(
    character: Character,
    history: Sequence[Exchange],
    text: str,
    conversation: str = "",
    notes: Sequence[str] = (),
) -> Prompt:
    """What the mind is asked when the player says `text`. `conversation` names the talk `history` is of.

    `notes` are what the character is aware of now. They stand before the player's words, so that they can be
    read while those are still being said.
    """
    messages = [message for exchange in trimmed(history) for message in _messages(exchange)]
    return replace(
        opening(character),
        messages=_joined([*messages, Message("user", noted(notes, _cut(text)))]),
        conversation=conversation and f"{conversation}/{character.id}",
        max_tokens=TOKENS if of(character.speaks).spaced else WIDE_TOKENS,
        temperature=0.15,  # at 0.4 one in fifteen answers more gets a fact wrong that stands in its notes
        stop=("\nUser:", "\nPlayer:", "\nYou:"),
    )


def noted(notes: Sequence[str], text: str) -> str:
    """`text` behind a line of notes. No player can write that line: what players say has no line breaks."""
    return f"({' '.join(notes)})\n{text}" if notes else text


def trimmed(history: Sequence[Exchange]) -> Sequence[Exchange]:
    """The end of `history` that fits, cut at a multiple of BLOCK from its start."""
    start = 0
    while len(history) - start > EXCHANGES or (start < len(history) and _size(history[start:]) > CHARACTERS):
        start += BLOCK
    return history[start:]


def so_far(character: Character, history: Sequence[Exchange], conversation: str = "") -> Prompt:
    """What can be read of the next prompt before the player says anything."""
    whole = prompt(character, history, "", conversation)
    return replace(whole, messages=whole.messages[:-1])


def _messages(exchange: Exchange) -> list[Message]:
    """Both sides of an exchange, without a side that was not heard or not said."""
    heard = _cut(exchange.reply)
    if exchange.interrupted and heard:
        bare = heard.rstrip(" .,;:!?—。，、；：！？…")
        heard = bare + ("——" if unspaced(bare[-1:]) else "—")
    said = noted(exchange.notes, _cut(exchange.player))
    sides = (Message("user", said), Message("assistant", heard))
    return [message for message in sides if message.text]


def _joined(messages: Sequence[Message]) -> tuple[Message, ...]:
    """One message where one side speaks twice: the player went on before a word of the reply was heard."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = replace(message, text=join((joined[-1].text, message.text)))
        else:
            joined.append(message)
    return tuple(joined)


def _size(history: Sequence[Exchange]) -> int:
    return sum(
        min(_length(e.player), LONGEST) + min(_length(e.reply), LONGEST) + sum(map(_length, e.notes))
        for e in history
    )


def _length(text: str) -> int:
    """In characters of English."""
    return len(text) if text.isascii() else len(text) + (WIDE - 1) * sum(map(unspaced, text))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    if _length(text) <= LONGEST:
        return text
    if len(text) == _length(text):
        return text[:LONGEST].rsplit(" ", 1)[0] + "…"
    return text[: LONGEST // WIDE] + "…"
