"""Acts in which the connection is lost, or ends."""

from __future__ import annotations

import asyncio

from runtime.conformance.acts import BEGUN
from runtime.conformance.guest import Guest
from runtime.conformance.kit import BACK, Absent, Kit
from runtime.conformance.patience import within
from runtime.conformance.told import SLACK, Told
from runtime.protocol import messages as m

GAP = 0.2
"""Seconds that must lie between two attempts: a quarter of one is usual."""
NOTICED = 8.0
"""Seconds in which a dead network must be noticed in mid-reply and another tried: five for the silence, one
for a voice that runs dry first, two for a busy machine."""
AWAY = 4.0
"""Seconds in which a client must not come back; with ordinary back-off it would try four times."""


async def resume(kit: Kit) -> None:
    """The cable is pulled in the middle of a reply, and the server is not there at once."""
    told = await kit.begin()
    speaking = asyncio.create_task(kit.utter(told, 4.0, done=False))
    await within(told.began.wait(), BEGUN)
    await asyncio.sleep(1.0)
    speaking.cancel()
    assert kit.ready is not None
    token = kit.ready.resume
    told.lost = True
    await kit.lose()
    try:
        first = await kit.knock(BACK)
    except Absent as absent:
        kit.card.note("resume.back", False, str(absent))
        return
    kit.card.note("resume.back", True, "")
    again = await _not_yet(kit, first)
    if again is None:
        return
    for guest in (first, again):
        _shown(kit, guest, token)
    _played(kit, again, told)
    again.replies[told.number] = told
    missed = [m.Missed(reply=told.number, npc=told.npc, text="and then left at the well.")]
    await kit.welcome(again, resumed=True, missed=missed)
    kit.card.note("resume.goes_on", await kit.heard(), "the reply after a resumed session was not heard")


async def _not_yet(kit: Kit, guest: Guest) -> Guest | None:
    """Shut the door in its face once more, and wait for it to come again."""
    guest.connection.transport.abort()
    try:
        again = await kit.knock(BACK)
    except Absent:
        kit.card.note("resume.patient", False, "after an attempt that failed there was no other")
        return None
    gap = again.came - guest.came
    kit.card.note("resume.patient", gap >= GAP, f"{gap:.2f} s between two attempts")
    return again


def _shown(kit: Kit, guest: Guest, token: str) -> None:
    assert guest.hello is not None
    text = f"`hello.resume` was {guest.hello.resume!r} and not the token of the latest `ready`"
    kit.card.note("resume.token", guest.hello.resume == token, text)


def _played(kit: Kit, guest: Guest, told: Told) -> None:
    """It may have heard more than it could report, but no more than was sent."""
    assert guest.hello is not None
    played, most = guest.hello.played, told.furthest(guest.came) + SLACK * told.rate
    right = played is not None and played.reply == told.number and told.heard <= played.at <= most
    text = f"`hello.played` was {played}; reply {told.number} was heard from {told.heard} to {most:.0f}"
    kit.card.note("resume.played", right, text)


async def dead(kit: Kit) -> None:
    """The network dies in the middle of a reply, and nobody says so."""
    told = await kit.begin()
    speaking = asyncio.create_task(kit.utter(told, 4.0, done=False))
    await within(told.began.wait(), BEGUN)
    await asyncio.sleep(0.5)
    speaking.cancel()
    told.lost = True
    guest, _ = await kit.present()
    guest.die()
    try:
        again = await kit.knock(NOTICED)
    except Absent as absent:
        kit.card.note("resume.dead", False, str(absent))
        return
    finally:
        guest.connection.transport.abort()
    kit.card.note("resume.dead", True, "")
    again.replies[told.number] = told
    await kit.welcome(again, resumed=True)


async def refused(kit: Kit) -> None:
    """The server has forgotten the session; replies are counted afresh."""
    await kit.heard(0.4)
    await kit.heard(0.4)
    assert kit.ready is not None
    token = kit.ready.resume
    await kit.lose()
    try:
        guest = await kit.knock(BACK)
    except Absent as absent:
        kit.card.note("resume.back", False, str(absent))
        return
    _shown(kit, guest, token)
    kit.number = 0
    await kit.welcome(guest, resumed=False)
    heard = await kit.heard() and await kit.heard()
    kit.card.note("resume.refused", heard, "the first replies of the new session were not heard")


async def leave(kit: Kit) -> None:
    """The server ends the session."""
    guest, _ = await kit.present()
    await guest.connection.close(1000)
    await asyncio.sleep(AWAY)
    kit.card.note("end.leaves", not kit.knocked(), "it came back after the server had closed with 1000")


async def fatal(kit: Kit) -> None:
    """A client that starts is refused for good."""
    guest = await kit.knock(BACK)
    text = "`mara` is not in the cast: nobody is"
    await guest.tell(m.Error(code="unknown_character", message=text, fatal=True))
    await guest.connection.close(1008, "unknown_character")
    await asyncio.sleep(AWAY)
    kit.card.note("error.fatal", not kit.knocked(), "it came back after a fatal error that does not pass")
