"""The page in a real browser, with a real microphone file, against the real server."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from playwright.sync_api import Page, WebSocketRoute, sync_playwright
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


MIXED = """
async ([rate, output, holdAt, releaseAt]) => {
  const { Mixer } = await import("/client/mixer.js");
  const reports = [], out = [];
  const mixer = new Mixer(rate, output, ({ state, reply, at }) => reports.push([state, reply, at]));
  const samples = Int16Array.from({ length: rate }, (_, i) => 8000 + ((i * 7919) % 12000));
  mixer.take({ do: "voice", reply: 1, time: 0, samples });
  mixer.take({ do: "end", reply: 1, samples: rate });
  for (let block = 0; block < (output * 2) / 128; block++) {
    if (block === holdAt) mixer.take({ do: "hold", reply: 1 });
    if (block === releaseAt) mixer.take({ do: "release", reply: 1 });
    const piece = new Float32Array(128);
    mixer.render(piece, (block * 128) / output);
    out.push(...piece);
  }
  return [out, reports];
}
"""


@pytest.mark.parametrize(("rate", "output"), [(48000, 48000), (24000, 48000), (24000, 44100)])
def test_a_hold_loses_no_sample(server: Running, page: Page, rate: int, output: int) -> None:
    page.goto(server.paced_http + "/")
    never = 10**9
    straight, _ = page.evaluate(MIXED, [rate, output, never, never])
    held, reports = page.evaluate(MIXED, [rate, output, 100, 200])
    stopped, goes_on, fade = 100 * 128, 200 * 128, round(0.015 * output)
    assert held[:stopped] == straight[:stopped]
    assert not any(held[stopped + fade : goes_on])
    both = np.add(held[stopped : stopped + fade], held[goes_on : goes_on + fade])
    went_under = held[stopped : stopped + fade]
    silent = went_under.index(0)
    np.testing.assert_allclose(both[:silent], straight[stopped : stopped + silent], atol=1e-4)
    rest = straight[stopped + silent :]
    np.testing.assert_allclose(held[goes_on + silent :][: len(rest)], rest[: len(held) - goes_on - silent])
    place = [at for state, _, at in reports if state == "held"]
    assert place == [stopped * rate // output]
    assert reports[-1] == ["finished", 1, rate]


def test_a_held_reply_stops_in_its_place_and_goes_on_whole(server: Running, page: Page) -> None:
    sockets: list[WebSocketRoute] = []
    sent: list[dict[str, Any]] = []
    came: list[dict[str, Any]] = []

    def between(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        sockets.append(route)
        route.on_message(lambda data: (_note(sent, data), upstream.send(data)))
        upstream.on_message(lambda data: (_note(came, data), route.send(data)))

    page.route_web_socket("**/ws", between)
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.state === 'speaking' && t.mouth > 0.05 && t.position.at > 10000")
    number = state(page)["lastReply"]["reply"]
    sockets[0].send(json.dumps({"type": "hold", "reply": number, "npc": "innkeeper"}))
    until(page, f"t.held === {number}")
    page.wait_for_timeout(300)
    still = state(page)
    page.wait_for_timeout(500)
    later = state(page)
    assert later["position"] == still["position"]
    assert later["audioPlayedSamples"] == still["audioPlayedSamples"]
    assert later["mouth"] < 0.02, "the mouth has not come to rest"
    assert later["lastReply"]["finished"] is False
    reported = [m["at"] for m in sent if m["type"] == "playback" and m["reply"] == number]
    assert reported[-1] == later["position"]["at"]

    sockets[0].send(json.dumps({"type": "release", "reply": number, "npc": "innkeeper"}))
    until(page, "t.lastReply.finished")
    (done,) = [m for m in came if m["type"] == "done"]
    assert state(page)["audioPlayedSamples"] == done["samples"]
    reports = [m for m in sent if m["type"] == "playback" and m["reply"] == number]
    assert reports[-1]["state"] == "finished"
    assert reports[-1]["at"] == done["samples"]
    positions = [m["at"] for m in reports]
    assert positions == sorted(positions)


def test_what_was_held_can_be_cancelled_and_an_aside_is_nothing(server: Running, page: Page) -> None:
    sockets: list[WebSocketRoute] = []

    def between(route: WebSocketRoute) -> None:
        route.connect_to_server()
        sockets.append(route)

    page.route_web_socket("**/ws", between)
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.state === 'speaking' && t.position.at > 5000")
    number = state(page)["lastReply"]["reply"]
    told = {"reply": number, "npc": "innkeeper"}
    sockets[0].send(json.dumps({"type": "hearing", "state": "started", "turn": 1}))
    sockets[0].send(json.dumps({"type": "hold", **told}))
    until(page, f"t.held === {number} && t.state === 'listening'")
    heard = {"type": "heard", "turn": 1, "to": "innkeeper", "text": "uh-huh", "final": False}
    sockets[0].send(json.dumps(heard))
    page.get_by_text("uh-huh").wait_for()
    sockets[0].send(json.dumps({"type": "hearing", "state": "aside", "turn": 1}))
    until(page, "t.state === 'speaking'")
    assert page.get_by_text("uh-huh").count() == 0
    sockets[0].send(json.dumps({"type": "cancel", **told, "valid_through": 0, "reason": "interrupted"}))
    until(page, "t.held === null && t.state === 'idle'")


def _note(log: list[dict[str, Any]], data: str | bytes) -> None:
    if isinstance(data, str):
        log.append(json.loads(data))


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


def test_a_deed_is_told_and_reported(server: Running, page: Page) -> None:
    sent: list[dict[str, Any]] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: _note(sent, data)))
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    assert page.get_by_role("link", name="inn").get_attribute("href") == "/inn/"
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.lastReply && t.lastReply.finished")
    page.get_by_placeholder("type").fill("Pour me a cup of cider, please.")
    page.keyboard.press("Enter")
    page.get_by_text("Mara Fenn pours a cup of cider.").first.wait_for(timeout=60_000)
    (result,) = [message for message in sent if message["type"] == "result"]
    assert result["ok"] is True


def test_a_broken_connection_is_told_and_mended(server: Running, page: Page) -> None:
    sockets: list[WebSocketRoute] = []
    sent: list[dict[str, Any]] = []

    def between(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        sockets.append(route)
        route.on_message(lambda data: (_note(sent, data), upstream.send(data)))

    page.route_web_socket("**/ws", between)
    page.goto(server.paced_http + "/")
    until(page, "t.connected && t.ready")
    page.get_by_text("Mara Fenn").first.click()
    until(page, "t.state === 'speaking' && t.position && t.position.at > 10000")
    sockets[0].close(code=1011)
    page.get_by_text("Back again").wait_for(timeout=60_000)
    page.get_by_text("You missed Mara Fenn saying").first.wait_for(timeout=60_000)
    hello = [message for message in sent if message["type"] == "hello"][-1]
    assert hello["resume"]
    assert hello["played"]["at"] >= 10_000
    until(page, "t.state === 'idle'")
    assert page.get_by_text("forgotten").count() == 0
