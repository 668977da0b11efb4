"""The command line: one function a command, each importing what it needs when it runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from runtime import character, config, models
from runtime.cards import command as cards
from runtime.character import BadCharacter
from runtime.check.command import check
from runtime.config import BadSettings, Settings
from runtime.knowledge import BadKnowledge
from runtime.knowledge import command as knowledge
from runtime.memory import MemoryFailed
from runtime.memory import command as memory
from runtime.mind import MindFailed
from runtime.models import MissingModel
from runtime.protocol.errors import ProtocolError
from runtime.provenance import command as watermark
from runtime.story import BadStory
from runtime.voice import command as voice

T = TypeVar("T")

FAULTS = (
    BadCharacter, BadKnowledge, BadStory, BadSettings, MemoryFailed, MissingModel, MindFailed, ProtocolError,
    OSError,
)  # fmt: skip
"""What the user can mend, and is told in a line."""

app = typer.Typer(
    help="Game characters that hear, think, speak and move their faces, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
out = Console()

app.add_typer(cards.app, name="card")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(memory.app, name="memory")
app.add_typer(voice.app, name="voice")
app.add_typer(watermark.app, name="watermark")
app.command("label")(watermark.label)
app.command()(check)
PortOption = Annotated[
    int | None, typer.Option(help="Port; 0 takes a free one. [default: 8765]", min=0, max=65535)
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
PresetOption = Annotated[
    str, typer.Option("--preset", help="A set of settings; those of the file go on top.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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
    preset: PresetOption = "",
) -> None:
    """Serve characters, and a page to talk to them."""
    from runtime.serve import serve as run

    _run(run(_settings(file, preset, host=host, port=port, characters=characters, record=record)))


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
    preset: PresetOption = "",
) -> None:
    """Talk to a character: by keyboard, by recordings, or by voice."""
    from runtime.talk import talk as run

    settings = _settings(file, preset, port=0, characters=characters)
    _run(run(npc, settings, url, say or [], wav or [], microphone, save))


@app.command()
def tune(
    folder: Annotated[Path, typer.Argument(help="The character's folder; its dialogue.jsonl is learned.")],
    epochs: Annotated[int, typer.Option(help="Times through the dialogue, at most.", min=1)] = 2,
) -> None:
    """Train a character's own adapter for the embedded model. Needs the extra `tune`; a GPU is not needed."""
    from runtime.mind.tune import main

    main(folder, epochs=epochs)


