"""Voices of eSpeak NG, through its C library: formant synthesis in many languages, every sound timed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from runtime.face.training import alphabet
from runtime.face.training.corpus import Utterance, utterance
from runtime.types import Phone, Samples

# Constants of speak_lib.h.
SYNCHRONOUS, PHONEME_EVENTS, PHONEME_IPA, UTF8, END, PHONEME = 2, 1, 2, 1, 0, 7
SILENCE, MINIMUM, LONGEST = 1e-3, 0.02, 0.09
"""Power of a closure against loud speech; seconds left to the sound before it, and of a closure at most."""

RATE_OF_SPEECH, PITCH, RANGE = 1, 3, 4


class _Event(ctypes.Structure):
    _fields_: ClassVar[Any] = [
        *(("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text", ctypes.c_int)),
        *(("length", ctypes.c_int), ("milliseconds", ctypes.c_int), ("sample", ctypes.c_int)),
        *(("user", ctypes.c_void_p), ("name", ctypes.c_char * 8)),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """The library; there is one in a process. Raises OSError where it is not installed (libespeak-ng1)."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(find_library("espeak-ng") or "libespeak-ng.so.1")
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS | PHONEME_IPA)
        self._chunks: list[Any] = []
        self._events: list[tuple[str, float]] = []
        self._keep: Callable[..., int] = _Callback(self._receive)
        self._library.espeak_SetSynthCallback(self._keep)

    def say(self, text: str, voice: str, speed: int = 165, pitch: int = 50, lilt: int = 50) -> Utterance:
        """`voice` is a language with a variant ("en-us+f2"); speed in words a minute; pitch 0 to 100."""
        self._chunks, self._events = [], []
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        for parameter, value in ((RATE_OF_SPEECH, speed), (PITCH, pitch), (RANGE, lilt)):
            self._library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, UTF8, None, None)
        audio = np.concatenate([np.zeros(0, np.int16), *self._chunks]).astype(np.float32) / np.float32(32768)
        ends = [start for _, start in self._events[1:]] + [len(audio) / self.rate]
        stretches = [(name, start, end) for (name, start), end in zip(self._events, ends, strict=True)]
        sounds = list(alphabet.phones(stretches))
        return utterance(audio, self.rate, with_closures(audio, self.rate, sounds))

    def ipa(self, text: str, voice: str) -> str:
        """The sounds of a text, with its punctuation as blanks."""
        self._library.espeak_SetVoiceByName(voice.encode())
        translate = self._library.espeak_TextToPhonemes
        translate.restype = ctypes.c_char_p
        raw = ctypes.c_char_p(text.encode())
        found = []
        while raw.value:
            found.append(translate(ctypes.byref(raw), UTF8, PHONEME_IPA).decode())
        return ", ".join(found)

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if count and samples:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        number = 0
        while events[number].type != END:
            if events[number].type == PHONEME:
                name = events[number].name.decode(errors="ignore")
                self._events.append((name, events[number].sample / self.rate))
            number += 1
        return 0


def with_closures(audio: Samples, rate: int, sounds: list[Phone]) -> list[Phone]:
    """eSpeak reports a voiceless stop at its burst; here it begins with the silence before it."""
    step = rate // 200
    power = np.square(audio[: len(audio) // step * step]).reshape(-1, step).mean(1)
    silent = power < SILENCE * max(float(np.percentile(power, 95)), 1e-9) if len(power) else power
    for number, phone in enumerate(sounds):
        if phone.symbol in "ptkʧ":
            first = number and sounds[number - 1].start + MINIMUM
            block = int(phone.start * 200)
            while block > max(first, phone.start - LONGEST) * 200 and silent[min(block, len(silent)) - 1]:
                block -= 1
            start = min(block / 200, phone.start)
            if number and sounds[number - 1].end > start:
                sounds[number - 1] = replace(sounds[number - 1], end=start)
            sounds[number] = replace(phone, start=start)
    return sounds
