"""Names in braces, filled in: "{player} has {coins} coppers". Pure."""

from __future__ import annotations

import re

from runtime.story.expression import Values

_NAME = re.compile(r"\{([A-Za-z_]\w{0,63})\}", re.ASCII)


def names(text: str) -> list[str]:
    """The names that `text` wants filled in, in order."""
    return _NAME.findall(text)


def fill(text: str, values: Values) -> str:
    """`text` with the values in place of their names, in one pass: a value's own braces mean nothing.

    A name that nobody knows becomes plain words, as braces must not be spoken: `{gold_key}`, "gold key".
    """
    return _NAME.sub(lambda name: _said(values.get(name[1], name[1].replace("_", " "))), text)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())
