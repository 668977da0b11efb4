"""From the text of a `story.toml` to a script that holds together, or to everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from runtime.story.expression import BadCondition, Condition, Values, kind, named, parse
from runtime.story.positions import Positions, line_of
from runtime.story.script import GIVEN, Cue, Script
from runtime.story.template import names


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a story, and where. An `error` keeps it from being played."""

    line: int
    text: str
    severity: Literal["error", "warning", "note"] = "error"


def read(text: str) -> tuple[Script | None, list[Problem]]:
    """The script, or None where it cannot be read; and its mistakes, if any, in the order of lines."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Problem(line_of(str(error), text), f"is no TOML: {error}")]
    except (RecursionError, ValueError) as error:  # brackets in brackets; numbers of thousands of digits
        return None, [Problem(1, f"is no TOML that can be read: {type(error).__name__}")]
    try:
        script = msgspec.convert(values, Script)
    except msgspec.ValidationError as error:
        what = str(error).rpartition(" - at `")[0] or str(error)
        return None, [Problem(line_of(str(error), text), what)]
    return script, sorted(_mistakes(script, Positions(text)), key=lambda problem: problem.line)


def conditions(script: Script) -> dict[str, Condition]:
    """Every condition, understood, by its text. Raises BadCondition."""
    declared = {**GIVEN, **script.variables}
    return {cue.when: parse(cue.when, declared) for _, cue in cues(script) if cue.when}


def cues(script: Script) -> Iterator[tuple[tuple[str, int], Cue]]:
    """Every cue with where it stands."""
    yield from ((("section", n), cue) for n, cue in enumerate(script.section))
    yield from ((("trigger", n), cue) for n, cue in enumerate(script.trigger))


def _mistakes(script: Script, at: Positions) -> Iterator[Problem]:
    declared = {**GIVEN, **script.variables}
    yield from _variables(script, at)
    yield from _graph(script, at)
    for path, cue in cues(script):
        if not cue.waits and path != ("section", 0):
            yield Problem(at.line(*path), "nothing brings it about: give says, event, result, failed or when")
        yield from _effects(cue, declared, at, path)
        if cue.when:
            try:
                parse(cue.when, declared)
            except BadCondition as error:
                yield Problem(at.line(*path, "when"), f"when: {error}")
    for n, section in enumerate(script.section):
        for key, texts in (("goal", [section.goal]), ("reveal", section.reveal), ("say", section.say)):
            for i, text in enumerate(texts):
                where = at.line("section", n, key, i)
                yield from (Problem(where, _undeclared(name)) for name in names(text) if name not in declared)


def _undeclared(name: str) -> str:
    return f"`{name}` is not declared: write `{name} = …` under [variables], with what it begins with"


def _variables(script: Script, at: Positions) -> Iterator[Problem]:
    for name in script.variables:
        where = at.line("variables", name)
        if name in GIVEN:
            yield Problem(where, f"`{name}` is given by the runtime and cannot be declared")
        elif not re.fullmatch(r"[A-Za-z_]\w{0,63}", name, re.ASCII) or name in _RESERVED:
            yield Problem(where, f"`{name}` is no name: use letters, digits and _, and not {_RESERVED_TEXT}")


_RESERVED = {"and", "or", "not", "true", "false"}
_RESERVED_TEXT = "and, or, not, true, false"


def _graph(script: Script, at: Positions) -> Iterator[Problem]:
    known: set[str] = set()
    for n, section in enumerate(script.section):
        if section.id in known:
            yield Problem(at.line("section", n, "id"), f"there are two sections `{section.id}`")
        known.add(section.id)
    for n, section in enumerate(script.section):
        for i, to in enumerate(section.next):
            if to not in known:
                yield Problem(at.line("section", n, "next", i), _unknown(to, known))
    for n, trigger in enumerate(script.trigger):
        for i, to in enumerate(trigger.within):
            if to not in known:
                yield Problem(at.line("trigger", n, "within", i), _unknown(to, known))


def _unknown(to: str, known: set[str]) -> str:
    return f"there is no section `{to}`; there are {', '.join(sorted(known))}"


def _effects(cue: Cue, declared: Values, at: Positions, path: tuple[str, int]) -> Iterator[Problem]:
    for key, changes in (("set", cue.set), ("add", cue.add)):
        for name, value in changes.items():
            where = at.line(*path, key, name)
            if name in GIVEN:
                yield Problem(where, f"{key}: `{name}` is given by the runtime and cannot be changed")
            elif name not in declared:
                yield Problem(where, f"{key}: {_undeclared(name)}")
            elif kind(declared[name]) is not kind(value):
                yield Problem(where, f"{key}: `{name}` is {named(kind(declared[name]))}, not {value!r}")
