"""A character as the text of a `character.toml`, laid out for a writer to go on with."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from runtime.character import Character

LOADED = ("id", "adapter")
"""Fields that come from where a character lies, not from its file."""


def fields(character: Character) -> dict[str, Any]:
    """What its file says: all that is not as it is by default."""
    return _set(character, LOADED)


def written(character: Character) -> str:
    """TOML that reads back as `character`."""
    said = fields(character)
    lines = [f"{key} = {_value(value)}" for key, value in said.items() if not _is_table(value)]
    for key, value in said.items():
        if isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
            lines += [line for name, each in value.items() for line in _nested(f"{key}.{name}", each)]
        elif isinstance(value, dict):
            lines += _table(f"[{key}]", value)
        elif _is_table(value):
            lines += [line for each in value for line in _table(f"[[{key}]]", each)]
    return "\n".join(lines) + "\n"


def _set(struct: msgspec.Struct, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a struct, and of structs in it, that differ from their defaults."""
    said: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(struct)):
        value = getattr(struct, field.name)
        if field.name in without or (not field.required and value == _default(field)):
            continue
        said[field.name] = _set(value) if isinstance(value, msgspec.Struct) else msgspec.to_builtins(value)
    return said


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _table(head: str, values: dict[str, Any]) -> list[str]:
    return ["", head, *(f"{json.dumps(key)[1:-1]} = {_value(value)}" for key, value in values.items())]


def _nested(name: str, values: dict[str, Any]) -> list[str]:
    """A table within a table, its lists of tables behind it."""
    lists = {key: value for key, value in values.items() if _is_table(value) and isinstance(value, list)}
    lines = _table(f"[{name}]", {key: value for key, value in values.items() if key not in lists})
    return lines + [
        line for key, value in lists.items() for each in value for line in _table(f"[[{name}.{key}]]", each)
    ]


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    """One TOML value. JSON's texts, numbers and lists are TOML's but for the control character DEL."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{_escaped(key)}" = {_value(each)}' for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str) and "\n" in value:
        return '"""\n' + "\n".join(_escaped(line) for line in value.split("\n")) + '"""'
    return f'"{_escaped(value)}"' if isinstance(value, str) else json.dumps(value)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
