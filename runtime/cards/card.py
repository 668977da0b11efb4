"""A character card as its JSON says it: V1 (flat), V2 and V3 (under `data`). Pure: objects in, objects out.

V2: github.com/malfoyslastname/character-card-spec-v2; V3: github.com/kwaroran/character-card-spec-v3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

ENTRIES = 20_000
"""Most entries of a lorebook; the largest that are passed around have some hundreds."""

DEPTH = 64
"""Most objects and lists inside each other; cards have about ten."""


class BadCard(ValueError):
    """A card that cannot be used; says what is wrong in it, and where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a lorebook: what is to be known when one of its keys is spoken of."""

    content: str
    keys: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What of a card has a place in our folders, its macros still in it."""

    name: str
    description: str = ""
    personality: str = ""
    scenario: str = ""
    greeting: str = ""
    examples: str = ""
    entries: tuple[Entry, ...] = ()
    nickname: str = ""
    extensions: Json = field(default_factory=dict)
    """Under our own name in the card's extensions: what only our characters have."""
    rest: Json = field(default_factory=dict)
    """What the card says beyond that, kept for the way back."""


OURS = "townsfolk"
_TEXTS = {
    "name": "name",
    "description": "description",
    "personality": "personality",
    "scenario": "scenario",
    "greeting": "first_mes",
    "examples": "mes_example",
    "nickname": "nickname",
}
"""Our field -> the card's."""


def parsed(root: object) -> Card:
    """The card in decoded JSON. Raises BadCard."""
    card = _object(root, "the card")
    _shallow(card)
    data = _object(card.get("data"), "data") if "data" in card else card
    if data is card and "name" not in card:
        raise BadCard("this is JSON, but no card: it has neither `data` nor `name`")
    texts = {ours: _text(data, theirs) for ours, theirs in _TEXTS.items()}
    if not texts["name"].strip():
        raise BadCard("`name` is empty: a character needs one")
    extensions = _object(data.get("extensions") or {}, "extensions")
    known = {*_TEXTS.values(), "character_book", "extensions", "spec", "spec_version"}
    rest = {key: value for key, value in data.items() if key not in known}
    if others := {key: value for key, value in extensions.items() if key != OURS}:
        rest["extensions"] = others
    ours = _object(extensions.get(OURS) or {}, f"extensions.{OURS}")
    return Card(**texts, entries=_book(data.get("character_book")), extensions=ours, rest=rest)


def encoded(card: Card, version: int = 3) -> Json:
    """As V2 or V3 JSON; V3 has what V2 has and more."""
    extensions = {**card.rest.get("extensions", {}), **({OURS: card.extensions} if card.extensions else {})}
    data: Json = {
        "creator_notes": "",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [],
        "tags": [],
        "creator": "",
        "character_version": "",
        **({"group_only_greetings": []} if version == 3 else {}),
        **card.rest,
        **{theirs: getattr(card, ours) for ours, theirs in _TEXTS.items() if ours != "nickname"},
        "extensions": extensions,
    }
    if card.nickname:
        data["nickname"] = card.nickname
    if card.entries:
        entries = [_entry(entry, order) for order, entry in enumerate(card.entries)]
        data["character_book"] = {"name": card.name, "extensions": {}, "entries": entries}
    return {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0", "data": data}


def _entry(entry: Entry, order: int) -> Json:
    return {
        "keys": list(entry.keys),
        "content": entry.content,
        "name": entry.name,
        "comment": entry.name,
        "enabled": True,
        "insertion_order": order,
        "use_regex": False,
        "extensions": {},
    }


def _book(book: object) -> tuple[Entry, ...]:
    """The entries of a lorebook that are switched on and say something."""
    if not book:
        return ()
    entries = _object(book, "character_book").get("entries") or []
    if isinstance(entries, dict):  # world files number their entries instead
        entries = list(entries.values())
    if not isinstance(entries, list):
        raise BadCard(f"`character_book.entries` is {_kind(entries)}, not a list")
    if len(entries) > ENTRIES:
        raise BadCard(f"`character_book.entries` has {len(entries)} entries; {ENTRIES} are read")
    read = [_read_entry(entry, f"character_book.entries[{number}]") for number, entry in enumerate(entries)]
    return tuple(entry for entry in read if entry is not None)


def _read_entry(value: object, where: str) -> Entry | None:
    entry = _object(value, where)
    content = _text(entry, "content", where).strip()
    if not content or entry.get("enabled") is False:
        return None
    keys = entry.get("keys") or []
    if isinstance(keys, str):
        keys = keys.split(",")
    if not isinstance(keys, list):
        raise BadCard(f"`{where}.keys` is {_kind(keys)}, not a list of texts")
    name = _text(entry, "name", where) or _text(entry, "comment", where)
    words = () if entry.get("use_regex") else tuple(key.strip() for key in keys if isinstance(key, str))
    return Entry(content, tuple(filter(None, words)), name.strip())


def _shallow(card: Json) -> None:
    """Python writes JSON by recursion: what could not be written again is refused at once."""
    level: list[Any] = [card]
    for _ in range(DEPTH):
        inner = [each.values() if isinstance(each, dict) else each for each in level]
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not level:
            return
    raise BadCard(f"the card's JSON is nested more than {DEPTH} deep")


def _text(of: Json, key: str, where: str = "") -> str:
    """The text at `key`; empty where it is missing or null, as some tools write it."""
    value = of.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadCard(f"`{where + '.' if where else ''}{key}` is {_kind(value)}, not a text")
    # Halves of surrogate pairs are allowed in JSON and nowhere else.
    return value.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\0", "")


def _object(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise BadCard(f"`{where}` is {_kind(value)}, not an object" if where != "the card" else _NO_OBJECT)
    return value


_NO_OBJECT = "this is JSON, but no card: a card is an object"


def _kind(value: object) -> str:
    names = {type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "a text"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")
