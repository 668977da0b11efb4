"""`townsfolk check`: a table of what was found, or JSON for an editor; fails where there are errors."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.check.cast import checked
from runtime.check.finding import Finding, Severity

_COLOURS: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "dim"}


def check(folder: Path, json: bool = False) -> None:
    """Look all characters of a folder over. Raises typer.Exit(1) where there are errors."""
    found = checked(folder)
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        _print(found)
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


def _print(found: list[Finding]) -> None:
    out = Console(highlight=False)
    table = Table("where", "", "what", "what to do", box=None, header_style="bold")
    for finding in found:
        where = Text(f"{finding.file}:{finding.line}", overflow="fold")
        severity = Text(finding.severity, _COLOURS[finding.severity])
        table.add_row(where, severity, Text(finding.text), Text(finding.advice))
    if found:
        out.print(table)
    counts = Counter(finding.severity for finding in found)
    out.print(", ".join(f"{counts[of]} {of}{'s' * (counts[of] != 1)}" for of in _COLOURS))
