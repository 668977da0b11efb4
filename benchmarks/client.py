"""Does the JavaScript client keep lips and voice together, play on over a bad network, and fall silent?

What is heard is taken from the output node and found again in the packets that the server sent, so that
nothing the client believes of itself enters the figures.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.network import Network, between
from benchmarks.process import server
from benchmarks.report import Report
from runtime.types import Samples

INTERRUPTIONS = 10
LINES = (
    "Who are you, and what is this place?",
    "Tell me all about the bell.",
    "Which rooms do you have, and what do they cost?",
    "What do the sailors say of the harbour?",
)
WINDOW = 0.06
"""Seconds of what is heard that are looked for in what was sent: longer than any vowel's period."""
SEARCH = 0.25
"""Seconds around the place the client believes in: an offset beyond is found as its edge."""
SILENT = 1e-4
"""Amplitude below which a sample cannot be heard."""
LONG_FRAME = 8.0
"""Milliseconds of script in one frame: half of it at 60 Hz."""
JITTER, STALLS, STALL = 0.05, 0.01, 0.1
"""Seconds, share of packets, seconds: a home network with a neighbour."""

BAD = f"jitter {JITTER * 1000:g} ms, {STALLS:.0%} late by {STALL * 1000:g} ms more"

PROBE = (Path(__file__).parent / "client_probe.js").read_text()


async def measure(minutes: float) -> list[Report]:
    """All of it, in one browser after another."""
    async with server() as running:
        address = urlsplit(running.url)
        async with between(str(address.hostname), int(address.port or 0)) as network:
            first = await _in_browser(network, _painted)
            sync, silence = await _in_browser(network, lambda page: _talk(page, minutes))
            under = Report("Underruns: announced sound that did not come in time")
            for name, bad in (("loopback as it is", 0.0), (BAD, 1.0)):
                network.jitter, network.stalls, network.stall = JITTER * bad, STALLS * bad, STALL
                await _in_browser(
                    network, lambda page, name=name: _underruns(page, network, name, min(minutes, 2.0), under)
                )
    return [first, sync, silence, under]


async def _in_browser(network: Network, use: Any) -> Any:
    from playwright.async_api import async_playwright  # only who measures this needs a browser

    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--enable-precise-memory-info"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=binary, args=[*flags, "--js-flags=--expose-gc"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        await page.add_init_script(PROBE)
        await page.goto(network.url + "/", wait_until="commit")
        await page.wait_for_function("() => window.townsfolk?.connected", timeout=60_000)
        result = await use(page)
        await browser.close()
        return result


async def _painted(page: Any) -> Report:
    """The page comes up, with nothing in the browser's cache."""
    report = Report("The page comes up (ms from navigation)")
    seen = await page.evaluate("() => ({ paint: probe.paint(), interactive: probe.interactive })")
    report.add(step="first paint", ms=round(seen["paint"], 1), wanted="< 1000")
    report.add(step="connected, cards to click", ms=round(seen["interactive"], 1), wanted="< 2000")
    return report


async def _talk(page: Any, minutes: float) -> tuple[Report, Report]:
    """Talk for `minutes` with some interruptions; then compare what was shown with what sounded."""
    await page.evaluate("() => document.querySelector('[data-character=innkeeper]').click()")
    await page.evaluate("() => probe.start()")
    until = time.monotonic() + minutes * 60
    every = minutes * 60 / (INTERRUPTIONS + 1)
    due = time.monotonic() + every
    for line in itertools.cycle(LINES):
        if time.monotonic() >= until:
            break
        await page.evaluate("(line) => townsfolk.session.say(line)", line)
        if time.monotonic() >= due:
            due += every
            await _interrupted(page)
        else:
            await _quiet(page)
    await page.evaluate("(line) => townsfolk.session.say(line)", LINES[0])
    await _quiet(page)
    seen = await page.evaluate("() => probe.result()")
    return _together(seen, minutes), _silenced(seen)


async def _interrupted(page: Any) -> None:
    """The server is asked to cancel, and the client only learns of it from the server."""
    heard = "() => townsfolk.position && townsfolk.position.at > 0.8 * townsfolk.ready.audio_out.rate"
    await page.wait_for_function(heard, timeout=60_000)
    await page.evaluate("() => townsfolk.session.send({ type: 'interrupt' })")
    await asyncio.sleep(0.5)


async def _quiet(page: Any) -> None:
    """Until the reply has been heard to its end."""
    await page.wait_for_function("() => townsfolk.state === 'speaking'", timeout=60_000)
    await page.wait_for_function("() => townsfolk.state === 'idle'", timeout=120_000)


