"""Ears on another machine: any server with OpenAI's interface for transcription (vLLM, speaches, LocalAI,
…)."""

from __future__ import annotations

import asyncio
import io
import os
import random
import time
import wave
from contextlib import suppress
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from runtime.ears import RATE
from runtime.ears.doubt import loops
from runtime.language.facts import of
from runtime.language.hints import Hints
from runtime.language.sentences import tidy
from runtime.registry import BadSettings, Card, Context, Options
from runtime.types import Samples, Transcript

LARGEST = 1 << 20
"""Bytes of an answer: half a minute of words has some thousand."""
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers after which another attempt may help."""
_PAUSE, _LONGEST_PAUSE = 0.15, 2.0
"""Seconds before the second attempt, twice as many before each further one, and most a server may ask for."""
_KNOWN = {401: "the key is refused", 403: "the key is refused", 404: "there is no such model, or no such url"}

Seconds = Annotated[float, Meta(gt=0, le=120)]


class RemoteEarsOptions(Options, frozen=True):
    """Of a server that speaks OpenAI's interface."""

    url: str = "http://127.0.0.1:8000/v1"
    """Where its interface begins; `/audio/transcriptions` is added."""
    model: str = "whisper-1"
    """What the server calls the model."""
    key_env: str = ""
    """The environment variable that holds the key; empty where none is needed. The key itself stands in no
    file and no log."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags. One is told to the server; of several it finds out by itself."""
    words: tuple[str, ...] = ()
    """Names likely to be said, sent as the prompt."""
    connect: Seconds = 1.0
    """Seconds to reach the server."""
    timeout: Seconds = 6.0
    """Seconds for a final transcript, further attempts included."""
    partials: bool = True
    """Also ask while the player still speaks, once for each word or two; False where requests are paid
    for."""


class NotHeard(Exception):
    """A server that does not transcribe; says why."""


class _Refused(NotHeard):
    """One attempt failed; `pause` is what the server asks to wait, None where no further one would help."""

    def __init__(self, why: str, pause: float | None) -> None:
        super().__init__(why)
        self.pause = pause


class RemoteEars:
    """A Recogniser that sends each stretch of speech as a WAV file. Takes hints, as `Multilingual` does."""

    def __init__(self, options: RemoteEarsOptions, key: str = "", transport: Any = None) -> None:
        """`transport` takes the place of the network in tests."""
        import httpx2  # takes 0.1 s to import

        self._http: Any = httpx2
        self._options, self._key = options, key
        self._hints = Hints(tuple(of(tag).tag for tag in options.languages), options.words)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # How long an answer may take is up to whoever waits for it.
        times = httpx2.Timeout(None, connect=options.connect)
        self._client: Any = httpx2.AsyncClient(headers=headers, timeout=times, transport=transport)
        self._closing: asyncio.Task[None] | None = None

    async def __call__(self, audio: Samples, *, final: bool, hints: Hints | None = None) -> Transcript:
        """Transcribe 16 kHz mono. Raises NotHeard: at once for words shown for a moment, of which the next
        come soon, and for final ones when the time is over or another attempt would not help.
        """
        began, pause, known = time.perf_counter(), _PAUSE, (hints or Hints()).on(self._hints)
        if not final and not self._options.partials:
            return Transcript("")
        try:
            async with asyncio.timeout(self._options.timeout):
                while True:
                    try:
                        text = await self._attempt(audio, known)
                        break
                    except _Refused as refused:
                        if not final or refused.pause is None:
                            raise
                        wait = max(refused.pause, pause * random.uniform(0.5, 1.0))
                    pause *= 2
                    await asyncio.sleep(wait)
        except TimeoutError:
            raise NotHeard(
                f"{self._options.url} took over {self._options.timeout:g} s to transcribe"
            ) from None
        heard = "" if loops(text, len(audio) / RATE) else tidy(text)
        took = time.perf_counter() - began
        if not any(map(str.isalnum, heard)):
            return Transcript("", took=took)
        told = known.languages[0] if len(known.languages) == 1 else ""  # of several it does not say which
        return Transcript(heard, took=took, language=told)

    def close(self) -> None:
        """Close the connections, in a moment."""
        with suppress(RuntimeError):  # no loop runs, and none holds them open
            self._closing = asyncio.get_running_loop().create_task(self._client.aclose())

    async def _attempt(self, audio: Samples, hints: Hints) -> str:
        url = f"{self._options.url.rstrip('/')}/audio/transcriptions"
        file = ("speech.wav", wav(audio), "audio/wav")
        try:
            async with self._client.stream(
                "POST", url, data=self._fields(hints), files={"file": file}
            ) as answer:
                said = b""
                async for data in answer.aiter_bytes():
                    said += data
                    if len(said) > LARGEST:
                        raise _Refused(f"{url}: the answer is larger than {LARGEST >> 20} MB", None)
                if answer.status_code != self._http.codes.OK:
                    raise self._refusal(url, answer, said)
        except (self._http.HTTPError, self._http.InvalidURL, OSError, RuntimeError) as error:
            raise _Refused(self._hidden(f"{url}: {error or type(error).__name__}"), 0.0) from error
        return _text(url, said)

    def _fields(self, hints: Hints) -> dict[str, str]:
        fields = {"model": self._options.model, "response_format": "json", "temperature": "0"}
        if len(hints.codes) == 1:
            fields["language"] = hints.codes[0]
        if hints.words:
            fields["prompt"] = ", ".join(hints.words)
        return fields

    def _refusal(self, url: str, answer: Any, said: bytes) -> _Refused:
        status = answer.status_code
        why = _KNOWN.get(status) or " ".join(said[:200].decode(errors="replace").split()) or "no reason given"
        try:
            asked = min(float(answer.headers.get("Retry-After", "0")), _LONGEST_PAUSE)
        except ValueError:  # a date
            asked = _LONGEST_PAUSE
        return _Refused(self._hidden(f"{url}: {status}, {why}"), asked if status in _AGAIN else None)

    def _hidden(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def wav(audio: Samples) -> bytes:
    """A WAV file of 16 kHz mono in 16 bits."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes())
    return made.getvalue()


def _text(url: str, said: bytes) -> str:
    """The words in an answer; what is no answer may be one the next time."""
    try:
        answer = msgspec.json.decode(said, type=dict[str, Any])
        text = answer["text"]
    except (msgspec.DecodeError, KeyError) as error:
        raise _Refused(f"{url} sends what is no transcript: {said[:80]!r}", 0.0) from error
    if not isinstance(text, str):
        raise _Refused(f"{url} sends what is no transcript: {said[:80]!r}", 0.0)
    return text


def _open(options: RemoteEarsOptions, context: Context) -> RemoteEars:
    key = os.environ.get(options.key_env, "") if options.key_env else ""
    if options.key_env and not key:
        raise BadSettings(f"[ears] key_env: the environment has no {options.key_env}")
    try:
        return RemoteEars(options, key)
    except ValueError as error:
        raise BadSettings(f"[ears] {error}") from error


CARD = Card(
    name="remote",
    stage="ears",
    summary="any server with OpenAI's interface for transcription",
    licence="Apache-2.0",
    languages="as its model",
    devices="remote",
    open=_open,
    options=RemoteEarsOptions,
    modules=("httpx2",),
)
