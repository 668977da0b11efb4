"""What a game lets its characters do: checked when it arrives, so that nothing fails later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runtime.actions.values import fits
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
"""What a grammar, a tool schema and a cue in running text can all hold."""

_TAKEN = frozenset({"none", "target"})
"""`none` is the call that does nothing, `target` the argument that every verb with a target has."""


class Offer:
    """The verbs of one `actions` message. Raises ProtocolError("bad_actions") that names what is wrong."""

    def __init__(self, verbs: Iterable[m.Verb] = ()) -> None:
        self._verbs: dict[str, m.Verb] = {}
        for verb in verbs:
            _check(verb)
            if verb.name.casefold() in self._verbs:
                raise _bad(f"verb `{verb.name}` is there twice")
            self._verbs[verb.name.casefold()] = verb

    def __iter__(self) -> Iterator[m.Verb]:
        return iter(self._verbs.values())

    def __len__(self) -> int:
        return len(self._verbs)

    def get(self, name: str) -> m.Verb | None:
        """The verb of this name, in any case."""
        return self._verbs.get(name.casefold())


def _check(verb: m.Verb) -> None:
    for name in (verb.name, *verb.parameters):
        if not _NAME.fullmatch(name):
            raise _bad(f"`{name}` of verb `{verb.name}` must be a letter, then letters, digits, _ or -")
        if name.casefold() in _TAKEN:
            raise _bad(f"`{name}` of verb `{verb.name}` is taken; call it something else")
    if len({name.casefold() for name in verb.parameters}) < len(verb.parameters):
        raise _bad(f"verb `{verb.name}` has parameters that differ in case only")
    if verb.targets is not None and not verb.targets:
        raise _bad(f"verb `{verb.name}` has no kinds in `targets`; leave it out for a verb without a target")
    if verb.needs and verb.targets is None:
        raise _bad(f"verb `{verb.name}` needs a state but has no `targets` that could have it")
    for name, parameter in verb.parameters.items():
        _check_parameter(f"parameter `{name}` of verb `{verb.name}`", parameter)


def _check_parameter(what: str, parameter: m.Parameter) -> None:
    choices = [choice.casefold() for choice in parameter.choices]
    if parameter.kind == "choice" and not choices:
        raise _bad(f"{what} is a choice without `choices`")
    if parameter.kind != "choice" and choices:
        raise _bad(f"{what} has `choices` but is a {parameter.kind}")
    if len(set(choices)) < len(choices):
        raise _bad(f"{what} has a choice twice")
    if parameter.default is not None and not fits(parameter, parameter.default):
        raise _bad(f"the default of {what} is not a {parameter.kind}: {parameter.default!r}")


def _bad(message: str) -> ProtocolError:
    return ProtocolError("bad_actions", message)
