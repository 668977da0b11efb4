"""Conditions on variables: `trust > 0.3 and not has_key and visits >= 2`. Never run as code.

or     := and ("or" and)*
and    := not ("and" not)*
not    := "not" not | value [("==" | "!=" | "<" | "<=" | ">" | ">=") value]
value  := NUMBER | "TEXT" | true | false | NAME | "(" or ")"
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

Value: TypeAlias = bool | float | str

LONGEST, DEEPEST = 500, 32
"""Characters of a condition and brackets within brackets: a writer's has fewer, and a parser that calls
itself must not run out of stack on one that does not."""

_KINDS = {bool: "a flag", float: "a number", str: "a text"}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d{1,15}(?:\.\d{1,15})?)(?![\w.])|(?P<text>"[^"]*"|'[^']*')|(?P<name>[A-Za-z_]\w*)
    |(?P<mark>==|!=|<=|>=|[<>()]))""",
    re.VERBOSE | re.ASCII,
)
_WORDS = {"and", "or", "not", "true", "false"}

Values: TypeAlias = Mapping[str, Value]
_Term: TypeAlias = tuple[type, Callable[[Values], Value]]
"""What kind of value a part of a condition has, and how to get it."""


class BadCondition(ValueError):
    """A condition that cannot be understood; `column` is where, from 1."""

    def __init__(self, text: str, column: int) -> None:
        super().__init__(f"{text} (column {column})")
        self.column = column


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was understood."""

    text: str
    names: frozenset[str]
    """The variables it depends on."""
    _holds: Callable[[Values], Value]

    def holds(self, values: Values) -> bool:
        """Whether it is so. `values` has every name, of the kind that was declared."""
        return bool(self._holds(values))


def kind(value: Value) -> type:
    """Flag, number or text; whole numbers are numbers."""
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float


def named(of: type) -> str:
    """A kind as an error calls it."""
    return _KINDS[of]


def parse(text: str, declared: Values) -> Condition:
    """Understand `text`, whose names must be `declared`. Raises BadCondition."""
    reader = _Reader(text, declared)
    of, holds = reader.either()
    reader.ends()
    if of is not bool:
        raise BadCondition(f"this is {named(of)}: compare it with something", 1)
    return Condition(text, frozenset(reader.names), holds)


class _Reader:
    def __init__(self, text: str, declared: Values) -> None:
        if len(text) > LONGEST:
            raise BadCondition(f"longer than {LONGEST} characters", LONGEST + 1)
        self._tokens = list(_tokens(text))
        self._at = self._depth = 0
        self._declared = declared
        self.names: set[str] = set()

    def either(self) -> _Term:
        return self._chain("or", self._both, lambda a, b: lambda values: a(values) or b(values))

    def ends(self) -> None:
        if self._next[0] != "end":
            self._fail(f"expected `and`, `or` or the end, found `{self._next[1]}`")

    def _both(self) -> _Term:
        return self._chain("and", self._not, lambda a, b: lambda values: a(values) and b(values))

    def _chain(self, word: str, part: Callable[[], _Term], joined: Callable[..., Any]) -> _Term:
        column = self._next[2]
        term = part()
        while self._took(word):
            left = self._flag(term, column)
            column = self._next[2]
            term = (bool, joined(left, self._flag(part(), column)))
        return term

    def _not(self) -> _Term:
        if not self._took("not"):
            return self._compared()
        column = self._next[2]
        self._deeper()
        holds = self._flag(self._not(), column)
        self._depth -= 1
        return bool, lambda values: not holds(values)

    def _compared(self) -> _Term:
        left, a = self._value()
        _, mark, column = self._next
        if mark not in _OPERATORS or self._next[0] != "mark":
            return left, a
        self._at += 1
        right, b = self._value()
        if left is not right:
            raise BadCondition(f"{named(left)} cannot be compared with {named(right)}", column)
        if left is not float and mark not in ("==", "!="):
            raise BadCondition(f"`{mark}` compares numbers, and this is {named(left)}", column)
        compare = _OPERATORS[mark]
        return bool, lambda values: compare(a(values), b(values))

    def _value(self) -> _Term:
        of, token, _ = self._next
        if self._took("("):
            self._deeper()
            term = self.either()
            if not self._took(")"):
                self._fail("a `)` is missing")
            self._depth -= 1
            return term
        if of == "number":
            return self._constant(float(token))
        if of == "text":
            return self._constant(token[1:-1])
        if of == "name":
            return self._named(token)
        return self._fail("expected a name, a number or a text")

    def _named(self, token: str) -> _Term:
        if token in ("true", "false"):
            return self._constant(token == "true")
        if token in _WORDS:
            self._fail(f"expected a name before `{token}`")
        if token not in self._declared:
            self._fail(f"`{token}` is not declared under [variables]")
        self._at += 1
        self.names.add(token)
        return kind(self._declared[token]), lambda values: values[token]

    def _constant(self, value: Value) -> _Term:
        self._at += 1
        return kind(value), lambda values: value

    def _flag(self, term: _Term, column: int) -> Callable[[Values], Value]:
        if term[0] is not bool:
            raise BadCondition(f"this is {named(term[0])}: compare it with something", column)
        return term[1]

    @property
    def _next(self) -> tuple[str, str, int]:
        return self._tokens[self._at]

    def _took(self, token: str) -> bool:
        taken = self._next[1] == token and self._next[0] in ("name", "mark")
        self._at += taken
        return taken

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"more than {DEEPEST} brackets within brackets")

    def _fail(self, text: str) -> NoReturn:
        raise BadCondition(text, self._next[2])


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Kind, text and column of each token, and of the end."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            column = at + len(text[at:]) - len(text[at:].lstrip())
            raise BadCondition(f"`{text[column]}` means nothing here", column + 1)
        found.append((token.lastgroup, token[token.lastgroup], token.start(token.lastgroup) + 1))
        at = token.end()
    return [*found, ("end", "", end + 1)]
