"""Talk by voice in a terminal: the machine's own microphone and speakers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console

from runtime.client import PACKET, Client, Link
from runtime.flow import Channel
from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

console = Console()


def sound_card() -> Any:
    """The module `sounddevice`. Raises OSError, which says what to install."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: the package is there, the system's PortAudio is not
        raise OSError(
            f"no way to the microphone ({error}): pip install 'townsfolk[microphone]', and on Linux "
            "your distribution's PortAudio (Debian: libportaudio2)"
        ) from error
    return sounddevice


class Speakers:
    """The playback, owned by the sound card's thread: what the server sends is handed over in its order."""

    def __init__(self, playback: Playback, report: Callable[[m.Playback], object]) -> None:
        self._playback, self._report = playback, report
        self._come: deque[m.FromServer | media.Packet] = deque()
        self.audible = False
        """The microphone may hear the character."""

    def take(self, item: m.FromServer | media.Packet) -> None:
        """Hand over what came from the server; from any thread."""
        self._come.append(item)

    def fill(self, out: np.ndarray, frames: int, *_: object) -> None:
        """The sound card's callback: `out` has the shape (frames, 1)."""
        while self._come:
            self._playback.take(self._come.popleft())
        out[:, 0] = self._playback.render(frames)
        self.audible = self._playback.audible
        for report in self._playback.reports():
            self._report(report)


async def converse(client: Client) -> None:
    """Hands-free until Ctrl-C. Speaking stops the character. Raises OSError where there is no microphone."""
    sound = sound_card()
    heard: Channel[Samples] = Channel()
    reports: Channel[m.Playback] = Channel()
    loop = asyncio.get_running_loop()
    rate, ready = client.ready.audio_in.rate, client.ready
    playback = Playback(ready.audio_out.rate, ready.face.fps)
    speakers = Speakers(playback, lambda report: loop.call_soon_threadsafe(reports.post, report))

    def captured(block: np.ndarray, *_: object) -> None:
        loop.call_soon_threadsafe(heard.post, block[:, 0].copy())

    try:
        source = sound.InputStream(rate, round(rate * PACKET), channels=1, dtype="float32", callback=captured)
        output = sound.OutputStream(
            playback.rate, channels=1, dtype="float32", latency="low", callback=speakers.fill
        )
    except sound.PortAudioError as error:
        raise OSError(f"the microphone or the speakers cannot be opened: {error}") from error
    playback.latency = output.latency
    console.print("[dim]Listening. Ctrl-C ends.[/]")
    with source, output:
        async with asyncio.TaskGroup() as tasks:
            sending = [
                tasks.create_task(_hear(client, heard, speakers)),
                tasks.create_task(_tell(client, reports)),
            ]
            await _follow(client, speakers)
            for task in sending:
                task.cancel()


async def _hear(client: Client, heard: Channel[Samples], speakers: Speakers) -> None:
    async for samples in heard.stream():
        await client.hear(samples, audible=speakers.audible)


async def _tell(client: Client, reports: Channel[m.Playback]) -> None:
    async for report in reports.stream():
        await client.send(report)


async def _follow(client: Client, speakers: Speakers) -> None:
    """Everything to the speakers, and the words to the screen, until the server goes."""
    async for item in client:
        if isinstance(item, Link):
            continue
        speakers.take(item)
        match item:
            case m.Heard(final=True):
                console.print(f"[cyan]you:[/] {item.text}")
            case m.SpokenLine():
                console.print(f"[bold yellow]{item.npc}:[/] {item.text}")
            case m.Error():
                console.print(f"[red]{item.message}[/] {item.hint}")
