"""The whole loop: real models, a real websocket, real audio."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import soundfile as sf
import soxr
import spoken
from serving import PATIENT, Running
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from benchmarks.report import error_rate
from benchmarks.stimuli import RATE, recorded, room, say
from runtime import replay
from runtime.character import Voice
from runtime.client import Answer, Client, connect
from runtime.config import Settings
from runtime.flow import Worker
from runtime.gateway import server as gateway_server
from runtime.gateway.server import Gateway
from runtime.playout import said_until
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode
from runtime.reply import Reply
from runtime.session import Session
from runtime.talk import hear
from runtime.types import Samples

ROOT = Path(__file__).parent.parent


def check(answer: Answer, client: Client) -> None:
    """What holds for every reply."""
    rate, fps = client.ready.audio_out.rate, client.ready.face.fps
    assert answer.text
    assert answer.cancelled is None
    assert np.abs(answer.audio).max() > 0.05, "the voice cannot be heard"
    assert abs(len(answer.face) - len(answer.audio) * fps / rate) <= 1
    assert np.all(np.diff(answer.face_times) > 0)
    assert answer.face.shape[1] == 52
    assert answer.face.min() >= 0
    assert answer.face.max() <= 1
    jaw = answer.face[:, client.ready.blendshapes.index("jawOpen")]
    assert jaw.max() > 0.05, "the mouth does not move"
    assert answer.latency is not None
    steps = [getattr(answer.latency, step) for step in ("ears", "mind", "voice", "face", "total")]
    assert steps == sorted(steps)


async def player_says(server: Running, text: str, rate: int = RATE) -> Samples:
    """A player's voice."""
    assert server.gateway.engines is not None
    voice = server.gateway.engines.voice
    done = asyncio.run_coroutine_threadsafe(say(voice, text, Voice()), server.loop)
    return soxr.resample(await asyncio.wrap_future(done), voice.rate, rate).astype(np.float32)


async def test_a_typed_line_is_answered(server: Running) -> None:
    async with connect(server.quick, "innkeeper") as client:
        await client.say("Good evening! Do you have a room?")
        check(await client.answer(), client)
        await client.say("How much is it?")
        check(await client.answer(), client)


@pytest.mark.parametrize("npc", ["innkeeper", "noodles", "guard"])
async def test_every_character_greets(server: Running, npc: str) -> None:
    async with connect(server.quick) as client:
        await client.send(m.Greet(to=npc))
        answer = await client.answer()
        check(answer, client)
        greeting = next(each.greeting for each in client.ready.cast if each.id == npc)
        assert error_rate([(greeting, answer.text)]) == 0


@pytest.mark.parametrize("rate", [16000, 48000])
async def test_a_spoken_line_is_heard_and_answered(server: Running, rate: int) -> None:
    text = "Who are you, and what is this place?"
    voice = await player_says(server, text, rate)
    audio = m.AudioIn(rate=rate, echo_cancelled=True)
    heard: list[str] = []
    async with connect(server.paced, "guard", audio_in=audio) as client:
        answer = await hear(client, voice, heard.append)
        check(answer, client)
    assert error_rate([(text, " ".join(heard))]) <= 0.15


async def test_a_recorded_speech_is_heard(server: Running, shared_data: Path) -> None:
    said = recorded(shared_data / "audio" / "jfk.flac")
    text = (
        "And so, my fellow Americans, ask not what your country can do for you, "
        "ask what you can do for your country."
    )
    heard: list[str] = []
    audio_in = m.AudioIn(rate=said.rate, echo_cancelled=True)
    async with connect(server.paced, "innkeeper", audio_in=audio_in) as client:
        silence = np.zeros(said.rate * 2, np.float32)
        speaking = asyncio.create_task(client.speak(np.concatenate([said.audio, silence])))
        async for item in client:
            if isinstance(item, m.Heard) and item.final:
                heard.append(item.text)
            if isinstance(item, m.Done):
                break
        await speaking
    assert error_rate([(text, " ".join(heard))]) <= 0.10


