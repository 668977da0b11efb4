"""The JavaScript client in a real browser and in Node, with the real server, over good and bad networks."""

from __future__ import annotations

import asyncio
import filecmp
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile as sf
from playwright.sync_api import Page, sync_playwright
from serving import Running

from benchmarks.network import Network, between
from benchmarks.stimuli import say
from runtime.character import Voice

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NODE, NPM = shutil.which("node"), shutil.which("npm")
ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "clients" / "javascript"
CACHE = ROOT / ".cache" / "javascript"

ATTEMPTS = 4
"""Replies until one is whole: a server that is itself kept from working runs dry on any network."""

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")
in_node = pytest.mark.skipif(NODE is None, reason="needs node")
pytestmark = [
    # Playwright's own transport is closed by the interpreter, after it has stopped the browser.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OPEN = """
async ([url, options]) => {
  const { connect } = await import("/client/index.js");
  window.log = [];
  window.jaw = 0;
  const session = (window.session = connect(url, { faces: true, ...options }));
  const types = ["state", "ready", "heard", "reply", "line", "word", "done", "cancel", "missed", "error"];
  for (const type of [...types, "activity"])
    session.on(type, (detail) => log.push([type, detail]));
  session.on("playback", (told) => told.state === "position" || log.push(["playback", told]));
  const jawOpen = () => session.info.blendshapes.indexOf("jawOpen");
  session.on("face", ({ weights }) => (jaw = Math.max(jaw, weights[jawOpen()])));
  window.of = (type) => log.filter(([name]) => name === type).map(([, detail]) => detail);
  window.ended = (state) => of("playback").filter((told) => told.state === state);
}
"""


@pytest.fixture(scope="module")
def microphone(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears: a question, and silence to be answered in; then again."""
    assert server.gateway.engines is not None
    voice = server.gateway.engines.voice
    saying = say(voice, "Good evening, do you have a room for the night?", Voice())
    said = asyncio.run_coroutine_threadsafe(saying, server.loop).result()
    silence = np.zeros(voice.rate, np.float32)
    file = tmp_path_factory.mktemp("microphone") / "question.wav"
    sf.write(file, np.concatenate([silence, silence, said, *[silence] * 16]), voice.rate, "PCM_16")
    return file


@pytest.fixture
def page(server: Running, microphone: Path) -> Iterator[Page]:
    """An empty page of the server. Nothing may go wrong in it."""
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
                "--no-first-run",
            ],
        )
        page = browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(server.paced_http + "/healthz")
        yield page
        browser.close()
    assert not wrong, wrong


@pytest.fixture
def network(server: Running) -> Iterator[Network]:
    """A network between the page and the server, to be made bad."""
    with bad(server) as network:
        yield network


