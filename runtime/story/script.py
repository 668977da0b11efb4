"""What a `story.toml` holds, as its writer wrote it. `reading.py` makes sure that it holds together."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

Text: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
"""A sentence of more than 200 characters would leave a prompt's notes no room for anything else."""
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Literal: TypeAlias = Annotated[str, Meta(max_length=64)] | bool | float
"""What a variable can be; as the protocol has it."""

GIVEN: dict[str, bool | float | str] = {"player": "traveller", "visits": 0.0, "turns": 0.0, "seconds": 0.0}
"""Variables that are there without being declared: the player's name, how many sessions there were, and how
often the player spoke, and how long it is, since the section was entered."""


class Cue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What something waits for, and what it brings about.

    Of `says`, `event`, `result` and `failed` one has to happen; `when` has to hold besides, or is enough
    alone where there is none of them.
    """

    says: list[Text] = []
    """Sentences; the player says something like one of them. A single word is looked for as a word."""
    event: list[Text] = []
    """Sentences; something like one of them happens in the game."""
    result: list[Name] = []
    """Verbs; the character has done one of them."""
    failed: list[Name] = []
    """Verbs; the character could not do one of them."""
    when: str = ""
    """A condition; see `expression.py`."""
    set: dict[str, Literal] = {}
    """Variables and what they are from then on."""
    add: dict[str, float] = {}
    """Numbers and what is added to them."""
    hooks: list[Name] = []
    """Told to the game: `quest.bell.started`."""

    @property
    def waits(self) -> bool:
        """Whether it waits for anything."""
        return bool(self.says or self.event or self.result or self.failed or self.when)


class Section(Cue, frozen=True, kw_only=True):
    """A part of the story. Its cue is what lets the story come into it from one that names it in `next`."""

    id: Name
    """Names it in `next`."""
    goal: Annotated[str, Meta(max_length=200)] = ""
    """What the character wants now, said to it: "You want to know whether {player} can be trusted."."""
    next: list[Name] = []
    """Where it can go on."""
    priority: float = 0
    """Of several that the story could go on to, the highest; of equals, the first in `next`."""
    reveal: list[Text] = []
    """Facts that it may tell from here on, said to it."""
    hide: list[Text] = []
    """Words and phrases that are neither said nor known before this section is entered."""
    drop: list[Text] = []
    """Parts of sentences of its knowledge that are no longer true from here on, or need not be kept up."""
    say: list[Text] = []
    """What it may bring up by itself here, said to it; one at a time, in turn."""


class Trigger(Cue, frozen=True, kw_only=True):
    """Something that changes variables or calls hooks without the story going on."""

    within: list[Name] = []
    """The sections in which it is waited for; all where empty."""
    once: bool = True
    """It does not happen a second time."""


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """One `story.toml`. The story begins with the first section."""

    section: Annotated[list[Section], Meta(min_length=1, max_length=256)]
    trigger: Annotated[list[Trigger], Meta(max_length=256)] = []
    variables: Annotated[dict[str, Literal], Meta(max_length=256)] = {}
    """Every variable, with what it begins with."""
