"""`townsfolk doctor`: a table of what was found and what to do, or JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime import config
from runtime.config import BadSettings, Settings
from runtime.doctor.content import content
from runtime.doctor.finding import Finding, State
from runtime.doctor.gpu import gpu
from runtime.doctor.machine import machine

_COLOURS: dict[State, str] = {"ok": "green", "warn": "yellow", "fail": "red"}


def findings(file: Path | None = None, preset: str = "", characters: Path | None = None) -> Iterator[Finding]:
    """Everything there is to look at. Where the settings are bad, the rest is looked at by the defaults."""
    try:
        settings = config.load(file, preset)
        if file or settings.preset:
            named = [f"preset {settings.preset}"] if settings.preset else []
            yield Finding("settings", "ok", " under ".join([*named, str(file or "nothing else")]))
        else:
            yield Finding("settings", "ok", "the defaults", "townsfolk.toml: docs/configuration.md")
    except BadSettings as error:
        yield Finding("settings", "fail", str(error), "mend it; docs/configuration.md lists all settings")
        settings = Settings()
    if characters:
        settings = msgspec.structs.replace(settings, characters=str(characters))
    for part in (machine, content):
        yield from part(settings)
    yield from gpu()


def doctor(
    file: Path | None = None, preset: str = "", characters: Path | None = None, json: bool = False
) -> bool:
    """Look everything over and print it; False where something fails."""
    found = list(findings(file, preset, characters))
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        _print(found)
    return all(finding.state != "fail" for finding in found)


def _print(found: list[Finding]) -> None:
    out = Console(highlight=False)
    table = Table("", "what", "found", "what to do", box=None, header_style="bold")
    for each in found:
        cells = (Text(text, overflow="fold") for text in (each.what, each.text, each.advice))
        table.add_row(Text(each.state, _COLOURS[each.state]), *cells)
    out.print(table)
    counts = Counter(finding.state for finding in found)
    out.print(", ".join(f"{counts[state]} {state}" for state in _COLOURS))
