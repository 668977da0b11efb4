"""Other people's phoneme alphabets in the symbols of `runtime.face.visemes`, by what the mouth does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from runtime.face.visemes import VISEMES
from runtime.types import Phone

ARPABET = {
    **{"aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "W", "ax": "ə", "axr": "ɚ", "ay": "I", "eh": "ɛ"},
    **{"er": "ɜ", "ey": "A", "ih": "ɪ", "iy": "i", "ow": "O", "oy": "Y", "uh": "ʊ", "uw": "u", "hh": "h"},
    **{"ch": "ʧ", "jh": "ʤ", "dh": "ð", "th": "θ", "ng": "ŋ", "sh": "ʃ", "zh": "ʒ", "y": "j", "r": "ɹ"},
    **{"dx": "ɾ", "g": "ɡ", "nx": "n", "hv": "h", "en": "n", "em": "m", "el": "l"},
    **{letter: letter for letter in "bdfklmnpstvwz"},
}
"""Symbols of flite and festival; a pause ("pau", "#") is in neither."""

_PAIRS = {
    **{"eɪ": "A", "aɪ": "I", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "ɔɪ": "Y", "tʃ": "ʧ", "dʒ": "ʤ", "ɛɪ": "A"},
    **{"ts": "s", "tɕ": "ʧ", "dʑ": "ʤ", "tʂ": "ʧ", "dʐ": "ʤ", "tɬ": "l", "pf": "f"},
}
_SINGLE = {
    **{"g": "ɡ", "y": "u", "ø": "ʊ", "œ": "ɜ", "ɵ": "ʊ", "ʉ": "u", "ɯ": "ɨ", "ɤ": "ə", "ɘ": "ə", "ɞ": "ɜ"},
    **{"ɶ": "a", "ʏ": "ʊ", "ɲ": "n", "ɳ": "n", "ɴ": "ŋ", "ʎ": "j", "ʝ": "j", "ɣ": "ɡ", "β": "v", "ɸ": "f"},
    **{"ɕ": "ʃ", "ʑ": "ʒ", "ʂ": "ʃ", "ʐ": "ʒ", "ç": "h", "c": "k", "ɟ": "ɡ", "χ": "x", "ʁ": "x", "ʀ": "x"},
    **{"q": "k", "ɥ": "w", "ʍ": "w", "ɰ": "ɡ", "ʋ": "v", "ɭ": "l", "ɫ": "l", "ɬ": "l", "ɽ": "ɾ", "ʈ": "t"},
    **{"ɖ": "d", "ɻ": "ɹ", "ɝ": "ɜ", "ħ": "h", "ɦ": "h", "ʙ": "b", "ɱ": "v"},
}


def symbols(ipa: str) -> str:
    """The symbols for a stretch of IPA, one to a sound; stress, length and tone are passed over."""
    plain = "".join(c for c in unicodedata.normalize("NFD", ipa) if not unicodedata.combining(c))
    for pair, one in _PAIRS.items():
        plain = plain.replace(pair, one)
    kept = (_SINGLE.get(c, c) for c in plain)
    return "".join(c for c in kept if c in VISEMES)


def phones(stretches: Iterable[tuple[str, float, float]]) -> Iterator[Phone]:
    """IPA with its start and end in seconds, as phones; several sounds in one stretch share it evenly."""
    for ipa, start, end in stretches:
        found = symbols(ipa)
        stress = 1 if "ˈ" in ipa else 2 if "ˌ" in ipa else 0
        each = (end - start) / max(len(found), 1)
        for number, symbol in enumerate(found):
            yield Phone(symbol, start + number * each, start + (number + 1) * each, stress)


def arpabet(stretches: Iterable[tuple[str, float, float]]) -> Iterator[Phone]:
    """The same for ARPABET; what it does not know is a pause."""
    for name, start, end in stretches:
        if name in ARPABET and end > start:
            yield Phone(ARPABET[name], start, end)
