"""The embedded recogniser, as it is listed and chosen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from runtime.language.facts import of
from runtime.language.hints import Hints
from runtime.registry import BadSettings, Card, Context, Options

if TYPE_CHECKING:
    from runtime.ears.multilingual import Multilingual

log = logging.getLogger(__name__)


class WhisperOptions(Options, frozen=True):
    """Of Whisper without its window."""

    model: str = "whisper-tiny.en"
    """A name of `townsfolk models`, a folder, or `hub:owner/name`: Whisper converted for CTranslate2."""
    language: str = "en"
    """One of Whisper's codes; of no effect in a model of English only."""
    hot_words: bool = True
    """Whether names of the cast and the scene bias what is heard."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """`auto` is a CUDA GPU where there is one."""
    compute_type: str = ""
    """CTranslate2's arithmetic; empty for int8 on a CPU and int8_float16 on a GPU."""
    batch: Annotated[int, Meta(ge=1, le=64)] = 4
    """Utterances decoded together, at most."""


def _open(options: WhisperOptions, context: Context) -> Multilingual:
    """On the GPU where there is one; on the CPU where its libraries then turn out to be missing."""
    from runtime.devices import cuda_for_ctranslate2

    if not cuda_for_ctranslate2(options.device):
        return _on("cpu", options, context)
    try:
        return _on("cuda", options, context)
    except RuntimeError as error:  # cuBLAS or cuDNN is looked for when the first sound is encoded
        log.warning("whisper takes the CPU: %s; `townsfolk doctor` says what to do", error)
        return _on("cpu", options, context)


def _on(device: Literal["cpu", "cuda"], options: WhisperOptions, context: Context) -> Multilingual:
    from runtime.ears.multilingual import Multilingual

    try:
        hints = Hints((of(options.language).tag,))
    except ValueError as error:
        raise BadSettings(f"[ears] language: {error}") from error
    return Multilingual(
        context.weights(options.model),
        context.threads,
        hints=hints,
        hot_words=options.hot_words,
        device=device,
        compute_type=options.compute_type or {"cpu": "int8", "cuda": "int8_float16"}[device],
        batch=options.batch,
    )


WHISPER = Card(
    name="whisper",
    stage="ears",
    summary="Whisper on CTranslate2 without the 30 s window; tiny.en comes along",
    licence="MIT",
    languages="en; 99 with a larger model",
    devices="cpu cuda",
    open=_open,
    options=WhisperOptions,
    modules=("faster_whisper", "ctranslate2"),
)