async def test_two_players_and_two_characters_at_once(server: Running) -> None:
    async def one(npc: str, name: str) -> Answer:
        async with connect(server.quick, npc, player=m.Player(id=name, name=name)) as client:
            await client.say(f"Hello, I am {name}. Who are you?")
            answer = await client.answer()
            check(answer, client)
            return answer

    first, second = await asyncio.gather(one("innkeeper", "Ada"), one("noodles", "Ben"))
    assert (first.npc, second.npc) == ("innkeeper", "noodles")
    assert first.text != second.text


async def test_silence_and_noise_are_not_answered(server: Running) -> None:
    async with connect(server.paced, "innkeeper") as client:
        await client.speak(np.zeros(RATE, np.float32), silence=0)
        await client.speak(room(RATE * 3, level=-30), silence=1.0)
        await client.say("Hello?")
        async for item in client:
            assert not isinstance(item, m.Heard), "words were invented"
            if isinstance(item, m.Done):
                break


async def test_push_to_talk_waits_for_the_button(server: Running) -> None:
    voice = await player_says(server, "What do you sell?")
    async with connect(server.paced, "noodles") as client:
        await client.send(m.Talk(down=True))
        await client.speak(voice, silence=1.2)
        await client.send(m.Talk(down=False))
        states = []
        async for item in client:
            if isinstance(item, m.Hearing):
                states.append(item.state)
            if isinstance(item, m.Done):
                break
    assert states[0] == "started"
    assert states[-1] == "ended"
    assert states.count("ended") == 1


async def test_speaking_stops_the_character(server: Running) -> None:
    voice = await player_says(server, "Wait, wait, I have another question for you.")
    audio_in = m.AudioIn(echo_cancelled=True)
    async with connect(server.paced, "innkeeper", audio_in=audio_in) as client:
        await client.send(m.Greet(to="innkeeper"))
        speaking = asyncio.create_task(client.speak(voice))
        cancelled: list[int] = []
        async for item in client:
            if isinstance(item, m.Cancel):
                cancelled.append(item.reply)
            if not isinstance(item, m.FromServer):
                assert item.reply not in cancelled, "a packet of a cancelled reply"
            if isinstance(item, m.Done) and cancelled:
                break
        await speaking
    assert cancelled[0] == 1


async def settled(server: Running, tasks: int, threads: int) -> None:
    """Wait until the server is as it was."""
    for _ in range(500):
        if server.sessions() == 0 and server.tasks() <= tasks and threading.active_count() <= threads:
            return
        await asyncio.sleep(0.02)
    left = [task.get_coro() for task in asyncio.all_tasks(server.loop)]
    names = [thread.name for thread in threading.enumerate()]
    raise AssertionError(f"{server.sessions()} sessions; {len(left)} tasks, not {tasks}: {left}; {names}")


async def test_a_client_that_vanishes_leaves_nothing(server: Running) -> None:
    async def warm() -> None:
        async with connect(server.quick, "innkeeper") as client:
            await client.say("Hello")
            await client.answer()

    await asyncio.gather(*(warm() for _ in range(6)))  # now all threads are there that pools will ever have
    await asyncio.sleep(0.2)
    tasks, threads = server.tasks(), threading.active_count()
    for _ in range(3):
        async with open_websocket(server.paced) as raw:
            await raw.send('{"type":"hello","protocol":1}')
            await raw.send('{"type":"say","text":"Tell me a long story"}')
            async for data in raw:
                if isinstance(data, bytes):
                    break
            raw.transport.abort()
    await settled(server, tasks, threads)
    gc.collect()
    kept = [type(left).__name__ for left in gc.get_objects() if type(left) in (Session, Reply)]
    assert not kept, "memory of a session outlived it"


