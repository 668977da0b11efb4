"""Engines that need more than their name, made of what small packages bring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tiny
from engines import loopback

from runtime.contract.opened import Specimen
from runtime.mind.llama import CONTEXT
from runtime.models import find
from runtime.registry import BadSettings, Choice, choose

LLM = "smollm2-135m-instruct"


def _choice(stage: Any, **table: Any) -> Choice:
    try:
        choice = choose(stage, table)
    except BadSettings as error:
        pytest.skip(str(error))
    if choice.card.missing:
        pytest.skip(f"needs {', '.join(choice.card.missing)}: {choice.card.remedy}")
    return choice


@contextmanager
def served_mind() -> Iterator[Specimen]:
    """The embedded weights behind OpenAI's interface, as llama.cpp's own server offers it."""
    import xllamacpp

    params: Any = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = str(find(LLM))
    params.n_parallel, params.n_ctx, params.ui, params.verbosity = 4, 4 * CONTEXT, False, 0
    server: Any = xllamacpp.Server(params)  # type: ignore[attr-defined]
    url = f"{server.listening_address}/v1"
    patient = {"connect": 60.0, "first": 60.0, "between": 60.0}  # a busy machine is no broken server
    yield Specimen(_choice("mind", engine="remote", url=url, server="llama.cpp", **patient))
    del server


@contextmanager
def large_ears() -> Iterator[Specimen]:
    """The many-languages recogniser on the embedded weights."""
    yield Specimen(_choice("ears", engine="faster-whisper", model="whisper-tiny.en", languages=["en"]))


@contextmanager
def piper_voice() -> Iterator[Specimen]:
    """Piper with the voice that comes as a package, without chance."""
    yield Specimen(_choice("voice", engine="piper", noise=0.0, rhythm=0.0))


@contextmanager
def served_ears() -> Iterator[Specimen]:
    """The embedded recogniser behind OpenAI's interface."""
    with loopback.hearing() as url:
        yield Specimen(_choice("ears", engine="remote", url=url, connect=60.0, timeout=60.0))


@contextmanager
def served_voice() -> Iterator[Specimen]:
    """The embedded voice behind OpenAI's interface."""
    with loopback.speaking() as url:
        patient = {"connect": 60.0, "whole": 60.0}
        yield Specimen(_choice("voice", engine="remote", url=url, cache=0, **patient))


@contextmanager
def kokoro_voice() -> Iterator[Specimen]:
    """A network with Kokoro's inputs and outputs that hums."""
    with TemporaryDirectory() as folder:
        _choice("voice", engine="kokoro")
        made = tiny.silent_kokoro(Path(folder))
        yield Specimen(_choice("voice", engine="kokoro", cache=0, model=made.model, styles=made.styles))


@contextmanager
def coqui_voice() -> Iterator[Specimen]:
    """VITS as Coqui builds it, with few weights and those by chance."""
    with TemporaryDirectory() as folder:
        _choice("voice", engine="coqui")
        model = str(tiny.tiny_vits(Path(folder)))
        yield Specimen(_choice("voice", engine="coqui", cache=0, model=model))


@contextmanager
def shallow_transformers() -> Iterator[Specimen]:
    """A few blocks of the embedded weights: the whole takes minutes on two cores."""
    with TemporaryDirectory() as folder:
        _choice("mind", engine="transformers")
        model = str(tiny.shallow(Path(folder, "shallow.gguf"), 2))
        yield Specimen(_choice("mind", engine="transformers", model=model))


@contextmanager
def small_audio2face() -> Iterator[Specimen]:
    """A network with Audio2Face's inputs and outputs, weights and faces by chance."""
    from test_face_audio2face import make_regression

    with TemporaryDirectory() as folder:
        made = make_regression(Path(folder, "made"))
        yield Specimen(_choice("face", engine="audio2face", folder=str(made)))


ALL = {
    "ears:faster-whisper": large_ears,
    "ears:remote": served_ears,
    "face:audio2face": small_audio2face,
    "mind:remote": served_mind,
    "mind:transformers": shallow_transformers,
    "voice:coqui": coqui_voice,
    "voice:kokoro": kokoro_voice,
    "voice:piper": piper_voice,
    "voice:remote": served_voice,
}
