"""The inn at /inn/ in a real browser, without a GPU, against the real server."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from serving import Running
from test_client_javascript import bad

ROOT = Path(__file__).parents[1]
BUNDLE = ROOT / "assets" / "inn"
SOURCES = ROOT / "clients" / "inn" / "src"
CACHE = ROOT / ".cache" / "inn"
NPM = shutil.which("npm")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LARGEST = 1_500_000
"""Bytes of all scripts of the page: they are part of the repository, and of the first visit."""

browsers = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")
pytestmark = [
    # Playwright's own transport is closed by the interpreter, after it has stopped the browser.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def page() -> Iterator[Page]:
    """A new page on software GL; nothing it says on its console may be an error."""
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
                "--disable-background-networking",
                "--no-first-run",
            ],
        )
        page = browser.new_page(viewport={"width": 640, "height": 420})
        wrong: list[str] = []
        # The browser itself complains of a network that a test has broken.
        broken = "WebSocket connection to"
        page.on(
            "console",
            lambda line: (
                wrong.append(line.text) if line.type == "error" and broken not in line.text else None
            ),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        browser.close()
    assert not wrong, wrong


def state(page: Page) -> Any:
    """What the page says of itself."""
    return page.evaluate("() => JSON.parse(JSON.stringify(window.townsfolk ?? null))")


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript condition on `t`, the page's account of itself, holds."""
    try:
        page.wait_for_function(
            f"() => {{ const t = window.townsfolk; return t && ({condition}); }}", timeout=90_000
        )
    except Exception as error:
        raise AssertionError(f"never true: {condition}; the page says {state(page)}") from error


def enter(server: Running, page: Page) -> None:
    """Come in, and wait until everybody has a head."""
    page.goto(server.paced_http + "/inn/")
    until(page, "t.ready && t.heads === 3")


def approach(page: Page, name: str) -> None:
    """Go up to somebody, and hear the greeting out."""
    page.locator("#people button", has_text=name).click()
    until(page, "t.finished !== undefined")


def say(page: Page, text: str) -> None:
    """Type a line and send it."""
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")


def test_the_bundle_is_made_of_its_sources() -> None:
    made = hashlib.sha256()
    for source in sorted(SOURCES.iterdir()):
        made.update(source.read_bytes())
    first = (BUNDLE / "inn.js").read_text("utf-8")[:200]
    assert made.hexdigest()[:16] in first, "clients/inn: node build.mjs"
    scripts = list(BUNDLE.glob("*.js"))
    assert sum(script.stat().st_size for script in scripts) < LARGEST
    assert any("Three.js Authors" in script.read_text("utf-8") for script in scripts), "a notice was lost"


@browsers
def test_a_typed_line_is_answered_by_a_face_that_moves(server: Running, page: Page) -> None:
    enter(server, page)
    assert page.locator("#people button").count() == 3
    approach(page, "Mara Fenn")
    greeted = state(page)
    assert greeted["jawPeak"] > 0.05, "the jaw did not move"
    assert greeted["words"] >= 10
    assert "Come in" in page.locator("#log").inner_text()
    say(page, "How much is a room?")
    until(page, f"t.finished > {greeted['finished']}")
    assert not state(page)["errors"]
    log = page.locator("#log").inner_text()
    assert "How much is a room?" in log
    assert state(page)["text"] in log.replace("\n", " ")
    assert " ms" in (page.locator("#waterfall").text_content() or "")


@browsers
def test_who_speaks_before_the_room_stands_has_a_name(server: Running, page: Page) -> None:
    page.add_init_script("window.requestAnimationFrame = () => 0")  # it waits to be drawn
    page.goto(server.paced_http + "/inn/")
    page.wait_for_function("() => window.townsfolk?.world && townsfolk.interactive", polling=100)
    page.locator("#people button", has_text="Mara Fenn").click()
    expect(page.locator("#log")).to_contain_text("Come in", timeout=30_000)
    assert page.locator("#log").inner_text().startswith("Mara Fenn")
    assert not state(page)["ready"]


@browsers
def test_a_cider_is_poured(server: Running, page: Page) -> None:
    enter(server, page)
    approach(page, "Mara Fenn")
    say(page, "Pour me a cider, please.")
    until(page, "t.results.length === 1")
    (result,) = state(page)["results"]
    assert result["verb"] == "pour"
    assert result["ok"], result
    assert "cider" in result["text"]
    cup = "red" if "red" in result["text"] else "blue"
    full = page.evaluate(f"() => window.townsfolk.world.things.get('cup-{cup}').full")
    assert full == 1
    assert not state(page)["errors"]