async def test_garbage_never_ends_the_server(server: Running) -> None:
    for junk in ("", "{}", "null", b"", b"\0" * 12, '{"type":"hello","protocol":99}', b"\x10" * 400_000):
        async with open_websocket(server.quick) as raw:
            await raw.send(junk)
            if len(junk) > 300_000:  # too big for the websocket itself, which has a code of its own
                with pytest.raises(ConnectionClosed, match="1009"):
                    await asyncio.wait_for(raw.recv(), 5)
            else:
                assert '"type":"error"' in str(await asyncio.wait_for(raw.recv(), 5))
    async with connect(server.quick, "guard") as client:
        await client.say("Still there?")
        check(await client.answer(), client)


async def test_refusals_have_codes(monkeypatch: pytest.MonkeyPatch, server: Running) -> None:
    async def refused(gateway: Gateway) -> str:
        with pytest.raises(ProtocolError) as error:
            async with connect(f"ws://127.0.0.1:{gateway.address[1]}/ws"):
                pass
        return error.value.code

    with pytest.raises(ProtocolError, match="nobody"):
        async with connect(server.quick, "nobody"):
            pass
    async with Gateway(Settings(port=0, sessions=1, delay=PATIENT), server.gateway.characters) as gateway:
        assert await refused(gateway) == "not_ready"
        assert server.gateway.engines is not None
        gateway.open(server.gateway.engines)
        async with connect(f"ws://127.0.0.1:{gateway.address[1]}/ws"):
            assert await refused(gateway) == "busy"
        with monkeypatch.context() as late:
            late.setattr(Worker, "delay", 2 * PATIENT)  # players wait for the models longer than is allowed
            assert await refused(gateway) == "busy"
        monkeypatch.setattr(gateway_server, "HELLO_TIMEOUT", 0.05)
        async with open_websocket(f"ws://127.0.0.1:{gateway.address[1]}/ws") as silent:
            assert "hello_timeout" in str(await silent.recv())


async def test_a_session_is_resumed_by_its_token(server: Running) -> None:
    async with connect(server.quick, "innkeeper") as client:
        token = client.ready.resume
        await client.say("My name is Robin.")
        await client.answer()
    await asyncio.sleep(0.2)
    async with connect(server.quick, "innkeeper", resume=token) as client:
        assert client.ready.resumed
        await client.say("What is my name?")
        assert (await client.answer()).reply == 2
    async with connect(server.quick, "innkeeper", resume="made up") as client:
        assert not client.ready.resumed


async def test_a_lost_connection_is_taken_over_and_what_was_missed_is_told(server: Running) -> None:
    async with connect(server.paced, "innkeeper", "guard") as lost:
        await lost.send(m.Scene(entities=[m.Entity(id="bell", kind="bell")]))
        await lost.send(m.Attend(to="guard"))
        await lost.send(m.Greet(to="innkeeper"))
        said, at = [], 0
        async for item in lost:
            if isinstance(item, m.SpokenLine):
                said.append(item)
            if isinstance(item, media.Packet) and item.kind == media.VOICE:
                at = item.time + item.count
            if at > 12000:
                break
        token, greeting = lost.ready.resume, server.gateway.characters["innkeeper"].greeting
        hello = m.Hello(
            protocol=m.PROTOCOL, cast=["innkeeper", "guard"], resume=token, played=m.Played(reply=1, at=at)
        )
        async with open_websocket(server.paced) as connection:
            await connection.send(encode(hello))
            ready = msgspec.json.decode(await connection.recv(), type=m.FromServer)
            assert isinstance(ready, m.Ready)
            assert ready.resumed
            assert ready.attending == "innkeeper"
            [missed] = ready.missed
            heard = said_until(said, at)
            assert heard
            assert f"{heard} {missed.text}".split() == greeting.split()
            await connection.send(encode(m.Scene(replace=False, gone=["bell"])))  # refused, were it not there
            await connection.send(encode(m.Say(text="Good evening.")))
            reply = msgspec.json.decode(await connection.recv(), type=m.FromServer)
            assert isinstance(reply, m.Reply)
        with pytest.raises((ConnectionClosed, ConnectionError)):
            await lost.answer()


