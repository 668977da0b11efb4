"""Servers for engines that ask one: the embedded ears and the embedded voice behind OpenAI's interface."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import soundfile

from runtime.character import Voice
from runtime.ears.whisper import Whisper
from runtime.flow import Stream
from runtime.models import find
from runtime.types import Line
from runtime.voice.hibari import HibariVoice

Answer = Callable[[bytes], tuple[str, bytes]]
"""The body of a request to the kind and the body of its answer."""


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The url of a server on this machine that gives these answers."""

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kind, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # who asked has left
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def hearing() -> Iterator[str]:
    """`/audio/transcriptions`."""
    whisper = Whisper(find("whisper-tiny.en"), 1)

    def answer(body: bytes) -> tuple[str, bytes]:
        with wave.open(io.BytesIO(body[body.index(b"RIFF") :])) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32768)
        heard = asyncio.run(whisper(sound.astype(np.float32), final=True))
        return "application/json", json.dumps({"text": heard.text}).encode()

    with serving(answer) as url:
        yield url
    whisper.close()


@contextmanager
def speaking() -> Iterator[str]:
    """`/audio/speech`."""
    voice = HibariVoice()

    def answer(body: bytes) -> tuple[str, bytes]:
        text = json.loads(body)["input"]
        file = io.BytesIO()
        soundfile.write(file, asyncio.run(_spoken(voice, text)), voice.rate, format="WAV")
        return "audio/wav", file.getvalue()

    with serving(answer) as url:
        yield url
    voice.close()


async def _spoken(voice: HibariVoice, text: str) -> np.ndarray:
    async def line() -> Stream[Line]:
        yield Line(text, text)

    return np.concatenate([speech.audio async for speech in voice.speak(line(), Voice())])
