"""A voice on a server that speaks OpenAI's interface: OpenAI, Kokoro-FastAPI, LocalAI, CosyVoice, …

The next clause is asked for while the last one plays; a clause that failed is asked for again before it is
given up.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import soundfile
from msgspec import Meta, field

from runtime import character
from runtime.flow import Stream, Worker
from runtime.registry import BadSettings, Card, Context, Options
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine, delivery
from runtime.voice.cached import MEGABYTES, cached
from runtime.voice.delivery import Spoken

if TYPE_CHECKING:
    from runtime.mind.remote_link import Refused

LARGEST = 1 << 23
"""Bytes of a clause: far more than the longest takes, little enough for a server gone wild."""

PCM = 24000
"""Hertz of the format `pcm`, which does not say (OpenAI's reference)."""

Seconds = Annotated[float, Meta(gt=0, le=600)]


class VoiceFailed(RuntimeError):
    """A clause that could not be spoken; says why."""


class RemoteVoiceOptions(Options, frozen=True):
    """Of a server with OpenAI's interface for speech."""

    url: str = "http://127.0.0.1:8880/v1"
    """Where its interface begins; `/audio/speech` is added."""
    model: str = "tts-1"
    """What it calls the model."""
    key_env: str = ""
    """The environment variable that holds the key; empty where none is needed."""
    voice: str = "alloy"
    """Who speaks for characters that name no voice."""
    instructions: dict[str, str] = field(default_factory=dict)
    """How a voice speaks, by its name, for models that take direction: `{ ash = "Old, hoarse, kind." }`."""
    format: Literal["wav", "pcm", "flac", "mp3", "opus"] = "wav"
    """What it is asked to send. `opus` and `mp3` save the line and cost a moment."""
    speed: bool = True
    """Whether the server heeds `speed`; where it does not, the speed of a character is let be."""
    connect: Seconds = 1.0
    """Seconds until it must be reached."""
    whole: Seconds = 8.0
    """Seconds until a clause must be there, all attempts together."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 3
    """How often it is asked for a clause."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What else every request holds: `{ lang_code = "z" }`."""
    rate: Literal[24000, 48000] = 24000
    """Hertz of what is sent to players."""
    cache: Annotated[float, Meta(ge=0)] = MEGABYTES
    """Megabytes of spoken clauses to keep; 0 for none."""


class RemoteVoice:
    """One server; see `VoiceEngine`. Any name of a voice is passed on: only the server knows which it has."""

    def __init__(self, options: RemoteVoiceOptions) -> None:
        """Raises BadSettings where there is no key. Nothing is asked of the server yet."""
        from runtime.mind.remote_link import Link
        from runtime.mind.remote_retry import Retry

        key = os.environ.get(options.key_env, "").strip() if options.key_env else ""
        if options.key_env and not key:
            raise BadSettings(f"[voice] key_env: the environment variable {options.key_env} holds no key")
        self.rate: int = options.rate
        self.worker = Worker("voice")
        """Decodes; a clause takes a few milliseconds."""
        self._options = options
        self._link = Link(options.url.rstrip("/"), key, options.connect)
        self._retry = Retry(options.attempts, options.whole)

    async def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn; see `VoiceEngine`. Raises VoiceFailed."""
        async with aclosing(lines):
            async for line in lines:
                for piece in delivery.pieces(line):
                    sent = await self._sent(piece.spoken, voice)
                    speech = await self.worker(self._speech, piece, sent, voice)
                    if len(speech.audio):
                        yield speech

    def close(self) -> None:
        """Let go of the connections and the thread."""
        self._link.close()
        self.worker.close()

    async def _sent(self, text: str, voice: character.Voice) -> bytes:
        """The sound of `text`, after other attempts where one failed. Raises VoiceFailed."""
        from runtime.mind.remote_link import Refused

        loop = asyncio.get_running_loop()
        started, attempt = loop.time(), 1
        while True:
            try:
                async with asyncio.timeout_at(started + self._options.whole):
                    return await self._attempt(self._body(text, voice))
            except TimeoutError:
                raise VoiceFailed(
                    f"the server took longer than {self._options.whole:g} s for a clause"
                ) from None
            except Refused as error:
                await self._pause(error, attempt, loop.time() - started)
            attempt += 1

    async def _pause(self, error: Refused, attempt: int, spent: float) -> None:
        """Wait before the next attempt. Raises VoiceFailed where there is none."""
        wait = self._retry.wait(attempt, spent, error.retry_after, random.random())
        if not error.again or wait is None:
            raise VoiceFailed(str(error)) from error
        await asyncio.sleep(wait)

    async def _attempt(self, body: dict[str, Any]) -> bytes:
        sent = bytearray()
        async with aclosing(self._link.stream("/audio/speech", body)) as parts:
            async for part in parts:
                sent += part
                if len(sent) > LARGEST:
                    raise VoiceFailed(f"the server sends more than {LARGEST >> 20} MB for a clause")
        return bytes(sent)

    def _body(self, text: str, voice: character.Voice) -> dict[str, Any]:
        options = self._options
        name = options.voice if voice.name == character.Voice().name else voice.name
        body = {"model": options.model, "input": text, "voice": name, "response_format": options.format}
        speed = {"speed": round(delivery.pace(voice), 3)} if options.speed else {}
        told = {"instructions": options.instructions[name]} if name in options.instructions else {}
        return {**body, **speed, **told, **options.extra}

    def _speech(self, piece: Line, sent: bytes, voice: character.Voice) -> Speech:
        """What was sent, as a clause. Raises VoiceFailed where it is no sound."""
        try:
            audio, rate = _decoded(sent, self._options.format)
        except (soundfile.LibsndfileError, ValueError) as error:
            told = sent[:200].decode("utf-8", "replace") if sent else "nothing"
            raise VoiceFailed(f"the server sends what is no {self._options.format}: {told}") from error
        return delivery.deliver(piece, Spoken(audio, rate), voice, self.rate)


def _decoded(sent: bytes, form: str) -> tuple[Any, int]:
    """Mono samples in [-1, 1] and their rate."""
    if form == "pcm":
        return np.frombuffer(sent[: len(sent) // 2 * 2], "<i2").astype(np.float32) / 32768, PCM
    if sent[:4] == b"RIFF":
        sent = _sized(sent)
    audio, rate = soundfile.read(io.BytesIO(sent), dtype="float32", always_2d=True)
    return audio.mean(1), rate


def _sized(wav: bytes) -> bytes:
    """A WAV whose header was written before its length was known, with the length it came to have."""
    at = wav.find(b"data", 12)
    length = len(wav) - at - 8
    if at < 0 or int.from_bytes(wav[at + 4 : at + 8], "little") <= length:
        return wav
    sizes = (len(wav) - 8).to_bytes(4, "little"), length.to_bytes(4, "little")
    return wav[:4] + sizes[0] + wav[8 : at + 4] + sizes[1] + wav[at + 8 :]


def _open(options: RemoteVoiceOptions, context: Context) -> VoiceEngine:
    return cached(RemoteVoice(options), options.cache)


CARD = Card(
    name="remote",
    stage="voice",
    summary="any server with OpenAI's interface for speech",
    licence="Apache-2.0",
    languages="as its model",
    devices="remote",
    open=_open,
    options=RemoteVoiceOptions,
    modules=("httpx2",),
)
