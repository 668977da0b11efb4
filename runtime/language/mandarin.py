"""How Mandarin sounds: Han characters to syllables (pinyin), and those to the sounds of voice and face.

The readings of characters in their phrases are `pypinyin`'s (MIT). IPA after Duanmu, "The Phonology of
Standard Chinese" (2007), in the symbols that Kokoro's Chinese voices were trained with, tones as arrows
behind the vowel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from runtime.types import Phone

TONES: Final = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_INITIAL: Final = {
    **{"b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l"},
    **{"g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ"},
    **{"zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": ""},
}
_FINAL: Final = {
    **{"a": "a", "o": "wo", "e": "ɤ", "ê": "ɛ", "i": "i", "u": "u", "v": "y", "er": "ɚ"},
    **{"ai": "ai", "ei": "ei", "ao": "au", "ou": "ou", "an": "an", "en": "ən", "ang": "aŋ", "eng": "əŋ"},
    **{"ong": "ʊŋ", "ia": "ja", "ie": "je", "iao": "jau", "iou": "jou", "ian": "jɛn", "in": "in"},
    **{"iang": "jaŋ", "ing": "iŋ", "iong": "jʊŋ", "ua": "wa", "uo": "wo", "uai": "wai", "uei": "wei"},
    **{"uan": "wan", "uen": "wən", "uang": "waŋ", "ueng": "wəŋ", "ve": "ɥe", "van": "ɥɛn", "vn": "yn"},
    **{"-i": "ɨ"},
}
"""Finals as pypinyin spells them in full; -i is that of zi and zhi."""

FACE_INITIAL: Final[dict[str, str]] = {
    **{"b": "b", "p": "p", "m": "m", "f": "f", "d": "d", "t": "t", "n": "n", "l": "l"},
    **{"g": "ɡ", "k": "k", "h": "x", "j": "ts", "q": "ts", "x": "s"},
    **{"zh": "ʤ", "ch": "ʧ", "sh": "ʃ", "r": "ʒ", "z": "dz", "c": "ts", "s": "s", "": ""},
}
"""In the symbols of `runtime.face.visemes`. J, q and x are made with spread lips, so they go with s rather
than with the rounded English sh."""
FACE_FINAL: Final[dict[str, str]] = {
    **{"a": "ɑ", "o": "wɔ", "e": "ʌ", "ê": "ɛ", "i": "i", "u": "u", "v": "u", "er": "ɚ"},
    **{"ai": "I", "ei": "A", "ao": "W", "ou": "O", "an": "ɑn", "en": "ən", "ang": "ɑŋ", "eng": "ʌŋ"},
    **{"ong": "ʊŋ", "ia": "jɑ", "ie": "jɛ", "iao": "jW", "iou": "jO", "ian": "jɛn", "in": "in"},
    **{"iang": "jɑŋ", "ing": "iŋ", "iong": "jʊŋ", "ua": "wɑ", "uo": "wɔ", "uai": "wI", "uei": "wA"},
    **{"uan": "wɑn", "uen": "wən", "uang": "wɑŋ", "ueng": "wʌŋ", "ve": "uɛ", "van": "uɛn", "vn": "un"},
    **{"-i": "ɨ"},
}
_SHOWN: Final = {
    **{"y": "u", "ɥ": "u", "ɤ": "ʌ", "ɻ": "ʒ", "ʂ": "ʃ", "ꭧ": "ʧ", "ɕ": "s", "ʨ": "s", "ʦ": "s"},
}
"""Of the symbols of Kokoro's voices those that `runtime.face.visemes` does not know, and what looks alike."""
_ONSET = 0.35
"""Share of a syllable that its initial takes (Duanmu 2007, chapter 4: about a third in running speech)."""
_MARKS = str.maketrans("，。！？；：、…“”（）", ",.!?;:,…“”()")


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable of Mandarin."""

    text: str
    """The character it is written with."""
    initial: str
    """As in pinyin, or empty."""
    final: str
    """A key of the tables here."""
    tone: str
    """1 to 4, 5 for none of its own."""

    @property
    def ipa(self) -> str:
        """With its tone behind the vowel, before a nasal that closes the syllable."""
        final = _FINAL[self.final]
        coda = final[-1] if final[-1] in "nŋ" else ""
        return _INITIAL[self.initial] + final.removesuffix(coda) + TONES[self.tone] + coda

    @property
    def face(self) -> str:
        """Symbols of `runtime.face.visemes.VISEMES`, one a character."""
        return FACE_INITIAL[self.initial] + FACE_FINAL[self.final]


def syllables(text: str) -> list[Syllable | str]:
    """The syllables of `text` in order; what is not Han stays as it is, between them.

    With tones as they are said: of two low ones the first rises, and 不 and 一 go by what follows. Raises
    ModuleNotFoundError without `pypinyin` (the extra `languages`).
    """
    from pypinyin import Style, lazy_pinyin  # reads its dictionaries: 0.2 s

    found: list[Syllable | str] = []
    for run in re.findall(r"[\u3400-\u9fff〇]+|[^\u3400-\u9fff〇]+", text):
        if re.match(r"[\u3400-\u9fff〇]", run):
            plain = lazy_pinyin(run, Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, v_to_u=False)
            read = [_syllable(*pair) for pair in zip(run, plain, strict=True)]
            found += [one for one in read if one is not None]
        else:
            found.append(run)
    return found


def _syllable(character: str, pinyin: str) -> Syllable | None:
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    if not pinyin[-1:].isdigit():
        return None  # a character nobody knows a reading of
    bare, tone = pinyin[:-1], pinyin[-1]
    initial, final = to_initials(bare), to_finals(bare, v_to_u=False).replace("ü", "v")
    if final == "i" and initial in ("z", "c", "s", "zh", "ch", "sh", "r"):
        final = "-i"
    final = {"ue": "ve", "io": "iou", "ui": "uei", "un": "uen", "iu": "iou"}.get(final, final)
    return Syllable(character, initial, final, tone) if final in _FINAL else None


def ipa(text: str) -> str:
    """`text`, its numbers in words already, in the symbols of Kokoro's Chinese voices. Words are not told
    apart."""
    parts = [one.ipa if isinstance(one, Syllable) else one.translate(_MARKS) for one in syllables(text)]
    return re.sub(r" +", " ", re.sub(r"([,.!?;:…])(?=\S)", r"\1 ", "".join(parts))).strip()


def shown(phones: Iterable[Phone]) -> Iterator[Phone]:
    """Sounds of Kokoro's Chinese voices in symbols that the face knows."""
    return (replace(phone, symbol=_SHOWN.get(phone.symbol, phone.symbol)) for phone in phones)


def phones(text: str, start: float, end: float) -> tuple[Phone, ...]:
    """The sounds of `text` for the face, laid over `start` to `end` seconds, each syllable as long as the
    next.

    For a voice that tells the times of words or clauses, but not of sounds.
    """
    said = [one for one in syllables(text) if isinstance(one, Syllable)]
    each = (end - start) / len(said) if said else 0.0
    return tuple(
        phone
        for at, one in enumerate(said)
        for phone in _laid(one, start + at * each, start + (at + 1) * each)
    )


def _laid(syllable: Syllable, start: float, end: float) -> Iterator[Phone]:
    onset, rest = FACE_INITIAL[syllable.initial], FACE_FINAL[syllable.final]
    middle = start + (_ONSET if onset else 0.0) * (end - start)
    stress = 0 if syllable.tone == "5" else 1
    for symbols, begin, finish in ((onset, start, middle), (rest, middle, end)):
        step = (finish - begin) / max(len(symbols), 1)
        for at, symbol in enumerate(symbols):
            yield Phone(symbol, begin + at * step, begin + (at + 1) * step, stress)
