"""Kokoro: 82 million parameters, many voices, nine languages, through `kokoro-onnx`.

English is read by the embedded voice's own dictionary, whose phonemes are those that Kokoro was trained on;
Chinese by `runtime.language.mandarin`, likewise; other languages by espeak-ng, which `kokoro-onnx` brings
along and which is GPL-3.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from runtime import character
from runtime.devices import Device, providers
from runtime.language import mandarin
from runtime.models import MissingModel
from runtime.registry import Card, Context, Options
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine, delivery
from runtime.voice.cached import MEGABYTES, cached
from runtime.voice.delivery import Spoken
from runtime.voice.local import LocalVoice

DURATIONS = "/encoder/Round_output_0"
"""The tensor in which the published exports hold how long each sound lasts, and do not list as an output."""

WEIGHTS = (
    "Kokoro needs its weights: download `kokoro-v1.0.onnx` and `voices-v1.0.bin` (the releases of "
    "thewh1teagle/kokoro-onnx) and name them under [voice] as `model` and `styles`"
)


class KokoroOptions(Options, frozen=True):
    """Of Kokoro."""

    model: str = ""
    """The ONNX file, or its name under [models]."""
    styles: str = ""
    """The file of its voices (`voices-v1.0.bin`), or its name under [models]."""
    voice: str = "af_heart"
    """Who speaks for characters that name no voice."""
    language: str = "en-us"
    """What espeak-ng calls it: en-us, en-gb, fr-fr, es, hi, it, pt-br, ja; or cmn, which needs the extra
    `languages`."""
    rate: Literal[24000, 48000] = 24000
    """Hertz of what is sent."""
    device: Device = "auto"
    cache: Annotated[float, Meta(ge=0)] = MEGABYTES
    """Megabytes of spoken clauses to keep; 0 for none."""


class Kokoro:
    """The loaded network and its voices. Blocking."""

    def __init__(self, options: KokoroOptions, context: Context) -> None:
        from kokoro_onnx import Kokoro as Loaded

        self._options = options
        model, styles = (_place(place, context) for place in (options.model, options.styles))
        session, timed = _session(model, options, context)
        self._kokoro: Any = Loaded.from_session(session, str(styles))
        self._kokoro.has_timings = self._kokoro.has_timings or timed
        self._names = self._kokoro.get_voices()
        self._chinese = _is_chinese(options.language)
        self._reads = _reader(options.language)

    def check(self, voice: character.Voice) -> None:
        """Raises ValueError for a voice it does not have."""
        delivery.chosen(voice.name, self._names, self._options.voice)

    def speak(self, line: Line, voice: character.Voice) -> Iterator[Speech]:
        """The line in one part; see `Synthesiser`."""
        name = delivery.chosen(voice.name, self._names, self._options.voice)
        text = self._reads(line.spoken) if self._reads else line.spoken
        if not any(c.isalnum() for c in text):
            return
        audio, rate, times = self._kokoro.create_timed(
            text,
            name,
            delivery.pace(voice),
            self._options.language,
            is_phonemes=self._reads is not None,
            trim=False,
            sentence_pause=0,
            clause_pause=0,
        )
        start = times[0].start if times else 0.0
        sounds = [("", start), *((t.phoneme, t.end - t.start) for t in times)] if times else ()
        speech = delivery.deliver(line, Spoken(audio, rate, sounds), voice, self._options.rate)
        yield replace(speech, phones=tuple(mandarin.shown(speech.phones))) if self._chinese else speech


def _place(place: str, context: Context) -> Path:
    if not place:
        raise MissingModel(WEIGHTS)
    return Path(place) if Path(place).is_file() else context.weights(place)


def _session(model: Path, options: KokoroOptions, context: Context) -> tuple[Any, bool]:
    """The network, and whether it was made to tell its durations."""
    from runtime.voice.hibari import with_output

    onnxruntime: Any = import_module("onnxruntime")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = context.threads
    graph = model.read_bytes()
    timed = DURATIONS.encode() in graph
    if timed:
        graph = with_output(graph, DURATIONS)
    session: Any = onnxruntime.InferenceSession(graph, settings, providers=list(providers(options.device)))
    session._model_path = str(model)  # where `from_session` looks for what a session of bytes has not
    return session, timed


def _is_chinese(language: str) -> bool:
    return language.split("-")[0] in ("cmn", "zh")


def _reader(language: str) -> Callable[[str], str] | None:
    """What puts text into the phonemes Kokoro was trained on; None leaves it to espeak-ng."""
    if _is_chinese(language):
        if find_spec("pypinyin") is None:
            raise MissingModel("Chinese is read by pypinyin: install `townsfolk[languages]`")
        return mandarin.ipa
    if language.startswith("en"):
        package: Any = import_module("hibari")
        g2p: Callable[[str], str] = package.Hibari().g2p
        return g2p
    return None


def _open(options: KokoroOptions, context: Context) -> VoiceEngine:
    return cached(LocalVoice(Kokoro(options, context), options.rate), options.cache)


CARD = Card(
    name="kokoro",
    stage="voice",
    summary="Kokoro-82M: fifty voices, natural, nine languages",
    licence="MIT AND GPL-3.0-or-later",
    languages="en fr es hi it pt ja zh",
    devices="cpu cuda",
    open=_open,
    options=KokoroOptions,
    extra="townsfolk[kokoro]",
    modules=("kokoro_onnx",),
)
