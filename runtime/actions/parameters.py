"""What a line says of a verb's parameters: numbers, choices, flags, and text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runtime.actions.numbers import numbers
from runtime.actions.values import value_of
from runtime.protocol import messages as m
from runtime.scene.words import stem, words

_INTRODUCED = re.compile(r"\b(?:to|at|about|that|saying|with|called|named|for|over to)\s+", re.IGNORECASE)
"""Where free text begins: "send the drone to ..."."""
_NOT = frozenset({"not", "no", "without", "never"})


def told(verb: m.Verb, said: str) -> dict[str, m.State]:
    """The values `said` gives, by name; what it is silent of is absent. Numbers in the order they come."""
    left = numbers(said) if not any(p.kind == "text" for p in verb.parameters.values()) else []
    values: dict[str, m.State] = {}
    for name, parameter in verb.parameters.items():
        value = _value(name, parameter, said, left)
        if value is not None:
            values[name] = value
    return values


def named_choice(choices: Iterable[str], said: str) -> str | None:
    """The choice that `said` names, the longest of several; "spicy" names "spice"."""
    stems = [stem(word) for word in words(said)]
    for choice in sorted(choices, key=len, reverse=True):
        wanted = [stem(word) for word in words(choice.replace("_", " "))]
        if wanted and any(stems[at : at + len(wanted)] == wanted for at in range(len(stems))):
            return choice
    return None


def _value(name: str, parameter: m.Parameter, said: str, left: list[float]) -> m.State | None:
    if parameter.kind == "choice":
        return named_choice(parameter.choices, said)
    if parameter.kind == "flag":
        return _flag(name, said)
    if parameter.kind == "text":
        return value_of(parameter, _rest(said))
    for number in left:
        if (value := value_of(parameter, number)) is not None:
            left.remove(number)
            return value
    return None


def _flag(name: str, said: str) -> bool | None:
    wanted = [stem(word) for word in words(name.replace("_", " ").replace("-", " "))]
    stems = [stem(word) for word in words(said)]
    for at in range(len(stems)):
        if stems[at : at + len(wanted)] == wanted:
            return not _NOT & set(stems[max(0, at - 2) : at])
    return None


def _rest(said: str) -> str:
    """What stands behind the word that introduces it, behind a lead such as "I want you to"."""
    plain = re.sub(r"^.*?\b(?:want|like|need|love|ask|order) you to\s+", "", said, flags=re.IGNORECASE)
    found = _INTRODUCED.search(plain)
    text = plain[found.end() :] if found else ""
    return re.sub(r"[,\s]+(?:please|will you|would you)\W*$", "", text, flags=re.IGNORECASE).strip(' .!?,;:"')