@app.command("eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="The character's folder; its questions.toml is asked.")],
    untuned: Annotated[bool, typer.Option("--untuned", help="Without its adapter, to compare.")] = False,
    unaware: Annotated[bool, typer.Option("--unaware", help="Without what it knows, to compare.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    file: ConfigOption = None,
    preset: PresetOption = "",
) -> None:
    """Ask a character its writer's questions: does it know, does it admit, does it stay in its part?"""
    from runtime.evaluate.command import evaluate as run

    try:
        settings = _settings(file, preset)
        right = run(folder, settings, tuned=not untuned, noted=not unaware, as_json=as_json, out=out)
    except FAULTS as error:
        _fail(error)
    if not right:
        raise typer.Exit(1)


@app.command()
def bake(
    lines: Annotated[
        Path, typer.Argument(help="A table (.csv: id,text,emotion), a recording, or a folder of them.")
    ],
    npc: Annotated[str, typer.Option("--character", help="Who speaks.")],
    folder: Annotated[Path, typer.Option("--out", help="Where the files go; a folder for each line.")],
    fps: Annotated[int, typer.Option(help="Face frames a second.", min=10, max=240)] = 60,
    jobs: Annotated[int, typer.Option(help="Processes; 0 for one a core.", min=0)] = 0,
    formats: Annotated[str, typer.Option(help="What to write of each line.")] = "wav,csv,json,glb,srt",
    again: Annotated[bool, typer.Option("--again", help="Also bake what lies there already.")] = False,
    characters: CharactersOption = None,
    file: ConfigOption = None,
    preset: PresetOption = "",
) -> None:
    """Bake lines or recordings into sound, face curves and captions. Goes on where it was broken off."""
    from runtime.bake.run import bake as run

    settings = _settings(file, preset, characters=characters)
    try:
        who = _character(npc, settings)
        wanted = [each.strip() for each in formats.split(",")]
        report = run(lines, who, folder, fps, jobs, wanted, again=again, settings=settings, console=out)
    except (ValueError, MissingModel, BadCharacter) as error:
        _fail(error)
    for line, why in report.failed.items():
        print(f"townsfolk: {line}: {why}", file=sys.stderr)  # noqa: T201
    out.print(
        f"{report.baked} baked, {report.kept} there already, {len(report.failed)} failed; "
        f"{report.seconds:.0f} s of speech in {report.took:.0f} s ({report.speed:.0f} times real time)"
    )
    if report.failed:
        raise typer.Exit(1)


@app.command()
def face(
    wav: Annotated[Path, typer.Argument(help="A recording of speech.")],
    plot: Annotated[Path | None, typer.Option(help="Draw its curves (.png, .svg, .pdf).")] = None,
    video: Annotated[Path | None, typer.Option(help="Film a face that says it (.mp4, .gif).")] = None,
    curves: Annotated[
        Path | None, typer.Option(help="Write them (.csv Live Link, .json ARKit, .glb).")
    ] = None,
    fps: Annotated[int, typer.Option(help="Frames a second.", min=10, max=240)] = 60,
) -> None:
    """Give a recording a face, to look at or to use."""
    from runtime.bake.extra import MissingExtra
    from runtime.bake.show import face as run

    if not (plot or video or curves):
        _fail(ValueError("say what to make of it: --plot out.png, --video out.mp4, --curves out.csv"))
    try:
        made = run(wav, plot, video, curves, fps)
    except (ValueError, OSError, MissingExtra, MissingModel) as error:
        _fail(error)
    written = ", ".join(str(path) for path in (plot, video, curves) if path)
    out.print(f"{made.seconds:.1f} s, {len(made.weights)} frames: {written}")


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
def sink(
    kind: Annotated[Literal["livelink", "vmc"], typer.Argument(help="What the receiver understands.")],
    npc: Annotated[list[str] | None, typer.Option("--npc", help="A character; may be repeated.")] = None,
    to: Annotated[str, typer.Option(help="HOST[:PORT] of the receiver.")] = "127.0.0.1",
    url: Annotated[str, typer.Option(help="The server.")] = "ws://127.0.0.1:8765/ws",
    audio: Annotated[str, typer.Option(help="device, wav:FILE, rtp:HOST[:PORT] or none.")] = "device",
    say: Annotated[list[str] | None, typer.Option("--say", help="Say this and end; may be repeated.")] = None,
    microphone: Annotated[bool, typer.Option("--microphone", help="Talk by voice.")] = False,
    shapes: Annotated[Literal["vrm0", "vrm1", "arkit"], typer.Option(help="Names of a VMC avatar.")] = "vrm0",
) -> None:
    """Send faces to Live Link or VMC, and the voice to a device, a file or RTP."""
    from runtime.sinks.command import sink as run

    lines, cast = say or [], npc or []
    _run(run(kind, url, to=to, cast=cast, audio=audio, lines=lines, listens=microphone, shapes=shapes))


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def conformance(
    command: Annotated[list[str] | None, typer.Argument(help="Starts the client; the url is added.")] = None,
    url_only: Annotated[bool, typer.Option("--url-only", help="Print the url and wait.")] = False,
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 0,
    act: Annotated[list[str] | None, typer.Option("--act", help="Only this act; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write a JUnit report here.")] = None,
) -> None:
    """Is this a client of the protocol? Play to it in bad timing, and say what it gets wrong."""
    from runtime.conformance.command import conformance as run

    try:
        good = run(
            command or [], url_only=url_only, port=port, acts=act, as_json=as_json, junit=junit, out=out
        )
    except (ValueError, OSError) as error:
        _fail(error)
    if not good:
        raise typer.Exit(1)


@app.command("engines")
def list_engines(file: ConfigOption = None, preset: PresetOption = "", as_json: JsonOption = False) -> None:
    """List the engines: which serve, which are installed, what each needs, devices, languages, licence."""
    from runtime.registry_command import engines

    engines(_settings(file, preset), as_json)


@app.command()
def doctor(
    file: ConfigOption = None,
    preset: PresetOption = "",
    characters: CharactersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look the installation over: models, engines, GPU, ports, sound; and say what to do."""
    from runtime.doctor.command import doctor as run

    if not run(file, preset, characters, as_json):
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


def _character(npc: str, settings: Settings) -> character.Character:
    """The one of this id. Raises BadCharacter."""
    cast = character.load_all(settings.characters_folder)
    if npc not in cast:
        raise BadCharacter(f"there is no character {npc!r}; there are {', '.join(cast)}")
    return cast[npc]


def _settings(file: Path | None, preset: str = "", **flags: object) -> Settings:
    """The file's settings with the flags that were given on top."""
    given = {key: str(v) if isinstance(v, Path) else v for key, v in flags.items() if v is not None}
    try:
        return msgspec.structs.replace(config.load(file, preset), **given)
    except BadSettings as error:
        _fail(error)


def _run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what the user can mend is told in a line, the rest with its traceback."""
    try:
        return asyncio.run(main)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except FAULTS as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    """An error that the user can mend: what it is, without a traceback."""
    print(f"townsfolk: {error}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(2)


if __name__ == "__main__":
    app()
