"""Words by Whisper (Radford et al. 2022, arXiv:2212.04356) on CTranslate2, without the 30-second window.

Whisper was trained on windows of 30 s, speech and then silence, and its encoder costs as much for one word as
for half a minute. Here only the speech and a margin of silence are encoded, in 20 ms instead of 400. But a
decoder that sees the window end with the words does not know where to stop and says them over again. So the
encoding of silence, made once at load, is put behind that of the speech, each frame from the position it
would have had: the decoder finds the kind of window it knows.
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ctranslate2 import StorageView  # type: ignore[attr-defined]
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from runtime.ears import RATE
from runtime.ears.doubt import invented, loops
from runtime.flow import Worker
from runtime.types import Samples, Transcript

WINDOW = 30.0
"""Seconds Whisper can hear at once."""
_MARGIN = 1.5
"""Silence encoded behind the speech: with 1.0 twice as many words are wrong, 2.0 brings nothing more."""
_STEP = 0.5
"""Windows are whole steps long, so that the allocator sees few sizes."""
_TAIL, _SHORTEST = 8.0, 15.0
"""Encoded silence behind the margin, and the shortest window the decoder is shown. Of 200 clips, whole or
cut anywhere, none looped with these and a few did with 10 s; without any silence every fourteenth did."""
_FRAMES = 50
"""Encoder frames per second."""
_QUIET = -0.8
"""A silent bin on Whisper's log-mel scale in a window with speech, where it lies 2 below the loudest."""
_PACE, _SLACK = 8, 12
"""Most tokens per second of speech (fast speech has 6), and what a very short clip may have besides."""


class _Found(NamedTuple):
    text: str
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    loops: bool


class Whisper:
    """A Recogniser on any Whisper model converted for CTranslate2. Holds weights only."""

    def __init__(
        self,
        path: Path,
        threads: int = 0,
        *,
        language: str = "en",
        device: str = "cpu",
        compute_type: str = "int8",
    ) -> None:
        """Load the model folder and warm it. `threads` 0 takes up to 4 and leaves one core alone.

        `language` is one of Whisper's codes, of no effect in an English-only model. Raises ValueError for
        a language it does not know, and what CTranslate2 raises for a folder that holds no model.
        """
        threads = threads or max(1, min(4, (os.cpu_count() or 1) - 1))
        self.worker = Worker("whisper")
        self._model = WhisperModel(
            str(path), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        multilingual = self._model.model.is_multilingual
        self._tokens = Tokenizer(self._model.hf_tokenizer, multilingual, "transcribe", language)
        self._prompt = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        self._silence = self._encode(
            np.full((self._model.model.n_mels, int(WINDOW * _FRAMES) * 2), _QUIET, np.float32)
        )
        self._decode(self._hear(np.zeros(RATE, np.float32), 1 + _MARGIN), 1)

    async def __call__(self, audio: Samples, *, final: bool, draft: str = "") -> Transcript:
        """Transcribe up to 30 s of 16 kHz mono. The text is empty where nobody seems to speak.

        Encoding and decoding are calls of their own, so that one no longer wanted costs the next less.
        Raises ValueError for longer audio.
        """
        began = time.perf_counter()
        seconds = len(audio) / RATE
        if seconds > WINDOW:
            raise ValueError(f"Whisper hears {WINDOW:.0f} s at once, not {seconds:.1f}")
        found = await self._recognise(audio, min(WINDOW, math.ceil((seconds + _MARGIN) / _STEP) * _STEP))
        if found.loops and final:
            again = await self._recognise(audio, WINDOW)
            # A player may well say a thing four times: what two windows agree on is believed.
            found = again._replace(loops=again.loops and again.text != found.text)
        doubtful = found.loops or invented(found.text, found.no_speech, found.log_probability)
        confidence = min(1.0, math.exp(found.log_probability))
        return Transcript("" if doubtful else found.text, confidence, time.perf_counter() - began)

    def close(self) -> None:
        """Let go of the thread."""
        self.worker.close()

    async def _recognise(self, audio: Samples, window: float) -> _Found:
        encoded = await self.worker(self._hear, audio, window)
        return await self.worker(self._decode, encoded, len(audio) / RATE)

    def _hear(self, audio: Samples, window: float) -> NDArray[np.float32]:
        """Encode `window` seconds that begin with `audio`, and put silence behind: (1, frames, width)."""
        padded = np.pad(audio, (0, int(window * RATE) - len(audio)))
        speech = self._encode(self._model.feature_extractor(padded, padding=0))
        end = min(WINDOW, max(_SHORTEST, window + _TAIL))
        return np.concatenate((speech, self._silence[:, speech.shape[1] : int(end * _FRAMES)]), axis=1)

    def _encode(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = StorageView.from_array(np.ascontiguousarray(mel[None], np.float32))
        return np.array(self._model.model.encode(batch, to_cpu=True))

    def _decode(self, encoded: NDArray[np.float32], seconds: float) -> _Found:
        limit = int(seconds * _PACE) + _SLACK
        result = self._model.model.generate(
            StorageView.from_array(encoded),
            [self._prompt],
            beam_size=1,  # greedy: five beams took three times as long for the same words
            max_length=min(len(self._prompt) + limit, self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        text = self._tokens.decode(tokens).strip()
        # The score leaves the end of the text out of its count, which halves that of a single word.
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
        endless = len(tokens) >= limit
        return _Found(text, mean, result.no_speech_prob, endless or loops(text, seconds))
