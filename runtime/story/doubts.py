"""What works in a story but is hardly meant."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.story.positions import Positions
from runtime.story.reading import Problem, conditions, cues
from runtime.story.script import GIVEN, Script, Section
from runtime.story.template import names
from runtime.story.words import phrase_in


def doubts(script: Script, text: str) -> list[Problem]:
    """Warnings and notes of a script without mistakes, in the order of lines."""
    at = Positions(text)
    found = [*_unreachable(script, at), *_told_too_soon(script, at), *_never_set(script, at)]
    return sorted(found, key=lambda problem: problem.line)


def reached(script: Script) -> set[str]:
    """The sections that some path leads to."""
    ways = {section.id: section.next for section in script.section}
    found, ahead = set[str](), [script.section[0].id]
    while ahead:
        if (section := ahead.pop()) not in found:
            found.add(section)
            ahead += ways[section]
    return found


def _unreachable(script: Script, at: Positions) -> Iterator[Problem]:
    there = reached(script)
    for n, section in enumerate(script.section):
        if section.id not in there:
            yield Problem(at.line("section", n), f"no path leads to `{section.id}`", "warning")


def _before(script: Script, section: Section) -> set[str]:
    """The sections that can be played while `section` has not been entered."""
    return reached(
        Script(section=[_without(each, section.id) for each in script.section if each.id != section.id])
    )


def _without(section: Section, gone: str) -> Section:
    return Section(id=section.id, next=[to for to in section.next if to != gone])


def _told_too_soon(script: Script, at: Positions) -> Iterator[Problem]:
    """A sentence that is told to the character while a word of it may not be said."""
    for hiding in script.section[1:]:
        earlier = _before(script, hiding) if hiding.hide else set()
        for n, section in enumerate(script.section):
            texts = [("goal", 0, section.goal)]
            texts += [(key, i, t) for key in ("reveal", "say") for i, t in enumerate(getattr(section, key))]
            for key, i, text in texts if section.id in earlier else ():
                for word in (word for word in hiding.hide if phrase_in(word, text)):
                    what = f"{key} says `{word}`, which `{hiding.id}` hides until then"
                    yield Problem(at.line("section", n, key, i), what, "warning")


def _never_set(script: Script, at: Positions) -> Iterator[Problem]:
    changed = {name for _, cue in cues(script) for name in (*cue.set, *cue.add)}
    asked = {name for condition in conditions(script).values() for name in condition.names}
    filled = {
        name
        for section in script.section
        for text in (section.goal, *section.reveal, *section.say)
        for name in names(text)
    }
    for name in script.variables:
        where = at.line("variables", name)
        if name in asked - changed:
            yield Problem(where, f"only the game can change `{name}`: the story never does", "note")
        elif name not in asked | filled | GIVEN.keys():
            yield Problem(where, f"`{name}` is used in no condition and no text of the story", "note")
