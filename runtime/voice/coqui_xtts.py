"""XTTS v2 by Coqui: speech that streams, in the model's own voices and in voices it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr

from runtime import character
from runtime.provenance.watermark import Watermark
from runtime.types import Line, Samples, Speech
from runtime.voice import clauses, delivery, sound
from runtime.voice.delivery import Spoken

if TYPE_CHECKING:
    from runtime.voice.coqui import CoquiOptions

RATE = 24000
REFERENCE = 22050
"""Hertz that the model hears a reference at."""
LONGEST, CHUNK = 30, 6
"""Seconds of a reference that are listened to, and at a time: what the model was trained with."""

TEMPO = 15.0
"""Characters a second that words are placed by while it is not known how long a clause will be."""


class Xtts:
    """The loaded model and what it knows of each voice; see `Synthesiser`."""

    def __init__(
        self, model: Any, options: CoquiOptions, clones: Mapping[str, Path], watermark: Watermark | None
    ) -> None:
        self._model, self._options, self._watermark = model, options, watermark
        self._cloned = frozenset(clones)
        own = model.speaker_manager.speakers if model.speaker_manager else {}
        self._voices: dict[str, tuple[Any, Any]] = {
            **{name: (v["gpt_cond_latent"], v["speaker_embedding"]) for name, v in own.items()},
            **{name: self._heard(file) for name, file in clones.items()},
        }

    def check(self, voice: character.Voice) -> None:
        """Raises ValueError for a voice it does not have."""
        delivery.chosen(voice.name, self._voices, self._options.voice)

    def speak(self, line: Line, voice: character.Voice) -> Iterator[Speech]:
        """The line, in parts as they are made where `stream` is set. Speech in a cloned voice is marked."""
        name = delivery.chosen(voice.name, self._voices, self._options.voice)
        chunks = self._chunks(line.spoken, voice, *self._voices[name])
        if self._options.stream:
            parts = self._streamed(line, chunks, voice)
        else:
            whole = np.concatenate([*chunks, np.zeros(0, np.float32)])
            parts = iter([delivery.deliver(line, Spoken(whole, RATE), voice, self._options.rate)])
        for part in parts:
            if name in self._cloned and self._watermark is not None:
                yield replace(part, audio=self._watermark.mark(part.audio, part.rate))
            else:
                yield part

    def _heard(self, file: Path) -> tuple[Any, Any]:
        """What the model makes of a recording: its manner of speaking, and its voice."""
        import torch

        audio, rate = soundfile.read(file, dtype="float32", always_2d=True)
        mono = delivery.resampled(audio.mean(1), rate, REFERENCE)[: LONGEST * REFERENCE]
        given = torch.from_numpy(mono)[None].to(self._model.device)
        manner = self._model.get_gpt_cond_latents(given, REFERENCE, length=LONGEST, chunk_length=CHUNK)
        return manner, self._model.get_speaker_embedding(given, REFERENCE)

    def _chunks(self, text: str, voice: character.Voice, manner: Any, embedding: Any) -> Iterator[Samples]:
        """Sound as it is made. Several may be under way: what the model keeps of each is put back in turn."""
        import torch

        inference = self._model.gpt.gpt_inference
        making = self._model.inference_stream(
            text, self._options.language, manner, embedding, speed=delivery.pace(voice)
        )
        chance, prefix = torch.Generator().manual_seed(0).get_state(), None
        while True:
            with torch.random.fork_rng(devices=[]):
                torch.set_rng_state(chance)
                if prefix is not None:
                    inference.store_prefix_emb(prefix)
                chunk = next(making, None)
                chance, prefix = torch.get_rng_state(), inference.cached_prefix_emb
            if chunk is None:
                return
            yield chunk.float().cpu().numpy().ravel()

    def _streamed(self, line: Line, chunks: Iterator[Samples], voice: character.Voice) -> Iterator[Speech]:
        """The sound as it comes, each part with the words that fit; the last has the rest, and the pause."""
        rate, words = self._options.rate, clauses.shown_words(line.text)
        stream = soxr.ResampleStream(RATE * delivery.shift(voice), rate, 1, dtype="float32")
        chunk, said = next(chunks, None), 0.0
        while chunk is not None:
            following = next(chunks, None)
            audio = stream.resample_chunk(chunk, last=following is None)
            if following is None:
                audio = np.pad(audio, (0, round(sound.pause_after(line.spoken) * rate)))
            said += len(audio) / rate * voice.speed
            fit = len(words) if following is None else _fitting(words, said)
            text = " ".join(words[:fit])
            timed = clauses.place_words(text, [(0.0, len(audio) / rate)], len)
            yield Speech(Line(text, text), np.asarray(audio, np.float32), rate, (), timed)
            said -= sum(len(word) + 1 for word in words[:fit]) / TEMPO
            words, chunk = words[fit:], following


def _fitting(words: list[str], seconds: float) -> int:
    """How many of `words` are said in so many seconds; one is left for the part that comes last."""
    fit = length = 0
    while fit < len(words) - 1 and (length := length + len(words[fit]) + 1) <= seconds * TEMPO:
        fit += 1
    return fit
