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

CATEGORIES = ["devtools.timeline", "devtools.timeline.frame", "v8"]
SCRIPT = frozenset(
    {
        "FireAnimationFrame",
        "TimerFire",
        "EventDispatch",
        "FunctionCall",
        "v8.callFunction",
        "MinorGC",
        "MajorGC",
    }
)
"""What runs script, or cleans up after it. They lie in each other; only the outermost count."""
FRAME = "PrePaint"
"""Once a frame, in old and new browsers, after its script has run."""


@dataclass
class Frames:
    """Milliseconds of script, one value a frame."""

    script: list[float] = field(default_factory=list)
    """Of the thread's processor time."""
    stolen: list[float] = field(default_factory=list)
    """Of wall time in which the script wanted to run and did not."""

    def take(self, events: Iterable[dict[str, Any]]) -> None:
        """Add the frames of a trace."""
        events = sorted((e for e in events if "ts" in e), key=lambda e: e["ts"])
        thread = next(((e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame"), None)
        until, begun = 0.0, False
        for event in events:
            if (event["pid"], event["tid"]) != thread:
                continue
            if event["name"] == FRAME:
                begun = True
                self.script.append(0.0)
                self.stolen.append(0.0)
            elif begun and event["name"] in SCRIPT and event["ts"] >= until and "tdur" in event:
                until = event["ts"] + event["dur"]
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
