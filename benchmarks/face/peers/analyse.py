"""Runs in the peers' environment: `analyse.py PEER FOLDER` reads FOLDER/*.wav, writes FOLDER/*.PEER.json.

A file holds `fps`, `names` of curves, `frames` of their values and the `seconds` of work; for `phones`,
rows of (IPA symbol, start, end) in seconds.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

FPS = 60

LATE = 0.040
"""Seconds by which the recogniser's peaks trail the beginning of a sound."""

LONGEST = 0.25
"""Seconds; the recogniser lets a sound last until the next, which a pause may keep away."""


ARPABET = {
    **{"ɑ": "AA", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɔ": "AO", "aʊ": "AW", "aɪ": "AY", "ɛ": "EH", "ɝ": "ER"},
    **{"eɪ": "EY", "ɪ": "IH", "i": "IY", "oʊ": "OW", "o": "OW", "ɔɪ": "OY", "ʊ": "UH", "u": "UW", "a": "AA"},
    **{"tʃ": "CH", "dʒ": "JH", "ð": "DH", "θ": "TH", "ʃ": "SH", "ʒ": "ZH", "ŋ": "NG", "ɹ": "R", "r": "R"},
    **{"j": "Y", "g": "G", "ɡ": "G", "h": "HH"},
}


@cache
def recogniser() -> Any:
    from hama import ASRModel

    return ASRModel()


def phones(file: Path) -> list[tuple[str, float, float]]:
    """Phonemes of a recording by hama's recogniser."""
    audio, rate = sf.read(file, dtype="float32")
    model = recogniser()
    spans = model.phoneme_spans(model.transcribe_waveform(audio, rate))
    ends = [max(0.0, min(s.end_ms / 1000, s.start_ms / 1000 + LONGEST) - LATE) for s in spans]
    starts = [max(0.0, s.start_ms / 1000 - LATE) for s in spans]
    return [(s.phoneme, a, b) for s, a, b in zip(spans, starts, ends, strict=True) if b > a]


def energy(file: Path) -> tuple[list[str], np.ndarray]:
    """OpenFaceFX from loudness alone."""
    from openfacefx.energy import generate_from_energy

    return sampled(generate_from_energy(str(file), fps=FPS), sf.info(file).duration)


def jali(file: Path) -> tuple[list[str], np.ndarray]:
    """OpenFaceFX with JALI's rules, from the phonemes that hama hears."""
    from openfacefx.alignment import PhonemeSegment
    from openfacefx.coarticulation import CoartParams
    from openfacefx.pipeline import generate_from_alignment

    segments, said, seconds = [], 0.0, sf.info(file).duration
    for symbol, start, end in phones(file):
        if start > said:
            segments.append(PhonemeSegment("sil", said, start))
        segments.append(PhonemeSegment(arpabet(symbol), max(start, said), end))
        said = end
    segments.append(PhonemeSegment("sil", said, max(seconds, said + 0.05)))
    params = CoartParams(jali=True, jali_timing=True)
    return sampled(generate_from_alignment(segments, fps=FPS, params=params), seconds)


def arpabet(ipa: str) -> str:
    """The names that JALI's rules go by; what they do not know is silent."""
    plain = "".join(c for c in ipa if not unicodedata.combining(c))
    return ARPABET.get(plain, plain.upper() if plain in "bdfhklmnpstvwz" else "sil")


def sampled(track: Any, seconds: float) -> tuple[list[str], np.ndarray]:
    times = np.arange(int(np.ceil(seconds * FPS))) / FPS
    curves = [np.interp(times, [k.time for k in c.keys], [k.value for k in c.keys]) for c in track.channels]
    return [c.name for c in track.channels], np.array(curves).T


def mfcc(file: Path) -> tuple[list[str], np.ndarray]:
    """pyLipSync, a port of uLipSync: templates of five vowels and silence."""
    from pylipsync import PhonemeAnalyzer

    audio, rate = sf.read(file, dtype="float32")
    found = PhonemeAnalyzer().extract_phoneme_segments(audio, rate, fps=FPS, return_seconds=True)
    names = [phoneme.name for phoneme in found[0].phonemes]
    known = np.array([[p.target for p in part.phonemes] for part in found])
    middles = [(part.start + part.end) / 2 for part in found]
    times = np.arange(int(np.ceil(len(audio) / rate * FPS))) / FPS
    return names, np.array([np.interp(times, middles, curve) for curve in known.T]).T


CURVES: dict[str, Callable[[Path], tuple[list[str], np.ndarray]]] = {
    "energy": energy,
    "jali": jali,
    "pylipsync": mfcc,
}


def main(peer: str, folder: Path) -> None:
    for file in sorted(folder.glob("*.wav")):
        began = time.perf_counter()
        if peer == "phones":
            found: dict[str, Any] = {"phones": phones(file)}
        else:
            names, frames = CURVES[peer](file)
            found = {"fps": FPS, "names": names, "frames": np.round(frames, 4).tolist()}
        found["seconds"] = time.perf_counter() - began
        file.with_suffix(f".{peer}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
