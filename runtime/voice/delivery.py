"""From what a network speaks to a clause: cut to calls, sized, trimmed, its sounds and words in time.

What the engines have in common that are given text and give sound.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import soxr

from runtime import character
from runtime.types import Line, Phone, Samples, Speech
from runtime.voice import clauses, sound
from runtime.voice.timing import STRESS, Span

LONGEST = 160
"""Characters in one call: ten seconds of speech, beyond which such networks lose their thread."""

SHIFT = (0.8, 1.25)
"""How far sound is played slower or faster for another pitch and size: four semitones either way, beyond
which formants that move with the pitch no longer sound like a person."""

SPEEDS = (0.5, 2.0)

_BREAK = re.compile(r"(?:[,;:.!?…—]+[\"”’)]*\s+|[，。！？；：、]+[”’）」』]*)|\s+")
_MARK = re.compile(r"[^\w\s]")
_PAUSES = frozenset(';:,.!?—…¡¿«»“”"()，。！？；：、')
_SILENT = frozenset("^$_\ufeff")
"""Signs that networks put around and between sounds."""
_LENGTHENS = frozenset("→↗↓↘ːˑʲʰʷˠˤ̩̪̯̥̬̞̝̃͡‿-")
"""Signs that say how the sound before them is made, with which tone, or how long."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a network made of a text, untrimmed."""

    audio: Samples
    rate: int
    sounds: Sequence[tuple[str, float]] = ()
    """Its symbols in order, each with the seconds it lasts; empty where the network cannot tell."""
    phonetic: bool = True
    """Whether they are phonemes; letters tell of words only."""


def chosen(name: str, known: Collection[str], default: str = "") -> str:
    """The voice of an engine that a character means. Who names none gets the default, or else the first.

    Raises ValueError for one the engine does not have.
    """
    if name in known:
        return name
    if name == character.Voice().name and known:
        return default if default in known else next(iter(known))
    raise ValueError(f"there is no voice {name!r}; there are {', '.join(known)}")


def pieces(line: Line, longest: int = LONGEST) -> list[Line]:
    """`line`, or parts of it in order, of at most `longest` characters each; none if nothing is sayable."""
    if not any(c.isalnum() for c in line.spoken):
        return []
    if len(line.spoken) <= longest:
        return [line]
    at = _middle(line.spoken)
    share = at / len(line.spoken)
    shown = min(
        _breaks(line.text) or [round(share * len(line.text))], key=lambda k: abs(k / len(line.text) - share)
    )
    first = Line(line.text[:shown].strip(), line.spoken[:at].strip())
    second = Line(line.text[shown:].strip(), line.spoken[at:].strip())
    return [*pieces(first, longest), *pieces(second, longest)]


def _middle(text: str) -> int:
    """Where to cut: near the middle, at a mark rather than between words, and there rather than within."""

    def badness(at: int) -> float:
        marked = _MARK.match(text[:at].rstrip()[-1:]) is not None
        return abs(2 * at / len(text) - 1) + (0.0 if marked else 0.6)

    return min(_breaks(text) or [len(text) // 2], key=badness)


def _breaks(text: str) -> list[int]:
    return [found.end() for found in _BREAK.finditer(text) if 0 < found.end() < len(text)]


def shift(voice: character.Voice) -> float:
    """How many times faster the sound is played: the pitch of a voice, and of the size of its body."""
    return float(np.clip(2 ** (voice.pitch / 12) / voice.size, *SHIFT))


def pace(voice: character.Voice) -> float:
    """How fast a network is asked to speak, so that the voice has its speed once it is shifted."""
    return float(np.clip(voice.speed / shift(voice), *SPEEDS))


def deliver(line: Line, spoken: Spoken, voice: character.Voice, rate: int) -> Speech:
    """The clause as it is heard, at `rate` hertz, with its sounds and words in its own seconds."""
    faster = shift(voice)
    clause = sound.finish(resampled(spoken.audio, spoken.rate * faster, rate), rate, line.spoken)
    seconds = len(clause.audio) / rate

    begins = min(sound.LEAD, seconds)
    ends = max(seconds - sound.pause_after(line.spoken), begins)

    def here(time: float) -> float:  # networks count breath and echo to the first sound and the last
        return min(max(time / faster - clause.offset, begins / 2), ends)

    heard = [replace(s, start=here(s.start), end=here(s.end)) for s in spans(spoken.sounds)]
    sounding = [s for s in heard if spoken.phonetic and s.end > s.start]
    phones = tuple(Phone(s.symbol, s.start, s.end, s.stress) for s in sounding)
    groups = [list(group) for _, group in groupby(heard, key=lambda s: s.word)]
    stretches = [(group[0].start, group[-1].end) for group in groups if group[-1].end > group[0].start]
    words = clauses.place_words(line.text, stretches or [(begins, ends)], len)
    return Speech(line, clause.audio, rate, phones, words)


def resampled(audio: Samples, have: float, want: float) -> Samples:
    """`audio` of `have` hertz at `want` hertz."""
    if have == want or not len(audio):
        return audio
    result: Samples = soxr.resample(audio, have, want).astype(np.float32)
    return result


def spans(sounds: Iterable[tuple[str, float]]) -> list[Span]:
    """Sounds in seconds. A stress mark goes with the sound after it, a length mark with the one before, the
    gap between words with neither, and what stands for silence is left out."""
    found: list[Span] = []
    time = since = 0.0
    stress = word = 0
    for symbol, lasts in sounds:
        time += lasts
        if symbol in STRESS:
            stress = STRESS[symbol]
            continue  # its time goes to the sound it marks
        if symbol and symbol in _LENGTHENS and found:
            found[-1] = replace(found[-1], end=time)
        elif symbol.isspace() or symbol in _PAUSES:
            word += bool(found) and found[-1].word == word
        elif symbol and symbol not in _SILENT:
            found.append(Span(symbol, since, time, stress, word))
            stress = 0
        since = time
    return found
