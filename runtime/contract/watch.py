"""How long an engine holds the event loop, and how long it takes to let go of a stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from runtime.contract.opened import Opened

T = TypeVar("T")

HELD = 0.020
"""Seconds for which an engine may hold the loop: one packet of audio."""
LET_GO = 0.100
"""Seconds within which a stream that is closed, or a call that is cancelled, has come to its end."""
TICK = 0.002
TRIES = 3
"""An engine that holds the loop does so each time; a machine that is busy with other things does not."""

_SCHEDULER = Path("/proc/thread-self/schedstat")


def stays_free(opened: Opened, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Assert that the loop is never held for longer than HELD while `work` is done."""
    worst = []
    for _ in range(TRIES):
        worst.append(opened.run(_longest(work())))
        if worst[-1] <= HELD:
            return
    raise AssertionError(f"the loop was held for {1000 * min(worst):.0f} ms; {1000 * HELD:.0f} are allowed")


def lets_go(opened: Opened, leave: Callable[[], Coroutine[Any, Any, float]]) -> None:
    """Assert that `leave`, which returns the seconds that it took, takes no longer than LET_GO."""
    took = []
    for _ in range(TRIES):
        took.append(opened.run(leave()))
        if took[-1] <= LET_GO:
            return
    raise AssertionError(f"it let go after {1000 * min(took):.0f} ms; {1000 * LET_GO:.0f} are allowed")


async def closed_after_the_first(stream: AsyncGenerator[T, None]) -> float:
    """Read one item and close. Returns the seconds that closing took."""
    await anext(stream)
    return await _timed(stream.aclose())


async def cancelled_at_once(call: Coroutine[Any, Any, object], after: float = 0.005) -> float:
    """Begin a call and cancel it `after` seconds. Returns the seconds until it has ended."""
    task = asyncio.ensure_future(call)
    await asyncio.sleep(after)
    task.cancel()

    async def ended() -> None:
        with suppress(asyncio.CancelledError):
            await task

    return await _timed(ended())


async def _timed(call: Awaitable[object]) -> float:
    began, waited = time.monotonic(), _waited()
    await call
    return time.monotonic() - began - (_waited() - waited)


async def _longest(work: Coroutine[Any, Any, object]) -> float:
    """The longest time for which nothing else on the loop could run."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            took = await _timed(asyncio.sleep(TICK))
            longest = max(longest, took - TICK)

    ticking = asyncio.create_task(tick())
    try:
        await work
    finally:
        ticking.cancel()
    return longest


def _waited() -> float:
    """Seconds this thread has waited for a core, which is no engine's fault; 0 where nobody counts."""
    try:
        return int(_SCHEDULER.read_text().split()[1]) / 1e9  # proc(5): run, waiting, slices
    except (OSError, IndexError, ValueError):
        return 0.0
