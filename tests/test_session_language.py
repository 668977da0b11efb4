"""A talk in Chinese, through everything there is: words, captions, sound, face, history, and back again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import msgspec
import numpy as np
import pytest
from fakes import CAST, MARA, RATE, ScriptedEars, ScriptedMind, engines, talking
from msgspec.structs import replace as changed
from websockets.asyncio.client import connect

from runtime import ears
from runtime.character import Example, Told, Voice
from runtime.config import Settings
from runtime.engines import Engines
from runtime.flow import Stream
from runtime.gateway.server import Gateway
from runtime.language.interpreter import interpreters
from runtime.language.phrases import phrases, rules
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.wire import encode
from runtime.registry import Context, choose
from runtime.types import Line, Prompt, Speech, Transcript
from runtime.voice import clauses

CHINESE = Told(
    name="玛拉",
    description="客栈老板娘。",
    personality="你开一家客栈。",
    greeting="快进来，外面冷。",
    at_a_loss="我说到哪儿了？",
    examples=[Example("有房间吗？", "四个铜板。")],
    never=["人工智能"],
    deflections=["这个我不说。"],
)
ANSWER = "有鳗鱼汤，3个铜板一碗。《沉钟》的招牌，客人都说“好”……要不要配OK的wifi？"
SYLLABLE = 0.2
"""Seconds that the voice here takes for a character."""


class Pieces(ScriptedMind):
    """Answers by two characters at a time, as tokens come."""

    async def __call__(self, prompt: Prompt) -> Stream[str]:
        self.prompts.append(prompt)
        for at in range(0, len(self.text), 2):
            await asyncio.sleep(0)
            yield self.text[at : at + 2]


class Humming:
    """A fifth of a second of hum for each character, and the sounds of Mandarin where they are known."""

    rate = RATE

    def __init__(self) -> None:
        self.lines: list[Line] = []

    async def speak(self, lines: Stream[Line], voice: Voice) -> Stream[Speech]:
        async for line in lines:
            self.lines.append(line)
            seconds = SYLLABLE * len(clauses.shown_words(line.text))
            words = clauses.place_words(line.text, [(0.0, seconds)], lambda word: 1)
            audio = np.full(round(seconds * RATE), 0.1, np.float32)
            yield Speech(line, audio, RATE, _phones(line.spoken, seconds), words)

    def close(self) -> None: ...


def _phones(text: str, seconds: float) -> Any:
    if find_spec("pypinyin") is None:
        return ()
    from runtime.language.mandarin import phones

    return phones(text, 0.0, seconds)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mara is told in Chinese, too."""
    monkeypatch.setitem(CAST, "mara", changed(MARA, language={"zh": CHINESE}))


def loaded(mind: ScriptedMind, **parts: Any) -> Engines:
    return replace(engines(mind), voice=Humming(), **parts)


async def _received(socket: Any, kind: type[Any]) -> tuple[Any, list[Any]]:
    """The next message of this class, and all that came before it."""
    before: list[Any] = []
    async with asyncio.timeout(30):
        while True:
            data = await socket.recv()
            one = (
                media.unpack(data)
                if isinstance(data, bytes)
                else msgspec.json.decode(data, type=m.FromServer)
            )
            if isinstance(one, kind):
                return one, before
            before.append(one)


