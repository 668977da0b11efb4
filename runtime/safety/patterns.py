"""The regular expressions of patterns.toml, compiled once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct


class _Patterns(Struct, frozen=True, forbid_unknown_fields=True):
    parts: dict[str, str]
    expressions: dict[str, list[str]]
    injection: dict[str, list[str]]


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The expression called `name`: any of its alternatives."""
    read = _read()
    return _compiled(read.expressions[name], read.parts)


@cache
def injections() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What an injection tries, in a few words, and how it is known."""
    read = _read()
    return tuple((why, _compiled(patterns, read.parts)) for why, patterns in read.injection.items())


@cache
def _read() -> _Patterns:
    return msgspec.toml.decode((Path(__file__).parent / "patterns.toml").read_bytes(), type=_Patterns)


def _compiled(alternatives: list[str], parts: dict[str, str]) -> re.Pattern[str]:
    whole = "|".join(alternatives)
    for name in [*parts, *parts]:  # twice: a part may hold another one
        whole = whole.replace(f"{{{name}}}", parts[name])
    return re.compile(whole, re.IGNORECASE)