async def test_a_token_shown_with_a_wrong_cast_is_not_used_up(server: Running) -> None:
    async with connect(server.quick, "innkeeper") as client:
        token = client.ready.resume
    await asyncio.sleep(0.2)
    with pytest.raises(ProtocolError, match="nobody"):
        async with connect(server.quick, "nobody", resume=token):
            pass
    async with connect(server.quick, "innkeeper", resume=token) as client:
        assert client.ready.resumed
        assert client.ready.missed == []


def fetch(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_health_metrics_and_the_page(server: Running) -> None:
    assert fetch(server.http + "/healthz")[0] == 200
    assert fetch(server.http + "/readyz")[0] == 200
    status, kind, text = fetch(server.http + "/metrics")
    assert status == 200
    assert "townsfolk_latency_seconds_bucket" in text
    status, kind, text = fetch(server.http + "/")
    assert status == 200
    assert kind.startswith("text/html")
    for path in sorted(set(re.findall(r"/page/[\w.-]+", text))):
        assert fetch(server.http + path)[0] == 200, path
    for path in ("/nothing", "/page/nothing.js", "/page/../../pyproject.toml", "/page/%2e%2e/%2e%2e/LICENSE"):
        assert fetch(server.http + path)[0] == 404, path


def test_the_example_of_the_readme_runs(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        example, _ = examples(readme)
        assert len([line for line in example.splitlines() if line.strip()]) <= 12
        exec(example.replace("ws://127.0.0.1:8765/ws", server.quick), {})  # noqa: S102 - it is ours
        assert "52 weights" in capsys.readouterr().out


def test_the_readmes_face_for_any_sound_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sf.write(tmp_path / "line.wav", spoken.say("How much is the big brown fish?"), 16000)
    monkeypatch.chdir(tmp_path)
    for readme in ("README.md", "README.zh-CN.md"):
        _, example = examples(readme)
        seen: dict[str, Any] = {}
        exec(example, seen)  # noqa: S102 - it is ours
        assert seen["frames"].shape[1] == seen["rest"].shape[1] == 52
        seen["network"].close()


def examples(readme: str) -> list[str]:
    """The Python in it."""
    return re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.S)


async def test_silence_at_the_end_of_a_recording_is_no_second_part(server: Running) -> None:
    question = await player_says(server, "What is your name?")
    heard: list[str] = []
    async with connect(server.quick, "guard", audio_in=m.AudioIn(echo_cancelled=True)) as client:
        room = np.zeros(3 * client.ready.audio_in.rate, np.float32)
        answer = await hear(client, np.concatenate([question, room]), heard.append)
    assert answer.text
    assert len(heard) == 1


async def test_a_recording_can_be_replayed(server: Running) -> None:
    known = set(server.recordings.iterdir())
    voice = await player_says(server, "What is your name?")
    async with connect(server.quick, "guard", audio_in=m.AudioIn(echo_cancelled=True)) as client:
        await hear(client, voice, lambda _: None)
        await client.send(m.Attend(to="nobody"))
        await client.say("Thank you.")
        with pytest.raises(ProtocolError):
            await client.answer()
        await client.answer()
    await asyncio.sleep(0.3)
    (folder,) = set(server.recordings.iterdir()) - known
    assert [file.stat().st_size > 10_000 for file in folder.glob("reply-*.wav")] == [True, True]
    events, microphone = replay.read(folder)
    before = replay.gist(replay.messages(events))
    assert [line.split(":")[0] for line in before] == ["heard", "reply", "done", "error", "reply", "done"]
    assert replay.gist(await replay.perform(events, microphone, server.quick)) == before
