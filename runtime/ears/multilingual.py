"""Any Whisper there is, in all languages it hears: `runtime.ears.whisper` for more models and more than
English.

The language is told from the encoding that the words are made of, in one step of the decoder. Names likely to
be said stand before the words as if they had been said already, so that the decoder spells them alike
(arXiv:2212.04356, section 4.5: previous-text conditioning). Chinese is begun the same way, or it would come
now in the one script and now in the other.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ctranslate2 import StorageView  # type: ignore[attr-defined]
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from runtime.batch import Batch
from runtime.ears import RATE
from runtime.ears.doubt import invented, loops
from runtime.ears.previous import is_credit, only_names, previous, timed
from runtime.ears.whisper import _MARGIN, _STEP, WINDOW, Whisper
from runtime.language import Hints, of
from runtime.language.sentences import tidy
from runtime.types import Samples, Transcript, Word

_PACE = {"Latn": 8, "Hans": 12, "Jpan": 12}
_PACE_ELSE, _SLACK = 24, 12
"""Most tokens per second of speech, by script, and what a short clip may have besides. Whisper's tokens are
bytes of UTF-8 put together: five Han characters a second are up to ten, five Thai ones up to fifteen."""
_SURE = 0.5
"""Probability of a language below which the first of the expected ones is taken: a lone "no" is of any."""
_SILENT = 0.5
"""Whisper's probability that nobody speaks above which words are heard again without names: beside names it
was 0.57 to 0.79 for noise that was heard as words, and at most 0.3 for speech of a word."""
_FRAMES = 100
"""Frames of the spectrogram per second, in which CTranslate2 counts."""


class _Asked(NamedTuple):
    """What the decoder is given: an encoding, shape (1, frames, width), and what it begins with."""

    encoded: NDArray[np.float32]
    seconds: float
    language: str
    prompt: tuple[int, ...]

    @property
    def limit(self) -> int:
        """Most tokens it can have."""
        return int(self.seconds * _PACE.get(of(self.language).script, _PACE_ELSE)) + _SLACK


class _Found(NamedTuple):
    tokens: list[int]
    text: str
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    loops: bool

    @property
    def doubtful(self) -> bool:
        return self.loops or invented(self.text, self.no_speech, self.log_probability) or is_credit(self.text)


class Multilingual(Whisper):
    """A Recogniser that also takes hints. Holds weights only; calls of all sessions are decoded together."""

    def __init__(
        self,
        path: Path,
        threads: int = 0,
        *,
        hints: Hints | None = None,
        hot_words: bool = True,
        device: str = "cpu",
        compute_type: str = "int8",
        batch: int = 4,
        times: bool = False,
    ) -> None:
        """Load the model folder and warm it; see Whisper. `hints` stand behind those of a call.

        Without `hot_words` their names are left out. `times` asks for the words of final transcripts in time,
        a second pass of the decoder.
        """
        super().__init__(path, threads, device=device, compute_type=compute_type, batch=batch)
        self._hints, self._hot_words, self._times = hints or Hints(), hot_words, times
        self._ask = Batch(self.worker, self._transcribe, batch)
        self._tokenizers: dict[str, Tokenizer] = {}

    async def __call__(self, audio: Samples, *, final: bool, hints: Hints | None = None) -> Transcript:
        """Transcribe up to 30 s of 16 kHz mono. The text is empty where nobody seems to speak.

        Raises ValueError for longer audio, and for a hint that names no language known.
        """
        began, seconds = time.perf_counter(), len(audio) / RATE
        if seconds > WINDOW:
            raise ValueError(f"Whisper hears {WINDOW:.0f} s at once, not {seconds:.1f}")
        hints, urgency = (hints or Hints()).on(self._hints), int(final)
        window = min(WINDOW, math.ceil((seconds + _MARGIN) / _STEP) * _STEP)
        asked = await self.worker.at(urgency, self._prepare, audio, window, hints)
        found = await self._ask(asked, urgency)
        if found.loops and final:
            asked = await self.worker.at(1, self._prepare, audio, WINDOW, hints)
            again = await self._ask(asked, 1)
            # A player may well say a thing four times: what two windows agree on is believed.
            found = again._replace(loops=again.loops and again.text != found.text)
        names = hints.words if self._hot_words else ()
        if names and not found.doubtful and (found.no_speech > _SILENT or only_names(found.text, names)):
            # In noise names are what is heard first, and then anything: without names there has to be speech.
            asked = await self.worker.at(urgency, self._prepare, audio, window, Hints((asked.language,)))
            if (await self._ask(asked, urgency)).doubtful:
                found = found._replace(loops=True)
        if found.doubtful:
            return Transcript("", took=time.perf_counter() - began)
        words = await self.worker.at(1, self._align, asked, found.tokens) if final and self._times else ()
        sure = min(1.0, math.exp(found.log_probability))
        return Transcript(tidy(found.text), sure, time.perf_counter() - began, asked.language, words)

    def _prepare(self, audio: Samples, window: float, hints: Hints) -> _Asked:
        heard = self._hear(audio, window)
        language = self._told(heard.encoded, hints.languages)
        tokens = self._tokens_of(language)
        names = hints.words if self._hot_words else ()
        before = previous(tokens, language, names) if names or self._model.model.is_multilingual else ()
        prompt = (*before, *tokens.sot_sequence, tokens.no_timestamps)
        return _Asked(heard.encoded, heard.seconds, language, prompt)

    def _told(self, encoded: NDArray[np.float32], among: Sequence[str]) -> str:
        """The likeliest tag of those in question."""
        if not self._model.model.is_multilingual:
            return "en"
        if len(among) == 1:
            return among[0]
        tags = {of(tag).code: tag for tag in reversed(among)}
        ranked = [
            (tags.get(token[2:-2], token[2:-2]), chance)
            for token, chance in self._model.model.detect_language(StorageView.from_array(encoded))[0]
            if not tags or token[2:-2] in tags
        ]
        total = sum(chance for _, chance in ranked)
        best, chance = ranked[0]
        return best if not among or chance >= _SURE * total else among[0]

    def _tokens_of(self, language: str) -> Tokenizer:
        code = of(language).code
        if code not in self._tokenizers:
            multilingual = self._model.model.is_multilingual
            self._tokenizers[code] = Tokenizer(self._model.hf_tokenizer, multilingual, "transcribe", code)
        return self._tokenizers[code]

    def _transcribe(self, asked: Sequence[_Asked]) -> list[_Found]:
        """All at once that have prompts of one length, which is all that CTranslate2 takes together."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(asked):
            groups[len(one.prompt)].append(at)
        found: dict[int, _Found] = {}
        for members in groups.values():
            found.update(zip(members, self._generate([asked[at] for at in members]), strict=True))
        return [found[at] for at in range(len(asked))]

    def _generate(self, asked: Sequence[_Asked]) -> list[_Found]:
        longest = max(one.encoded.shape[1] for one in asked)
        prompt = len(asked[0].prompt)
        results = self._model.model.generate(
            StorageView.from_array(np.concatenate([self._lengthen(one.encoded, longest) for one in asked])),
            [list(one.prompt) for one in asked],
            beam_size=1,
            max_length=min(prompt + max(one.limit for one in asked), self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )
        return [self._found_in(one, result) for one, result in zip(asked, results, strict=True)]

    @cached_property
    def _suppressed(self) -> list[int]:
        """Notes, brackets and speaker tags, which stand in subtitles and are not said."""
        return sorted({-1, *self._tokens.non_speech_tokens})

    def _found_in(self, asked: _Asked, result: Any) -> _Found:
        tokens = result.sequences_ids[0]
        text = self._tokens.decode(tokens).strip()
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)  # the end of the text is not counted there
        endless = len(tokens) >= asked.limit
        return _Found(tokens, text, mean, result.no_speech_prob, endless or loops(text, asked.seconds))

    def _align(self, asked: _Asked, tokens: list[int]) -> tuple[Word, ...]:
        """Words in time by the attention of the decoder (dynamic time warping)."""
        frames = max(1, int(asked.seconds * _FRAMES))
        speech = StorageView.from_array(np.ascontiguousarray(asked.encoded))
        align: Any = self._model.find_alignment  # it takes lists of lists, whatever it says
        found = align(self._tokens_of(asked.language), [tokens], speech, frames)
        return tuple(timed(found[0]))
