"""A line as a voice is to say it: signs and numbers in words. Pure."""

from __future__ import annotations

import re

from runtime.language.facts import of
from runtime.language.reading import readable
from runtime.language.sentences import unspaced

SPOKEN = {"&": " and ", "%": " percent", "+": " plus ", "@": " at ", "°": " degrees", "/": " ", "’": "'"}


def spoken(text: str, language: str = "en") -> str:
    """`text`, a line of somebody who speaks `language` (BCP 47), as it is read aloud.

    A line is read by its script: English between Chinese lines stays English.
    """
    spaced = of(language).spaced
    if any(map(unspaced, text)):
        return _wide(readable(text, "zh" if spaced else language))
    text = re.sub(r"[$€£¥￥]", "", readable(text, language if spaced else "en"))
    for sign, words in SPOKEN.items():
        text = text.replace(sign, words)
    text = re.sub(r"[「」『』《》〈〉“”～·％℃=]", "", text)
    text = re.sub(r"\s*[—–]\s*", ", ", text).replace("…", "...")
    text = re.sub(r"^[\s,;:]+|[\s,;:]+$", lambda m: "," if m.start() and m[0].strip() else "", text)
    return " ".join(text.split())


def _wide(text: str) -> str:
    """Quotes have no sound, and a dash is a pause."""
    text = re.sub(r"[—–…]+", "，", re.sub(r"[「」『』《》〈〉“”～·]", "", text))
    text = re.sub(r"[%&+@°/$€£¥￥％=]", " ", text).replace("’", "'")
    return " ".join(re.sub(r"^[\s，、；：,;:]+|，+(?=[，。！？；：、])", "", text).split())
