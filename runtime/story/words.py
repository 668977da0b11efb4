"""Words of a sentence, for comparing. Pure; English."""

from __future__ import annotations

import re
from functools import cache

from runtime.knowledge.words import Stemmer

_DENYING = (
    "not never no none nobody nothing cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt"
    " couldnt shouldnt havent hasnt hadnt aint without"
)
_DENIALS = frozenset(_DENYING.split())


def plain(text: str) -> str:
    """Lower case, apostrophes gone, one space between words, nothing else."""
    return " ".join(re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", "")))


def phrase_in(phrase: str, text: str) -> bool:
    """Whether `text` holds `phrase` as whole words; also of several ("tunnel" in "tunnels")."""
    words = plain(phrase)
    return bool(words) and re.search(rf"(?<!\w){re.escape(words)}(?:e?s)?(?!\w)", plain(text)) is not None


def denied(text: str) -> bool:
    """Whether the sentence denies something: an odd number of words like "not"."""
    return sum(word in _DENIALS for word in plain(text).split()) % 2 == 1


_ASKING = {"who", "whos", "what", "whats", "where", "wheres", "when", "why", "how", "hows", "which", "whose"}


def asks(text: str) -> str:
    """The word by which it asks for something ("where"), if any: "What about …?" and "Can you …?" do not."""
    words = plain(text).split()[:2]
    if words and words[-1] == "about":
        return ""
    return next((word.removesuffix("s") for word in words if word in _ASKING), "")


def stems(text: str) -> frozenset[str]:
    """Porter's stems of the words that say what `text` is about."""
    return frozenset(_stemmer()(text).values())


@cache
def _stemmer() -> Stemmer:
    return Stemmer()
