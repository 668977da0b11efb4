"""`python -m benchmarks COMMAND`: measure, print a table, or JSON with --json."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import barge, capacity, echo, endpoint, idle, machine, speech, turn
from benchmarks.peer import compare
from benchmarks.report import Report

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command("turn")
def turn_command(
    turns: Annotated[int, typer.Option(help="Spoken turns to measure.", min=2)] = 30,
    rooms: Annotated[str, typer.Option(help="Level of room noise, dBFS.")] = "-60",
    wav: Annotated[list[Path] | None, typer.Option(help="Say these recordings instead.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw each turn into this PNG.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Voice to voice over a real websocket in real time, with the share of each stage."""
    _print(turn.measure(turns, float(rooms), wav or [], plot), as_json)


@app.command("added")
def added_command(
    turns: Annotated[int, typer.Option(help="Sentences, each said to both sides.", min=2)] = 20,
    camera: Annotated[
        Path | None, typer.Option(help="A photograph: what a camera adds that shows it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What do a character's mind, or a camera, add to the wait for an answer?"""
    from benchmarks import added

    _print(added.measure(turns, camera), as_json)


@app.command("speech")
def speech_command(
    replies: Annotated[int, typer.Option(help="Replies to ask for.", min=1)] = 20,
    wav: Annotated[Path | None, typer.Option(help="A recording to be heard.")] = None,
    text: Annotated[str | None, typer.Option(help="What is said in it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Is the player understood, does the voice say what the text says, does the face cover the voice?"""
    _print(speech.measure(replies, wav, text), as_json)


@app.command("barge")
def barge_command(
    trials: Annotated[int, typer.Option(help="Sounds to make over the character's voice.", min=4)] = 60,
    stress: Annotated[int, typer.Option(help="Barge-ins under load, for stale frames.", min=0)] = 1000,
    seed: Annotated[int, typer.Option(help="Draws sounds and moments.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Does the character stop when it is interrupted, and only then?"""
    _print(barge.measure(trials, stress, seed), as_json)


@app.command("capacity")
def capacity_command(
    seconds: Annotated[float, typer.Option(help="Length of each step.", min=5)] = 40.0,
    peer: Annotated[bool, typer.Option(help="And the same with Pipecat, tuned.")] = False,
    as_json: JsonOption = False,
) -> None:
    """How many players can talk at once before the answers come late?"""
    _print(capacity.measure(seconds, peer), as_json)


@app.command("idle")
def idle_command(
    sessions: Annotated[int, typer.Option(help="Sessions with a closed microphone.", min=1)] = 500,
    opened: Annotated[int, typer.Option(help="Sessions that stream a silent room.", min=1)] = 10,
    peer: Annotated[bool, typer.Option(help="And the same with Pipecat.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What do sessions cost in which nobody speaks?"""
    _print(idle.measure(sessions, opened, peer), as_json)


@app.command("face")
def face_command(
    sentences: Annotated[int, typer.Option(help="Sentences of each voice.", min=1)] = 6,
    peers: Annotated[bool, typer.Option(help="And other systems; installs them first.")] = False,
    minutes: Annotated[float, typer.Option(help="Minutes of sound, for drift.", min=0.5)] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Does the mouth follow the speech and close where lips close, at what cost?"""
    from benchmarks.face.measure import measure  # the others need none of what it brings

    _print(measure(sentences, peers, minutes), as_json)


@app.command("endpoint")
def endpoint_command(
    wav: Annotated[list[Path] | None, typer.Option(help="Recordings whose inner pauses to add.")] = None,
    development: Annotated[bool, typer.Option(help="The part the weights were chosen on.")] = False,
    ablation: Annotated[bool, typer.Option(help="Leave out each vote in turn.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Is the player's turn over? How often too early, and how long after the last sound."""
    _print(endpoint.judged(wav or [], development, ablation), as_json)


@app.command("watermark")
def watermark_command(
    clips: Annotated[int, typer.Option(help="Clauses to mark.", min=10)] = 200,
    recording: Annotated[list[Path] | None, typer.Option(help="Of people, WAV or FLAC; repeatable.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Is marked speech found, and nothing else?"""
    from benchmarks import watermark

    _print(watermark.measure(clips, recording or ()), as_json)


@app.command("client")
def client_command(
    minutes: Annotated[float, typer.Option(help="Minutes of talk.", min=0.5)] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """Do lips and voice stay together in a browser, and does it fall silent when told to?"""
    from benchmarks import client

    _print(client.measure(minutes), as_json)


@app.command("perception")
def perception_command(
    tracks: Annotated[int, typer.Option(help="Made-up people.", min=1)] = 10,
    minutes: Annotated[float, typer.Option(help="Of talk in which nothing is to be noticed.")] = 60.0,
    face: Annotated[Path | None, typer.Option(help="A photograph, to time the camera with.")] = None,
    photographs: Annotated[
        bool, typer.Option("--photographs", help="And of photographs of people; fetches them first.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """What is recognised of a player, what is made up, and what it costs."""
    from benchmarks import perception

    _print(perception.measure(tracks, minutes, face, photographs), as_json)


@app.command("mind")
def mind_command(
    whole: Annotated[
        bool, typer.Option("--whole", help="All questions also in the ways to compare.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Do characters know, admit, remember, act and stay in their parts, tuned and untuned?"""
    from benchmarks import mind

    _print(mind.measure(whole), as_json)


@app.command("actions")
def actions_command(as_json: JsonOption = False) -> None:
    """Does a character do what it is asked to, and nothing else?"""
    from benchmarks import actions

    async def measured() -> list[Report]:
        return actions.measure()

    _print(measured(), as_json)


@app.command("echo")
def echo_command(as_json: JsonOption = False) -> None:
    """Does a character in a loudspeaker interrupt itself, and is the player heard over it?"""
    _print(echo.measure(), as_json)


@app.command("peer")
def peer_command(
    name: Annotated[str, typer.Argument(help="Whom to compare with: pipecat.")] = "pipecat",
    turns: Annotated[int, typer.Option(help="Turns for each.", min=4)] = 24,
    as_json: JsonOption = False,
) -> None:
    """The same sentences through another server with the same models, in turn with ours."""
    if name != "pipecat":
        raise typer.BadParameter(f"there is `pipecat`, and no `{name}`")
    _print(compare.measure(turns), as_json)


def _print(measuring: Coroutine[Any, Any, list[Report]], as_json: bool) -> None:
    reports = asyncio.run(measuring)
    if as_json:
        figures = {report.title: report.rows for report in reports}
        json.dump({"machine": machine.describe(), **figures}, sys.stdout, indent=2)
        return
    print(machine.line())
    for report in reports:
        report.print()


if __name__ == "__main__":
    app()
