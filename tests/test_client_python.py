"""The Python client against the real server, with a network that can be cut."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from serving import Running

from runtime.client import Client, Link, Refused, Speaker, Verbs, connect, sync
from runtime.client.incoming import decode
from runtime.client.link import FIRST_WAIT, LONGEST_WAIT, waits
from runtime.client.standing import Standing
from runtime.client.verbs import verb
from runtime.protocol import examples, media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode

ROOT = Path(__file__).parent.parent


class Cable:
    """A network between a client and the server at `url` that can be cut and mended."""

    def __init__(self, url: str) -> None:
        self._there = urlsplit(url)
        self._pipes: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None
        self._port = 0
        self.url = ""

    async def mend(self) -> None:
        self._listener = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{self._port}{self._there.path}"

    async def cut(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for pipe in self._pipes:
            pipe.transport.abort()
        self._pipes.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(self._there.hostname, self._there.port)
        self._pipes |= {writer, there[1]}
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[Cable]:
    laid = Cable(url)
    await laid.mend()
    try:
        yield laid
    finally:
        await laid.cut()


async def until(client: Client, *kinds: type) -> Any:
    """The next item of these kinds."""
    async for item in client:
        if isinstance(item, kinds):
            return item
    raise AssertionError("the session ended")


async def resumed(client: Client) -> list[Link]:
    """All news of the connection until there is one again."""
    news: list[Link] = []
    while not news or news[-1].state == "reconnecting":
        news.append(await until(client, Link))
    return news


# ---------------------------------------------------------------- what comes


@pytest.mark.parametrize("message", examples.FROM_SERVER, ids=lambda x: type(x).__name__)
def test_fields_of_a_newer_server_are_passed_over(message: m.FromServer) -> None:
    newer = {**json.loads(encode(message)), "mood_ring": {"colour": "green"}}
    assert decode(json.dumps(newer)) == message


def test_unknown_fields_deep_in_a_message_are_passed_over() -> None:
    text = """{"type":"line","reply":7,"npc":"mara","index":0,"text":"Left","start":0,"end":9,"pitch":1,
               "words":[{"text":"Left","start":0,"end":9,"stress":[1,2]}]}"""
    line = decode(text)
    assert isinstance(line, m.SpokenLine)
    assert line.words == [m.SpokenWord(text="Left", start=0, end=9)]


@pytest.mark.parametrize(
    "data",
    [
        '{"type":"weather","sky":"rain"}', "{}", "[]", "null", "{", "7", '{"type":7}', '{"type":"done"}',
        '{"type":"line","reply":"seven"}', b"", b"\x01", b"\x4d" + bytes(11), b"\x01" + bytes(12),
        b"\xff" * 40,
    ],
)  # fmt: skip
def test_what_is_not_known_or_broken_is_nothing(data: str | bytes) -> None:
    assert decode(data) is None


def test_waits_double_to_the_longest() -> None:
    some = [wait for wait, _ in zip(waits(), range(8), strict=False)]
    assert some[:3] == [FIRST_WAIT, 0.5, 1.0]
    assert some[-1] == LONGEST_WAIT


# ---------------------------------------------------------------- a session


async def test_a_question_is_answered(server: Running) -> None:
    async with connect(server.quick, "innkeeper") as npc:
        first = await npc.ask("Good evening! Do you have a room?")
        second = await npc.ask("How much is it?")
    assert first.text
    assert second.reply > first.reply
    assert len(second.audio) > 24000 // 2
    assert abs(len(second.face) - len(second.audio) * 60 / 24000) <= 1


@pytest.mark.parametrize("reconnect", [False, True])
async def test_a_session_that_is_refused_says_why(server: Running, reconnect: bool) -> None:
    with pytest.raises(ProtocolError, match="nobody") as refused:
        async with connect(server.quick, "nobody", reconnect=reconnect):
            pass
    assert refused.value.code == "unknown_character"


async def test_nobody_at_the_address_is_an_os_error() -> None:
    with pytest.raises(OSError, match=r"refused|failed|Connect"):
        async with connect("ws://127.0.0.1:9/ws", reconnect=True):
            pass


async def test_a_refused_message_ends_the_question_and_not_the_session(server: Running) -> None:
    async with connect(server.quick, "innkeeper", reconnect=True) as npc:
        with pytest.raises(ProtocolError, match="nobody"):
            await npc.ask("Hello?", to="nobody")
        assert (await npc.ask("Hello?")).text


@pytest.mark.parametrize("reconnect", [False, True])
async def test_a_picture_needs_consent(server: Running, reconnect: bool) -> None:
    async with connect(server.quick, "innkeeper", reconnect=reconnect) as client:
        await client.show(b"\xff\xd8\xff")
        assert (await until(client, m.Error)).code == "no_consent"


async def test_a_network_that_is_lost_for_five_seconds_costs_the_rest_of_the_reply(server: Running) -> None:
    greeting = server.gateway.characters["innkeeper"].greeting
    async with (
        cable(server.paced) as network,
        connect(network.url, "innkeeper", reconnect=True) as npc,
        Speaker(npc).running(silent=True) as speaker,
    ):
        await npc.send(m.Scene(entities=[m.Entity(id="bell", kind="bell")]))
        await npc.send(m.Greet(to="innkeeper"))
        reply = (await until(npc, m.Reply)).reply
        while speaker.position(reply) < 12000:
            await asyncio.sleep(0.02)
        await network.cut()
        mending = asyncio.get_running_loop().call_later(5, lambda: asyncio.create_task(network.mend()))
        news = await resumed(npc)
        mending.cancel()
        heard = speaker.position(reply)
        assert [link.state for link in news] == ["reconnecting"] * (len(news) - 1) + ["resumed"]
        assert len(news) - 1 >= 4, "0.25, 0.5, 1 and 2 s are not yet five"
        assert news[-1].attempt == len(news) - 1
        [missed] = news[-1].missed
        assert (missed.reply, missed.npc) == (reply, "innkeeper")
        assert greeting.endswith(missed.text)
        assert 12000 <= heard < 24000 * 8
        assert speaker.over(reply)
        assert speaker.face() is None
        await npc.send(m.Scene(replace=False, gone=["bell"]))  # refused, were it not there any more
        answer = await npc.ask("What was that?")
        assert answer.reply > reply
        assert answer.text


async def test_an_answer_that_breaks_off_tells_what_was_missed(server: Running) -> None:
    async with cable(server.paced) as network, connect(network.url, "innkeeper", reconnect=True) as npc:
        asking = asyncio.create_task(npc.ask("Tell me all about your inn and the road, please."))
        while npc.latest.at < 6000:
            await asyncio.sleep(0.02)
        await network.cut()
        await network.mend()
        answer = await asking
        assert answer.cancelled is not None
        assert answer.missed
        assert answer.text
        assert npc.state == "resumed"  # type: ignore[attr-defined]
        assert (await npc.ask("Go on.")).text


async def test_a_server_that_has_forgotten_is_told_the_world_again(server: Running) -> None:
    async with (
        cable(server.paced) as network,
        connect(network.url, "innkeeper", reconnect=True) as npc,
        Speaker(npc).running(silent=True) as speaker,
    ):
        assert (await npc.ask("Hello.")).reply == 1
        await npc.send(m.Scene(entities=[m.Entity(id="bell", kind="bell")]))
        npc.ready = m.Ready(**{f: getattr(npc.ready, f) for f in m.Ready.__struct_fields__} | {"resume": "x"})
        await network.cut()
        await network.mend()
        news = await resumed(npc)
        assert news[-1].state == "refused"
        await npc.send(m.Scene(replace=False, gone=["bell"]))
        answer = await npc.ask("Hello?")
        assert answer.reply == 1, "replies are counted afresh"
        while not speaker.over(1):
            await asyncio.sleep(0.02)
        assert speaker.position(1) == len(answer.audio)


async def test_a_spoken_line_outlives_the_loss_of_the_network(server: Running) -> None:
    async with cable(server.paced) as network, connect(network.url, "innkeeper", reconnect=True) as npc:
        speaking = asyncio.create_task(npc.speak(np.zeros(16000, np.float32), silence=0))
        await asyncio.sleep(0.3)
        await network.cut()
        await network.mend()
        await speaking
        await resumed(npc)
        await npc.hear(np.zeros(320, np.float32))
        assert (await npc.ask("Are you there?")).text


# ---------------------------------------------------------------- playing and doing


class Stub:
    """As much of a client as a loudspeaker needs."""

    def __init__(self) -> None:
        self.taps: list[Any] = []
        self.heard: Any = None
        self.ready = examples.FROM_SERVER[0]

    def tell(self, *items: Any) -> None:
        for item in items:
            for tap in self.taps:
                tap(item)


def voice(reply: int, time: int, count: int) -> media.Packet:
    return media.unpack(media.voice(reply, time, np.full(count, 0.5, np.float32)))


def test_a_speaker_plays_shows_and_stops() -> None:
    stub = Stub()
    speaker = Speaker(stub)  # type: ignore[arg-type]
    weights = np.linspace(0, 1, 60, dtype=np.float32)[:, None].repeat(52, axis=1)
    line = m.SpokenLine(reply=5, npc="mara", index=0, text="Left", start=0, end=24000, words=[])
    stub.tell(m.Reply(reply=5, npc="mara"), line, voice(5, 0, 24000))
    stub.tell(media.unpack(media.face(5, 0, weights, "f32")))
    assert speaker.caption() is None
    assert speaker.render(12000).max() == pytest.approx(0.5, abs=1e-4)
    assert speaker.position(5) == 12000
    assert speaker.caption() == line
    face = speaker.face()
    assert face is not None
    assert face[0] == pytest.approx(weights[30, 0], abs=1e-3)
    assert speaker.audible
    assert speaker.stop() == m.Played(reply=5, at=12000)
    assert speaker.over(5)
    assert speaker.render(12000)[600:].max() == 0
    assert speaker.stop() == m.Played(reply=5, at=12000), "asked again, the same is said"
    stub.tell(Link("refused"), m.Reply(reply=1, npc="mara"), voice(1, 0, 24000))
    assert speaker.render(12000).max() > 0.4
    assert speaker.position(1) == 12000


def test_a_speaker_takes_the_delay_of_its_device_off() -> None:
    stub = Stub()
    speaker = Speaker(stub, latency=0.1)  # type: ignore[arg-type]
    stub.tell(m.Reply(reply=5, npc="mara"), voice(5, 0, 24000))
    speaker.render(12000)
    assert speaker.position(5) == 12000 - 2400


async def test_a_deed_is_done_and_answered_for(server: Running) -> None:
    done: list[m.Action] = []

    async def pour(action: m.Action) -> str:
        done.append(action)
        raise Refused("The barrel is empty.")

    async with connect(server.quick, "innkeeper", reconnect=True) as npc:
        await npc.send(m.Scene(entities=[m.Entity(id="mug", kind="cup", name="the mug")]))
        asked = ["Pour me a cider.", "Fill my cup, please.", "Could you pour me a drink?"]
        await Verbs(npc).offer(verb("pour", *asked, description="fill a cup", targets=["cup"]), pour)
        await npc.ask("Pour me a cider.")
        await asyncio.sleep(0.2)
        answer = await npc.ask("Thank you.")  # an unknown result would be an error here
        assert answer.text
    assert [action.verb for action in done] == ["pour"]
    assert done[0].target == "mug"


class Told(Stub):
    """A client that keeps what it is given to send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[m.FromClient] = []

    async def send(self, message: m.FromClient) -> None:
        self.sent.append(message)


