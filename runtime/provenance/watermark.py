"""An inaudible mark in speech, and its detection: the implicit watermark of Resemble's Perth.

A network shifts the levels of the bins below 2 kHz by what the voice itself covers; another tells from these
levels whether they were shifted. The weights lie in the package `resemble-perth` (MIT) and are run here: the
package's own code wants modules that newer Pythons lack. Source: the encoder and decoder of Perth 1.0.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from runtime.types import Samples

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS = "perth_net/pretrained/implicit/perth_net_250000.pth.tar"
INSTALL = 'pip install "townsfolk[watermark]"'

RATE, WINDOW, HOP = 32000, 0.064, 0.010
"""What the network was trained at: hertz, and seconds of its spectra. At another rate windows of the same
length give the same bins, so that nothing need be resampled."""
BINS = 128
"""Bins below 2 kHz, which are marked."""
FLOOR, RANGE = -180.0, 195.0
"""dB: a level of 0 and of 1 to the network are `FLOOR` and `FLOOR + RANGE`."""
AUDIBLE = 0.05
"""Share of the loudest frame's summed level below which a frame is silence and bears nothing."""

MARKED = 0.7
"""Score from which speech counts as marked; docs/provenance.md says how often that is wrong."""
STRETCH, STEP = 6.0, 3.0
"""Seconds of the stretches a long recording is looked through in, and between their beginnings: long enough
for a sure score, short enough to find one marked line in a scene."""


class MissingWatermark(Exception):
    """The watermark is not installed; says what to install."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in a recording."""

    score: float
    """Of the surest stretch, 0 to 1."""
    stretches: tuple[tuple[float, float, float], ...]
    """Start and end in seconds, and score, of every stretch that was looked at and is not silent."""

    @property
    def marked(self) -> bool:
        return self.score >= MARKED


class Watermark:
    """The loaded network. Blocking; about 10 to 25 ms of compute for a second of speech."""

    def __init__(self) -> None:
        """Raises MissingWatermark."""
        import torch  # an extra, and long to load

        state = torch.load(_weights(), map_location="cpu", weights_only=True)["model"]
        self._torch = torch
        self._encoder = _layers(state, "encoder.layers")
        self._decoders = {
            pace: _layers(state, f"decoder.{name}_layers")
            for pace, name in ((1.25, "slow"), (1.0, "normal"), (0.75, "fast"))
        }

    def mark(self, audio: Samples, rate: int) -> Samples:
        """`audio`, mono in [-1, 1] at `rate` hertz, with the mark in it; as long as it was.

        Rates that are no multiple of 500 Hz raise ValueError. Silence stays silence.
        """
        if rate % 500:
            raise ValueError(f"speech of {rate} Hz cannot be marked: resample it to 24000 or 48000 Hz")
        if not np.any(audio):
            return audio
        torch = self._torch
        with torch.inference_mode():
            spectrum = self._spectrum(audio, rate)
            level = _level(torch, spectrum)
            moved = self._encoder(level[None, :BINS])[0] * _sounding(level) * (RANGE / 20)
            change = torch.zeros_like(spectrum)
            change[:BINS] = spectrum[:BINS] * (10**moved - 1)
            added = self._sound(change, rate)[: len(audio)].numpy()
        marked: Samples = np.clip(audio + added, -1, 1).astype(np.float32)
        return marked

    def score(self, audio: Samples, rate: int) -> float:
        """How sure it is that `audio` is marked, 0 to 1; 0 for silence. Of any rate."""
        if rate % 500:
            audio, rate = soxr.resample(audio, rate, RATE).astype(np.float32), RATE
        if not np.any(audio):
            return 0.0
        torch = self._torch
        with torch.inference_mode():
            level = _level(torch, self._spectrum(audio, rate))
            votes = torch.stack([self._vote(level, pace) for pace in self._decoders])
            trust = torch.softmax(votes[:, 0], 0)
            return float((votes[:, 1] * trust).sum().clip(0, 1))

    def detect(self, audio: Samples, rate: int) -> Detection:
        """Look through a recording of any length, stretch by stretch."""
        step, length = round(STEP * rate), round(STRETCH * rate)
        starts = range(0, max(1, len(audio) - length + step), step)
        found = []
        for start in starts:
            part = audio[start : start + length]
            if np.any(part):
                score = self.score(part, rate)
                found.append((start / rate, (start + len(part)) / rate, score))
        return Detection(max((score for *_, score in found), default=0.0), tuple(found))

    def _vote(self, level: Tensor, pace: float) -> Tensor:
        """What one decoder says: how much to trust it, and its score; shape (2,)."""
        frames = int(level.shape[1] * pace)
        resize = self._torch.nn.functional.interpolate
        bins = resize(level[None, :BINS], size=frames, mode="linear", align_corners=True)
        sounding = resize(_sounding(level)[None, None], size=frames, mode="nearest")[0, 0]
        voted: Tensor = (self._decoders[pace](bins)[0] * sounding).sum(1) / sounding.sum()
        return voted

    def _spectrum(self, audio: Samples, rate: int) -> Tensor:
        """Complex, shape (bins, frames), scaled as if the rate were `RATE`."""
        size = round(WINDOW * rate)
        padded = np.pad(audio, (0, max(0, size - len(audio))))  # what is reflected must be there
        sound = self._torch.from_numpy(np.ascontiguousarray(padded, np.float32))
        return self._torch.stft(sound, **self._frames(rate), return_complex=True) * (RATE / rate)

    def _sound(self, spectrum: Tensor, rate: int) -> Tensor:
        length = spectrum.shape[1] * round(HOP * rate)
        return self._torch.istft(spectrum * (rate / RATE), **self._frames(rate), length=length)

    def _frames(self, rate: int) -> dict[str, Any]:
        size = round(WINDOW * rate)
        return {"n_fft": size, "hop_length": round(HOP * rate), "window": self._torch.hann_window(size)}


def installed() -> bool:
    """Whether speech can be marked here. Imports nothing."""
    return find_spec("perth") is not None and find_spec("torch") is not None


def _weights() -> Path:
    spec = find_spec("perth")
    folders = (spec and spec.submodule_search_locations) or []
    found = next((path for folder in folders if (path := Path(folder) / WEIGHTS).is_file()), None)
    if found is None or find_spec("torch") is None:
        raise MissingWatermark(f"speech can be marked where the watermark is installed: {INSTALL}")
    return found


def _layers(state: dict[str, Any], name: str) -> nn.Sequential:
    """Convolutions over time with leaky rectifiers between them, from the weights called `name`."""
    from torch import nn

    found: list[nn.Module] = []
    while (weight := state.get(f"{name}.{len(found) // 2}.conv.weight")) is not None:
        into, outof, size = weight.shape[1], weight.shape[0], weight.shape[2]
        layer = nn.Conv1d(into, outof, size, padding=size // 2)
        layer.load_state_dict({"weight": weight, "bias": state[f"{name}.{len(found) // 2}.conv.bias"]})
        found += [layer, nn.LeakyReLU()]
    return nn.Sequential(*found[:-1]).eval()


def _level(torch: Any, spectrum: Tensor) -> Tensor:
    """Levels as the network reads them, shape (bins, frames)."""
    level: Tensor = (20 * torch.log10(spectrum.abs().clip(10 ** (FLOOR / 20))) - FLOOR) / RANGE
    return level


def _sounding(level: Tensor) -> Tensor:
    """1 for frames that are not silence, else 0; shape (frames,)."""
    total = level.sum(0)
    return (total > total.max() * AUDIBLE).float()
