"""The command line: serve, talk, characters, models, replay."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from runtime import character, config, models
from runtime.character import BadCharacter
from runtime.config import BadSettings, Settings
from runtime.mind import MindFailed
from runtime.models import MissingModel
from runtime.protocol.errors import ProtocolError

T = TypeVar("T")

app = typer.Typer(
    help="Game characters that hear, think, speak and move their faces, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
out = Console()

PortOption = Annotated[
    int | None, typer.Option(help="Port; 0 takes a free one. [default: 8765]", min=0, max=65535)
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
CharactersOption = Annotated[Path | None, typer.Option("--characters", help="Folder of characters.")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one. [default: 8765]", min=0, max=65535)
    ] = None,
    characters: CharactersOption = None,
    file: ConfigOption = None,
    record: Annotated[Path | None, typer.Option(help="Record every session into this folder.")] = None,
) -> None:
    """Serve characters, and a page to talk to them."""
    from runtime.serve import serve as run

    _run(run(_settings(file, host=host, port=port, characters=characters, record=record)))


@app.command()
def talk(
    npc: Annotated[str, typer.Argument(help="A character; `townsfolk characters` lists them.")],
    say: Annotated[list[str] | None, typer.Option("--say", help="Say this; may be repeated.")] = None,
    wav: Annotated[list[Path] | None, typer.Option("--wav", help="Say this recording.")] = None,
    microphone: Annotated[bool, typer.Option("--microphone", help="Talk by voice.")] = False,
    save: Annotated[Path | None, typer.Option("--save", help="Write WAV and face CSV here.")] = None,
    url: Annotated[str | None, typer.Option(help="A server that runs; else one is started.")] = None,
    characters: CharactersOption = None,
    file: ConfigOption = None,
) -> None:
    """Talk to a character: by keyboard, by recordings, or by voice."""
    from runtime.talk import talk as run

    settings = _settings(file, port=0, characters=characters)
    _run(run(npc, settings, url, say or [], wav or [], microphone, save))


@app.command()
def tune(
    folder: Annotated[Path, typer.Argument(help="The character's folder; its dialogue.jsonl is learned.")],
    epochs: Annotated[int, typer.Option(help="Times through the dialogue, at most.", min=1)] = 3,
) -> None:
    """Train a character's own adapter for the embedded model. Needs the extra `tune`; a GPU is not needed."""
    from runtime.mind.tune import main

    main(folder, epochs=epochs)


@app.command("characters")
def list_characters(characters: CharactersOption = None, file: ConfigOption = None) -> None:
    """List the characters there are."""
    try:
        found = character.load_all(_settings(file, characters=characters).characters_folder)
    except BadCharacter as error:
        _fail(error)
    table = Table("id", "name", "who", box=None, header_style="bold")
    for each in found.values():
        table.add_row(each.id, each.name, each.description)
    out.print(table)


@app.command("models")
def list_models(
    verify: Annotated[bool, typer.Option("--verify", help="Check every file's checksum.")] = False,
    file: ConfigOption = None,
) -> None:
    """List the models: size, licence, where they were found or what to install."""
    overrides = _settings(file).models
    out.print(models.models_table(overrides))
    if verify and not models.verify_all(overrides, out):
        raise typer.Exit(1)


@app.command()
def replay(
    recording: Annotated[Path, typer.Argument(help="A folder that `serve --record` wrote.")],
    url: Annotated[str | None, typer.Option(help="A server that runs; else one is started.")] = None,
    characters: CharactersOption = None,
    file: ConfigOption = None,
) -> None:
    """Play a recorded session again and compare what comes back."""
    from runtime.replay import replay as run

    if not _run(run(recording, _settings(file, port=0, characters=characters), url)):
        raise typer.Exit(1)


def _settings(file: Path | None, **flags: object) -> Settings:
    """The file's settings with the flags that were given on top."""
    given = {key: str(v) if isinstance(v, Path) else v for key, v in flags.items() if v is not None}
    try:
        return msgspec.structs.replace(config.load(file), **given)
    except BadSettings as error:
        _fail(error)


def _run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what the user can mend is told in a line, the rest with its traceback."""
    try:
        return asyncio.run(main)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (BadCharacter, MissingModel, MindFailed, ProtocolError, OSError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    """An error that the user can mend: what it is, without a traceback."""
    print(f"townsfolk: {error}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)


if __name__ == "__main__":
    app()
