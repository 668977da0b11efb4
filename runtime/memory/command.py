"""`townsfolk memory`: see, take away or erase what characters remember."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runtime import config
from runtime.config import BadSettings
from runtime.memory.facts import Pair
from runtime.memory.recall import terms
from runtime.memory.store import MemoryFailed, Store, plain
from runtime.memory.where import memory_file, store_at

app = typer.Typer(help="See, export or erase what characters remember of players.", no_args_is_help=True)
out = Console()

NpcOption = Annotated[str | None, typer.Option("--npc", help="Only this character's.")]
PlayerOption = Annotated[str | None, typer.Option("--player", help="Only of this player.")]
FileOption = Annotated[
    str | None,
    typer.Option("--file", help="The memory's file or postgresql:// address, if not the configured."),
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]


@app.command()
def show(
    npc: NpcOption = None, player: PlayerOption = None, file: FileOption = None, settings: ConfigOption = None
) -> None:
    """Who remembers whom, and what."""
    with _store(file, settings) as store:
        for pair in store.pairs(npc, player):
            _show(store, pair)


@app.command()
def export(
    npc: NpcOption = None,
    player: PlayerOption = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of the screen.")] = None,
    file: FileOption = None,
    settings: ConfigOption = None,
) -> None:
    """Everything that is kept, as JSON: words, memories, relations."""
    with _store(file, settings) as store:
        text = json.dumps(
            [store.export(pair) for pair in store.pairs(npc, player)], ensure_ascii=False, indent=2
        )
    if to is None:
        sys.stdout.write(text + "\n")
        return
    try:
        to.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        _fail(error)


@app.command()
def forget(
    npc: NpcOption = None,
    player: PlayerOption = None,
    about: Annotated[str, typer.Option(help="Only what holds these words.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Of all characters and players.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    file: FileOption = None,
    settings: ConfigOption = None,
) -> None:
    """Erase memories for good. A server that runs need not be stopped."""
    if not (npc or player or everything):
        _fail(ValueError("say whose: --npc, --player or --all"))
    words = terms(about)
    if about and not words:
        _fail(ValueError(f"--about {about!r} names nothing that could be looked for"))
    with _store(file, settings) as store:
        pairs = store.pairs(npc, player)
        what = f"what holds {about!r}" if about else "everything"
        if pairs and not yes:
            typer.confirm(f"Erase {what} of {_names(pairs)}?", abort=True)
        erased = sum(store.forget(pair, words) for pair in pairs)
    out.print(f"{erased} erased")


@contextmanager
def _store(file: str | None, settings: Path | None) -> Iterator[Store]:
    """The memory that is there; none is made by looking."""
    try:
        where = memory_file(file or config.load(settings).memory)
        if where is None:
            raise MemoryFailed("memory is switched off in the settings; name a file by --file")
        with closing(store_at(where, make=False)) as store:
            yield store
    except (MemoryFailed, BadSettings) as error:
        _fail(error)


def _show(store: Store, pair: Pair) -> None:
    relation, last = store.relation(pair)
    seen = f", last {datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M} UTC" if relation.met else ""
    out.print(
        f"[bold]{escape(pair.npc)}[/] of [bold]{escape(pair.player)}[/]: {relation.exchanges} exchanges in "
        f"{relation.visits} conversations{seen}; trust {relation.trust:+.2f}"
    )
    if place := plain(store.place(pair)):
        out.print(f"story: in the section {escape(str(place['section']))}")
    table = Table("when (UTC)", "kind", "what", box=None, header_style="bold")
    for memo in store.salient(pair, -1):
        at = datetime.fromtimestamp(memo.at, UTC)
        table.add_row(f"{at:%Y-%m-%d %H:%M}", memo.fact.kind, escape(memo.fact.text))
    out.print(table)


def _names(pairs: list[Pair]) -> str:
    return ", ".join(f"{pair.npc} of {pair.player}" for pair in pairs[:5]) + (" ..." if pairs[5:] else "")


def _fail(error: Exception) -> NoReturn:
    print(f"townsfolk: {error}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)
