"""`townsfolk engines`: a table of all there are, or JSON."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.config import Settings
from runtime.registry import STAGES, Card, known


def engines(settings: Settings, json: bool = False) -> None:
    """List every engine: whether it is chosen and installed, what it needs, devices, languages, licence."""
    chosen = {(stage, settings.engine(stage).card.name) for stage in STAGES}
    there = known()
    if json:
        rows = [_row(card, (card.stage, card.name) in chosen) for card in _ordered(there.cards)]
        sys.stdout.write(msgspec.json.encode({"engines": rows, "broken": there.broken}).decode() + "\n")
        return
    out = Console(highlight=False)
    table = Table("stage", "engine", "", "devices", "languages", "licence", "what", box=None)
    for card in _ordered(there.cards):
        name = Text(card.name, "bold green" if (card.stage, card.name) in chosen else "")
        here = Text("installed", "dim") if not card.missing else Text(card.remedy, "yellow")
        cells = (card.devices, card.languages, card.licence, card.summary)
        table.add_row(card.stage, name, here, *map(Text, cells))
    out.print(table)
    for place, why in there.broken.items():
        out.print(Text(f"{place}: {why}", "red"))
    out.print(Text("Green ones serve. Choose another in townsfolk.toml: docs/engines.md", "dim"))


def _ordered(cards: tuple[Card, ...]) -> list[Card]:
    return sorted(cards, key=lambda card: STAGES.index(card.stage))


def _row(card: Card, chosen: bool) -> dict[str, Any]:
    fields = ("stage", "name", "summary", "licence", "languages", "devices", "extra")
    options = {name: _default(field) for name, field in _fields(card).items()}
    named = {name: getattr(card, name) for name in fields}
    return {**named, "chosen": chosen, "missing": card.missing, "options": options}


def _fields(card: Card) -> dict[str, Any]:
    return {each.encode_name: each for each in msgspec.structs.fields(card.options)}


def _default(field: msgspec.structs.FieldInfo) -> Any:
    """Its default; None where it has to be given."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else None
