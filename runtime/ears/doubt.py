"""When a recogniser's words are not to be believed: loops, and speech invented out of noise."""

from __future__ import annotations

import zlib

_LOOP = 2.4
"""Text that zlib shrinks this much repeats itself (the threshold of arXiv:2212.04356, section 4.5)."""
_PHRASE = 4
"""Words that seldom come twice in a turn: a loop may end after one and a half rounds."""
_FASTEST, _SLACK = 25, 10
"""Most letters per second (hasty talk has 20), and what may stand in a very short clip besides."""
_FILLER = frozenset(
    {"you", "thank you", "thanks for watching", "bye", "so", "the", "a", "be", "oh", "huh", "hmm"}
)
"""What Whisper hears in noise first of all; believed only where it is sure."""


def loops(text: str, seconds: float) -> bool:
    """Whether `text` goes round in circles, or is more than anyone says in `seconds`."""
    data = text.encode()
    shrinks = len(data) > _LOOP * len(zlib.compress(data))
    return shrinks or _repeats(text.lower().split()) or len(text) > _FASTEST * seconds + _SLACK


def _repeats(words: list[str]) -> bool:
    """Whether a phrase of `_PHRASE` words comes again after it has ended."""
    first: dict[tuple[str, ...], int] = {}
    phrases = zip(*(words[start:] for start in range(_PHRASE)), strict=False)
    return any(at - first.setdefault(phrase, at) >= _PHRASE for at, phrase in enumerate(phrases))


def invented(text: str, no_speech: float, log_probability: float) -> bool:
    """Whether `text` was made up where nobody spoke.

    `no_speech` is Whisper's probability of that, `log_probability` the mean over its tokens and the end.
    Measured with tiny.en on some 250 clips: hiss, hum, tones, breath, coughs, drawn vowels and laughter have
    a no-speech probability above 0.82, or a filler at 0.7; sentences, single words and clips cut inside
    words, with noise and without, lie below 0.76.
    """
    if not any(letter.isalnum() for letter in text):
        return True
    if no_speech > 0.8 or log_probability < -2.0:
        return True
    filler = text.lower().strip(" .,!?") in _FILLER
    return no_speech > 0.6 and log_probability < (-0.5 if filler else -1.0)
