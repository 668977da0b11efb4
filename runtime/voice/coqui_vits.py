"""VITS by Coqui: a clause in one call, with the length of every sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime import character
from runtime.types import Line, Speech
from runtime.voice import delivery
from runtime.voice.delivery import Spoken

if TYPE_CHECKING:
    from runtime.voice.coqui import CoquiOptions

ONLY = "default"
"""What the voice of a model of one speaker is called."""


class Vits:
    """The loaded model; see `Synthesiser`."""

    def __init__(self, model: Any, options: CoquiOptions) -> None:
        self._model, self._options = model, options
        speakers = model.speaker_manager
        self._names = list(speakers.speaker_names) if speakers and speakers.num_speakers else [ONLY]
        self._length = model.length_scale

    def check(self, voice: character.Voice) -> None:
        """Raises ValueError for a voice it does not have."""
        delivery.chosen(voice.name, self._names, self._options.voice)

    def speak(self, line: Line, voice: character.Voice) -> Iterator[Speech]:
        """The line in one part."""
        spoken = self._spoken(line.spoken, voice)
        if spoken is not None:
            yield delivery.deliver(line, spoken, voice, self._options.rate)

    def _spoken(self, text: str, voice: character.Voice) -> Spoken | None:
        import torch

        model, tokenizer = self._model, self._model.tokenizer
        ids = tokenizer.text_to_ids(text, language=self._options.language)
        if not ids:
            return None
        model.length_scale = self._length / delivery.pace(voice)
        with torch.random.fork_rng(
            devices=[]
        ):  # the same line is the same audio, and others' chance is theirs
            torch.manual_seed(0)
            made = model.inference(torch.tensor([ids], device=model.device), self._who(voice))
        audio = made["model_outputs"][0, 0].float().cpu().numpy()
        frames = made["durations"].float().cpu().numpy().ravel()
        rate = int(model.config.audio.sample_rate)
        seconds = frames * (len(audio) / rate / max(float(frames.sum()), 1.0))
        symbols = [self._symbol(tokenizer, one) for one in ids]
        sounds = [(symbol, float(lasts)) for symbol, lasts in zip(symbols, seconds, strict=True)]
        return Spoken(audio.astype(np.float32), rate, sounds, bool(tokenizer.use_phonemes))

    def _who(self, voice: character.Voice) -> dict[str, Any]:
        """What the model is conditioned on: the speaker and the language, where it has several."""
        import torch

        model = self._model
        name = delivery.chosen(voice.name, self._names, self._options.voice)
        asked: dict[str, Any] = dict.fromkeys(
            ("x_lengths", "d_vectors", "speaker_ids", "language_ids", "durations")
        )
        if model.args.use_d_vector_file:
            vector = model.speaker_manager.get_mean_embedding(name)
            asked["d_vectors"] = torch.tensor(
                np.asarray(vector)[None], dtype=torch.float32, device=model.device
            )
        elif name != ONLY:
            asked["speaker_ids"] = torch.tensor([model.speaker_manager.name_to_id[name]], device=model.device)
        languages = model.language_manager
        if languages is not None and self._options.language in languages.name_to_id:
            number = languages.name_to_id[self._options.language]
            asked["language_ids"] = torch.tensor([number], device=model.device)
        return asked

    @staticmethod
    def _symbol(tokenizer: Any, one: int) -> str:
        """What a token stands for; nothing for those that stand between the others."""
        characters = tokenizer.characters
        if one in (tokenizer.blank_id, tokenizer.pad_id):
            return ""
        symbol: str = characters.id_to_char(one)
        return symbol if len(symbol) == 1 else ""
