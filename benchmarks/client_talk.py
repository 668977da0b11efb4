"""A talk with one of our pages, line after line, and what is seen of it."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.client_frames import Frames, traced
from benchmarks.client_sync import Sync

INTERRUPTIONS = 10
LINES = (
    "Who are you, and what is this place?",
    "Tell me all about the bell.",
    "Which rooms do you have, and what do they cost?",
    "What do the sailors say of the harbour?",
)
PATIENCE = 300_000
"""Milliseconds for anything to happen: the machine may be put to sleep meanwhile."""


@dataclass
class Talk:
    """What was seen of one page."""

    sync: Sync = field(default_factory=Sync)
    frames: Frames = field(default_factory=Frames)
    heap: list[tuple[float, float]] = field(default_factory=list)
    """Minutes, and MiB of script's memory after a collection."""
    underruns: int = 0
    voice: float = 0.0
    """Seconds of it."""


async def talked(page: Any, minutes: float, interruptions: int = INTERRUPTIONS) -> Talk:
    """Ask line after line for `minutes`, and hear the answers out, but for some."""
    cdp, talk = await page.context.new_cdp_session(page), Talk()
    before = await page.evaluate("() => probe.voice.total")
    await page.evaluate("() => probe.start()")
    began, cut, looked = time.monotonic(), 0, -1.0
    for line in itertools.cycle(LINES):
        passed = (time.monotonic() - began) / 60
        if passed >= minutes:
            break
        if passed >= looked + min(1.0, minutes / 4):
            looked = passed
            talk.heap.append((passed, await _heap(cdp)))
            async with traced(cdp, talk.frames):
                await _ask(page, line)
                await quiet(page)
        elif passed >= minutes * (cut + 1) / (interruptions + 2) and cut < interruptions:
            cut += 1
            await _ask(page, line)
            await _interrupted(page)
        else:
            await _ask(page, line)
            await quiet(page)
        talk.sync.take(await page.evaluate("() => probe.take()"))
    talk.heap.append(((time.monotonic() - began) / 60, await _heap(cdp)))
    told = "() => { const { underruns, total, rate } = probe.voice; return [underruns, total, rate]; }"
    talk.underruns, total, rate = await page.evaluate(told)
    talk.voice = (total - before) / rate
    return talk


async def _ask(page: Any, line: str) -> None:
    await page.evaluate("(line) => probe.session.say(line)", line)


async def _interrupted(page: Any) -> None:
    """The server is asked to cancel, and the client only learns of it from the server."""
    heard = "() => probe.session.position()?.at > 0.8 * probe.voice.rate"
    await page.wait_for_function(heard, timeout=PATIENCE)
    await page.evaluate("() => probe.session.send({ type: 'interrupt' })")
    await asyncio.sleep(0.5)


async def quiet(page: Any) -> None:
    """Until the reply that was just asked for has been heard to its end, or was lost with a connection."""
    await page.wait_for_function("() => probe.rests", timeout=PATIENCE)


async def _heap(cdp: Any) -> float:
    await cdp.send("HeapProfiler.collectGarbage")
    return float((await cdp.send("Runtime.getHeapUsage"))["usedSize"]) / 2**20
