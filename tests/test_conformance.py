"""The conformance kit: the reference passes, and each way to be wrong is found by the rule for it."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from rich.console import Console
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from runtime.client import Client, Event, Link, Resuming, Speaker, connect
from runtime.client.incoming import decode
from runtime.conformance import command
from runtime.conformance.card import Card
from runtime.conformance.examine import ACTS, examine
from runtime.conformance.reference import attend
from runtime.conformance.rules import PAGE, RULES
from runtime.conformance.told import Told
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.wire import encode

ROOT = Path(__file__).parent.parent
HELLO = encode(m.Hello(protocol=m.PROTOCOL))
REFERENCE = [sys.executable, "-m", "runtime.conformance.reference"]


# ---------------------------------------------------------------- clients that are wrong


class Wrong(Speaker):
    """A loudspeaker that is wrong in one way."""

    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        self._real_send = client.send
        client.send = self.send  # type: ignore[method-assign]

    async def send(self, message: m.FromClient) -> None:
        for each in self.says(message):
            await self._real_send(each)

    def says(self, message: m.FromClient) -> list[m.FromClient]:
        """What goes out in the place of `message`."""
        return [message]


class PlaysOn(Wrong):
    def take(self, item: Event) -> None:
        if not isinstance(item, m.Hold):
            super().take(item)


class NeverStops(Wrong):
    def take(self, item: Event) -> None:
        if not isinstance(item, m.Cancel):
            super().take(item)


class StopsSilently(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        return [] if isinstance(message, m.Playback) and message.state == "interrupted" else [message]


class ForgetsTheRest(Wrong):
    """Drops what was held."""

    def take(self, item: Event) -> None:
        if isinstance(item, m.Release):
            item = m.Cancel(reply=item.reply, npc=item.npc, valid_through=0, reason="interrupted")
        super().take(item)


class Mute(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        return []


class OnlyEnds(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        return [] if isinstance(message, m.Playback) and message.state == "position" else [message]


class NeverStarts(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        return [] if isinstance(message, m.Playback) and message.state == "started" else [message]


class Backwards(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        if isinstance(message, m.Playback) and message.state == "position":
            return [message, m.Playback(reply=message.reply, state="position", at=message.at // 2)]
        return [message]


class Ahead(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        if isinstance(message, m.Playback) and message.state == "position":
            return [m.Playback(reply=message.reply, state="position", at=message.at + 12_000)]
        return [message]


class Repeats(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        return [message, message] if isinstance(message, m.Playback) else [message]


class Invents(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        other = m.Playback(reply=999, state="started", at=0)
        return [message, other] if isinstance(message, m.Playback) else [message]


class CutsTheEnd(Wrong):
    def says(self, message: m.FromClient) -> list[m.FromClient]:
        if isinstance(message, m.Playback) and message.state == "finished":
            return [m.Playback(reply=message.reply, state="finished", at=message.at * 9 // 10)]
        return [message]


class Signed(Wrong):
    def take(self, item: Event) -> None:
        if getattr(item, "reply", 0) < 2**31:
            super().take(item)


class Monologue(Wrong):
    """Knows one character, and takes the replies of all others for noise."""

    others: frozenset[int] = frozenset()

    def take(self, item: Event) -> None:
        if isinstance(item, m.Reply) and item.npc != "mara":
            self.others |= {item.reply}
        if getattr(item, "reply", None) not in self.others:
            super().take(item)


class Stuck(Wrong):
    """Waits for the sound of a reply that has none."""

    stuck = False

    def take(self, item: Event) -> None:
        self.stuck |= isinstance(item, m.Done) and item.samples == 0
        if not self.stuck:
            super().take(item)


class Thoughtful(Stuck):
    """Loses its way when a reply is cancelled of which nothing has sounded."""

    def take(self, item: Event) -> None:
        self.stuck |= isinstance(item, m.Cancel) and item.valid_through == 0
        super().take(item)


class PlaysWhatIsDone(Wrong):
    """Takes `done` for the end, and a cancel after it for a mistake."""

    done: frozenset[int] = frozenset()

    def take(self, item: Event) -> None:
        if isinstance(item, m.Done):
            self.done |= {item.reply}
        if not (isinstance(item, m.Cancel) and item.reply in self.done):
            super().take(item)


class ReportsRest(Wrong):
    def take(self, item: Event) -> None:
        if isinstance(item, m.Rest):
            report = m.Playback(reply=item.reply, state="started", at=0)
            self._report = asyncio.create_task(self._client.send(report))
        super().take(item)


class CountsOn(Wrong):
    """Takes a new session for the old one."""

    def take(self, item: Event) -> None:
        if not isinstance(item, Link):
            super().take(item)


class Amnesiac(Wrong):
    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        client.heard = lambda: None


class Hammers(Wrong):
    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        client.waits = lambda: iter([0.0] * 1000)  # type: ignore[attr-defined]


class Stranger(Wrong):
    """Comes back as if it had never been there."""

    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        assert isinstance(client, Resuming)
        first = client._open

        async def again(_: str | None, played: m.Played | None) -> Any:
            return await first(None, played)

        client._open = again


class Gaps(Wrong):
    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        real = client.hear

        async def hear(samples: Any, audible: bool = False) -> None:
            client._sent += 7
            await real(samples, audible)

        client.hear = hear  # type: ignore[method-assign]


class Rushes(Wrong):
    def __init__(self, client: Client, latency: float = 0.0) -> None:
        super().__init__(client, latency)
        real = client.hear

        async def hear(samples: Any, audible: bool = False) -> None:
            await real(np.tile(samples, 5), audible)

        client.hear = hear  # type: ignore[method-assign]


async def gives_up(url: str) -> None:
    """Never opens a connection again."""
    async with connect(url) as client, Speaker(client).running(silent=True):
        async for _ in client:
            pass
    await asyncio.Event().wait()


async def stubborn(url: str) -> None:
    """Comes back whatever it is told."""
    while True:
        with suppress(Exception):
            await attend(url)
        await asyncio.sleep(0.3)


def strict(unknown: str) -> Callable[[str], Awaitable[None]]:
    """Ends with the first thing of this kind that it does not know."""

    async def run(url: str) -> None:
        async with connect(url) as client, Speaker(client).running(silent=True) as speaker:
            async for data in client._connection:
                item = decode(data)
                kind = "packets" if isinstance(data, bytes) else "messages"
                if unknown == ("fields" if isinstance(data, str) and "whisper" in data else kind) and (
                    item is None or unknown == "fields"
                ):
                    return
                if item is not None:
                    speaker.take(item)

    return run


async def pongless(url: str) -> None:
    """Leaves pings without an answer."""
    async with connect(url) as client, Speaker(client).running(silent=True):
        protocol = client._connection.protocol
        real = protocol.send_frame
        protocol.send_frame = lambda frame: None if frame.opcode is Opcode.PONG else real(frame)  # type: ignore[method-assign]
        async for _ in client:
            pass


async def scared(url: str) -> None:
    """Ends with the first error."""
    async with connect(url) as client, Speaker(client).running(silent=True):
        async for item in client:
            if isinstance(item, m.Error):
                return


async def by_the_clock(url: str) -> None:
    """Plays by a timer, whatever has come: what comes late is skipped."""
    async with open_websocket(url) as connection:
        await connection.send(HELLO)
        loop, began, sent = asyncio.get_running_loop(), 0.0, 0
        async for data in connection:
            item = decode(data)
            if not isinstance(item, media.Packet) or item.kind != media.VOICE:
                continue
            began, sent = began or loop.time(), item.time + len(item.payload) // 2
            at = min(sent, round((loop.time() - began) * 24000))
            await connection.send(encode(m.Playback(reply=item.reply, state="position", at=at)))


def sends(*first: str) -> Callable[[str], Awaitable[None]]:
    """A client that says this, and then nothing."""

    async def run(url: str) -> None:
        async with open_websocket(url) as connection:
            with suppress(ConnectionClosed):
                for text in first:
                    await connection.send(text)
                async for _ in connection:
                    pass

    return run


def speaks(loudspeaker: type[Speaker]) -> Callable[[str], Awaitable[None]]:
    return lambda url: attend(url, loudspeaker)


WRONG: dict[str, tuple[Callable[[str], Awaitable[None]], str]] = {
    "hello.first": (sends(encode(m.Say(text="Hello?"))), "plain"),
    "hello.protocol": (sends(HELLO.replace('"protocol":1', '"protocol":99')), "plain"),
    "wire.valid": (sends(HELLO, '{"type":"say","txet":"Hello?"}'), "error"),
    "wire.known": (speaks(Invents), "error"),
    "wire.stays": (strict("messages"), "newer"),
    "wire.pong": (pongless, "plain"),
    "microphone.clock": (speaks(Gaps), "error"),
    "microphone.pace": (speaks(Rushes), "plain"),
    "playback.started": (speaks(NeverStarts), "plain"),
    "playback.position": (speaks(OnlyEnds), "plain"),
    "playback.monotone": (speaks(Backwards), "plain"),
    "playback.sent": (speaks(Ahead), "plain"),
    "playback.pace": (speaks(Ahead), "burst"),
    "playback.finished": (speaks(CutsTheEnd), "burst"),
    "playback.over": (speaks(Repeats), "error"),
    "timing.burst": (speaks(Mute), "burst"),
    "timing.split": (speaks(Mute), "split"),
    "timing.stall": (by_the_clock, "stall"),
    "hold.still": (speaks(PlaysOn), "hold"),
    "hold.report": (speaks(OnlyEnds), "hold"),
    "hold.release": (speaks(ForgetsTheRest), "hold"),
    "cancel.report": (speaks(StopsSilently), "cancel"),
    "cancel.void": (speaks(NeverStops), "cancel"),
    "cancel.next": (speaks(NeverStops), "cancel"),
    "cancel.thought": (speaks(Thoughtful), "withdrawn"),
    "cancel.done": (speaks(PlaysWhatIsDone), "withdrawn"),
    "reply.empty": (speaks(Stuck), "empty"),
    "reply.high": (speaks(Signed), "high"),
    "reply.cast": (speaks(Monologue), "two"),
    "newer.fields": (strict("fields"), "newer"),
    "newer.messages": (strict("messages"), "newer"),
    "newer.packets": (strict("packets"), "newer"),
    "error.goes_on": (scared, "error"),
    "error.fatal": (stubborn, "fatal"),
    "rest.quiet": (speaks(ReportsRest), "rest"),
    "resume.back": (gives_up, "resume"),
    "resume.dead": (gives_up, "dead"),
    "resume.token": (speaks(Stranger), "resume"),
    "resume.played": (speaks(Amnesiac), "resume"),
    "resume.patient": (speaks(Hammers), "resume"),
    "resume.goes_on": (speaks(Mute), "resume"),
    "resume.refused": (speaks(CountsOn), "refused"),
    "end.leaves": (stubborn, "leave"),
}
"""By the rule that must find it: a client, and the act that brings it out."""


@pytest.fixture(scope="module")
def cards() -> dict[str, Card]:
    """The scores of all that are wrong, a few at a time: most of it is waiting."""

    async def score_all() -> dict[str, Card]:
        places = asyncio.Semaphore(8)

        async def score(client: Callable[[str], Awaitable[None]], act: str) -> Card:
            async with places:
                return await examine(client, [act], patience=5)

        scores = await asyncio.gather(*(score(*wrong) for wrong in WRONG.values()))
        return dict(zip(WRONG, scores, strict=True))

    return asyncio.run(score_all())


@pytest.mark.parametrize("rule", WRONG)
def test_every_wrong_client_is_found_by_the_rule_that_is_for_it(cards: dict[str, Card], rule: str) -> None:
    assert cards[rule].verdict(rule) == "FAIL", cards[rule]
    assert not cards[rule].good


def test_there_is_a_wrong_client_for_every_rule() -> None:
    assert set(WRONG) == set(RULES)


# ---------------------------------------------------------------- clients that are right

UNITY = ROOT / "clients" / "unity"


def python(_: Path) -> list[str]:
    return REFERENCE


def javascript(_: Path) -> list[str]:
    file = ROOT / "clients" / "javascript" / "example" / "conformance.mjs"
    needs("node", file)
    return ["node", "--experimental-websocket", str(file)]


def unity(folder: Path) -> list[str]:
    """The package without the engine, as its console speaks it."""
    console = UNITY / "Tests~" / "Console"
    needs("mono", console)
    needs("mcs", console)
    core, program = folder / "core.dll", folder / "console.exe"
    compiled("-target:library", f"-out:{core}", *sources(UNITY / "Runtime" / "Core"))
    compiled("-target:exe", f"-out:{program}", f"-r:{core}", *sources(console))
    return ["mono", str(program), "--room"]


def sources(folder: Path) -> list[str]:
    return [str(file) for file in sorted(folder.rglob("*.cs"))]


def compiled(*arguments: str) -> None:
    subprocess.run(["mcs", *arguments], check=True, capture_output=True)


def needs(tool: str, file: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    if not file.exists():
        pytest.skip(f"{file.relative_to(ROOT)} is not there")


@pytest.mark.parametrize("client", [python, javascript, unity])
def test_a_client_keeps_all_rules(
    client: Callable[[Path], list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # the console keeps what it heard
    monkeypatch.chdir(ROOT)
    report = tmp_path / "report.xml"
    good = command.conformance(client(tmp_path), as_json=True, junit=report, out=Console())
    told = json.loads(capsys.readouterr().out)
    assert not {rule["id"]: rule["faults"] for rule in told["rules"] if rule["verdict"] == "FAIL"}
    assert good
    assert told["good"]
    suite = ET.parse(report).getroot()
    assert suite.get("tests") == str(len(RULES))
    assert suite.get("failures") == "0"
    assert len(suite.findall("testcase")) == len(RULES)
    assert suite.get("skipped") == "0"


# ---------------------------------------------------------------- the kit itself


def test_every_rule_points_to_a_heading_of_the_page() -> None:
    page = (ROOT / PAGE).read_text()
    headings = {line.lstrip("#").strip() for line in page.splitlines() if line.startswith("#")}
    paragraphs = {line.split("**")[1].rstrip(".") for line in page.splitlines() if line.startswith("**")}
    assert {rule.where for rule in RULES.values()} <= headings, paragraphs


def test_a_broken_rule_is_a_failure_in_every_report(capsys: pytest.CaptureFixture[str]) -> None:
    card = Card()
    card.note("hold.still", True, "")
    card.note("hold.still", False, "it went on")
    card.note("hold.report", True, "")
    assert [card.verdict(rule) for rule in ("hold.still", "hold.report", "rest.quiet")] == [
        "FAIL",
        "PASS",
        "NOT SEEN",
    ]
    suite = ET.fromstring(command.as_junit(card, "node client.mjs"))
    failure = suite.find("testcase[@name='hold.still']/failure")
    assert failure is not None
    assert failure.text == "it went on"
    assert suite.get("failures") == "1"
    rules = {rule["id"]: rule for rule in command.plain(card)["rules"]}  # type: ignore[attr-defined]
    assert rules["hold.still"]["verdict"] == "FAIL"
    assert rules["hold.still"]["where"] == "docs/protocol.md#what-a-client-does"
    command.show(card, Console(width=100))
    assert "it went on" in capsys.readouterr().out


def test_a_rule_that_is_none_cannot_be_noted() -> None:
    with pytest.raises(KeyError):
        Card().note("hold.stil", True, "")


def test_nothing_seen_is_not_good() -> None:
    assert not Card().good


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"command": []}, "--url-only"),
        ({"command": ["x"], "url_only": True}, "--url-only"),
        ({"command": ["x"], "acts": ["hodl"]}, "no act hodl"),
    ],
)
def test_what_cannot_be_asked_is_said(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        command.conformance(**given, out=Console())


def test_the_furthest_place_stands_still_in_stalls_and_holds() -> None:
    told = Told(7, "mara", 1000, Card())
    told.sends(500, now=10.0)
    assert told.furthest(10.2) == pytest.approx(200)
    assert told.furthest(11.0) == 500, "beyond what was sent"
    told.sends(2000, now=12.0)
    assert told.furthest(12.3) == pytest.approx(800)
    told.hold(now=12.3)
    assert told.furthest(14.0) == pytest.approx(1100), "a hold takes effect within 0.3 s"
    told.release(now=14.0)
    assert told.furthest(14.1) == pytest.approx(1200)


async def test_a_client_that_is_not_there_is_told_so() -> None:
    said: list[str] = []

    async def absent(_: str) -> None:
        return None

    card = await examine(absent, ["plain"], said.append, patience=0.5)
    assert card.verdict("hello.first") == "FAIL"
    assert said[0].startswith("waiting at ws://127.0.0.1:")
    assert "plain" not in said


async def test_a_client_that_cannot_be_started_is_an_error() -> None:
    with pytest.raises(OSError, match="no-such-client"):
        await examine(command.started(["no-such-client"]), ["plain"])


def test_every_act_says_what_it_is() -> None:
    assert all(act.__doc__ for act in ACTS.values())
    assert msgspec.json.encode(list(ACTS))


def test_the_page_lists_every_act_and_every_rule() -> None:
    page = (ROOT / "docs" / "conformance.md").read_text()
    for name, act in ACTS.items():
        assert f"| `{name}` | {act.__doc__} |" in page
    for rule in RULES.values():
        assert f"| `{rule.id}` | {rule.why} | [{rule.where}](protocol.md#{rule.anchor}) |" in page