def action(number: int, at: int) -> m.Action:
    return m.Action(action=number, reply=5, npc="mara", verb="wave", at=at)


async def test_a_deed_waits_for_its_place_and_is_void_behind_a_cancel() -> None:
    client, done = Told(), []
    speaker = Speaker(client)  # type: ignore[arg-type]
    verbs = Verbs(client, speaker)  # type: ignore[arg-type]
    await verbs.offer(verb("wave"), lambda action: done.append(action.action))
    client.tell(m.Reply(reply=5, npc="mara"), voice(5, 0, 24000), action(1, 6000), action(2, 18000))
    await asyncio.sleep(0.05)
    assert not done
    speaker.render(12000)
    await asyncio.sleep(0.05)
    assert done == [1]
    client.tell(m.Cancel(reply=5, npc="mara", valid_through=12000, reason="interrupted"))
    await asyncio.sleep(0.05)
    assert done == [1]
    assert client.sent[1:] == [m.ActionResult(action=1, ok=True)]


async def test_a_deed_that_breaks_down_is_a_failure_and_nothing_more() -> None:
    client = Told()
    verbs = Verbs(client)  # type: ignore[arg-type]
    await verbs.offer(verb("wave"), lambda _: str(1 / 0))
    client.tell(action(1, 0))
    await asyncio.sleep(0.02)
    assert client.sent[1:] == [m.ActionResult(action=1, ok=False)]


