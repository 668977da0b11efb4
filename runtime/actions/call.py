"""Actions as text: `pour(cup_1, drink=ale)` as a bound model writes it, `pour cup_1 drink=ale` in cues."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from runtime.actions.choice import Choice, chosen
from runtime.actions.offer import Offer

LONGEST = 1200
"""Characters of a call; eight parameters with values of 64 and their names fit."""

_VALUE = r'"(?:[^"\\\n]|\\.)*"|[^\s,"=()<>\[\]]+'
_CALL = re.compile(r"\s*([\w-]+)\s*\((.*)\)\s*", re.DOTALL)
_CUE = re.compile(r"\s*([\w-]+)(?:\s+(.*))?\s*", re.DOTALL)
_ARGUMENT = re.compile(rf"\s*(?:([\w-]+)\s*=\s*)?({_VALUE})\s*(,|$|(?<=\s))")


@dataclass(frozen=True, slots=True)
class Call:
    """What was written, not yet held against what is offered."""

    verb: str
    target: str | None
    told: Mapping[str, str]


def parse(text: str, offer: Offer) -> Choice | None:
    """The action of `verb(target, name=value)`; None for `none` and for all that is no such call. What comes
    back fits the offer, not yet the scene: see `valid`."""
    return _chosen(call(text), offer)


def parse_cue(text: str, offer: Offer) -> Choice | None:
    """The action of `verb target name=value`, the inside of a cue."""
    return _chosen(_read(_CUE, text), offer)


def parse_tool(name: str, arguments: str, offer: Offer) -> Choice | None:
    """The action of a tool call: its function's name and its arguments as JSON."""
    try:
        told = json.loads(arguments or "{}") if len(arguments) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    target = told.pop("target", None)
    return chosen(offer, name, target, told) if target is None or isinstance(target, str) else None


def call(text: str) -> Call | None:
    """Read `verb(target, name=value)`, whatever the verb."""
    return _read(_CALL, text)


def quoted(text: str) -> str:
    """`text` as it stands in a call: bare where it can be."""
    return text if re.fullmatch(r"[\w.:/-]+", text, re.ASCII) else json.dumps(text, ensure_ascii=False)


def _chosen(written: Call | None, offer: Offer) -> Choice | None:
    return chosen(offer, written.verb, written.target, written.told) if written else None


def _read(pattern: re.Pattern[str], text: str) -> Call | None:
    found = pattern.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    target: str | None = None
    told: dict[str, str] = {}
    rest, at = (found[2] or "").rstrip(), 0
    while at < len(rest):
        argument = _ARGUMENT.match(rest, at)
        if argument is None or (value := _unquoted(argument[2])) is None:
            return None
        name, at = argument[1], argument.end()
        if name is None or name == "target":
            if target is not None or (name is None and told):
                return None
            target = value
        elif name in told:
            return None
        else:
            told[name] = value
    return Call(found[1], target, told)


def _unquoted(value: str) -> str | None:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return None
