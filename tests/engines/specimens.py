"""Engines that need more than their name, made of what small packages bring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

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


# `--engine mind:transformers` needs only its name; it takes minutes on two cores, so it has to be asked for.
ALL = {
    "ears:faster-whisper": large_ears,
    "mind:remote": served_mind,
    "voice:piper": piper_voice,
}