def test_what_holds_is_told_again() -> None:
    standing = Standing()
    bell, cup = m.Entity(id="bell", kind="bell"), m.Entity(id="cup", kind="cup")
    offered = m.Actions(verbs=[verb("wave")])
    for message in (
        m.Scene(entities=[bell], setting="the inn"), m.Scene(replace=False, entities=[cup], gone=["bell"]),
        m.Variables(values={"coins": 1}), m.Variables(values={"coins": 2, "key": True}),
        offered, m.Say(text="Hello"), m.Greet(to="odo"), m.Talk(down=True), m.Interrupt(),
    ):  # fmt: skip
        standing.note(message)
    assert list(standing.told()) == [
        m.Scene(entities=[cup], setting="the inn"),
        m.Variables(values={"coins": 2, "key": True}),
        offered,
        m.Attend(to="odo"),
        m.Talk(down=False),
    ]


# ---------------------------------------------------------------- without async


def test_a_script_asks_and_polls(server: Running) -> None:
    with sync.connect(server.quick, "innkeeper") as npc:
        assert npc.ready.attending == "innkeeper"
        assert npc.ask("Good evening!").text
        npc.say("How much is a room?")
        for event in npc:
            if isinstance(event, m.Done):
                break
        assert npc.state == "connected"
        assert isinstance(npc.poll(), list)
        with pytest.raises(ProtocolError, match="nobody"):
            npc.ask("Hello?", to="nobody")
    with pytest.raises(ProtocolError, match="nobody"), sync.connect(server.quick, "nobody"):
        pass