@browsers
def test_an_interrupt_is_felt(server: Running, page: Page) -> None:
    enter(server, page)
    page.locator("#people button", has_text="Mara Fenn").click()
    until(page, "t.activity === 'speaking' && t.words >= 2")
    page.keyboard.press("Escape")
    until(page, "t.activity !== 'speaking'")
    words = state(page)["words"]
    page.wait_for_timeout(800)
    assert state(page)["words"] == words, "it went on talking"
    assert state(page).get("finished") is None
    assert "—" in page.locator("#log").inner_text()


@browsers
def test_another_head_can_be_dropped_and_a_bad_file_is_refused(server: Running, page: Page) -> None:
    enter(server, page)
    page.locator("details summary").click()
    page.locator("#avatar").set_input_files(ROOT / "assets" / "head" / "guard.glb")
    until(page, "t.worn === 'guard.glb'")
    bad = {"name": "bad.glb", "mimeType": "model/gltf-binary", "buffer": b"not a model"}
    page.locator("#avatar").set_input_files(bad)  # type: ignore[arg-type]
    until(page, "t.refused")
    assert "glTF" in state(page)["refused"]
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["?"], "cat.png"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }"""
    )
    until(page, "t.refused.includes('cat.png')")
    page.locator("#people button", has_text="Mara Fenn").click()
    until(page, "t.jawPeak > 0.05")


@browsers
def test_a_network_lost_for_five_seconds_is_shown_and_nothing_heard_is_lost(
    server: Running, page: Page
) -> None:
    with bad(server) as network:
        page.goto(network.url + "/inn/")
        until(page, "t.ready && t.heads === 3")
        approach(page, "Mara Fenn")
        before = state(page)["words"]
        say(page, "Tell me all about this inn and the bell.")
        until(page, f"t.words >= {before + 3}")
        server.loop.call_soon_threadsafe(network.lose)
        until(page, "t.state === 'reconnecting'")
        assert "Reconnecting" in page.locator("#link-text").inner_text()
        page.wait_for_timeout(5000)
        assert state(page)["state"] == "reconnecting"
        say(page, "Hello?")
        assert "Nobody hears you" in page.locator("#notices").inner_text()
        assert page.locator("#text").input_value() == "Hello?", "what was typed is lost"
        network.lost = False
        until(page, "t.state === 'connected' && t.resumed && t.missed.length === 1")
        assert page.locator("#link-text").inner_text() == "Connected again"
        (missed,) = state(page)["missed"]
        log = page.locator("#log").inner_text()
        assert "—" in log, "the broken line does not say that it broke off"
        assert f"You missed what Mara Fenn said next: “{missed}”" in log
        page.keyboard.press("Enter")
        finished = state(page)["finished"]
        until(page, f"t.finished > {finished}")


@browsers
def test_characters_do_what_they_are_asked(server: Running, page: Page) -> None:
    enter(server, page)
    approach(page, "Mara Fenn")
    for count, (line, verb) in enumerate([("Open the door.", "open"), ("Wave at me.", "wave")], 1):
        finished = state(page)["finished"]
        say(page, line)
        until(page, f"t.results.length === {count} && t.finished > {finished}")
        result = state(page)["results"][-1]
        assert (result["verb"], result["ok"]) == (verb, True), result
    assert page.evaluate("() => townsfolk.world.thing('door').state.open")


DEEDS: list[tuple[str, str, str | None, str]] = [
    ("innkeeper", "pour", "cup-blue", "t.world.thing('cup-blue').state.holds === 'cider'"),
    ("noodles", "serve", "bowl", "t.world.thing('bowl').state.holds === 'clam noodles'"),
    ("guard", "open", "door", "t.world.thing('door').state.open && t.world.thing('door').swing === 1"),
    ("guard", "close", "door", "!t.world.thing('door').state.open && t.world.thing('door').swing === 0"),
    ("guard", "snuff", "candle", "!t.world.thing('candle').state.lit"),
    ("guard", "light", "candle", "t.world.thing('candle').state.lit"),
    ("innkeeper", "point", "barrel", "true"),
    ("innkeeper", "give", "cup-blue", "t.world.thing('cup-blue').state.held_by_player"),
    ("guard", "go", "player", "t.world.characters.get('guard').spot === 'front'"),
    ("guard", "back", None, "t.world.characters.get('guard').spot === 'post'"),
    ("noodles", "wave", None, "true"),
]


@browsers
def test_every_verb_can_be_done_and_what_cannot_is_said(server: Running, page: Page) -> None:
    enter(server, page)
    offered = page.evaluate("() => townsfolk.link.verbs.map(({ name }) => name)")
    assert sorted(offered) == sorted({verb for _, verb, _, _ in DEEDS})
    # The room's own clock: a minute of walking is over as soon as its tenths of a second are worked out.
    perform = """async (action) => {
        const doing = townsfolk.link.perform({ parameters: {}, target: null, ...action });
        let over = false;
        doing.finally(() => (over = true));
        for (let step = 0; step < 600 && !over; step++) {
            townsfolk.world.advance(0.1);
            const alone = { index: new Map(), shown: null, focus: null, speaking: false };
            for (const who of townsfolk.world.characters.values())
                who.advance(townsfolk.world.seconds, 0.1, alone);
            await new Promise((next) => setTimeout(next));
        }
        return doing;
    }"""
    for npc, verb, target, after in DEEDS:
        result = page.evaluate(perform, {"npc": npc, "verb": verb, "target": target})
        assert result["ok"], (verb, result)
        assert page.evaluate(f"() => {{ const t = townsfolk; return {after}; }}"), verb
    for verb, target, why in [
        ("light", "candle", "lit already"),
        ("give", "cup-blue", "has it already"),
        ("dance", None, "cannot be done"),
        ("point", "moon", "no moon"),
    ]:
        result = page.evaluate(perform, {"npc": "guard", "verb": verb, "target": target})
        assert not result["ok"]
        assert why in result["text"]
    assert not state(page)["errors"]


def vrm() -> bytes:
    """A VRM 1.0 of our own: the bones that it must have, and a triangle for a face with seven shapes."""
    shapes = ["aa", "ih", "ou", "ee", "oh", "blinkLeft", "happy"]
    triangle = [0.0, 1.4, 0.1, 0.1, 1.4, 0.1, 0.0, 1.6, 0.1]
    binary = b"".join(
        struct.pack("<9f", *(0.01 * (1 + shape) for _ in range(9)) if shape >= 0 else triangle)
        for shape in range(-1, len(shapes))
    )
    spine = ["hips", "spine", "chest", "neck", "head"]
    limbs = [
        f"{side}{bone}"
        for side in ("left", "right")
        for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
    ]
    bones = spine + limbs
    parents = {"spine": "hips", "chest": "spine", "neck": "chest", "head": "neck"}
    for side in ("left", "right"):
        chains = [("chest", "UpperArm", "LowerArm", "Hand"), ("hips", "UpperLeg", "LowerLeg", "Foot")]
        for first, *rest in chains:
            names = [first, *(side + bone for bone in rest)]
            parents |= dict(zip(names[1:], names, strict=False))
    nodes: list[dict[str, Any]] = [{"name": bone, "translation": [0, 0.2, 0]} for bone in bones]
    for child, parent in parents.items():
        nodes[bones.index(parent)].setdefault("children", []).append(bones.index(child))
    nodes.append({"name": "face", "mesh": 0})
    face = len(nodes) - 1
    accessor = {"componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [2, 2, 2]}
    targets = [{"POSITION": 1 + n} for n in range(len(shapes))]
    preset = {
        name: {"morphTargetBinds": [{"node": face, "index": n, "weight": 1}]} for n, name in enumerate(shapes)
    }
    meta = {
        "name": "test",
        "version": "1",
        "authors": ["Townsfolk"],
        "licenseUrl": "https://vrm.dev/licenses/1.0/",
    }
    human = {bone: {"node": bones.index(bone)} for bone in bones}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0, face]}],
        "nodes": nodes,
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "targets": targets}]}],
        "accessors": [{**accessor, "bufferView": n} for n in range(1 + len(shapes))],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 36 * n, "byteLength": 36} for n in range(1 + len(shapes))
        ],
        "buffers": [{"byteLength": len(binary)}],
        "extensionsUsed": ["VRMC_vrm"],
        "extensions": {
            "VRMC_vrm": {
                "specVersion": "1.0",
                "meta": meta,
                "humanoid": {"humanBones": human},
                "expressions": {"preset": preset},
            }
        },
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = (
        struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@browsers
def test_a_vrm_can_be_dropped_and_speaks(server: Running, page: Page) -> None:
    enter(server, page)
    file = {"name": "own.vrm", "mimeType": "model/gltf-binary", "buffer": vrm()}
    page.locator("details summary").click()
    page.locator("#avatar").set_input_files(file)  # type: ignore[arg-type]
    until(page, "t.worn === 'own.vrm' || t.refused")
    assert state(page).get("refused") is None
    wearer = page.evaluate(
        "() => [...townsfolk.world.characters.values()].find(({ avatar }) => avatar.wholeBody).name"
    )
    page.evaluate("""() => {
        window.most = [0, 0, 0, 0, 0, 0, 0];
        const who = [...townsfolk.world.characters.values()].find(({ avatar }) => avatar.wholeBody);
        let face;
        who.avatar.root.traverse((part) => part.morphTargetInfluences && (face = part));
        const look = () => {
            requestAnimationFrame(look);
            face.morphTargetInfluences.forEach((weight, n) => (most[n] = Math.max(most[n], weight)));
        };
        look();
    }""")
    page.locator("#people button", has_text=wearer).click()
    until(page, "t.finished !== undefined")
    most = dict(
        zip(["aa", "ih", "ou", "ee", "oh", "blinkLeft", "happy"], page.evaluate("() => most"), strict=True)
    )
    assert most["aa"] > 0.05, most
    assert most["blinkLeft"] > 0.3, most
    assert max(most["ou"], most["oh"]) > 0.02, most
    page.locator("#people button", has_text=wearer).click()
    assert not state(page)["errors"]


@pytest.fixture(scope="module")
def headset() -> str:
    """A Quest in software: iwer (MIT), fetched from npm once."""
    script = CACHE / "node_modules" / "iwer" / "build" / "iwer.min.js"
    if not script.exists():
        if NPM is None:
            pytest.skip("needs npm, for an emulated headset")
        CACHE.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-save", "--no-audit", "--no-fund", "--no-package-lock"]
        fetched = subprocess.run(
            [NPM, "install", *quiet, "--prefix", CACHE, "iwer@2"], capture_output=True, timeout=300
        )
        if fetched.returncode:
            pytest.skip("needs the npm registry, for an emulated headset")
    return script.read_text("utf-8")


@browsers
def test_it_can_be_entered_with_a_headset(server: Running, page: Page, headset: str) -> None:
    install = (
        "window.headset = new IWER.XRDevice(IWER.metaQuest3); headset.installRuntime({ forceInstall: true });"
    )
    page.add_init_script(f"{headset}\n;(() => {{ {install} }})();")
    sent: list[dict[str, Any]] = []

    def frame(data: str | bytes) -> None:
        if isinstance(data, str):
            sent.append(json.loads(data))

    page.on("websocket", lambda socket: socket.on("framesent", frame))
    enter(server, page)
    approach(page, "Mara Fenn")
    page.locator("#vr").click()
    page.wait_for_function("() => townsfolk.view.presenting")
    before = len(sent)
    page.evaluate("() => headset.position.set(0.4, 1.75, 0.2)")
    until(page, "t.frames > 0 && t.view.world.player().y > 1.7")
    page.evaluate("""() => {
        const { view, world } = townsfolk;
        const eye = world.player(), guard = world.characters.get("guard").eyes();
        const yaw = Math.atan2(eye.x - guard.x, eye.z - guard.z) - view.rig.rotation.y;
        headset.quaternion.set(0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
    }""")
    deadline = 60
    while deadline and not any(m["type"] == "perceive" and m["looks_at"] == "guard" for m in sent[before:]):
        page.wait_for_timeout(1000)
        deadline -= 1
    assert deadline, [m for m in sent[before:] if m["type"] in ("perceive", "place")]
    places = [m for m in sent[before:] if m["type"] == "place" and m["id"] == "player"]
    assert {m["npc"] for m in places} == {"innkeeper", "guard", "noodles"}
    say_it = "() => { document.getElementById('text').value = 'Who are you?'; "
    page.evaluate(say_it + "document.getElementById('composer').requestSubmit(); }")
    page.wait_for_function(
        "() => townsfolk.activity === 'speaking' && townsfolk.panel.visible", timeout=90_000
    )
    page.evaluate("() => townsfolk.view.renderer.xr.getSession().end()")
    page.wait_for_function("() => !townsfolk.view.presenting && !townsfolk.panel.parent")
    frames = state(page)["frames"]
    until(page, f"t.frames > {frames + 3}")
    assert not state(page)["errors"]


@browsers
def test_a_frame_has_few_draw_calls_and_a_still_room_stands_still(server: Running, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    enter(server, page)
    assert page.evaluate("() => townsfolk.view.renderer.info.render.calls") < 260
    places = (
        "() => townsfolk.world.moving.flatMap(({ root }) => root.children.map((part) => part.rotation.z))"
    )
    before = page.evaluate(places)
    page.wait_for_timeout(1000)
    assert page.evaluate(places) == before
    page.locator("#people button", has_text="Mara Fenn").click()
    at = page.evaluate("() => townsfolk.view.at.distanceTo(townsfolk.view.wantAt)")
    assert at == 0, "the camera flies"


@browsers
def test_keys_do_all_that_a_pointer_does(server: Running, page: Page) -> None:
    enter(server, page)
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#things button", has_text="the front door").focus()
    page.keyboard.press("Enter")
    until(page, "t.world.thing('door').state.open")
    page.locator("#people button", has_text="Sergeant Holt").focus()
    page.keyboard.press("Enter")
    until(page, "t.attended === 'guard' && t.words >= 1")
    page.keyboard.press("Escape")
    until(page, "t.activity !== 'speaking'")
    page.keyboard.press("Escape")
    until(page, "t.attended === null")


@browsers
def test_it_fits_a_phone(server: Running, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    enter(server, page)
    page.locator("#people button", has_text="Mara Fenn").click()
    until(page, "t.words >= 2")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    box = page.locator("#hold").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 740
