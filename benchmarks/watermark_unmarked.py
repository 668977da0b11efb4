"""Speech that bears no mark: people, as far as there are recordings, and other machines that speak."""

from __future__ import annotations

import io
import subprocess
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import which

import numpy as np
import soundfile
import soxr

from runtime.types import Samples

CLIP = 2.5
"""Seconds of a clip: as long as a clause."""

AUDIBLE = 0.02
"""Peak below which a clip holds no speech."""

FLITE = ("slt", "rms", "awb", "kal16", "kal")
"""The voices that Flite (CMU) comes with: three parametric ones made of people's recordings, two diphone
ones."""

ESPEAK = ("en-us", "en-gb", "de", "fr", "es", "it", "cmn", "ja")
"""Voices of eSpeak NG, formants and no recordings; those of other languages read the English letters."""


def human(files: Sequence[Path], rate: int) -> list[Samples]:
    """Every stretch of CLIP seconds that has speech in it; none overlaps another."""
    return [clip for file in files if file.suffix in {".wav", ".flac"} for clip in _stretches(file, rate)]


def others(texts: Sequence[str], clips: int, rate: int) -> dict[str, list[Samples]]:
    """At most `clips` lines by each family of voices that this machine has, by their name."""
    made: dict[str, list[Samples]] = {}
    if program := which("flite"):
        made["Flite, 5 voices"] = _spoken(
            texts[:clips], FLITE, rate, lambda voice, text: _flite(program, voice, text)
        )
    if program := which("espeak-ng"):
        made["eSpeak NG, 8 voices"] = _spoken(
            texts[:clips], ESPEAK, rate, lambda voice, text: _run([program, "-v", voice, "--stdout", text])
        )
    return made


def _spoken(
    texts: Sequence[str], voices: Sequence[str], rate: int, say: Callable[[str, str], bytes]
) -> list[Samples]:
    """Each text by one of the voices, in turn."""
    return [_read(say(voices[at % len(voices)], text), rate) for at, text in enumerate(texts)]


def _flite(program: str, voice: str, text: str) -> bytes:
    return _run([program, "-voice", voice, "-t", text, "-o", "/dev/stdout"])


def _run(command: Sequence[str]) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def _read(data: bytes, rate: int) -> Samples:
    """A WAV whose head may not know its length, as of what was written to a pipe."""
    with wave.open(io.BytesIO(data)) as file:
        width, own = file.getsampwidth(), file.getframerate()
        raw = file.readframes(len(data))
    sound = np.frombuffer(raw[: len(raw) // width * width], "<i2") / np.float32(32768)
    return np.asarray(soxr.resample(sound, own, rate), np.float32)


def _stretches(file: Path, rate: int) -> Iterator[Samples]:
    audio, own = soundfile.read(file, dtype="float32", always_2d=True)
    sound = np.asarray(soxr.resample(audio.mean(1), own, rate), np.float32)
    size = round(CLIP * rate)
    for start in range(0, len(sound) - size + 1, size):
        if np.abs(sound[start : start + size]).max() > AUDIBLE:
            yield sound[start : start + size]
