"""What a place in a story makes its character aware of, and what it keeps it from telling. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runtime.remarks import Remark
from runtime.story.play import Place
from runtime.story.script import Section
from runtime.story.story import Story
from runtime.story.template import fill
from runtime.story.words import phrase_in

NEW, ASKED, GOAL, HINT, OLD = 0.9, 0.8, 0.45, 0.4, 0.3
"""Weights: what may be told since just now; a fact the player's words are about; what the character wants
(more than half only while new: a small model speaks of every note it is given); what it may bring up; other
facts it may tell."""

RECENT = 1
"""Player turns in a section up to which it is new; the second too, as the first may be answered past it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a character keeps to itself for now."""

    words: tuple[str, ...] = ()
    """Words and phrases not to be spoken, singular and plural; for the output guard, beside `never`."""
    facts: tuple[str, ...] = ()
    """What a fact of its knowledge must not hold to be told."""

    def withholds(self, fact: str) -> bool:
        """Whether a fact is not to be known now."""
        return any(phrase_in(phrase, fact) for phrase in self.facts)


def hidden(story: Story, place: Place) -> Hidden:
    """What sections not entered hide, and what those entered drop."""
    ahead = [section for section in story.script.section if section.id not in place.visited]
    behind = [section for section in story.script.section if section.id in place.visited]
    kept = dict.fromkeys(phrase for section in ahead for phrase in section.hide)
    gone = dict.fromkeys(phrase for section in behind for phrase in section.drop)
    words = dict.fromkeys(form for phrase in kept for form in (phrase, f"{phrase}s", f"{phrase}es"))
    return Hidden(tuple(words), (*kept, *(phrase for phrase in gone if phrase not in kept)))


def remarks(story: Story, place: Place, about: frozenset[str]) -> tuple[Remark, ...]:
    """Goal, facts and one hint, the weightiest first. `about` are facts that the player's words are about."""
    here = story.sections[place.section]
    new = float(place.variables["turns"]) <= RECENT
    found = [*_facts(story, place, about, new), *_wants(place, here, new)]
    filled = (Remark(fill(text, place.variables), weight, "story") for text, weight in found)
    return tuple(sorted(filled, key=lambda remark: -remark.weight))


def _facts(story: Story, place: Place, about: frozenset[str], new: bool) -> Iterator[tuple[str, float]]:
    for id in place.visited:
        for fact in story.sections[id].reveal:
            asked = ASKED if fact in about else OLD
            yield fact, NEW if new and id == place.section else asked


def _wants(place: Place, here: Section, new: bool) -> Iterator[tuple[str, float]]:
    if here.goal:
        yield here.goal, GOAL + 0.25 * new
    if here.say:
        yield here.say[int(float(place.variables["turns"])) % len(here.say)], HINT
