"""Talk to a character in a terminal, over the same websocket as every other client."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import soundfile as sf
from rich.console import Console

from runtime.client import Answer, Client, collect, connect
from runtime.config import Settings
from runtime.gateway.http import WEBSOCKET
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.types import Samples

console = Console()

PATIENCE = 3.0
"""Seconds after the last sample in which a reply must have begun, if there is to be one."""
AFTER = 0.5
"""Seconds after the last sample in which somebody who goes on after an answer would be noticed."""


@asynccontextmanager
async def somewhere(settings: Settings, url: str | None) -> AsyncIterator[str]:
    """The websocket of the server at `url`, or of one that lives as long as this."""
    if url is not None:
        yield url
        return
    from runtime.serve import serving

    async with serving(settings) as gateway:
        host, port = gateway.address
        yield f"ws://{host}:{port}{WEBSOCKET}"


async def talk(
    npc: str,
    settings: Settings,
    url: str | None,
    lines: list[str],
    recordings: list[Path],
    microphone: bool,
    save: Path | None,
) -> None:
    """Say `lines` and `recordings`, or without either talk until the end of input."""
    clips = [read(file) for file in recordings]
    rate = clips[0][1] if clips else 16000
    # A recording holds no echo; a microphone beside loudspeakers does, and nothing here takes it out.
    audio_in = m.AudioIn(rate=rate, echo_cancelled=not microphone)
    async with (
        somewhere(settings, url) as address,
        connect(address, npc, audio_in=audio_in) as client,
    ):
        for line in lines:
            await client.say(line)
            show(await client.answer(), client, save)
        for samples, _ in clips:
            show(await hear(client, samples, _say_back), client, save)
        if microphone:
            from runtime.microphone import converse

            await converse(client)
        elif not lines and not clips:
            await _type(client, save)


def read(file: Path) -> tuple[Samples, int]:
    """A recording as mono samples and its rate. Raises OSError where it is none."""
    try:
        samples, rate = sf.read(file, dtype="float32", always_2d=True)
    except sf.LibsndfileError as error:
        raise OSError(f"{file}: {error}") from error
    return samples.mean(axis=1), rate


async def hear(client: Client, samples: Samples, heard: Callable[[str], object]) -> Answer:
    """Speak in real time and wait for the answer. Raises ProtocolError where nothing was understood.

    An answer that is over while the recording still runs was to its first part if more is said in it. If
    only silence follows, it was the answer.
    """
    speaking = asyncio.create_task(client.speak(samples))
    answer: Answer | None = None
    early: Answer | None = None
    quiet = True
    loop = asyncio.get_running_loop()
    said = loop.time() + len(samples) / client.ready.audio_in.rate

    def wait(*_: object) -> None:
        """There is an end to waiting while all has been said and no reply is under way."""
        waiting = speaking.done() and answer is None
        patience.reschedule(loop.time() + (AFTER if early and quiet else PATIENCE) if waiting else None)

    try:
        async with asyncio.timeout(None) as patience:
            speaking.add_done_callback(wait)
            async for item in client:
                match item:
                    case m.Heard(final=True):
                        heard(item.text)
                        early = None
                    case m.Hearing(state=state):
                        quiet = state in ("ended", "ignored", "aside")
                        wait()
                    case m.Error():
                        raise ProtocolError(item.code, item.message, fatal=item.fatal)
                    case m.Reply():
                        answer = Answer(item.reply, item.npc)
                        wait()
                    case m.Cancel():  # the speaker went on after a pause
                        answer = None
                        wait()
                    case _ if answer is not None and collect(answer, item):
                        await client.played(answer)
                        if loop.time() >= said:
                            return answer
                        answer, early = None, answer
                        wait()
    except TimeoutError:
        if early is not None:
            return early
        raise ProtocolError("ears_failed", "nothing was understood in the recording") from None
    finally:
        speaking.remove_done_callback(wait)
        speaking.cancel()
    raise ConnectionError("the server closed the connection before the reply was over")


def _say_back(text: str) -> None:
    console.print(f"[cyan]you:[/] {text}")


async def _type(client: Client, save: Path | None) -> None:
    npc = client.ready.cast[0]
    console.print(f"[dim]{npc.name}: {npc.description}  (an empty line or Ctrl-D ends)[/]")
    await client.send(m.Greet(to=npc.id))
    show(await client.answer(), client, save)
    while line := (await asyncio.to_thread(_ask)).strip():
        await client.say(line)
        show(await client.answer(), client, save)


def _ask() -> str:
    try:
        return console.input("[cyan]you:[/] ")
    except EOFError:
        return ""


def show(answer: Answer, client: Client, save: Path | None) -> None:
    """Print a reply; with `save`, write its voice and face there."""
    name = next((npc.name for npc in client.ready.cast if npc.id == answer.npc), answer.npc)
    took = f"{answer.latency.total:.0f} ms" if answer.latency else "interrupted"
    console.print(f"[bold yellow]{name}:[/] {answer.text} [dim]({took})[/]")
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        file = save / f"{answer.npc}-{answer.reply:03d}"
        sf.write(file.with_suffix(".wav"), answer.audio, client.ready.audio_out.rate)
        write_face(file.with_suffix(".csv"), answer, client.ready)


def write_face(file: Path, answer: Answer, ready: m.Ready) -> None:
    """One row a frame: seconds, then the 52 weights under their names."""
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["seconds", *ready.blendshapes])
        for k, weights in enumerate(answer.face):
            rows.writerow([f"{k / ready.face.fps:.4f}", *(f"{w:.3f}" for w in weights)])
