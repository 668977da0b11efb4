"""What is played to the client, act by act. Each begins with a client that is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from runtime.conformance import speech
from runtime.conformance.kit import Kit
from runtime.conformance.patience import within
from runtime.conformance.speech import BURST, Timing
from runtime.conformance.told import Told
from runtime.protocol import media
from runtime.protocol import messages as m

BEGUN = 3.0
"""Seconds in which a reply begins to be heard."""
PONG = 5.0
"""Seconds for the answer to a ping; servers commonly wait 20."""
HIGH = 2**32 - 6
"""A number that fits no signed integer of 32 bits."""


async def plain(kit: Kit) -> None:
    """A reply of two seconds, in good time."""
    guest, _ = await kit.present()
    told = await kit.say(2.0)
    count = sum(report.state == "position" for report in told.reports)
    kit.card.note("playback.position", count >= 2, f"{count} positions were reported in 2 s of speech")
    started = any(report.state == "started" for report in told.reports)
    kit.card.note("playback.started", started, f"reply {told.number}: `started` was not reported")
    kit.card.note("wire.pong", await guest.answers(PONG), "a ping was not answered")


async def burst(kit: Kit) -> None:
    """All of a reply at once."""
    await _whole(kit, "timing.burst", 1.5, BURST)


async def split(kit: Kit) -> None:
    """Packets of all lengths, faces behind their voice; and then no face at all."""
    uneven = Timing(sizes=(0.12, 0.0001, 0.033, 0.3, 0.007), face_late=0.25)
    await _whole(kit, "timing.split", 1.2, uneven)
    await _whole(kit, "timing.split", 0.4, Timing(sizes=(0.1,), face_late=None))


async def stall(kit: Kit) -> None:
    """The network stands still in the middle of a word."""
    await _whole(kit, "timing.stall", 1.6, Timing(stall=(0.8, 1.2)))


async def hold(kit: Kit) -> None:
    """The player coughs."""
    told = await _sounding(kit, 2.0, BURST)
    await asyncio.sleep(0.4)
    await _hold(kit, told, 1.0)
    whole = await kit.finished(told, 2.0)
    kit.card.note("hold.release", whole, f"reply {told.number} was not heard to its end after `release`")
    still = "hold.still" not in kit.card.faults
    kit.card.note("hold.still", still, "")


async def cancel(kit: Kit) -> None:
    """The player cuts in; packets that were under way come late; another reply follows at once."""
    told = await kit.begin()
    speaking = asyncio.create_task(kit.utter(told, 4.0, done=False))
    await within(told.began.wait(), BEGUN)
    await asyncio.sleep(0.7)
    speaking.cancel()
    await kit.cancel(told)
    guest, ready = await kit.present()
    for packet in speech.departures(told.number, 4.0, ready, BURST)[:40]:
        await guest.tell(packet.data)
    over = await within(told.over.wait(), BEGUN)
    kit.card.note("cancel.report", over, f"reply {told.number}: no `interrupted` after its cancel")
    kit.card.note("cancel.next", await kit.heard(0.8), "the reply after a cancelled one was not heard")


async def withdrawn(kit: Kit) -> None:
    """Replies that are cancelled early and late: in thought, and after `done`."""
    thought = await kit.begin()
    await kit.cancel(thought)
    heard = await kit.heard(0.5) and not any(report.at for report in thought.reports)
    kit.card.note("cancel.thought", heard, "the reply after one cancelled in thought was not heard")
    told = await _sounding(kit, 1.5, BURST)
    await asyncio.sleep(0.4)
    await kit.cancel(told)
    over = await within(told.over.wait(), BEGUN) and told.reports[-1].state == "interrupted"
    heard = await kit.heard(0.4) and over
    kit.card.note("cancel.done", heard, f"reply {told.number}, cancelled after `done`, was not given up")


async def empty(kit: Kit) -> None:
    """A reply that has no sound."""
    silent = await kit.begin()
    await kit.done(silent, 0)
    heard = await kit.heard() and not any(report.at for report in silent.reports)
    kit.card.note("reply.empty", heard, "the reply after an empty one was not heard")


async def newer(kit: Kit) -> None:
    """A server of next year."""
    guest, _ = await kit.present()
    await guest.tell({"type": "weather", "sky": ["rain"], "reply": 3})
    kit.card.note("newer.messages", await kit.heard(), "`weather`, a message unknown to it, was too much")
    guest, _ = await kit.present()
    await guest.tell(media.HEADER.pack(77, 0, 0, kit.number, 0) + b"\x01\x02\x03")
    kit.card.note("newer.packets", await kit.heard(), "a packet of the unknown kind 77 was too much")
    guest, _ = await kit.present()
    line = {"text": "Listen", "start": 0, "end": 100, "pitch": 3}
    told = {"reply": kit.number + 1, "npc": "mara", "whisper": True}
    await guest.tell(
        {"type": "feeling", **told, "emotion": "awe", "intensity": 1, "valence": 0, "arousal": 0, "at": 0}
    )
    await guest.tell(
        {"type": "line", **told, "index": 0, "text": "Listen", "start": 0, "end": 0, "words": [line]}
    )
    kit.card.note("newer.fields", await kit.heard(), "a field unknown to it was too much")


async def error(kit: Kit) -> None:
    """Something was refused, for a reason of next year."""
    guest, _ = await kit.present()
    await guest.tell(m.Error(code="too_cold", message="The ink is frozen.", hint="Wait for spring."))
    kit.card.note("error.goes_on", await kit.heard(), "an error that is not fatal was too much")


async def two(kit: Kit) -> None:
    """Two characters, one after the other."""
    heard = await kit.heard(npc="mara") and await kit.heard(npc="odo")
    kit.card.note("reply.cast", heard, "one of two characters was not heard")


async def rest(kit: Kit) -> None:
    """The face between replies, where it was asked for."""
    guest, ready = await kit.present()
    if not ready.face.rest:
        return
    kit.number += 1
    guest.rests.add(kit.number)
    await guest.tell(m.Rest(reply=kit.number, npc="mara"))
    for packet in speech.faces(kit.number, 0.5, ready, BURST):
        await guest.tell(packet.data)
    kit.card.note("rest.quiet", await kit.heard(), "the reply after a `rest` was not heard")


async def high(kit: Kit) -> None:
    """Numbers beyond those of a signed integer."""
    told = await kit.begin(number=HIGH)
    await kit.utter(told, 0.5)
    kit.card.note("reply.high", await kit.finished(told, 0.5), f"reply {HIGH} was not heard")


async def _whole(kit: Kit, rule: str, seconds: float, timing: Timing) -> None:
    told = await kit.say(seconds, timing)
    whole = bool(told.reports) and told.reports[-1].state == "finished"
    kit.card.note(rule, whole, f"reply {told.number} was not heard to its end")


async def _sounding(kit: Kit, seconds: float, timing: Timing) -> Told:
    """A reply that has been sent and is being heard."""
    told = await kit.begin()
    await kit.utter(told, seconds, timing)
    await within(told.began.wait(), BEGUN)
    return told


async def _hold(kit: Kit, told: Told, seconds: float) -> None:
    guest, _ = await kit.present()
    now = asyncio.get_running_loop().time
    told.hold(now())
    await guest.tell(m.Hold(reply=told.number, npc=told.npc))
    await asyncio.sleep(seconds)
    told.release(now())
    await guest.tell(m.Release(reply=told.number, npc=told.npc))


Act = Callable[[Kit], Awaitable[None]]