@contextmanager
def bad(server: Running) -> Iterator[Network]:
    address = urlsplit(server.paced_http)
    over, box, ready = asyncio.Event(), [], threading.Event()

    async def run() -> None:
        async with between(str(address.hostname), int(address.port or 0)) as network:
            box.append(network)
            ready.set()
            await over.wait()

    future = asyncio.run_coroutine_threadsafe(run(), server.loop)
    ready.wait(10)
    yield box[0]
    server.loop.call_soon_threadsafe(over.set)
    future.result(10)


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript condition holds."""
    try:
        page.wait_for_function(f"() => {condition}", timeout=90_000)
    except Exception as error:
        seen = page.evaluate("() => [session.state, session.position(), log.slice(-12)]")
        raise AssertionError(f"never true: {condition}; there was {seen}") from error


def events(page: Page, kind: str) -> list[Any]:
    """What was told of `kind` so far."""
    return list(page.evaluate("(kind) => of(kind)", kind))


def opened(page: Page, url: str, **options: Any) -> None:
    page.evaluate(OPEN, [url, {"cast": ["innkeeper"], **options}])
    until(page, "session.state === 'connected'")


@in_browser
def test_a_typed_line_is_answered_with_voice_face_and_words(server: Running, page: Page) -> None:
    opened(page, server.paced)
    assert page.evaluate("() => session.say('How much is a room for the night?')")
    until(page, "ended('finished').length === 1")
    (done,), (end,) = events(page, "done"), page.evaluate("() => ended('finished')")
    assert end == {
        "reply": done["reply"],
        "npc": "innkeeper",
        "state": "finished",
        "at": done["samples"],
        "late": False,
    }
    assert page.evaluate("() => jaw") > 0.05
    assert " ".join(word["text"] for word in events(page, "word")) == done["text"]
    assert events(page, "activity") == ["thinking", "speaking", "idle"]
    assert not events(page, "error")


NO_DEVICE = """
() => {
  window.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      this.suspend();
    }
    get currentTime() {
      return 0;
    }
    resume() {
      return new Promise(() => {});
    }
  };
}
"""
"""What Firefox does on a machine without a sound device: the context never runs."""


@in_browser
def test_without_a_loudspeaker_all_is_read_and_seen_in_its_time(server: Running, page: Page) -> None:
    page.evaluate(NO_DEVICE)
    opened(page, server.paced)
    page.evaluate("() => session.say('How much is a room for the night?')")
    until(page, "of('done').length === 1")
    assert not page.evaluate("() => ended('finished').length")
    page.mouse.click(10, 10)
    until(page, "ended('finished').length === 1")
    (error,) = events(page, "error")
    assert error["code"] == "no_sound"
    assert "loudspeaker" in error["message"]
    assert page.evaluate("() => jaw") > 0.05
    assert " ".join(word["text"] for word in events(page, "word")) == events(page, "done")[0]["text"]


@in_browser
def test_where_no_output_opens_all_is_read_and_seen_as_well(server: Running, page: Page) -> None:
    opened(page, server.paced, worklets="/nowhere/")
    page.evaluate("() => session.say('How much is a room for the night?')")
    until(page, "ended('finished').length === 1")
    assert events(page, "error")[0]["code"] == "no_sound"


@in_browser
def test_a_spoken_line_is_heard(server: Running, page: Page) -> None:
    opened(page, server.paced)
    page.evaluate("() => session.handsFree(true)")
    until(page, "of('heard').some(({ final, text }) => final && /room/i.test(text))")
    until(page, "ended('finished').length || ended('interrupted').length")
    assert "listening" in events(page, "activity")


PEAK = """
() => {
  const wave = new Float32Array(4096);
  analyser.getFloatTimeDomainData(wave);
  return Math.max(...wave.map(Math.abs));
}
"""


@in_browser
def test_the_server_s_cancel_silences(server: Running, page: Page) -> None:
    opened(page, server.paced)
    page.evaluate("() => session.greet('innkeeper')")
    until(page, "session.position()?.at > 8000")
    page.evaluate("""() => {
      window.analyser = session.sound.createAnalyser();
      analyser.fftSize = 4096;
      session.output.node.connect(analyser);
    }""")
    page.wait_for_timeout(100)
    assert page.evaluate(PEAK) > 0, "nothing could be heard to begin with"
    page.evaluate("() => session.send({ type: 'interrupt' })")  # session.interrupt() would not wait for it
    until(page, "ended('interrupted').length === 1")
    played = page.evaluate("() => session.conversation.voice.total")
    page.wait_for_timeout(500)
    (cancel,), (end,) = events(page, "cancel"), page.evaluate("() => ended('interrupted')")
    assert cancel["reason"] == "interrupted"
    assert end["reply"] == cancel["reply"]
    assert page.evaluate("() => session.conversation.voice.total") == played
    assert page.evaluate(PEAK) == 0
    assert page.evaluate("() => session.position()") is None


@in_browser
def test_jitter_and_stalls_break_no_word(server: Running, page: Page, network: Network) -> None:
    network.jitter, network.stalls, network.stall = 0.05, 0.01, 0.1
    opened(page, network.url.replace("http", "ws") + "/ws")
    broken = [0]
    for count in range(1, ATTEMPTS + 1):
        page.evaluate("() => session.say('Who are you, and what is this place?')")
        until(page, f"ended('finished').length === {count}")
        broken.append(page.evaluate("() => session.conversation.voice.underruns"))
        if broken[-1] == broken[-2]:
            break
    assert network.pieces > 20
    assert broken[-1] == broken[-2], f"underruns up to the end of each reply: {broken}"
    assert [done["samples"] for done in events(page, "done")] == [
        end["at"] for end in page.evaluate("() => ended('finished')")
    ]


JITTERED = """
async ([jitter, stalls, stall]) => {
  const { Mixer } = await import("/client/mixer.js");
  const rate = 24000, size = 1600, lead = 0.3, seconds = 600;
  let seed = 12345, now = 0, latest = 0, dry = 0, late = 0;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const mixer = new Mixer(rate, rate, (report) => (dry += report.state === "dry"));
  const coming = [];
  for (let time = 0; time < seconds * rate; time += size) {
    const sent = Math.max(0, time / rate - lead);
    const stalled = chance() < stalls;
    late += stalled;
    latest = Math.max(latest, sent + chance() * jitter + (stalled ? stall : 0)); // none overtakes another
    coming.push([latest, time]);
  }
  mixer.take({ do: "announce", reply: 1, end: seconds * rate });
  const samples = new Int16Array(size).fill(1000), out = new Float32Array(128);
  for (; now < seconds - 1; now += 128 / rate) {
    while (coming[0]?.[0] <= now) mixer.take({ do: "voice", reply: 1, time: coming.shift()[1], samples });
    mixer.render(out, now);
  }
  return [dry, late];
}
"""


@in_browser
def test_ten_minutes_of_jitter_and_stalls_are_hidden(server: Running, page: Page) -> None:
    dry, late = page.evaluate(JITTERED, [0.05, 0.01, 0.2])
    assert late > 50
    assert dry == 0
    dry, _ = page.evaluate(JITTERED, [0.05, 0.01, 0.6])
    assert dry > 0, "a stall beyond the lead cannot be hidden: this test sees nothing"


@in_browser
def test_a_network_lost_for_five_seconds_loses_nothing_but_the_reply(
    server: Running, page: Page, network: Network
) -> None:
    hellos: list[dict[str, Any]] = []

    def sent(data: str | bytes) -> None:
        if isinstance(data, str) and '"hello"' in data:
            hellos.append(json.loads(data))

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    opened(page, network.url.replace("http", "ws") + "/ws")
    page.evaluate("() => session.say('My name is Ines. Tell me all about this inn and the bell.')")
    until(page, "session.position()?.at > 24000")
    at_the_cut = page.evaluate("() => session.position()")
    server.loop.call_soon_threadsafe(network.lose)
    until(page, "session.state === 'reconnecting'")
    page.wait_for_timeout(5000)
    assert page.evaluate("() => session.say('Hello?')") is False
    network.lost = False
    until(page, "session.state === 'connected' && of('missed').length")
    first, *_, last = hellos
    assert first["resume"] is None
    assert last["resume"] == events(page, "ready")[0]["resume"]
    assert last["played"]["reply"] == at_the_cut["reply"]
    assert last["played"]["at"] >= at_the_cut["at"]
    states = events(page, "state")
    assert states[-1]["resumed"] is True
    (missed,) = events(page, "missed")
    said = " ".join(word["text"] for word in events(page, "word"))
    assert missed["npc"] == "innkeeper"
    assert missed["text"]
    assert not said.endswith(missed["text"])
    page.evaluate("() => session.say('What is my name?')")
    until(page, "ended('finished').length === 1")
    assert events(page, "reply")[-1]["reply"] > at_the_cut["reply"]
    assert "Ines" in events(page, "done")[-1]["text"]
    assert not events(page, "error")


@in_browser
def test_a_refusal_is_told_and_not_repeated(server: Running, page: Page) -> None:
    page.evaluate(OPEN, [server.paced, {"cast": ["nobody"]}])
    until(page, "session.state === 'refused'")
    page.wait_for_timeout(1000)
    told = events(page, "state")
    assert [each["state"] for each in told] == ["connecting", "refused"]
    assert told[-1]["error"]["code"] == "unknown_character"


JUNK = """
async () => {
  const { connect } = await import("/client/index.js");
  const errors = [], others = [];
  let socket;
  class Fake {
    constructor() { socket = this; this.readyState = 1; this.sent = []; queueMicrotask(() => this.onopen()); }
    send(data) { this.sent.push(data); }
    close() {}
  }
  const session = connect("ws://nowhere/ws", { WebSocket: Fake });
  session.on("error", ({ code }) => errors.push(code)).on("message", ({ type }) => others.push(type));
  await new Promise((done) => setTimeout(done, 50));
  const take = (data) => socket.onmessage({ data });
  ["{", "null", "[]", '{"type": 7}', '{"type": "tomorrow", "x": 1}', '{"type": "constructor"}'].forEach(take);
  ["line", "reply", "rest", "ready"].forEach((type) => take(JSON.stringify({ type })));
  [0, 5, 12].forEach((size) => take(new ArrayBuffer(size)));
  take(new Uint8Array(40).fill(255).buffer);
  take(new Uint8Array([2, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 9]).buffer);
  take(new Uint8Array([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]).buffer);
  const names = Array.from({ length: 52 }, (_, i) => `w${i}`);
  const face = { format: "u8", fps: 60, shapes: "arkit", pose: false, rest: false };
  const ready = { type: "ready", resume: "t", resumed: false, cast: [], blendshapes: names, face };
  take(JSON.stringify({ ...ready, audio_out: { rate: 24000 }, new_field: 1 }));
  take(JSON.stringify({ type: "reply", reply: 1, npc: "mara", turn: null }));
  take(JSON.stringify({ type: "done", reply: 1, samples: 0 }));
  take(JSON.stringify({ type: "action", reply: 2, at: 0, action: 4, npc: "mara", verb: "pour" }));
  take(JSON.stringify({ type: "cancel", reply: 99, valid_through: 0 }));
  const frame = session.frame("mara");
  return { errors, others, state: session.state, said: session.say("still there?"), frame };
}
"""


@in_browser
def test_nothing_that_comes_can_break_it(server: Running, page: Page) -> None:
    told = page.evaluate(JUNK)
    assert told["errors"].count("bad_server") >= 6
    assert "tomorrow" in told["others"]
    assert told["state"] == "connected"
    assert told["said"] is True
    assert told["frame"] is None


STOPPED = """
async () => {
  const { Mixer } = await import("/client/mixer.js");
  const rate = 48000, out = [], reports = [];
  const mixer = new Mixer(rate, rate, (report) => reports.push(report));
  const wave = (_, i) => 16000 * Math.sin((2 * Math.PI * 220 * i) / rate);
  const samples = Int16Array.from({ length: rate }, wave);
  mixer.take({ do: "voice", reply: 1, time: 0, samples });
  for (let block = 0; block < 200; block++) {
    if (block === 100) mixer.take({ do: "drop", reply: 1 });
    const piece = new Float32Array(128);
    mixer.render(piece, (block * 128) / rate);
    out.push(...piece);
  }
  return [out, reports.at(-1)];
}
"""


@in_browser
def test_a_cancel_fades_out_without_a_click(server: Running, page: Page) -> None:
    out, end = page.evaluate(STOPPED)
    wave = np.array(out)
    before, after = wave[6400:12800], wave[12800:]
    assert (end["state"], end["at"]) == ("interrupted", 12800)
    assert np.abs(np.diff(wave[12700:])).max() <= np.abs(np.diff(before)).max() * 1.05, "it clicks"
    assert not after[round(0.007 * 48000) :].any(), "it goes on"


REST = """
async () => {
  const { Faces } = await import("/client/faces.js");
  let now = 0;
  const ready = { blendshapes: ["a", "b"], audio_out: { rate: 24000 }, face: { fps: 60 } };
  const faces = new Faces(ready, () => now);
  const packet = { time: 0, count: 120, size: 2, scale: 1 / 255, pose: null, degrees: 0.01 };
  const frames = (reply, value) => ({ ...packet, reply, weights: new Uint8Array(240).fill(value) });
  faces.rest({ reply: 1, npc: "mara" });
  faces.begin({ reply: 2, npc: "mara" });
  faces.add(frames(1, 51)); faces.add(frames(2, 255));
  const seen = [];
  const look = (time, reply) => {
    now = time;
    seen.push(faces.sample("mara", reply, 1000)?.weights[0] ?? null);
  };
  look(0.2, null); look(0.3, 2); look(0.4, 2); look(0.6, 2); look(0.7, null); look(0.9, null);
  return [seen, faces.sample("odo", 2, 1000)];
}
"""


@in_browser
def test_rest_and_speech_melt_into_each_other(server: Running, page: Page) -> None:
    seen, other = page.evaluate(REST)
    np.testing.assert_allclose(seen, [0.2, 0.6, 1.0, 1.0, 0.6, 0.2], atol=1e-6)
    assert other is None


def test_what_is_served_is_what_is_published() -> None:
    same = filecmp.dircmp(CLIENT / "src", ROOT / "assets" / "client")
    wrong = [*same.left_only, *same.right_only, *same.diff_files]
    assert not wrong, f"run python clients/javascript/publish.py: {wrong}"


@pytest.fixture(scope="module")
def fetched() -> Callable[[str], Path]:
    """Folders of npm packages, fetched into the cache."""

    def fetch(package: str) -> Path:
        if NPM is None:
            pytest.skip("needs npm")
        folder = CACHE / "node_modules" / package.rsplit("@", 1)[0]
        if not folder.is_dir():
            CACHE.mkdir(parents=True, exist_ok=True)
            command = [
                NPM,
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--prefix",
                str(CACHE),
            ]
            if subprocess.run(
                [*command, "ws@8", "typescript@5"], capture_output=True, timeout=300
            ).returncode:
                pytest.skip("needs the npm registry")
        return folder

    return fetch


CONSUMER = """
import { connect, type Session } from "townsfolk";
const session: Session = connect("/ws", { cast: ["mara"], face: { pose: true, rest: true }, faces: true });
session
  .on("ready", ({ cast, resumed }) => {
    const names: string[] = cast.map((npc) => npc.id);
    if (!resumed) session.greet(names[0]!);
  })
  .on("action", ({ verb, target, action }) => session.result(action, target !== null, verb))
  .on("face", ({ weights, pose }) => { const sum: number = weights[0]! + pose[0]!; return sum; })
  .on("missed", ({ text }) => text.length)
  .on("state", ({ state }) => { if (state === "refused") session.close(); });
