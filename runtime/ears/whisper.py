"""Words by Whisper (Radford et al. 2022, arXiv:2212.04356) on CTranslate2, without the 30-second window.

Whisper was trained on windows of 30 s, speech and then silence, and its encoder costs as much for one word as
for half a minute. Here only the speech and a margin of silence are encoded, in 20 ms instead of 400. But a
decoder that sees the window end with the words does not know where to stop and says them over again. So the
encoding of silence, made once at load, is put behind that of the speech, each frame from the position it
would have had: the decoder finds the kind of window it knows.

Words wait for one another in order of need: final ones before those shown for a moment. Those that wait
together are decoded together, since a step of the decoder reads all its weights for one token as for four:
two at once take 0.6 to 0.7 of the time of one after the other, four take half. The encoder gains nothing.

What was made of a shorter beginning of the same sound is of no use to the decoder: CTranslate2 walks through
given text a token at a time, in the time that finding it takes (4.8.5: 4 to 5 ms a token either way).
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ctranslate2 import StorageView  # type: ignore[attr-defined]
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from runtime.batch import Batch
from runtime.ears import RATE
from runtime.ears.doubt import invented, loops
from runtime.ears.mel import log_mel
from runtime.flow import Worker
from runtime.language.hints import Hints
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


class _Heard(NamedTuple):
    """What the decoder is given: an encoding, shape (1, frames, width), and the seconds that hold speech."""

    encoded: NDArray[np.float32]
    seconds: float

    @property
    def limit(self) -> int:
        """Most tokens it can have."""
        return int(self.seconds * _PACE) + _SLACK


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
        batch: int = 4,
    ) -> None:
        """Load the model folder and warm it. `threads` 0 takes up to 4 and leaves one core alone.

        `language` is one of Whisper's codes, of no effect in an English-only model. At most `batch`
        utterances are decoded together. Raises ValueError for a language it does not know, and what
        CTranslate2 raises for a folder that holds no model.
        """
        threads = threads or max(1, min(4, (os.cpu_count() or 1) - 1))
        self.worker = Worker("whisper")
        self._decode = Batch(self.worker, self._words, batch)
        self._model = WhisperModel(
            str(path), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        multilingual = self._model.model.is_multilingual
        self._language = language if multilingual else "en"
        self._tokens = Tokenizer(self._model.hf_tokenizer, multilingual, "transcribe", language)
        self._prompt = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        self._silence = self._encode(
            np.full((self._model.model.n_mels, int(WINDOW * _FRAMES) * 2), _QUIET, np.float32)
        )
        self._words([self._hear(np.zeros(RATE, np.float32), 1 + _MARGIN)])

    async def __call__(self, audio: Samples, *, final: bool, hints: Hints | None = None) -> Transcript:
        """Transcribe up to 30 s of 16 kHz mono. The text is empty where nobody seems to speak.

        Encoding and decoding are calls of their own, so that one no longer wanted costs the next less.
        `hints` are left out; `Multilingual` takes them.
        Raises ValueError for longer audio.
        """
        began = time.perf_counter()
        seconds = len(audio) / RATE
        if seconds > WINDOW:
            raise ValueError(f"Whisper hears {WINDOW:.0f} s at once, not {seconds:.1f}")
        window = min(WINDOW, math.ceil((seconds + _MARGIN) / _STEP) * _STEP)
        found = await self._recognise(audio, window, urgency=int(final))
        if found.loops and final:
            again = await self._recognise(audio, WINDOW, urgency=1)
            # A player may well say a thing four times: what two windows agree on is believed.
            found = again._replace(loops=again.loops and again.text != found.text)
        doubtful = found.loops or invented(found.text, found.no_speech, found.log_probability)
        confidence = min(1.0, math.exp(found.log_probability))
        text, took = "" if doubtful else found.text, time.perf_counter() - began
        return Transcript(text, confidence, took, self._language if text else "")

    def close(self) -> None:
        """Let go of the thread."""
        self.worker.close()

    async def _recognise(self, audio: Samples, window: float, urgency: int) -> _Found:
        return await self._decode(await self.worker.at(urgency, self._hear, audio, window), urgency)

    def _hear(self, audio: Samples, window: float) -> _Heard:
        """Encode `window` seconds that begin with `audio`, and put silence behind."""
        padded = np.pad(audio, (0, int(window * RATE) - len(audio)))
        speech = self._encode(log_mel(padded, self._model.feature_extractor.mel_filters))
        end = min(WINDOW, max(_SHORTEST, window + _TAIL))
        return _Heard(self._lengthen(speech, int(end * _FRAMES)), len(audio) / RATE)

    def _lengthen(self, encoded: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
        return np.concatenate((encoded, self._silence[:, encoded.shape[1] : frames]), axis=1)

    def _encode(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = StorageView.from_array(np.ascontiguousarray(mel[None], np.float32))
        return np.array(self._model.model.encode(batch, to_cpu=True))

    def _words(self, heard: Sequence[_Heard]) -> list[_Found]:
        longest = max(one.encoded.shape[1] for one in heard)
        encoded = np.concatenate([self._lengthen(one.encoded, longest) for one in heard])
        results = self._model.model.generate(
            StorageView.from_array(encoded),
            [self._prompt] * len(heard),
            beam_size=1,  # greedy: five beams took three times as long for the same words
            max_length=min(len(self._prompt) + max(one.limit for one in heard), self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [self._found(one, result) for one, result in zip(heard, results, strict=True)]

    def _found(self, heard: _Heard, result: Any) -> _Found:
        tokens = result.sequences_ids[0]
        text = self._tokens.decode(tokens).strip()
        # The score leaves the end of the text out of its count, which halves that of a single word.
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
        endless = len(tokens) >= heard.limit
        return _Found(text, mean, result.no_speech_prob, endless or loops(text, heard.seconds))
