"""`townsfolk knowledge`: what a character finds, and how many of its writer's questions it can answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from runtime import character
from runtime.character import BadCharacter
from runtime.knowledge.embedding import embedded
from runtime.knowledge.knowledge import KNOWN, Knowledge
from runtime.knowledge.notes import BadKnowledge
from runtime.knowledge.questions import load, measured

app = typer.Typer(help="Look into what a character knows.", no_args_is_help=True)
out = Console(highlight=False)

FolderArgument = Annotated[Path, typer.Argument(help="The character's folder.")]


@app.command()
def ask(folder: FolderArgument, text: Annotated[str, typer.Argument(help="What the player says.")]) -> None:
    """Show the facts that come nearest; those in bold are sure enough to be told."""
    for fact in _knowledge(folder).search(text, limit=5, least=0):
        style = "bold" if fact.score >= KNOWN else "dim"
        out.print(f"{fact.score:.2f}  {fact.text}  [{fact.source}]", style=style, markup=False)


@app.command()
def check(folder: FolderArgument) -> None:
    """Ask all of the folder's questions.toml, and list those that found no answer, or found one wrongly."""
    knowledge = _knowledge(folder)
    try:
        recall = measured(knowledge, load(folder / "questions.toml"))
    except BadKnowledge as error:
        _fail(error)
    for question in recall.missed:
        out.print(f"no answer found: {question}", markup=False)
    for question in recall.invented:
        out.print(f"a fact found for what nobody knows: {question}", markup=False)
    out.print(
        f"{len(knowledge)} facts; answered by the best one {recall.first:.0%}, by one of three "
        f"{recall.three:.0%}; {recall.false:.0%} of the questions outside got a fact"
    )


def _knowledge(folder: Path) -> Knowledge:
    try:
        name = character.load(folder).name
        knowledge = Knowledge.load(folder / "knowledge", embedded(), name=name)
    except (BadCharacter, BadKnowledge) as error:
        _fail(error)
    if not len(knowledge):
        _fail(BadKnowledge(f"{folder / 'knowledge'}: no facts; write *.md files there"))
    return knowledge


def _fail(error: Exception) -> NoReturn:
    print(f"townsfolk: {error}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)
