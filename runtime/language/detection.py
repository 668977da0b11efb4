"""In which language a line was typed: by its script, and where a script serves many, by its words."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from runtime.language.facts import of, tags

_SCRIPTS: Final = {
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "CJK": "Hans",
    "HANGUL": "Kore",
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "ARABIC": "Arab",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "HEBREW": "Hebr",
    "LAO": "Laoo",
    "MYANMAR": "Mymr",
    "KHMER": "Khmr",
    "TIBETAN": "Tibt",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "ETHIOPIC": "Ethi",
    "GUJARATI": "Gujr",
    "GURMUKHI": "Guru",
    "KANNADA": "Knda",
    "MALAYALAM": "Mlym",
    "SINHALA": "Sinh",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "THAI": "Thai",
}
"""How Unicode's names of letters begin."""
_HAN = 2.5
"""A Han character says as much as so many letters, so 我要一个sandwich is Chinese."""
_TRADITIONAL = frozenset("們這個來說時會對過還沒為嗎麼國學東車馬門開關點間問題話請謝聽買賣錢幾誰裡從兩萬與")
_SIMPLIFIED = frozenset("们这个来说时会对过还没为吗么国学东车马门开关点间问题话请谢听买卖钱几谁里从两万与")
_WORDS: Final = {
    "en": "the and you is are what where do have i to of it not can who how please my this that was hello",
    "de": "der die das und ich ist nicht du sie wir ein eine was wo wie haben mit für auf bitte kann hallo",
    "fr": "le la les et je est pas vous tu nous un une que où qui dans avec pour bonjour des oui ne ce",
    "es": "el la los y yo es no usted tú un una qué dónde que en con por hola está para cómo soy mi",
    "it": "il la gli e io è non tu un una che dove in con per ciao sono di come della mi questo",
    "pt": "o a os e eu é não você um uma que onde em com por olá está para como do da meu isso",
    "nl": "de het een en ik is niet jij je u wij wat waar van met voor hallo hoe dit dat heb kan",
    "pl": "i w nie jest się na to co gdzie jak z do czy dzień dobry mam ja proszę tak",
    "ru": "и в не я на что ты это он как где мы с у есть мне привет да нет вы",
    "uk": "і в не я на що ти це він як де ми з у є мені привіт так ні ви",
}
"""The commonest words of players' lines, for where no better detector is installed."""


def detect(text: str, among: Sequence[str] = ()) -> str:
    """The tag of the likeliest language, or "" where there are no letters to tell by.

    `among` are the tags to choose from, the likeliest first; empty for all. A script that one language uses
    decides at once. Else `py3langid` tells where it is installed, and common words where it is not.
    """
    script = _script(text)
    if not script:
        return ""
    allowed = [of(tag).tag for tag in among] or list(tags())
    if script == "Hans":
        return _chinese(text, allowed)
    fitting = [tag for tag in allowed if of(tag).script == script]
    if len(fitting) <= 1:
        return fitting[0] if fitting else (allowed[0] if among else "")
    return _by_words(text, fitting, first=fitting[0] if among else "")


def _script(text: str) -> str:
    """The script that says most of the text."""
    found: defaultdict[str, float] = defaultdict(float)
    for character in text:
        if character.isalpha():
            name = unicodedata.name(character, "").split(" ")[0].split("-")[0]
            script = _SCRIPTS.get(name, "")
            found[script] += _HAN if script == "Hans" else 1
    if "Jpan" in found:
        found["Jpan"] += found.pop("Hans", 0)  # kana stand only in Japanese, and beside Han
    found.pop("", None)
    return max(found, key=lambda script: found[script]) if found else ""


def _chinese(text: str, allowed: Sequence[str]) -> str:
    """Han without kana: Chinese, in whichever of its scripts, unless only Japanese may be."""
    fitting = [tag for tag in allowed if of(tag).script in ("Hans", "Hant")]
    if not fitting:
        return "ja" if "ja" in allowed else ""
    traditional = len(_TRADITIONAL.difference(_SIMPLIFIED).intersection(text))
    simplified = len(_SIMPLIFIED.difference(_TRADITIONAL).intersection(text))
    if traditional > simplified and ("zh-Hant" in allowed or len(fitting) > 2):
        return "zh-Hant"
    return "zh" if "zh" in fitting else fitting[0]


def _by_words(text: str, fitting: Sequence[str], first: str) -> str:
    if find_spec("py3langid") is not None:
        # It reads its model at the first call, 0.1 s.
        from py3langid import rank  # type: ignore[import-untyped,import-not-found,unused-ignore]

        return next((str(tag) for tag, _ in rank(text) if tag in fitting), first)
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    scores = {tag: len(words.intersection(_WORDS[tag].split())) for tag in fitting if tag in _WORDS}
    best = max(scores, key=lambda tag: scores[tag], default="")
    return best if best and scores[best] else first
