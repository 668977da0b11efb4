"""Speech that bears no mark: people, as far as there are recordings, and other machines that speak.

Debian's asterisk-core-sounds-{en,es,fr,it,ru}-g722 hold hundreds of prompts by each of five talkers.
"""

from __future__ import annotations

import io
import subprocess
import wave
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from shutil import which

import av
import numpy as np
import soundfile
import soxr

from runtime.types import Samples

CLIP = 2.5
"""Seconds of a clip: as long as a clause."""

AUDIBLE = 0.02
"""Peak below which a clip holds no speech."""

PROMPTS = Path("/usr/share/asterisk/sounds")
"""Where Debian keeps recorded telephone prompts, a folder for each talker."""

FLITE = ("slt", "rms", "awb", "kal16", "kal")
"""The voices that Flite (CMU) comes with: three parametric ones made of people's recordings, two diphone
ones."""

ESPEAK = ("en-us", "en-gb", "de", "fr", "es", "it", "cmn", "ja")
"""Voices of eSpeak NG, formants and no recordings; those of other languages read the English letters."""


def human(files: Sequence[Path], rate: int) -> list[Samples]:
    """Every stretch of CLIP seconds that has speech in it; none overlaps another."""
    kept = [file for file in files if file.suffix in {".wav", ".flac"}]
    return [clip for file in kept for clip in _stretches(*_recorded(file), rate)]


def prompts(clips: int, rate: int) -> dict[str, list[Samples]]:
    """At most `clips` telephone prompts, as many by each talker, by the name of them all; or none."""
    talkers = [folder for folder in sorted(PROMPTS.glob("*_*_*")) if any(folder.rglob("*.g722"))]
    found = [clip for folder in talkers for clip in _prompts(folder, clips // len(talkers), rate)]
    return {f"telephone prompts, {len(talkers)} people": found} if found else {}


def _prompts(folder: Path, most: int, rate: int) -> list[Samples]:
    """One stretch out of each of `most` files."""
    files = sorted(folder.rglob("*.g722"))
    order = np.random.default_rng(0).permutation(len(files))
    stretches = (next(_stretches(*_decoded(files[at]), rate), None) for at in order)
    return list(islice((clip for clip in stretches if clip is not None), most))


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


def _recorded(file: Path) -> tuple[Samples, int]:
    audio, own = soundfile.read(file, dtype="float32", always_2d=True)
    return audio.mean(1), own


def _decoded(file: Path) -> tuple[Samples, int]:
    with av.open(str(file), format="g722") as container:
        parts = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(parts).astype(np.float32) / np.float32(32768), 16_000


def _stretches(audio: Samples, own: int, rate: int) -> Iterator[Samples]:
    sound = np.asarray(soxr.resample(audio, own, rate), np.float32)
    size = round(CLIP * rate)
    for start in range(0, len(sound) - size + 1, size):
        if np.abs(sound[start : start + size]).max() > AUDIBLE:
            yield sound[start : start + size]
