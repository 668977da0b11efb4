"""Play a recording again: the same client, word for word and at the same times, against today's server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import soundfile as sf
from rich.console import Console
from rich.table import Table

from runtime.client import Client, connect
from runtime.config import Settings
from runtime.protocol import messages as m
from runtime.protocol.media import AUDIBLE
from runtime.record import EVENTS, MICROPHONE, Event
from runtime.talk import somewhere
from runtime.types import Samples

console = Console()
_decode = msgspec.json.Decoder(Event).decode

PATIENCE = 15.0
"""Seconds to wait for the end of a reply that ended in the recording."""


class BadRecording(OSError):
    """A folder that is no recording; says why."""


def read(folder: Path) -> tuple[list[Event], Samples]:
    """The events of a recording, and its microphone. Raises BadRecording."""
    try:
        events = [_decode(line) for line in (folder / EVENTS).read_bytes().splitlines()]
        sounds = folder / MICROPHONE
        microphone = np.zeros(0, np.float32)
        if sounds.exists():
            microphone = np.asarray(sf.read(sounds, dtype="float32")[0], np.float32)
    except (OSError, msgspec.DecodeError, sf.LibsndfileError) as error:
        raise BadRecording(f"{folder} is no recording: {error}") from error
    if not events or not (events[0].got or {}).get("type") == "hello":
        raise BadRecording(f"{folder} is no recording: it does not begin with the client's hello")
    return events, microphone


def messages(events: list[Event]) -> list[m.FromServer]:
    """What the server said in a recording."""
    return [msgspec.convert(event.sent, m.FromServer) for event in events if event.sent]


async def perform(events: list[Event], microphone: Samples, url: str) -> list[m.FromServer]:
    """Send what the client sent, when it sent it. Returns what the server says, `ready` first."""
    hello = msgspec.convert(events[0].got, m.Hello)
    async with connect(
        url,
        *hello.cast,
        player=hello.player,
        audio_in=hello.audio_in,
        audio_out=hello.audio_out,
        face=hello.face,
    ) as client:
        witness = Witness([client.ready])
        listening = asyncio.create_task(witness.listen(client))
        await _act(client, events, microphone, witness)
        listening.cancel()
    return witness.heard


class Witness:
    """What the server has said so far, and how many replies it has ended."""

    def __init__(self, heard: list[m.FromServer]) -> None:
        self.heard = heard
        self._ends = 0
        self._more = asyncio.Event()

    async def listen(self, client: Client) -> None:
        async for item in client:
            if isinstance(item, m.FromServer):
                self.heard.append(item)
                self._ends += isinstance(item, m.Done | m.Cancel)
                self._more.set()

    def played(self, report: m.Playback, recorded: list[object]) -> m.Playback:
        """The same report on today's reply: the mind may have found other words, of another length."""
        today = [message.reply for message in self.heard if isinstance(message, m.Reply)]
        lengths = {message.reply: message.samples for message in self.heard if isinstance(message, m.Done)}
        place = recorded.index(report.reply) if report.reply in recorded else len(today)
        if place >= len(today):
            return report
        reply = today[place]
        at = lengths.get(reply, report.at) if report.state == "finished" else report.at
        return m.Playback(reply=reply, state=report.state, at=at)

    async def ends(self, count: int) -> None:
        """Wait until so many replies have ended, or long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._ends < count:
                    self._more.clear()
                    await self._more.wait()


async def _act(client: Client, events: list[Event], microphone: Samples, witness: Witness) -> None:
    """Do what the client did, when it did it, but never before the replies it had then seen to their end."""
    loop = asyncio.get_running_loop()
    started, ends = loop.time() - events[0].t, 0
    replies = [event.sent["reply"] for event in events if event.sent and event.sent["type"] == "reply"]
    for event in events[1:]:
        if event.sent is not None:
            ends += event.sent["type"] in ("done", "cancel")
        elif event.microphone is not None:
            await asyncio.sleep(started + event.t - loop.time())
            first, length, flags = event.microphone
            await client.hear(microphone[first : first + length], bool(flags & AUDIBLE))
        elif event.got is not None:
            await asyncio.sleep(started + event.t - loop.time())
            await witness.ends(ends)
            message = msgspec.convert(event.got, m.FromClient)
            if isinstance(message, m.Playback):
                message = witness.played(message, replies)
            await client.send(message)
    await witness.ends(ends)


def gist(said: list[m.FromServer]) -> list[str]:
    """What a session came to: final words, whose replies, how they ended. The same in every good replay."""
    told = []
    for message in said:
        match message:
            case m.Heard(final=True):
                told.append(f"heard: {message.text}")
            case m.Reply():
                told.append(f"reply: {message.npc}")
            case m.Done():
                told.append(f"done: {message.npc}")
            case m.Cancel():
                told.append(f"cancel: {message.npc}")
            case m.Error():
                told.append(f"error: {message.code}")
    return told


async def replay(folder: Path, settings: Settings, url: str | None) -> bool:
    """Replay and print both sides. True when they came to the same."""
    events, microphone = read(folder)
    before = gist(messages(events))
    async with somewhere(settings, url) as address:
        after = gist(await perform(events, microphone, address))
    table = Table("recorded", "now", box=None, header_style="bold")
    for k in range(max(len(before), len(after))):
        table.add_row(*("".join(side[k : k + 1]) for side in (before, after)))
    console.print(table)
    return before == after
