"""The Unity package: its core run by Mono against the real server, the rest compiled against stubs."""

from __future__ import annotations

import asyncio
import gc
import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import soxr
from serving import Running
from spoken import errors, say

from runtime.conversations import Conversations
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.examples import FROM_CLIENT

PACKAGE = Path(__file__).parents[1] / "clients" / "unity"
GOLDEN = Path(__file__).parent / "data" / "protocol.jsonl"
MIDDLE = 24000
"""Rate of the voices, and of the device that plays them."""
BLOCK = 240
FRAME = 1 / 60
PATIENCE = 120.0
"""Seconds for anything that the console program is to say; the machine is shared."""

needs_mono = pytest.mark.skipif(
    not (shutil.which("mcs") and shutil.which("mono")), reason="needs Mono: apt install mono-mcs mono-runtime"
)


# ------------------------------------------------------------ building


def compile_(
    out: Path, *sources: Path, references: tuple[Path, ...] = (), options: tuple[str, ...] = ()
) -> Path:
    files = [str(each) for folder in sources for each in sorted(folder.rglob("*.cs"))]
    assert files, f"no sources in {sources}"
    kind = "exe" if out.suffix == ".exe" else "library"
    command = ["mcs", "-warn:4", "-warnaserror", f"-target:{kind}", f"-out:{out}", *options]
    done = subprocess.run(
        [*command, *(f"-r:{each}" for each in references), *files], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with core.dll, checks.exe and console.exe."""
    folder = tmp_path_factory.mktemp("unity")
    core = compile_(folder / "core.dll", PACKAGE / "Runtime" / "Core")
    for name in ("Checks", "Console"):
        compile_(folder / f"{name.lower()}.exe", PACKAGE / "Tests~" / name, references=(core,))
    return folder


@needs_mono
def test_the_unity_side_compiles_against_stubs(built: Path, tmp_path: Path) -> None:
    core, stubs = built / "core.dll", tmp_path / "stubs.dll"
    compile_(stubs, PACKAGE / "Tests~" / "Stubs")
    for name, options in {"old": ("-define:ENABLE_LEGACY_INPUT_MANAGER",), "new": ("-nowarn:414",)}.items():
        unity = tmp_path / f"{name}.dll"
        folders = PACKAGE / "Runtime" / "Components", PACKAGE / "Samples~"
        compile_(unity, *folders, references=(core, stubs), options=options)
    compile_(tmp_path / "editor.dll", PACKAGE / "Editor", references=(core, stubs, unity))


def test_the_package_is_one() -> None:
    described = json.loads((PACKAGE / "package.json").read_text())
    assert described["name"] == "org.townsfolk.unity"
    for sample in described["samples"]:
        assert (PACKAGE / sample["path"]).is_dir()
    for path in PACKAGE.rglob("*.asmdef"):
        assert json.loads(path.read_text())["name"] == path.stem


def test_every_asset_has_a_guid_of_its_own() -> None:
    def hidden(path: Path) -> bool:  # from Unity, by its rules
        return any(part.endswith("~") or part.startswith(".") for part in path.relative_to(PACKAGE).parts)

    assets = [path for path in PACKAGE.rglob("*") if not hidden(path)]
    metas = {path for path in assets if path.suffix == ".meta"}
    named = {path.with_name(path.name + ".meta") for path in assets if path.suffix != ".meta"}
    assert metas == named
    guids = [path.read_text().split("guid: ")[1].split()[0] for path in metas]
    assert len(set(guids)) == len(guids)
    assert all(len(guid) == 32 for guid in guids)


# ------------------------------------------------------------ without a server


@needs_mono
def test_the_core_keeps_its_promises(built: Path) -> None:
    run = ["mono", str(built / "checks.exe"), str(GOLDEN)]
    done = subprocess.run(run, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, "\n".join(line for line in lines if not line.startswith("ok ")) + done.stderr
    sources = "".join(path.read_text() for path in (PACKAGE / "Tests~" / "Checks").glob("*Checks.cs"))
    assert len(lines) == sources.count("public static void ")


@needs_mono
def test_what_it_says_is_what_the_server_reads(built: Path) -> None:
    done = subprocess.run(["mono", str(built / "checks.exe"), "requests"], capture_output=True, check=True)
    read = [msgspec.json.decode(line, type=m.FromClient) for line in done.stdout.splitlines()]
    assert {type(each) for each in read} == set(m.FromClient.__args__), "a message that it cannot say"
    for golden in FROM_CLIENT:
        alike = [each for each in read if type(each) is type(golden)]
        assert alike
        if not isinstance(golden, m.Hello | m.Perceive):  # whose examples may say more
            assert golden in alike
    texts = [each.text for each in read if isinstance(each, m.Say)]
    assert texts[-1] == '"Ünïcode" \\ \n\U0001f600'
    assert m.Played(reply=7, at=12000) in [each.played for each in read if isinstance(each, m.Hello)]
    assert m.Talk(down=None) in read


# ------------------------------------------------------------ with the real server


class Console:
    """The console program at work."""

    def __init__(self, built: Path, folder: Path, url: str) -> None:
        self.folder = folder
        self.seen: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        command = ["mono", str(built / "console.exe"), "--folder", str(folder), url]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def tell(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def wait(self, event: str, **fields: Any) -> dict[str, Any]:
        """The next event of this kind, with these fields."""
        until = time.monotonic() + PATIENCE
        while (line := self._line(until)) is not None:
            happened: dict[str, Any] = json.loads(line)
            self.seen.append(happened)
            if happened["event"] == event and all(happened[name] == value for name, value in fields.items()):
                return happened
        raise AssertionError(f"it ended: {self._process.stderr and self._process.stderr.read()}; {self.seen}")

    def _line(self, until: float) -> str | None:
        try:
            return self._lines.get(timeout=max(0.01, until - time.monotonic()))
        except queue.Empty:
            raise AssertionError(f"nothing more came: {self.seen}") from None

    def all(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.seen if each["event"] == event]

    def quit(self) -> dict[str, Any]:
        """End it; what it sums up."""
        self.tell("quit")
        end = self.wait("end")
        assert self._process.wait(PATIENCE) == 0, self._process.stderr and self._process.stderr.read()
        return end

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe
            pipe.close()


@pytest.fixture
def start(built: Path, tmp_path: Path) -> Iterator[Any]:
    """Starts console programs, and ends them."""
    made: list[Console] = []

    def begin(url: str) -> Console:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Console(built, folder, url))
        return made[-1]

    yield begin
    for each in made:
        each.close()


@needs_mono
def test_a_typed_line_is_answered_and_the_face_keeps_to_the_voice(server: Running, start: Any) -> None:
    console: Console = start(server.paced)
    console.wait("ready")
    console.tell("say Good evening! Do you have a room for tonight?")
    reply = console.wait("thinking")["reply"]
    console.wait("finished", reply=reply)
    end = console.quit()
    assert (end["stale"], console.all("error")) == (0, [])
    assert console.all("said")[0]["start"] == 0
    voice, times, rows = packets(console.folder, reply)
    position = played(console.folder, voice)
    offsets = [lag(now, shown, position, times, rows) for now, shown in frames(console.folder, reply)]
    offsets = [each for each in offsets if each is not None]
    print(
        f"face - voice: {len(offsets)} frames, median {1000 * np.median(offsets):.1f} ms, "
        f"p95 of the absolute {1000 * np.percentile(np.abs(offsets), 95):.1f} ms"
    )
    assert len(offsets) > 20
    assert abs(np.median(offsets)) <= FRAME


@needs_mono
def test_the_players_voice_is_heard(server: Running, start: Any, tmp_path: Path) -> None:
    text = "Who are you, and what is this place?"
    voice = soxr.resample(say(text), 16000, 48000)
    (tmp_path / "voice").write_bytes(np.rint(voice * 32000).astype("<i2").tobytes())
    console: Console = start(server.paced)
    console.wait("ready")
    console.tell(f"hear {tmp_path / 'voice'}")
    heard = console.wait("heard", final=True)
    assert errors(text, heard["text"]) <= 1
    console.wait("started")
    console.quit()
    assert next(each["state"] for each in console.all("hearing")) == "started"
    assert not console.all("error")


@needs_mono
def test_an_action_happens_in_its_place(server: Running, start: Any) -> None:
    console: Console = start(server.paced)
    console.wait("ready")
    pour = m.Verb(
        name="pour", examples=["Pour me an ale.", "I'm thirsty.", "Fill my cup, please."], gates=True
    )
    console.tell("send " + msgspec.json.encode(m.Actions(verbs=[pour])).decode())
    console.tell("say Pour me an ale, please.")
    acted = console.wait("acted", verb="pour")
    assert acted["heard"] >= acted["at"]
    console.wait("finished")
    console.quit()
    assert not console.all("error"), "its result was not taken"


@needs_mono
def test_an_interrupted_character_is_silent(server: Running, start: Any) -> None:
    console: Console = start(server.paced)
    console.wait("ready")
    for _ in range(3):
        console.tell("greet innkeeper")
        reply = console.wait("started")["reply"]
        time.sleep(0.3)
        console.tell("interrupt")
        console.wait("cancelled", reply=reply, reason="interrupted")
        time.sleep(0.6)
    end = console.quit()
    assert end["residue"] == 0, "voice or face of a reply that was over"
    assert not console.all("finished")
    assert not console.all("error")


@needs_mono
def test_a_lost_network_is_overcome(server: Running, start: Any) -> None:
    with cuttable(server.paced) as network:
        console: Console = start(network.url)
        console.wait("ready", resumed=False)
        robin = m.Say(text="My name is Robin, and I come from the coast.", to="innkeeper")
        console.tell("send " + msgspec.json.encode(robin).decode())
        console.wait("finished")
        console.tell("greet innkeeper")
        broken = console.wait("started")["reply"]
        network.cut()
        console.wait("state", state="Reconnecting")
        time.sleep(5)
        network.mend()
        console.wait("state", state="Resumed")
        missed = console.wait("missed")
        assert missed["npc"] == "innkeeper"
        assert missed["text"]
        console.tell("say What did you say?")
        assert console.wait("thinking")["reply"] > broken
        console.wait("finished")
        known = [each.history("innkeeper") for each in gc.get_objects() if type(each) is Conversations]
        console.quit()
    assert len(console.all("ready")) == 2
    assert not console.all("error")
    told = [str(history) for history in known]
    assert any("Robin" in past and "What did you say?" in past for past in told), "the history was lost"


@needs_mono
def test_a_server_that_is_not_there_yet_is_waited_for(server: Running, start: Any) -> None:
    with cuttable(server.paced) as network:
        network.cut()
        console: Console = start(network.url)
        console.wait("state", state="Connecting")
        time.sleep(1)
        network.mend()
        console.wait("ready", resumed=False)
        console.quit()
    assert [each["state"] for each in console.all("state")][:2] == ["Connecting", "Connected"]


# ------------------------------------------------------------ what was played, and what was shown


def packets(folder: Path, reply: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Voice, times of face frames (samples) and their weights, as they came over the wire."""
    data, at = (folder / "packets").read_bytes(), 0
    voice, times, rows = np.zeros(0, np.float32), [], []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        packet = media.unpack(data[at + 4 : at + 4 + size])
        at += 4 + size
        if packet.reply == reply and packet.kind == media.VOICE:
            assert packet.time == len(voice)
            voice = np.concatenate([voice, packet.samples()])
        elif packet.reply == reply:
            times.append(packet.time + np.arange(packet.count) * MIDDLE * FRAME)
            rows.append(packet.weights())
    return voice, np.concatenate(times), np.concatenate(rows)


def played(folder: Path, voice: np.ndarray) -> Any:
    """What sample of `voice` the device had come to at a time: by what it played, not by any clock."""
    record = np.dtype([("now", "<f8"), ("block", "<f4", BLOCK)])
    blocks = np.fromfile(folder / "heard", record, (folder / "heard").stat().st_size // record.itemsize)
    heard = blocks["block"].reshape(-1)
    loud = int(np.argmax(np.abs(voice) > 0.05))
    piece = voice[loud : loud + 4800]
    match = np.correlate(heard, piece, "valid")
    first = int(np.argmax(match)) - loud
    assert np.allclose(heard[first + loud : first + loud + 4800], piece, atol=1e-4), (
        "it played something else"
    )

    def position(now: float) -> float:
        block = int(np.searchsorted(blocks["now"], now)) - 1
        since = min((now - blocks["now"][block]) * MIDDLE, 2 * BLOCK)
        return block * BLOCK + since - first

    return position


def frames(folder: Path, reply: int) -> Iterator[tuple[float, np.ndarray]]:
    """When which weights were shown for `reply`."""
    record = np.dtype([("now", "<f8"), ("reply", "<f8"), ("weights", "<f4", 52)])
    for each in np.fromfile(folder / "shown", record):
        if each["reply"] == reply:
            yield float(each["now"]), each["weights"]


def lag(now: float, shown: np.ndarray, position: Any, times: np.ndarray, rows: np.ndarray) -> float | None:
    """Seconds by which the face that was shown is ahead of the voice; None where it hardly moves."""
    true = position(now)
    near = true + np.arange(-0.08, 0.08, 0.002) * MIDDLE
    faces = np.stack([np.interp(near, times, column) for column in rows.T], axis=1)
    if np.abs(faces[0] - faces[-1]).max() < 0.1:
        return None
    return float(near[np.argmin(np.abs(faces - shown).sum(axis=1))] - true) / MIDDLE


# ------------------------------------------------------------ a network that can be cut


class Network:
    """A TCP proxy on loopback."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._target = int(url.split(":")[2].split("/")[0])
        self._loop = loop
        self._open: set[asyncio.StreamWriter] = set()
        self._port = 0
        self.mend()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/ws"

    def cut(self) -> None:
        """All connections break, and nobody answers any more."""
        self._call(self._cut())

    def mend(self) -> None:
        self._call(self._mend())

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()


@contextmanager
def cuttable(url: str) -> Iterator[Network]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    network = Network(url, loop)
    try:
        yield network
    finally:
        network.cut()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
