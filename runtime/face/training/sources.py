"""The synthetic voices whose sounds have known times, and how much each of them says."""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile

from runtime.character import Voice
from runtime.face.training import alphabet, texts
from runtime.face.training.corpus import RATE, Utterance, utterance
from runtime.face.training.espeak import Espeak
from runtime.flow import Stream
from runtime.types import Line

Source: TypeAlias = Callable[[], Iterator[Utterance]]

ENGLISH = ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc", "en-029")
VARIANTS = (
    *("", "+f1", "+f2", "+f3", "+f4", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m8"),
    *(
        "+Andy",
        "+Annie",
        "+linda",
        "+steph",
        "+edward",
        "+klatt",
        "+klatt2",
        "+klatt4",
        "+Alicia",
        "+whisper",
    ),
)
FOREIGN = ("es", "fr", "it", "de", "ru", "ja", "cmn-latn-pinyin")

FLITE = ("slt", "awb", "kal16")
FESTIVAL = ("cmu_us_slt_arctic_hts", "kal_diphone")
"""Not `rms` of flite nor `ked` of festival, which only measure; see benchmarks/face/HELD_OUT.md."""

BODIES = ((0, 1.0), (0, 0.85), (3, 0.9), (-3, 1.1), (-6, 1.2), (-8, 1.12), (5, 0.82), (2, 1.0), (-4, 1.0))
"""Pitch in semitones and size of the people that Hibari's voice becomes."""


def sources() -> dict[str, tuple[float, Source]]:
    """Each voice by name, with the minutes it speaks."""
    found: dict[str, tuple[float, Source]] = {}
    for number, variant in enumerate(VARIANTS):
        voice = ENGLISH[number % len(ENGLISH)] + variant
        found[f"espeak-{voice}"] = (2.5, partial(_english, voice, number))
    for number, language in enumerate(FOREIGN):
        found[f"espeak-{language}"] = (4.0, partial(_foreign, language, number))
    for number, name in enumerate(FLITE):
        found[f"flite-{name}"] = (12.0, partial(_flite, name, 100 + number))
    for number, name in enumerate(FESTIVAL):
        found[f"festival-{name}"] = (6.0, partial(_festival, name, 200 + number))
    for number, body in enumerate(BODIES):
        found[f"hibari-{number}"] = (6.0, partial(_hibari, body, 300 + number))
    return found


def _english(voice: str, seed: int) -> Iterator[Utterance]:
    return _espeak(voice, texts.english(seed), seed)


def _espeak(voice: str, lines: Iterable[str], seed: int) -> Iterator[Utterance]:
    espeak, random = Espeak(), np.random.default_rng(seed)
    for line in lines:
        speed, pitch, lilt = random.integers((130, 30, 30), (210, 75, 90))
        yield espeak.say(line, voice, int(speed), int(pitch), int(lilt))


def _foreign(language: str, seed: int) -> Iterator[Utterance]:
    random = np.random.default_rng(seed)
    while True:
        variant = random.choice(VARIANTS)
        yield from _espeak(language + variant, texts.foreign(language)[:10], int(random.integers(1 << 30)))


def _flite(voice: str, seed: int) -> Iterator[Utterance]:
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        for line in texts.english(seed):
            stretch = f"duration_stretch={random.uniform(0.85, 1.25):.2f}"
            command = ["flite", "-voice", voice, "--setf", stretch, "-psdur", "-t", line, "-o", str(wav)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            ends = [(name, float(end)) for name, end in re.findall(r"(\S+):([\d.]+)", told)]
            audio, rate = soundfile.read(wav, dtype="float32")
            if ends == sorted(ends, key=lambda pair: pair[1]):  # one sentence to it, not two
                yield utterance(np.asarray(audio, np.float32), rate, alphabet.arpabet(_stretches(ends)))


def _festival(voice: str, seed: int) -> Iterator[Utterance]:
    said = texts.english(seed)
    for first in range(0, len(said), 20):
        with tempfile.TemporaryDirectory() as folder:
            script = [f"(voice_{voice})"]
            for number, line in enumerate(said[first : first + 20]):
                spoken = line.replace('"', "").replace("\\", "")
                script += [f'(set! u (utt.synth (Utterance Text "{spoken}")))']
                script += [f'(utt.save.segs u "{folder}/{number}.segs")']
                script += [f'(utt.save.wave u "{folder}/{number}.wav" \'riff)']
            (Path(folder) / "say.scm").write_text("\n".join(script))
            subprocess.run(["festival", "-b", f"{folder}/say.scm"], check=False, capture_output=True)
            for wav in sorted(Path(folder).glob("*.wav")):
                rows = [row.split() for row in wav.with_suffix(".segs").read_text().splitlines()[1:]]
                audio, rate = soundfile.read(wav, dtype="float32")
                ends = [(row[2], float(row[0])) for row in rows if len(row) == 3]
                yield utterance(np.asarray(audio, np.float32), rate, alphabet.arpabet(_stretches(ends)))


def _hibari(body: tuple[float, float], seed: int) -> Iterator[Utterance]:
    from runtime.voice.hibari import RATE as OWN
    from runtime.voice.hibari import HibariVoice

    engine, random = HibariVoice(), np.random.default_rng(seed)

    async def said(line: str, speed: float) -> list[Utterance]:
        async def one() -> Stream[Line]:
            yield Line(line, line)

        voice = Voice(speed=speed, pitch=body[0], size=body[1])
        return [utterance(s.audio, OWN, s.phones) async for s in engine.speak(one(), voice)]

    for line in texts.english(seed):
        yield from asyncio.run(said(line, float(random.uniform(0.85, 1.3))))


def _stretches(ends: list[tuple[str, float]]) -> Iterator[tuple[str, float, float]]:
    start = 0.0
    for name, end in ends:
        yield name, start, end
        start = end


def seconds(said: Iterable[Utterance], enough: float) -> Iterator[Utterance]:
    """Of an endless voice, the first utterances that make `enough` seconds together."""
    total = 0.0
    for one in said:
        if one.phones:
            yield one
            total += len(one.audio) / RATE
        if total >= enough:
            return
