"""Whisper of any size and in every language it hears, as an engine: its options and how it is opened."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from runtime.ears import whisper_base
from runtime.language.facts import of
from runtime.language.hints import Hints
from runtime.models import MissingModel
from runtime.registry import BadSettings, Card, Context, Options

if TYPE_CHECKING:
    from runtime.ears.multilingual import Multilingual

log = logging.getLogger(__name__)


class FasterWhisperOptions(Options, frozen=True):
    """Of Whisper in many languages."""

    model: str = whisper_base.NAME
    """`whisper-base` out of its packages, a name of `townsfolk models` or of [models], a folder,
    `hub:owner/name`, or a size that faster-whisper fetches: `small`, `large-v3`, `turbo`, …"""
    languages: tuple[str, ...] = ()
    """BCP 47 tags (`["zh"]`, `["en", "zh"]`): one is taken as given, several are chosen from, the first where
    it is unclear; none leaves all open."""
    words: tuple[str, ...] = ()
    """Names likely to be said, the likeliest first."""
    hot_words: bool = True
    """Whether names bias what is heard: those above, and those of the scene."""
    times: bool = False
    """Tell when each word was said: half as much work again for final words."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """`auto` is a CUDA GPU where there is one."""
    compute_type: str = ""
    """CTranslate2's arithmetic; empty for int8 on a CPU and int8_float16 on a GPU."""
    batch: Annotated[int, Meta(ge=1, le=64)] = 4
    """Utterances of all sessions decoded together, at most."""


def _open(options: FasterWhisperOptions, context: Context) -> Multilingual:
    """On the GPU where there is one; on the CPU where its libraries then turn out to be missing."""
    from runtime.devices import cuda_for_ctranslate2

    if not cuda_for_ctranslate2(options.device):
        return _on("cpu", options, context)
    try:
        return _on("cuda", options, context)
    except RuntimeError as error:  # cuBLAS or cuDNN is looked for when the first sound is encoded
        log.warning("faster-whisper takes the CPU: %s; `townsfolk doctor` says what to do", error)
        return _on("cpu", options, context)


def _on(device: Literal["cpu", "cuda"], options: FasterWhisperOptions, context: Context) -> Multilingual:
    from runtime.ears.multilingual import Multilingual

    return Multilingual(
        folder(options.model, context),
        context.threads,
        hints=_hints(options),
        hot_words=options.hot_words,
        device=device,
        compute_type=options.compute_type or {"cpu": "int8", "cuda": "int8_float16"}[device],
        batch=options.batch,
        times=options.times,
    )


def _hints(options: FasterWhisperOptions) -> Hints:
    try:
        return Hints(tuple(of(tag).tag for tag in options.languages), options.words)
    except ValueError as error:
        raise BadSettings(f"[ears] languages: {error}") from error


def folder(model: str, context: Context) -> Path:
    """Where the weights lie; those of a size are fetched from the hub. Raises MissingModel."""
    if model == whisper_base.NAME and model not in context.models:
        return whisper_base.joined()
    from faster_whisper import available_models, download_model

    if model not in available_models() or model in context.models:
        return context.weights(model)
    try:
        return Path(download_model(model))
    except Exception as error:  # the hub's own errors are of many kinds, network and disk among them
        raise MissingModel(f"Whisper {model!r} could not be fetched from its hub: {error}") from error


CARD = Card(
    name="faster-whisper",
    stage="ears",
    summary="Whisper of any size: language detection, hot words, words in time",
    licence="MIT",
    languages="99",
    devices="cpu cuda",
    open=_open,
    options=FasterWhisperOptions,
    modules=("faster_whisper", "ctranslate2"),
)
