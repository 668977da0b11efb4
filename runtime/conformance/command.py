"""`townsfolk conformance`: score a client in a table, as JSON, or as JUnit for CI."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.conformance.card import Card, Verdict
from runtime.conformance.examine import ACTS, ARRIVES, Client, examine
from runtime.conformance.rules import PAGE

URL = "TOWNSFOLK_URL"
STDERR = 2
"""Our standard output is the score's."""
ALONE = 3600.0
"""Seconds to wait for a client that is started by hand."""
_COLOURS: dict[Verdict, str] = {"PASS": "green", "FAIL": "red", "NOT SEEN": "dim"}


def conformance(
    command: list[str],
    *,
    url_only: bool = False,
    port: int = 0,
    acts: list[str] | None = None,
    as_json: bool = False,
    junit: Path | None = None,
    out: Console,
) -> bool:
    """Score the client that `command` starts; True if it broke no rule. Raises ValueError, OSError."""
    if bool(command) == url_only:
        raise ValueError("give the command that starts the client, or --url-only to start it yourself")
    if unknown := set(acts or ()) - set(ACTS):
        raise ValueError(f"there is no act {', '.join(sorted(unknown))}; there are {', '.join(ACTS)}")
    aside = Console(stderr=True, highlight=False)
    client = started(command) if command else None
    patience = ARRIVES if command else ALONE
    card = asyncio.run(examine(client, acts or (), aside.print, port, patience))
    if junit is not None:
        junit.write_bytes(as_junit(card, shlex.join(command)))
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(plain(card))).decode() + "\n")
    else:
        show(card, out)
    return card.good


def started(command: list[str]) -> Client:
    """A client in a process of its own; what it prints goes to our standard error."""

    async def run(url: str) -> int:
        process = await asyncio.create_subprocess_exec(
            *command, url, env={**os.environ, URL: url}, stdin=asyncio.subprocess.DEVNULL, stdout=STDERR
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return run


def plain(card: Card) -> dict[str, object]:
    """The score as JSON has it."""
    rules = [
        {
            "id": rule.id,
            "verdict": verdict,
            "why": rule.why,
            "where": f"{PAGE}#{rule.anchor}",
            "faults": faults,
        }
        for rule, verdict, faults in card.all()
    ]
    return {"good": card.good, "rules": rules}


def as_junit(card: Card, name: str) -> bytes:
    """The score as a test suite: a rule is a case, and one that was not seen is skipped."""
    suite = ET.Element("testsuite", name=f"conformance of {name or 'a client'}")
    for rule, verdict, faults in card.all():
        case = ET.SubElement(suite, "testcase", classname="conformance", name=rule.id)
        if verdict == "FAIL":
            ET.SubElement(case, "failure", message=rule.why).text = "\n".join(faults)
        elif verdict == "NOT SEEN":
            ET.SubElement(case, "skipped", message="not seen")
    verdicts = [verdict for _, verdict, _ in card.all()]
    suite.set("tests", str(len(verdicts)))
    suite.set("failures", str(verdicts.count("FAIL")))
    suite.set("skipped", str(verdicts.count("NOT SEEN")))
    document: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return document


def show(card: Card, out: Console) -> None:
    """A table of all rules, and below it what is wrong, why it matters and where to read on."""
    table = Table("rule", "", "why", box=None, header_style="bold")
    for rule, verdict, _ in card.all():
        table.add_row(rule.id, Text(verdict, _COLOURS[verdict]), Text(rule.why))
    out.print(table)
    for rule, _, faults in card.all():
        if faults:
            out.print(Text(f"\n{rule.id}: {rule.why} ({PAGE}#{rule.anchor})", "bold red"))
            for fault in faults:
                out.print(Text(f"  {fault}"))
    verdicts = [verdict for _, verdict, _ in card.all()]
    out.print(", ".join(f"{verdicts.count(v)} {v}" for v in _COLOURS), highlight=False)