def test_a_game_loop_plays_without_a_device(server: Running) -> None:
    with sync.connect(server.paced, "innkeeper") as npc:
        speaker = npc.speaker()
        npc.greet("innkeeper")
        frames, items = 0, []
        while not any(isinstance(item, m.Done) for item in items) or speaker.sounding:
            items += npc.poll()
            speaker.render(24000 // 60)
            frames += speaker.face() is not None
        [done] = [item for item in items if isinstance(item, m.Done)]
        assert speaker.position(done.reply) == done.samples
        assert frames >= 1


@pytest.mark.parametrize("script", ["hello", "chat"])
def test_the_examples_run(server: Running, script: str) -> None:
    file = ROOT / "clients" / "python" / f"{script}.py"
    url = server.quick if script == "hello" else server.paced
    done = subprocess.run(
        [sys.executable, str(file), url], input="Do you have a room?\n\n", capture_output=True, text=True,
        timeout=300, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if script == "hello":
        assert "samples of voice" in done.stdout
    else:
        greeting = server.gateway.characters["innkeeper"].greeting
        assert greeting.split()[0] in done.stdout
        assert done.stdout.count("innkeeper: ") >= 2


def test_hello_is_as_short_as_it_is_said_to_be() -> None:
    lines = (ROOT / "clients" / "python" / "hello.py").read_text().splitlines()
    assert len(lines) <= 12
