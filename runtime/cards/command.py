"""`townsfolk card`: characters from and to other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from runtime.cards.card import BadCard
from runtime.cards.files import read, write
from runtime.cards.folder import export_folder, import_card, slug
from runtime.character import BadCharacter
from runtime.knowledge.notes import BadKnowledge, notes

app = typer.Typer(help="Bring characters in from other tools, and out.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A character card (.png, .json) or a text (.txt).")],
    out: Annotated[Path, typer.Option("--out", help="The folder of all characters.")],
    name: Annotated[str, typer.Option("--name", help="Name of the new folder; else made of its name.")] = "",
) -> None:
    """Make a character's folder of a card: character.toml, knowledge, portrait."""
    try:
        draft = import_card(*read(file))
        folder = out / slug(name or draft.character.name)
        draft.write(folder)
    except (BadCard, OSError) as error:
        _fail(error)
    facts = sum(len(notes(text, name)) for name, text in draft.knowledge.items())
    examples = len(draft.character.examples)
    typer.echo(f"{folder}: {draft.character.name}, {examples} examples, {facts} facts")
    if kept := ", ".join(sorted(key for key, value in draft.rest.items() if value)):
        typer.echo(f"kept in card.json for an export, and not used: {kept}")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="The character's folder.")],
    file: Annotated[Path, typer.Argument(help="Where to write the card (.json, .png).")],
    v2: Annotated[bool, typer.Option("--v2", help="JSON of version 2, for older readers.")] = False,
) -> None:
    """Make a character card of a folder. A PNG is its portrait.png with the card in it, as V2 and V3."""
    try:
        card, picture = export_folder(folder)
        write(file, card, picture, 2 if v2 else 3)
    except (BadCard, BadCharacter, BadKnowledge, OSError) as error:
        _fail(error)
    typer.echo(f"{file}: {card.name}, {len(card.entries)} entries")


def _fail(error: Exception) -> NoReturn:
    print(f"townsfolk: {error}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)
