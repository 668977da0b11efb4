"""Speech with its phones in time, by synthesisers that people may have installed.

Each returns audio, its rate and its phones in the alphabet of `runtime.face.visemes`; None where the program
or the voice is not there.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from runtime.types import Phone, Samples

_CMU: Final = {
    **{"aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "W", "ax": "ə", "ay": "I", "eh": "ɛ", "er": "ɜ"},
    **{"ey": "A", "ih": "ɪ", "iy": "i", "ow": "O", "oy": "Y", "uh": "ʊ", "uw": "u"},
    **{"ch": "ʧ", "dh": "ð", "dx": "ɾ", "g": "ɡ", "hh": "h", "jh": "ʤ", "ng": "ŋ", "r": "ɹ", "sh": "ʃ"},
    **{"th": "θ", "y": "j", "zh": "ʒ"},
    **{sound: sound for sound in "bdfklmnpstvwz"},
}
_IPA: Final = {"eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q", "tʃ": "ʧ", "dʒ": "ʤ"}


class Spoken(NamedTuple):
    audio: Samples
    rate: int
    phones: tuple[Phone, ...]


def festival(text: str, voice: str) -> Spoken | None:
    """By Festival (University of Edinburgh); `voice` is the name of its Scheme function."""
    if not shutil.which("festival") or f"({voice})" not in _festival_voices():
        return None
    with tempfile.TemporaryDirectory() as folder:
        file, ends = Path(folder, "said.wav"), Path(folder, "ends")
        script = (
            f'({voice}) (set! u (SynthText "{text}"))'
            f'(utt.save.wave u "{file}" "riff") (utt.save.segs u "{ends}")'
        )
        subprocess.run(["festival", "--pipe"], input=script, capture_output=True, text=True, check=True)
        audio, rate = _read(file)
        rows = [line.split() for line in ends.read_text().splitlines()]
    found = [(row[2], float(row[0])) for row in rows if len(row) == 3]
    return Spoken(audio, rate, _cmu(found))


@cache
def _festival_voices() -> str:
    script = '(mapcar (lambda (v) (format t "(voice_%s)\\n" v)) (voice.list))'
    return subprocess.run(["festival", "--pipe"], input=script, capture_output=True, text=True).stdout


def _read(file: Path) -> tuple[Samples, int]:
    audio, rate = sf.read(file, dtype="float32")
    return np.asarray(audio, np.float32), int(rate)


def _cmu(ends: list[tuple[str, float]]) -> tuple[Phone, ...]:
    starts = [0.0, *(end for _, end in ends)]
    rows = zip(ends, starts, strict=False)
    return tuple(Phone(_CMU[name], start, end) for (name, end), start in rows if name in _CMU)


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h; `id` is a union of which the last member holds eight characters."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_PHONEME, _END = 7, 0
_SYNCHRONOUS, _PHONEME_EVENTS_IN_IPA, _UTF8 = 2, 3, 1


@cache
def _espeak_library() -> tuple[ctypes.CDLL, int] | None:
    name = ctypes.util.find_library("espeak-ng")
    if not name:
        return None
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS_IN_IPA)
    return (library, rate) if rate > 0 else None


def espeak(text: str, voice: str) -> Spoken | None:
    """By eSpeak NG's library, whose events tell when each phoneme begins."""
    loaded = _espeak_library()
    if loaded is None:
        return None
    library, rate = loaded
    if library.espeak_SetVoiceByName(voice.encode()):
        return None
    blocks: list[NDArray[np.int16]] = []
    begins: list[tuple[str, float]] = []

    def hear(samples: Any, count: int, events: Any) -> int:
        if samples and count:
            blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        at = 0
        while events[at].type != _END:
            event = events[at]
            if event.type == _PHONEME:
                begins.append((event.id.decode(errors="ignore"), event.sample / rate))
            at += 1
        return 0

    library.espeak_SetSynthCallback(callback := _CALLBACK(hear))
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    del callback
    audio = np.concatenate(blocks).astype(np.float32) / np.float32(32768)
    return Spoken(audio, rate, _begun(begins, len(audio) / rate))


def _begun(begins: list[tuple[str, float]], seconds: float) -> tuple[Phone, ...]:
    """Phones that last until the next begins; symbols of espeak that are not sounds are left out."""
    ends = [*(start for _, start in begins[1:]), seconds]
    rows = [(name.strip("ˈˌ"), start, end) for (name, start), end in zip(begins, ends, strict=True)]
    rows = [(_IPA.get(name, name[:1]), start, end) for name, start, end in rows if end > start]
    return tuple(Phone(name, start, end) for name, start, end in rows if name and name.isalpha())
