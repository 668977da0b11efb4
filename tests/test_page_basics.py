"""What every page owes to everybody: it can be read, reached by keys, listened to, and kept still."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Running

ROOT = Path(__file__).parents[1]
AXE, AXE_VERSION = "axe-core", "4.10.3"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PAGES = {"portraits": "/", "inn": "/inn/"}
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 800}
CONNECTED = "() => window.townsfolk?.session?.state === 'connected' && (townsfolk.heads ?? 3) === 3"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
    # Playwright's own transport is closed by the interpreter, after it has stopped the browser.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-gl=angle",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker, fetched once."""
    file = ROOT / ".cache" / "axe" / "package" / "axe.min.js"
    if not file.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs npm, for axe-core")
        cache = ROOT / ".cache" / "axe"
        cache.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", f"{AXE}@{AXE_VERSION}", "--silent", "--pack-destination", str(cache)]
        if subprocess.run(command, capture_output=True, timeout=300).returncode:
            pytest.skip("needs the npm registry, for axe-core")
        with tarfile.open(cache / f"{AXE}-{AXE_VERSION}.tgz") as archive:
            archive.extractall(cache, filter="data")
    return file.read_text("utf-8")


def opened(browser: Browser, server: Running, name: str, **options: Any) -> Page:
    page = browser.new_context(bypass_csp=True, **{"viewport": DESK, **options}).new_page()
    page.goto(server.paced_http + PAGES[name])
    page.wait_for_function(CONNECTED, timeout=90_000)
    return page


def approach(page: Page) -> None:
    """Go up to the innkeeper, and hear her out."""
    page.locator("[data-character=innkeeper], #people button[data-id=innkeeper]").first.click()
    page.wait_for_function("() => townsfolk.session.activity === 'speaking'", timeout=60_000)
    page.wait_for_function("() => townsfolk.session.activity === 'idle'", timeout=60_000)


def faults(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [
        f"{each['id']}: {node['html']} {node['failureSummary']}" for each in found for node in each["nodes"]
    ]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, server: Running, axe: str, name: str, size: Any) -> None:
    page = opened(browser, server, name, viewport=size)
    assert not faults(page, axe)
    approach(page)
    page.wait_for_timeout(500)  # what fades in has its colours then
    assert not faults(page, axe)
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_head_says_what_the_page_is(browser: Browser, server: Running, name: str) -> None:
    page = opened(browser, server, name)
    assert "Townsfolk" in page.title()
    assert page.locator("html").get_attribute("lang") == "en"
    viewport = page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "width=device-width" in viewport
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert page.locator("meta[name=description]").get_attribute("content")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {
    id: at.id || at.textContent.trim().slice(0, 30) || at.className, body: at === document.body,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0
      && box.left < innerWidth && box.top < innerHeight,
  };
}"""
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }))
  .map((one) => one.id || one.textContent.trim().slice(0, 30) || one.className)"""


@pytest.mark.parametrize("name", PAGES)
def test_everything_is_reached_by_tab_and_seen_to_be(browser: Browser, server: Running, name: str) -> None:
    page = opened(browser, server, name)
    approach(page)
    wanted, seen = set(page.evaluate(REACHABLE)), []
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["body"]:
            continue  # past the last comes the window itself, and then the first
        assert focused["ring"], f"no ring around {focused['id']}"
        assert focused["seen"], f"{focused['id']} is focused out of sight"
        seen.append(focused["id"])
    assert wanted <= set(seen)
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_talk_by_keys_alone(browser: Browser, server: Running, name: str) -> None:
    """Somebody is chosen, stopped with Escape from within the field, and asked; the answer is read out."""
    page = opened(browser, server, name)
    page.locator("[data-character=innkeeper], #people button[data-id=innkeeper]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => townsfolk.session.activity === 'speaking'", timeout=60_000)
    page.locator("#text").focus()
    page.keyboard.press("Escape")
    page.wait_for_function("() => townsfolk.session.activity === 'idle'", timeout=10_000)
    page.keyboard.type("How much is a room?")
    page.keyboard.press("Enter")
    page.wait_for_function("() => townsfolk.session.activity === 'speaking'", timeout=60_000)
    page.wait_for_function("() => townsfolk.session.activity === 'idle'", timeout=60_000)
    live = page.locator("[role=log][aria-live=polite]")
    assert "Mara Fenn: " in (live.text_content() or "")
    page.context.close()


