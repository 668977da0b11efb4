"""Do our pages come up fast, keep lips and voice together, play on over a bad network, and fall silent?

For the portraits and for the inn. What is heard is taken from the output node and found again in the packets
that the server sent, so that nothing the client believes of itself enters the figures.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.client_talk import PATIENCE, Talk, quiet, talked
from benchmarks.network import Network, between
from benchmarks.process import server
from benchmarks.report import Report

LONG_FRAME = 8.0
"""Milliseconds of script in one frame: half of it at 60 Hz."""
JITTER, STALLS, STALL = 0.05, 0.01, 0.1
"""Seconds, share of packets, seconds: a home network with a neighbour."""
BAD = f"jitter {JITTER * 1000:g} ms, {STALLS:.0%} late by {STALL * 1000:g} ms more"
BAD_MINUTES = 2.0
"""At most, of talk over it: two hundred pieces are late by then."""
WARM = 1.0
"""Minutes until a page has all that it ever keeps: code that is compiled, entries of its log."""
PLAIN = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--enable-unsafe-swiftshader")
"""Without a GPU: WebGL is drawn by the processor, and the page itself as usual."""
DRAWN = (*PLAIN, "--use-gl=angle", "--use-angle=swiftshader")
"""The same with a process of its own that draws everything, as where there is a GPU: it takes seconds to
start, but holds up no script."""
PROBE = (Path(__file__).parent / "client_probe.js").read_text()
PAGES = {
    "portraits": ("/", "[data-character=innkeeper]"),
    "inn": ("/inn/", "#people button[data-id=innkeeper]"),
}
"""Path of each page, and what is clicked to talk with the innkeeper."""


async def measure(minutes: float) -> list[Report]:
    """All of it, in one browser after another."""
    up = Report("A page comes up (ms from navigation, nothing cached)")
    together, silence = (
        Report(f"Lips and voice over {minutes:g} minutes"),
        Report("From `cancel` to silence (ms)"),
    )
    script = Report("Processor time of our script in a frame (ms)")
    under, memory = (
        Report("Underruns: announced sound that did not come in time"),
        Report("Memory after collection"),
    )
    async with server() as running:
        address = urlsplit(running.url)
        async with between(str(address.hostname), int(address.port or 0)) as network:
            for name in PAGES:
                async with _opened(network, name, PLAIN) as page:
                    await _came_up(page, name, up)
                async with _opened(network, name) as page:
                    talk = await talked(page, minutes)
                _tell(name, talk, together, silence, script, memory)
                _dry(name, "loopback as it is", talk, under)
                network.jitter, network.stalls, network.stall = JITTER, STALLS, STALL
                async with _opened(network, name) as page:
                    _dry(name, BAD, await talked(page, min(minutes, BAD_MINUTES), 0), under)
                network.jitter = network.stalls = 0.0
    return [up, together, silence, script, under, memory]


@asynccontextmanager
async def _opened(network: Network, name: str, flags: Sequence[str] = DRAWN) -> AsyncIterator[Any]:
    """A page, with the first character greeting."""
    from playwright.async_api import async_playwright  # only who measures this needs a browser

    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=list(flags))
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        await page.add_init_script(PROBE)
        await page.goto(network.url + PAGES[name][0], wait_until="commit")
        await page.wait_for_function("() => probe.interactive", timeout=PATIENCE)
        await page.click(PAGES[name][1])
        await quiet(page)  # the greeting
        yield page
        await browser.close()


async def _came_up(page: Any, name: str, report: Report) -> None:
    await page.wait_for_function("() => probe.paint() > 0", timeout=PATIENCE)
    seen = await page.evaluate("() => [probe.paint(), probe.interactive]")
    steps = ("first paint", "< 1000"), ("connected, people to click", "< 2000")
    for (step, wanted), ms in zip(steps, seen, strict=True):
        report.add(page=name, step=step, ms=round(ms, 1), wanted=wanted)


# ------------------------------------------------------------ what is told


def _tell(name: str, talk: Talk, together: Report, silence: Report, script: Report, memory: Report) -> None:
    sync = talk.sync
    after = f"after {len(sync.waits)} interruptions"
    for what, values in (("all", [found for _, found in sync.offsets]), (after, sync.after())):
        together.add(
            page=name,
            frames=what,
            count=len(values),
            median_ms=_at(values, 50),
            p95_ms=_at(np.abs(values), 95),
            wanted="|median| <= 20, p95 <= 40",
        )
    silence.add(
        page=name,
        cancels=len(sync.waits),
        p50=_at(sync.waits, 50),
        p95=_at(sync.waits, 95),
        wanted="p95 <= 80",
    )
    for what, times in (("our own", talk.frames.script), ("the machine was elsewhere", talk.frames.stolen)):
        over = int((np.array(times) > LONG_FRAME).sum())
        script.add(
            page=name,
            time=what,
            frames=len(times),
            p50=_at(times, 50),
            p95=_at(times, 95),
            longest=_at(times, 100),
            over_8_ms=over,
        )
    settled = [point for point in talk.heap if point[0] >= WARM] or talk.heap
    slope = float(np.polyfit(*zip(*settled, strict=True), 1)[0]) if len(settled) > 2 else float("nan")
    memory.add(
        page=name,
        measured=len(talk.heap),
        first_MB=round(talk.heap[0][1], 1),
        last_MB=round(talk.heap[-1][1], 1),
        slope_MB_a_minute=round(slope, 3),
    )


def _dry(name: str, network: str, talk: Talk, report: Report) -> None:
    """One row. A server that is kept from working runs dry on any network: compare the two."""
    report.add(
        page=name,
        network=network,
        seconds_of_voice=round(talk.voice, 1),
        underruns=talk.underruns,
        wanted="0",
    )


def _at(values: Any, percentile: float) -> float:
    return round(float(np.percentile(values, percentile)), 1) if len(values) else float("nan")
