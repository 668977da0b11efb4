"""Talk by voice in a terminal: the machine's own microphone and speakers."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from rich.console import Console

from runtime.client import Client
from runtime.flow import Channel
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

console = Console()


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: the package is there, the system's PortAudio is not
        raise OSError(
            f"no way to the microphone ({error}): pip install 'townsfolk[microphone]', and on Linux "
            "your distribution's PortAudio (Debian: libportaudio2)"
        ) from error
    return sounddevice


async def converse(client: Client) -> None:
    """Hands-free until Ctrl-C. Speaking stops the character. Raises OSError where there is no microphone."""
    sound = _sounddevice()
    heard: Channel[Samples] = Channel()
    loop = asyncio.get_running_loop()
    rate = client.ready.audio_in.rate

    def captured(block: np.ndarray, *_: object) -> None:
        loop.call_soon_threadsafe(heard.post, block[:, 0].copy())

    try:
        source = sound.InputStream(rate, round(rate * 0.02), channels=1, dtype="float32", callback=captured)
        speakers = sound.OutputStream(client.ready.audio_out.rate, channels=1, dtype="float32")
    except sound.PortAudioError as error:
        raise OSError(f"the microphone or the speakers cannot be opened: {error}") from error
    playing: Channel[Samples] = Channel()
    console.print("[dim]Listening. Ctrl-C ends.[/]")
    with source, speakers:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send(client, heard))
            tasks.create_task(_show(client, playing))
            async for samples in playing.stream():
                await asyncio.to_thread(speakers.write, samples)


async def _send(client: Client, heard: Channel[Samples]) -> None:
    async for samples in heard.stream():
        await client.hear(samples)


async def _show(client: Client, playing: Channel[Samples]) -> None:
    async for item in client:
        match item:
            case m.Heard(final=True):
                console.print(f"[cyan]you:[/] {item.text}")
            case m.SpokenLine():
                console.print(f"[bold yellow]{item.npc}:[/] {item.text}")
            case media.Packet(kind=media.VOICE):
                playing.post(item.samples())
            case m.Cancel():
                playing.clear()
    playing.close()
