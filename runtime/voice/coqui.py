"""Coqui: VITS in many languages and voices, and XTTS v2, which streams and speaks in voices it was shown.

A voice is cloned only with the consent of who it is of (`runtime.voice.consent`), and all speech in it bears
the watermark.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from runtime.devices import Device, cuda_for_torch
from runtime.models import MissingModel
from runtime.provenance.watermark import MissingWatermark, Watermark
from runtime.registry import BadSettings, Card, Context, Options
from runtime.voice import VoiceEngine, consent
from runtime.voice.cached import MEGABYTES, cached
from runtime.voice.local import LocalVoice, Synthesiser

CHECKPOINTS = ("model.pth", "model_file.pth", "best_model.pth")
"""What released models call their weights."""

BESIDE = ("speakers_file", "language_ids_file", "d_vector_file")
"""Files that a config names by where they lay when the model was trained."""


class CoquiOptions(Options, frozen=True):
    """Of Coqui."""

    model: str = ""
    """Folder with `config.json` and the weights, `hub:owner/name`, or a name under [models]."""
    language: str = "en"
    """For models of several languages: as XTTS has them (en, es, fr, de, it, pt, pl, tr, ru, nl, cs, ar,
    zh-cn, ja, hu, ko, hi)."""
    voice: str = ""
    """Who speaks for characters that name no voice; empty for the first there is."""
    clones: dict[str, str] = field(default_factory=dict)
    """Voices to clone (XTTS): name = a recording of 6 to 30 seconds with its consent beside it."""
    purpose: str = "game"
    """What the speech is for; consent must have been given for it."""
    trust: list[str] = field(default_factory=list)
    """Public keys, beside this user's own, whose signature under a consent counts."""
    stream: bool = True
    """XTTS: send speech while it is still being made."""
    rate: Literal[24000, 48000] = 24000
    """Hertz of what is sent."""
    device: Device = "auto"
    cache: Annotated[float, Meta(ge=0)] = MEGABYTES
    """Megabytes of spoken clauses to keep; 0 for none."""


def _open(options: CoquiOptions, context: Context) -> VoiceEngine:
    """Raises MissingModel; BadSettings for a clone without consent or without the watermark."""
    clones, watermark = _allowed(options)
    if not options.model:
        raise MissingModel(
            "Coqui needs a model: name its folder under [voice] as `model`, "
            "or a repository as `hub:coqui/XTTS-v2` (its licence, CPML, forbids commercial use)"
        )
    folder = context.weights(options.model) if not Path(options.model).is_dir() else Path(options.model)
    if context.threads:
        import torch

        torch.set_num_threads(context.threads)
    return cached(LocalVoice(_synthesiser(folder, options, clones, watermark), options.rate), options.cache)


def _allowed(options: CoquiOptions) -> tuple[dict[str, Path], Watermark | None]:
    """The recordings to clone from, and what marks speech in their voices. Raises BadSettings."""
    if not options.clones:
        return {}, None
    clones = {name: Path(file).expanduser() for name, file in options.clones.items()}
    try:
        trusted = consent.trusted_keys(options.trust)
        for recording in clones.values():
            consent.check(recording, options.purpose, trusted)
        return clones, Watermark()
    except (consent.ConsentRefused, MissingWatermark) as error:
        raise BadSettings(f"[voice] clones: {error}") from error


def _synthesiser(
    folder: Path, options: CoquiOptions, clones: dict[str, Path], watermark: Watermark | None
) -> Synthesiser:
    reading: Any = import_module("TTS.config")  # seconds of loading, and not typed
    models: Any = import_module("TTS.tts.models")

    try:
        config: Any = reading.load_config(str(folder / "config.json"))
    except FileNotFoundError as error:
        raise MissingModel(f"{folder} has no config.json: it is not a model of Coqui") from error
    _relocate(config, folder)
    model: Any = models.setup_model(config)
    device = "cuda" if cuda_for_torch(options.device) else "cpu"
    if config.model == "xtts":
        from runtime.voice.coqui_xtts import Xtts

        model.load_checkpoint(config, checkpoint_dir=str(folder), eval=True)
        return Xtts(model.to(device), options, clones, watermark)
    if clones:
        raise BadSettings(f"[voice] clones: {config.model} cannot clone voices; XTTS can")
    if config.model != "vits":
        raise BadSettings(f"[voice] model: {config.model!r} is not served; VITS and XTTS are")
    from runtime.voice.coqui_vits import Vits

    model.load_checkpoint(config, str(_weights(folder)), eval=True)
    return Vits(model.to(device), options)


def _relocate(config: Any, folder: Path) -> None:
    """Look beside the config for files that are not where it says."""
    for part in (config, config.model_args):
        for name in BESIDE:
            place = getattr(part, name, None)
            if isinstance(place, str) and place and not Path(place).exists():
                setattr(part, name, str(folder / Path(place).name))


def _weights(folder: Path) -> Path:
    found = next((path for name in CHECKPOINTS if (path := folder / name).is_file()), None)
    if found is None:
        raise MissingModel(f"{folder} has none of {', '.join(CHECKPOINTS)}")
    return found


CARD = Card(
    name="coqui",
    stage="voice",
    summary="VITS and XTTS v2: many languages, streaming, voices cloned with consent",
    licence="MPL-2.0",
    languages="as its model",
    devices="cpu cuda",
    open=_open,
    options=CoquiOptions,
    extra="townsfolk[coqui]",
    modules=("TTS", "torch", "torchaudio"),
)