def _together(seen: dict[str, Any], minutes: float) -> Report:
    rate, tape = seen["rate"], _samples(seen["tape"])
    sent = {number: _samples(data) for number, data in seen["sent"].items()}
    offsets, after = [], []
    for heard, reply, at in seen["shown"]:
        offset = _offset(tape, sent.get(str(reply)), heard - seen["began"], at, rate)
        if offset is not None:
            offsets.append(offset)
            if seen["interruptions"] and heard > seen["interruptions"][-1]:
                after.append(offset)
    report = Report(f"Lips and voice over {minutes:g} minutes, {len(seen['interruptions'])} interruptions")
    for what, values in (("all frames", offsets), ("after the last interruption", after)):
        size = np.abs(values) if values else np.array([np.nan])
        report.add(
            frames=what,
            count=len(values),
            median_ms=round(float(np.median(values or [np.nan])), 1),
            p95_ms=round(float(np.percentile(size, 95)), 1),
            wanted="|median| <= 20, p95 <= 40",
        )
    scripts = np.array(seen["scripts"] or [np.nan])
    report.add(
        frames=f"script of a frame (> {LONG_FRAME:g} ms: {int((scripts > LONG_FRAME).sum())})",
        count=len(scripts),
        median_ms=round(float(np.median(scripts)), 1),
        p95_ms=round(float(np.percentile(scripts, 95)), 1),
        wanted=f"longest: {scripts.max():.1f} ms",
    )
    return report


def _silenced(seen: dict[str, Any]) -> Report:
    """From the arrival of `cancel` to the last sample that can be heard at the output node."""
    rate, tape = seen["rate"], _samples(seen["tape"])
    waits = []
    for cancelled in seen["interruptions"]:
        first = round((cancelled - seen["began"]) * rate)
        sounds = np.flatnonzero(np.abs(tape[first : first + rate // 3]) > SILENT)
        waits.append((sounds[-1] + 1) / rate * 1000 if len(sounds) else 0.0)
    report = Report("From `cancel` to silence (ms)")
    median, p95 = np.percentile(waits or [np.nan], [50, 95])
    report.add(cancels=len(waits), p50=round(float(median), 1), p95=round(float(p95), 1), wanted="p95 <= 80")
    return report


async def _underruns(page: Any, network: Network, name: str, minutes: float, report: Report) -> None:
    """One row. A server that is kept from working runs dry on any network: compare the two."""
    await page.evaluate("() => document.querySelector('[data-character=innkeeper]').click()")
    await _quiet(page)
    began, heap = time.monotonic(), await page.evaluate("() => probe.heap()")
    until, pieces, stalled = began + minutes * 60, network.pieces, network.stalled
    for line in itertools.cycle(LINES):
        if time.monotonic() >= until:
            break
        await page.evaluate("(line) => townsfolk.session.say(line)", line)
        await _quiet(page)
    grown = (await page.evaluate("() => probe.heap()") - heap) / (time.monotonic() - began) * 60
    played = await page.evaluate("() => townsfolk.audioPlayedSamples / townsfolk.ready.audio_out.rate")
    report.add(
        network=name,
        seconds_of_voice=round(played, 1),
        pieces=network.pieces - pieces,
        stalled=network.stalled - stalled,
        underruns=await page.evaluate("() => townsfolk.underruns"),
        wanted="0",
        heap_MB_a_minute=round(grown, 2),
    )


def _offset(tape: Samples, sent: Samples | None, heard: float, at: float, rate: int) -> float | None:
    """Milliseconds by which the face is ahead of the sound at the output; None in silence or if unclear."""
    middle, half, reach = round(heard * rate), round(WINDOW * rate / 2), round(SEARCH * rate)
    first = round(at) - half - reach
    if sent is None or middle < half or middle + half > len(tape) or first < 0:
        return None
    window, around = tape[middle - half : middle + half], sent[first : first + 2 * (half + reach)]
    if len(around) < 2 * (half + reach) or np.sqrt(np.mean(window**2)) < 0.01:
        return None
    size = 1 << (len(around) + len(window)).bit_length()
    fits = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(window, size)), size)[: 2 * reach + 1]
    power = np.cumsum(np.concatenate([[0.0], around.astype(np.float64) ** 2]))
    norm = np.sqrt((power[len(window) :] - power[: -len(window)])[: len(fits)] * np.sum(window**2))
    fits = fits / np.maximum(norm, 1e-9)
    best = int(np.argmax(fits))
    return None if fits[best] < 0.98 else float((reach - best) / rate * 1000)


def _samples(data: str) -> Samples:
    pcm = np.frombuffer(base64.b64decode(data), "<i2")
    return pcm.astype(np.float32) / np.float32(32768)
