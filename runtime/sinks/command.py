"""`townsfolk sink`: a character's face to Live Link or VMC, and its voice to wherever it is to be heard."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Literal

from rich.console import Console

from runtime.flow import Channel
from runtime.protocol.messages import AudioIn
from runtime.sinks import livelink, vmc
from runtime.sinks.datagrams import Datagrams, address
from runtime.sinks.link import keep
from runtime.sinks.livelink import LiveLink
from runtime.sinks.player import Player, Tell
from runtime.sinks.show import NEUTRAL, Moment
from runtime.sinks.sound import Clock, clock
from runtime.sinks.vmc import VMC, Shapes
from runtime.types import Samples

console = Console(highlight=False)


async def sink(
    kind: Literal["livelink", "vmc"],
    url: str,
    *,
    to: str = "127.0.0.1",
    cast: Sequence[str] = (),
    audio: str = "device",
    lines: Sequence[str] = (),
    listens: bool = False,
    shapes: Shapes = "vrm0",
    tell: Tell = console.print,
) -> None:
    """Show the characters of `cast`, or all, until `lines` are answered; without lines until cancelled.

    Raises OSError where an address or a device is wrong or no server answers, ProtocolError where it refuses.
    """
    play = clock(audio, tell)
    player = Player(cast, tell, greets=not lines)
    with ExitStack() as devices:
        faces = _faces(kind, to, shapes)
        devices.callback(faces.to.close)
        if lines:
            talking = player.say(lines)
        elif listens:
            talking = player.speak(_microphone(devices))
        else:
            talking = _typed(player)
        await _first(keep(url, player.hello, player.talk, player.lost), _shown(play, player, faces), talking)


def _faces(kind: Literal["livelink", "vmc"], to: str, shapes: Shapes) -> LiveLink | VMC:
    if kind == "livelink":
        return LiveLink(Datagrams(*address(to, livelink.PORT)))
    return VMC(Datagrams(*address(to, vmc.PORT)), shapes)


async def _shown(play: Clock, player: Player, faces: LiveLink | VMC) -> None:
    show = await player.show
    last: Moment | None = None

    def shown(moment: Moment) -> None:
        nonlocal last
        last = moment
        faces.show(moment)
        player.heard(moment)

    try:
        await play(show, shown)
    finally:
        if last is not None:  # else a mouth would stay as it was, for as long as the receiver runs
            faces.show(replace(last, number=last.number + 1, faces=dict.fromkeys(show.cast, NEUTRAL)))


def _microphone(devices: ExitStack) -> Channel[Samples]:
    from runtime.sinks.device import microphone

    heard: Channel[Samples] = Channel()
    devices.enter_context(microphone(AudioIn().rate, heard))
    return heard


async def _typed(player: Player) -> None:
    """Say what is typed until an empty line; for ever where there is no terminal."""
    if not sys.stdin.isatty():
        await asyncio.Event().wait()
    typed: Channel[str] = Channel()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(typed.post, line.strip())
        loop.call_soon_threadsafe(typed.post, "")

    # A thread of the loop's own would hold the program up at its end, until one more line is typed.
    threading.Thread(target=read, name="keyboard", daemon=True).start()
    async for line in typed.stream():
        if not line:
            return
        await player.type(line)


async def _first(*work: Coroutine[Any, Any, None]) -> None:
    """Do all at once until one ends; what it raised is raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