STIRRING = """() => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => one.effect.getComputedTiming()).filter(({ duration }) => duration > 1).length"""


@pytest.mark.parametrize("name", PAGES)
def test_who_wants_it_still_has_it_still(browser: Browser, server: Running, name: str) -> None:
    page = opened(browser, server, name, reduced_motion="reduce")
    page.locator("[data-character=innkeeper], #people button[data-id=innkeeper]").first.click()
    page.wait_for_function("() => townsfolk.session.activity === 'speaking'", timeout=60_000)
    assert page.evaluate(STIRRING) == 0
    assert page.evaluate("() => matchMedia('(prefers-reduced-motion: reduce)').matches")
    if name == "inn":  # the pointer does not sway the eye
        before = page.evaluate("() => townsfolk.view.camera.position.toArray()")
        page.mouse.move(30, 300)
        page.mouse.move(900, 500)
        page.wait_for_timeout(500)
        assert page.evaluate("() => townsfolk.view.camera.position.toArray()") == before
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_enter_belongs_to_the_input_method_while_it_composes(
    browser: Browser, server: Running, name: str
) -> None:
    page = opened(browser, server, name)
    page.locator("[data-character=innkeeper], #people button[data-id=innkeeper]").first.click()
    sent: list[str] = []
    page.expose_function("noted", lambda text: sent.append(text))
    page.evaluate("""() => { const { session } = townsfolk, real = session.say;
      session.say = (text, to) => { noted(text); return real.call(session, text, to); }; }""")
    field = page.locator("#text")
    field.focus()
    typed = page.context.new_cdp_session(page)
    typed.send("Input.imeSetComposition", {"text": "今晚", "selectionStart": 2, "selectionEnd": 2})
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert not sent
    typed.send("Input.insertText", {"text": "今晚有房间吗？"})
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.getElementById('text').value", timeout=10_000)
    page.wait_for_timeout(300)
    assert len(sent) == 1
    assert sent[0].endswith("今晚有房间吗？")
    said = page.locator(".player :lang(zh)").last
    assert said.text_content() == sent[0]
    page.context.close()


def test_words_are_joined_as_their_script_joins_them(browser: Browser, server: Running) -> None:
    page = opened(browser, server, "portraits")
    join = """async (words) => { const { joined, languageOf } = await import("/client/index.js");
      const text = words.reduce(joined, ""); return [text, languageOf(text)]; }"""
    assert page.evaluate(join, ["A", "room,", "please."]) == ["A room, please.", ""]
    assert page.evaluate(join, ["今晚", "有", "房间", "吗", "？"]) == ["今晚有房间吗？", "zh"]
    assert page.evaluate(join, ["部屋は", "ありますか", "。"]) == ["部屋はありますか。", "ja"]
    assert page.evaluate(join, ["방이", "있나요?"]) == ["방이 있나요?", "ko"]
    assert page.evaluate(join, ["The", "旧钟", "Inn"]) == ["The 旧钟Inn", "zh"]
    page.context.close()


PULSE = """async () => {
  const { Pulse } = await import("/client/pulse.js");
  const run = (pulse, from, until, owed, answers) => {
    const asked = [];
    for (let now = from; now <= until; now += 500) {
      const verdict = pulse.look(now, true, owed);
      if (verdict === "give up") return [asked, now];
      if (verdict === "ask") asked.push(now) && answers && pulse.heard();
    }
    return [asked, null];
  };
  const asleep = new Pulse(0);
  return {
    alive: run(new Pulse(0), 500, 10000, true, true), dead: run(new Pulse(0), 500, 20000, true, false),
    idle: run(new Pulse(0), 500, 20000, false, false),
    slept: [asleep.look(500, true, true), asleep.look(600_000, true, true), asleep.look(600_500, true, true)],
    opening: new Pulse(0).look(4000, false, true),
  };
}"""


def test_a_dead_line_is_noticed_in_five_seconds_and_a_sleeping_page_blames_nobody(
    browser: Browser, server: Running
) -> None:
    page = opened(browser, server, "portraits")
    seen = page.evaluate(PULSE)
    assert seen["alive"] == [list(range(1000, 10001, 1000)), None]
    assert seen["dead"] == [[1000, 2000, 3000, 4000, 5000], 5500]
    assert seen["idle"][1] == 12500
    assert seen["slept"] == [None, "ask", None]
    assert seen["opening"] is None
    page.context.close()
