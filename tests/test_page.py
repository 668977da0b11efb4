"""The page in a real browser, with a real microphone file, against the real server."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from playwright.sync_api import Page, sync_playwright
from serving import Running

from benchmarks.stimuli import say
from runtime.character import Voice

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUESTION = "Good evening, do you have a room for the night?"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
    # Playwright's own transport is closed by the interpreter, after it has stopped the browser.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def microphone(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears: silence, the question, a silence to be answered in; then again."""
    assert server.gateway.engines is not None
    voice = server.gateway.engines.voice
    said = asyncio.run_coroutine_threadsafe(say(voice, QUESTION, Voice()), server.loop).result()
    silence = np.zeros(voice.rate, np.float32)
    file = tmp_path_factory.mktemp("microphone") / "question.wav"
    sf.write(file, np.concatenate([silence, silence, said, *[silence] * 16]), voice.rate, "PCM_16")
    return file


@pytest.fixture
def page(microphone: Path) -> Iterator[Page]:
    """A new page; nothing it says on its console may be an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        wrong: list[str] = []
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        browser.close()
    assert not wrong, wrong


def state(page: Page) -> Any:
    """What the page says of itself."""
    return page.evaluate("() => ({...window.townsfolk})")


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript condition on `t`, the page's account of itself, holds."""
    try:
        page.wait_for_function(
            f"() => {{ const t = window.townsfolk; return t && ({condition}); }}", timeout=60_000
        )
    except Exception as error:
        raise AssertionError(f"never true: {condition}; the page says {state(page)}") from error


def test_a_character_greets_and_a_typed_line_is_answered(server: Running, page: Page, tmp_path: Path) -> None:
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.character === 'innkeeper' && t.lastReply && t.lastReply.finished")
    greeted = state(page)
    assert "Come in" in greeted["lastReply"]["spokenText"]
    assert greeted["audioPlayedSamples"] > 10_000
    assert greeted["facePeak"] > 0.05, "the drawn jaw did not move"

    page.get_by_placeholder("type").fill("How much is a room?")
    page.keyboard.press("Enter")
    first = greeted["lastReply"]["reply"]
    until(page, f"t.lastReply.reply > {first} && t.lastReply.finished")
    answered = state(page)
    assert answered["lastReply"]["text"]
    assert answered["audioPlayedSamples"] > greeted["audioPlayedSamples"]
    assert not answered["errors"]
    assert page.get_by_text("How much is a room?").count() == 1
    page.screenshot(path=tmp_path / "page.png")


def test_a_spoken_line_is_heard_and_answered(server: Running, page: Page) -> None:
    page.goto(server.paced_http + "/?character=guard&autostart=1&handsfree=1")
    until(page, "t.heard && t.heard.length > 10")
    until(page, "t.lastReply && t.lastReply.finished && t.latency")
    heard = state(page)
    assert "room" in str(heard["heard"]).lower()
    assert heard["lastReply"]["text"]


def test_an_interrupt_is_felt(server: Running, page: Page) -> None:
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.state === 'speaking' && t.audioPlayedSamples > 5000")
    page.keyboard.press("Escape")
    until(page, "t.state !== 'speaking'")
    played = state(page)["audioPlayedSamples"]
    page.wait_for_timeout(700)
    assert state(page)["audioPlayedSamples"] - played < 5000, "it went on talking"


def test_it_fits_a_phone(server: Running, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Tansy Quill").first.click()
    until(page, "t.character === 'noodles'")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    box = page.locator("#hold").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 740
