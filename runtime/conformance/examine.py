"""Plays all acts to a client, or some, and scores it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from runtime.conformance import acts, losses
from runtime.conformance.acts import Act
from runtime.conformance.card import Card
from runtime.conformance.kit import Absent, Kit

Client: TypeAlias = Callable[[str], Awaitable[object]]
"""Runs a client against a url until it has left; cancelled where it does not."""

ARRIVES = 60.0
"""Seconds for a client to start: engines take their time."""
GONE = 0.2
"""Seconds for the connection of a client that has ended to be seen."""
LEAVES = 5.0
"""Seconds for a client to end by itself after the session has."""

ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        acts.plain, acts.burst, acts.split, acts.stall, acts.hold, acts.cancel, acts.withdrawn, acts.empty,
        acts.newer, acts.error, acts.two, acts.rest, losses.resume, losses.dead, losses.refused, acts.high,
        losses.leave, losses.fatal,
    )
}  # fmt: skip
"""In the order in which they are played. `fatal` starts the client anew."""


async def examine(
    client: Client | None,
    only: Sequence[str] = (),
    tell: Callable[[str], object] = lambda _: None,
    port: int = 0,
    patience: float = ARRIVES,
) -> Card:
    """Score `client`, or whoever comes to the url where it is None; `tell` is told what goes on."""
    chosen = [name for name in ACTS if name in only or not only]
    card = Card()
    async with Kit(card).open(port) as kit:
        tell(f"waiting at {kit.url}")
        session = [name for name in chosen if name != "fatal"]
        if session:
            await _started(client, kit, session, tell, patience)
        if "fatal" in chosen:
            kit.guest = None
            if client is None:
                tell("start the client once more")
            await _started(client, kit, ["fatal"], tell, patience)
    return card


async def _started(
    client: Client | None, kit: Kit, names: list[str], tell: Callable[[str], object], patience: float
) -> None:
    """Play these to a client that is started for them, and let it go."""
    running = asyncio.ensure_future(client(kit.url)) if client else None
    try:
        if names == ["fatal"] or await _came(kit, running, patience):
            for name in names:
                tell(name)
                await _play(kit, name)
    except Absent as absent:
        tell(str(absent))
    finally:
        if running is not None:
            await _ended(running, "leave" in names, kit)


async def _came(kit: Kit, running: asyncio.Future[object] | None, patience: float) -> bool:
    """Whether it is there at all. Raises what kept it from being started."""
    coming = asyncio.create_task(kit.present(patience))
    try:
        both: set[asyncio.Future[Any]] = {coming, running} if running else {coming}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if running is not None and running.done():
            running.result()
            await asyncio.wait({coming}, timeout=GONE)  # it may have come and gone
        if not coming.done():
            raise Absent("the client ended, and had not connected")
        coming.result()
    except Absent as absent:
        return kit.card.note("hello.first", False, str(absent))
    finally:
        coming.cancel()
    return True


async def _play(kit: Kit, name: str) -> None:
    """One act. A client that goes in the middle of it and does not come back has broken its rules."""
    try:
        await ACTS[name](kit)
    except Absent as absent:
        kit.card.note("wire.stays", False, f"it went in the act `{name}`: {absent}")
        raise
    kit.card.note("wire.stays", True, "")


async def _ended(running: asyncio.Future[object], left: bool, kit: Kit) -> None:
    """Wait for it where it was asked to leave; end it where it is still there."""
    if left:
        await asyncio.wait({running}, timeout=LEAVES)
        kit.card.note("end.leaves", running.done(), "it still runs after the session has ended")
    running.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await running
