"""How a story goes on from what happens. Pure: the same place and happening give the same next place."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from runtime.story.expression import Value, kind
from runtime.story.script import Cue, Section
from runtime.story.story import Story

MOST = 1e9
"""Variables stay within this of 0: a trigger that adds for ever must not end at infinity."""


class Place(Struct, frozen=True):
    """Where one player is in one character's story."""

    section: str
    visited: tuple[str, ...]
    """Every section that was entered, in the order of the first time."""
    variables: dict[str, Value]
    """All there are, those that are given too; `seconds` is as of the last happening."""
    happened: tuple[int, ...] = ()
    """Triggers that happened and will not again, by their keys."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a story may go on from."""

    said: frozenset[str] = frozenset()
    """Sentences under `says` that the player's words are like."""
    event: frozenset[str] = frozenset()
    """Sentences under `event` that the event is like."""
    result: str = ""
    """A verb that was done."""
    failed: str = ""
    """A verb that could not be done."""


@dataclass(frozen=True, slots=True)
class Step:
    """What changed. Of a story that did not go on, `section` is where it still is."""

    section: str
    hooks: tuple[str, ...] = ()
    variables: dict[str, Value] = field(default_factory=dict)
    """Those that changed, as they are now."""
    entered: bool = False
    """The section was entered just now."""


def beginning(story: Story) -> tuple[Place, Step]:
    """The first section, entered."""
    first = story.first
    return _entered(story, Place("", (), story.defaults), first)


def advanced(story: Story, place: Place, happening: Happening) -> tuple[Place, Step | None]:
    """All triggers that happen, in the order of the file; then at most one section further."""
    hooks: list[str] = []
    changed: dict[str, Value] = {}
    for key, trigger in story.triggers.items():
        here = not trigger.within or place.section in trigger.within
        if here and key not in place.happened and _cued(story, place, trigger, happening):
            place, new = _changed(place, trigger)
            place = msgspec.structs.replace(place, happened=(*place.happened, key)) if trigger.once else place
            changed |= new
            hooks += trigger.hooks
    if (section := _next(story, place, happening)) is not None:
        place, step = _entered(story, place, section)
        return place, Step(section.id, (*hooks, *step.hooks), {**changed, **step.variables}, entered=True)
    return place, Step(place.section, tuple(hooks), changed) if hooks or changed else None


def _next(story: Story, place: Place, happening: Happening) -> Section | None:
    ways = [story.sections[id] for id in story.sections[place.section].next]
    open_ = [section for section in ways if _cued(story, place, section, happening)]
    return max(open_, key=lambda section: section.priority, default=None)  # max keeps the first of equals


def _cued(story: Story, place: Place, cue: Cue, happening: Happening) -> bool:
    if not story.holds(cue, place.variables):
        return False
    if not (cue.says or cue.event or cue.result or cue.failed):
        return cue.waits
    return (
        not happening.said.isdisjoint(cue.says)
        or not happening.event.isdisjoint(cue.event)
        or happening.result in cue.result
        or happening.failed in cue.failed
    )


def _entered(story: Story, place: Place, section: Section) -> tuple[Place, Step]:
    place, changed = _changed(place, section)
    visited = place.visited if section.id in place.visited else (*place.visited, section.id)
    variables: dict[str, Value] = {**place.variables, "turns": 0.0, "seconds": 0.0}
    place = msgspec.structs.replace(place, section=section.id, visited=visited, variables=variables)
    return place, Step(section.id, tuple(section.hooks), changed, entered=True)


def _changed(place: Place, cue: Cue) -> tuple[Place, dict[str, Value]]:
    """The place with the cue's changes, and the variables that are now different."""
    variables: dict[str, Value] = {**place.variables, **{n: _number(v) for n, v in cue.set.items()}}
    for name, value in cue.add.items():
        variables[name] = _number(round(float(variables[name]) + value, 9))  # 0.1 + 0.2 >= 0.3 shall hold
    changed = {n: v for n, v in variables.items() if place.variables[n] != v}
    return msgspec.structs.replace(place, variables=variables), changed


def _number(value: Value) -> Value:
    if kind(value) is not float:
        return value
    number = float(value)
    return min(max(number, -MOST), MOST) if math.isfinite(number) else 0.0
