"""The fields of a message in words: type, default and meaning, all read from the class itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from runtime.protocol.messages import Part

_PLAIN = {str: "string", int: "integer", float: "number", bool: "true or false", NoneType: "null"}


class Field(NamedTuple):
    """One field as a client author reads it, in Markdown."""

    name: str
    type: str
    default: str
    meaning: str


def of(kind: type[msgspec.Struct]) -> Iterator[Field]:
    """The fields of `kind` in order; one without words of its own borrows those of its class."""
    hints, notes = get_type_hints(kind, include_extras=True), _notes(kind)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        yield Field(field.name, shape(hint), _default(field), notes.get(field.name, _first_line(hint)))


def shape(hint: Any) -> str:
    """A type annotation as a client author reads it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = ", ".join(map(_bounds, args[1:]))
        if get_origin(args[0]) is list:
            return shape(args[0]).replace("list", f"list ({bounds} items)", 1)
        return f"{shape(args[0])} ({bounds}{' characters' if args[0] is str else ''})"
    if origin is Literal:
        return " or ".join(f"`{msgspec.json.encode(value).decode()}`" for value in args)
    if origin is list:
        return f"list of {shape(args[0])}"
    if origin is tuple:
        return f"list of {len(args)}: {shape(args[0])}"
    if args:
        return " or ".join(map(shape, args))
    return _PLAIN.get(hint) or f"[{hint.__name__}](#{hint.__name__.lower()})"


def _bounds(meta: msgspec.Meta) -> str:
    low = meta.min_length if meta.ge is None else meta.ge
    high = meta.max_length if meta.le is None else meta.le
    if high is None:
        return f"{low} or more"
    return f"up to {high}" if low is None else f"{low} to {high}"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return "its defaults" if isinstance(value, msgspec.Struct) else f"`{msgspec.json.encode(value).decode()}`"


def _notes(kind: type) -> dict[str, str]:
    """The strings under the fields of a class, which Python itself throws away."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for field, note in zip(body.body, body.body[1:], strict=False):
        match field, note:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return found


def _first_line(hint: Any) -> str:
    return (inspect.getdoc(hint) or "").partition("\n")[0] if is_part(hint) else ""


def is_part(kind: object) -> bool:
    """Whether `kind` is a class that stands inside messages."""
    return isinstance(kind, type) and issubclass(kind, Part) and kind is not Part