session.perceive({ present: true, gesture: "nod" });
const drink = { kind: "choice" as const, choices: ["cider"] };
session.actions([{ name: "pour", targets: ["cup"], parameters: { drink } }]);
// @ts-expect-error there is no such event
session.on("nonsense", () => {});
// @ts-expect-error there is no such gesture
session.perceive({ gesture: "bow" });
"""


@in_node
def test_its_types_hold(fetched: Callable[[str], Path], tmp_path: Path) -> None:
    compiler = fetched("typescript@5") / "bin" / "tsc"
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "townsfolk").symlink_to(CLIENT, target_is_directory=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "game.ts").write_text(CONSUMER)
    flags = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--moduleResolution",
        "nodenext",
    ]
    command = [
        str(NODE),
        str(compiler),
        *flags,
        "--lib",
        "es2023,dom",
        "--noUncheckedIndexedAccess",
        "game.ts",
    ]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout


@in_node
def test_what_its_types_declare_is_there() -> None:
    types = (CLIENT / "src" / "index.d.ts").read_text()
    body = types[types.index("export class Session") :]
    body = body[: body.index("\n}\n")]
    methods = set(re.findall(r"^  (?:readonly )?(\w+)[(<:]", body, re.M)) - {"constructor"}
    exported = set(re.findall(r"^export (?:const|class|function) (\w+)", types, re.M))
    script = """
      import * as all from "./src/index.js";
      const session = all.connect("ws://nowhere/ws", { WebSocket: class { close() {} } });
      const lacking = process.argv.slice(1).filter((name) => !(name in session));
      console.log(JSON.stringify([Object.keys(all), lacking]));
      session.close();
    """
    command = [str(NODE), "--input-type=module", "-e", script, *sorted(methods)]
    told = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    there, lacking = json.loads(told.stdout)
    assert set(there) == exported
    assert not lacking
    assert len(methods) > 25


@in_node
def test_the_example_for_node_says_a_line(
    server: Running, fetched: Callable[[str], Path], tmp_path: Path
) -> None:
    shutil.copytree(CLIENT, tmp_path / "client")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "ws").symlink_to(fetched("ws@8"), target_is_directory=True)
    command = [
        str(NODE),
        str(tmp_path / "client" / "example" / "say.mjs"),
        server.paced,
        "Who are you?",
        "innkeeper",
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[:2] == ["(connecting)", "(connected)"]
    assert any(line.startswith("innkeeper: ") for line in lines)
    assert any(line.endswith("s of voice)") for line in lines)
    assert lines[-1] == "(closed)"
