"""How much of the processor a page's own script takes in each frame, from the browser's trace.

Wall time says what the machine had time for; the trace also counts the time of the thread, and only that is
ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

CATEGORIES = ["devtools.timeline"]
SCRIPT = frozenset({"FireAnimationFrame", "TimerFire", "EventDispatch", "FunctionCall", "MinorGC", "MajorGC"})
"""What runs script, or cleans up after it. They lie in each other; only the outermost count."""
FRAME = 1_000_000 / 60
"""Microseconds. What the script did in each counts, however seldom a browser without a GPU draws."""


@dataclass
class Frames:
    """Milliseconds of script, one value for each sixtieth of a second in which there was any."""

    script: list[float] = field(default_factory=list)
    """Of the thread's processor time."""
    stolen: list[float] = field(default_factory=list)
    """Of wall time in which the script wanted to run and did not."""

    def take(self, events: Iterable[dict[str, Any]]) -> None:
        """Add the frames of a trace."""
        events = sorted((e for e in events if "ts" in e), key=lambda e: e["ts"])
        thread = next(((e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame"), None)
        until, frame = 0.0, -1
        for event in events:
            ours = (event["pid"], event["tid"]) == thread and event["name"] in SCRIPT and "tdur" in event
            if not ours or event["ts"] < until:
                continue
            until = event["ts"] + event["dur"]
            if frame != (frame := int(event["ts"] / FRAME)):
                self.script.append(0.0)
                self.stolen.append(0.0)
            self.script[-1] += event["tdur"] / 1000
            self.stolen[-1] += max(0.0, event["dur"] - event["tdur"]) / 1000


@asynccontextmanager
async def traced(cdp: Any, frames: Frames) -> AsyncIterator[None]:
    """Look at the frames of a page for as long as this lasts."""
    events: list[dict[str, Any]] = []
    complete = asyncio.Event()

    def collected(data: dict[str, Any]) -> None:
        events.extend(data["value"])

    def ended(_: object) -> None:
        complete.set()

    cdp.on("Tracing.dataCollected", collected)
    cdp.on("Tracing.tracingComplete", ended)
    await cdp.send(
        "Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES}, "transferMode": "ReportEvents"}
    )
    try:
        yield
    finally:
        await cdp.send("Tracing.end")
        await complete.wait()
        cdp.remove_listener("Tracing.dataCollected", collected)
        cdp.remove_listener("Tracing.tracingComplete", ended)
    frames.take(events)
