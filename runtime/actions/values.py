"""The values of parameters: which are of a kind, and what a text says of them. Pure."""

from __future__ import annotations

from runtime.protocol import messages as m

LONGEST = 64
"""Characters of a text parameter, as of every other string in a state on the wire."""

LARGEST = 1e9
"""Beyond it a number is no count, price or level of a game, but a slip of a model; nor is infinity one."""


def fits(parameter: m.Parameter, value: object) -> bool:
    """Whether a value is of the kind that was declared."""
    if parameter.kind == "flag":
        return isinstance(value, bool)
    if isinstance(value, str):
        if parameter.kind == "choice":
            return value in parameter.choices
        return parameter.kind == "text" and bool(value.strip()) and len(value) <= LONGEST
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        return False
    return parameter.kind == "number" or (parameter.kind == "integer" and value == int(value))


def value_of(parameter: m.Parameter, said: object) -> m.State | None:
    """What was said as a value of the parameter's kind; None where it is none."""
    value: object = said
    if isinstance(said, str):
        value = _read(parameter, said)
    if not fits(parameter, value) or not isinstance(value, str | bool | int | float):
        return None
    return int(value) if parameter.kind == "integer" else value


def _read(parameter: m.Parameter, said: str) -> object:
    if parameter.kind == "flag":
        return {"true": True, "yes": True, "false": False, "no": False}.get(said.strip().casefold())
    if parameter.kind in ("number", "integer"):
        try:
            return float(said)
        except ValueError:
            return None
    if parameter.kind == "choice":
        return next((c for c in parameter.choices if c.casefold() == said.strip().casefold()), None)
    return " ".join(said.split())


def default_of(parameter: m.Parameter) -> m.State | None:
    """What is taken where nothing is said."""
    return None if parameter.default is None else value_of(parameter, parameter.default)