async def test_a_chinese_talk_over_a_real_websocket_loses_no_character(chinese: None) -> None:
    mind = Pieces(ANSWER)
    everything = loaded(mind, face=choose("face", {}).open(Context()))
    async with Gateway(Settings(port=0, lead=600), CAST) as gateway:
        gateway.open(everything)
        host, port = gateway.address
        async with connect(f"ws://{host}:{port}/ws") as socket:
            player = m.Player(language="zh-CN")
            await socket.send(encode(m.Hello(protocol=m.PROTOCOL, cast=["mara"], player=player)))
            ready, _ = await _received(socket, m.Ready)
            assert (ready.cast[0].name, ready.cast[0].greeting) == (CHINESE.name, CHINESE.greeting)
            await socket.send(encode(m.Say(text="老板娘，今天有什么吃的？")))
            done, before = await _received(socket, m.Done)
            lines = [one for one in before if isinstance(one, m.SpokenLine)]
            assert len(lines) >= 3
            assert "".join(line.text for line in lines) == done.text == ANSWER
            for line in lines:  # every character at its time, in order
                assert "".join(word.text for word in line.words) == line.text
                assert all(a.end <= b.start + 1 for a, b in zip(line.words, line.words[1:], strict=False))
            assert done.frames == -(-done.samples * 60 // RATE)
            faces = [one for one in before if isinstance(one, media.Packet) and one.kind == media.FACE]
            assert sum(len(packet.payload) for packet in faces) >= 52 * done.frames
            heard = m.Playback(reply=done.reply, state="finished", at=done.samples)
            await socket.send(encode(heard))
            await socket.send(encode(m.Say(text="再来一碗。")))
            await _received(socket, m.Done)
    everything.face.close()
    assert [line.text for line in everything.voice.lines][: len(lines)] == [line.text for line in lines]
    assert "三个铜板一碗" in everything.voice.lines[1].spoken  # read out, and shown as it was written
    first, second = mind.prompts
    assert first.prefix[0].text == f"{CHINESE.personality}\n{rules('zh')}"
    assert [message.text for message in second.messages] == ["老板娘，今天有什么吃的？", ANSWER, "再来一碗。"]


@pytest.mark.virtual_time
async def test_what_was_heard_of_a_chinese_line_is_a_prefix_of_it(chinese: None) -> None:
    mind = Pieces(ANSWER)
    async with talking(loaded(mind), player=m.Player(language="zh")) as (player, session):
        player.says(m.Say(text="今天有什么吃的？"))
        await player.until(m.SpokenLine, 2)
        second = player.got(m.SpokenLine)[1]
        at = second.words[3].end + 1  # in the middle of a line: four characters of it
        player.says(m.Playback(reply=1, state="position", at=at))
        await asyncio.sleep(1.5)
        player.says(m.Interrupt())
        await player.until(m.Cancel)
        heard = session.conversations.history("mara")[-1].reply
        assert ANSWER.startswith(heard)
        assert heard == player.got(m.SpokenLine)[0].text + "".join(word.text for word in second.words[:4])
        player.says(m.Say(text="什么汤？"))
        await player.until(m.Done)
    assert mind.prompts[-1].messages[1].text == heard.rstrip("，。") + "——"


@pytest.mark.virtual_time
async def test_typed_lines_change_the_language_of_a_talk(chinese: None) -> None:
    mind = ScriptedMind("Stew.")
    async with talking(loaded(mind, languages=("en", "zh"))) as (player, session):
        for count, text in enumerate(
            ["Is there stew?", "今天有什么吃的？", "ok", "说实话，你是人工智能吗？"], 1
        ):
            player.says(m.Say(text=text))
            await player.until(m.Done, count)
        assert session.cast["mara"].name == CHINESE.name
        player.says(m.Greet(to="mara"))
        await player.until(m.Done, 5)
    english, *rest = [prompt.prefix[0].text for prompt in mind.prompts]
    assert english == f"{MARA.personality}\n{rules('en')}"
    assert set(rest) == {f"{CHINESE.personality}\n{rules('zh')}"}
    texts = [done.text for done in player.got(m.Done)]
    assert texts[3] == phrases("zh").honest.format(name=CHINESE.name)
    assert texts[4] == CHINESE.greeting


class Telling(ScriptedEars):
    """Tells in which language something was said."""

    def _heard(self, level: int, turn: int) -> list[ears.Hearing]:
        said = Transcript("what is this, then", language="zh")
        found = super()._heard(level, turn)
        return [replace(one, transcript=said) if isinstance(one, ears.Ended) else one for one in found]


@pytest.mark.virtual_time
async def test_what_the_recogniser_takes_a_line_for_counts(chinese: None) -> None:
    mind = ScriptedMind("好。")
    async with talking(loaded(mind, ears=Telling(), languages=("en", "zh"))) as (player, _):
        player.microphone(0.5)
        player.microphone(0.3)  # an answer is begun, in English
        await asyncio.sleep(0.5)
        player.microphone(-0.5)
        await player.until(m.Done)
    assert mind.prompts[-1].prefix[0].text == f"{CHINESE.personality}\n{rules('zh')}"


async def test_a_language_nobody_knows_is_refused(chinese: None) -> None:
    with pytest.raises(ProtocolError, match="klingon") as refused:
        async with talking(player=m.Player(language="klingon")):
            pass
    assert (refused.value.code, refused.value.fatal) == ("unknown_language", True)
    with pytest.raises(ProtocolError, match="there are en, zh"):
        async with talking(loaded(ScriptedMind(), languages=("en", "zh")), player=m.Player(language="fr")):
            pass


class Bilingual(ScriptedMind):
    """Translates what it knows, and answers all else with its text."""

    known = {  # noqa: RUF012
        "今天有什么吃的？": "What is there to eat?",
        "Eel stew.": "鳗鱼汤。",
        "Sit down.": "坐吧。",
        "Come in.": "快进来。",
    }

    async def __call__(self, prompt: Prompt) -> Stream[str]:
        self.prompts.append(prompt)
        asked = prompt.messages[-1].text
        if prompt.prefix[0].text.startswith("You translate"):
            yield self.known[asked]
        else:
            yield self.text


@pytest.mark.virtual_time
async def test_what_is_said_instead_is_interpreted_as_well() -> None:
    mind = Bilingual("Player: Let me in.")
    mind.known = {**mind.known, "Let me think.": "让我想想。", "Player: Let me in.": "玩家：让我进去。"}
    between = interpreters(mind, ["Mara"])
    async with talking(loaded(mind, interpreters=between), player=m.Player(language="zh")) as (player, _):
        player.says(m.Say(text="今天有什么吃的？"))
        assert (await player.until(m.Done)).text == "让我想想。"


@pytest.mark.virtual_time
async def test_an_interpreter_stands_between_a_player_and_a_character_without_words() -> None:
    mind = Bilingual("Eel stew. Sit down.")
    between = interpreters(mind, ["Mara"])
    async with talking(loaded(mind, interpreters=between), player=m.Player(language="zh")) as (
        player,
        session,
    ):
        player.says(m.Greet(to="mara"))
        await player.until(m.Done)
        await asyncio.sleep(3)  # it is heard
        player.says(m.Say(text="今天有什么吃的？"))
        await player.until(m.Done, 2)
        assert session.conversations.history("mara")[-1].player == "今天有什么吃的？"
    assert [done.text for done in player.got(m.Done)] == ["快进来。", "鳗鱼汤。坐吧。"]
    (told,) = [prompt for prompt in mind.prompts if prompt.prefix[0].text.startswith("You keep")]
    assert told.prefix[0].text == f"{MARA.personality}\n{rules('en')}"
    assert [message.text for message in told.messages] == ["Come in.", "What is there to eat?"]
