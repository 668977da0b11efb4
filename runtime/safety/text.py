"""Text as it is compared: what disguises a word is taken off. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

_PAIRS = (
    "аa вb сc ԁd еe ғf һh іi ιi ıi ɩi јj кk κk ӏl ℓl мm оo οo σo рp ρp ԛq гr ѕs тt τt υu ѵv νv ѡw ԝw ωw "
    "хx χx уy γy αa ɑa βb ßs εe ηn иn ɡg ʜh ʏy ᴋk ѐe ’' ‘' ʼ' `' ´' ¡!"
)
LOOKALIKES = str.maketrans({pair[0]: pair[1:] for pair in _PAIRS.split()})
"""Letters of other alphabets that read as Latin ones; the commonest of Unicode's confusables (UTS 39)."""

LEET = str.maketrans("@4831!|05$7+96", "aabeiiiossttgg")
"""Digits and signs written for letters."""
LEET_L = str.maketrans("1|", "ll")
"""What may also be meant by a 1 or a bar."""

SHORT = {
    "'m": " am",
    "'re": " are",
    "'ll": " will",
    "'ve": " have",
}
"""Contractions, so that "who're" is two words and no other one."""
_SHORT = re.compile(r"(?<=\w)(?:'m|'re|'ll|'ve)\b")
WRITTEN = {
    "im": ("i", "am"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
    "ive": ("i", "have"),
    "wanna": ("want", "to"),
    "gonna": ("going", "to"),
    "u": ("you",),
    "ur": ("your",),
    "ya": ("you",),
    "urself": ("yourself",),
}
"""Typed short forms."""

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[@$!+|*#']+(?=[^\W_]))*[@$*#|]*|[@$*#|]+[^\W_](?:[^\W_]|[@$!+|*#'])*")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


_HAN = re.compile("[\u3400-\u9fff]")


def apart(text: str) -> str:
    """`text` with every Han character as a word of its own: no spaces tell where Chinese words end."""
    return text if text.isascii() else _HAN.sub(r" \g<0> ", text)


class Token(NamedTuple):
    """A word as written, in lower case, and what stands between it and the one before."""

    text: str
    gap: str


def plain(text: str) -> str:
    """Lower case, compatibility forms, accents, look-alikes and invisible marks undone (UAX 15, NFKC)."""
    if text.isascii():
        return text.lower()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = "".join([c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)])
    return text.casefold().translate(LOOKALIKES)


def tokens(text: str) -> list[Token]:
    """The words of `text`; signs inside a word stay, as they may stand for letters."""
    text = apart(_SHORT.sub(lambda found: SHORT[found[0]], plain(text)))
    found, end = [], 0
    for match in _TOKEN.finditer(text):
        found.append(Token(match[0].replace("'", ""), text[end : match.start()]))
        end = match.end()
    return found


def runs(word: str) -> list[tuple[str, int]]:
    """Letters and how often each is repeated: "shoot" is s1 h1 o2 t1."""
    counted: list[tuple[str, int]] = []
    for letter in word:
        if counted and counted[-1][0] == letter:
            counted[-1] = (letter, counted[-1][1] + 1)
        else:
            counted.append((letter, 1))
    return counted


def skeleton(word: str) -> str:
    """`word` with every letter once where it is repeated."""
    return word[:1] + "".join([b for a, b in pairwise(word) if a != b])


def stretches(token: str, word: str) -> bool:
    """Whether `token` is `word` with letters drawn out: "fuuuck", not "rapped" for "raped".

    A consonant inside must stand three times, and so must a last s: twice is how another word is spelled.
    """
    drawn, least = runs(token), runs(word)
    if len(drawn) != len(least):
        return False
    for place, ((letter, count), (wanted, needed)) in enumerate(zip(drawn, least, strict=True)):
        edge = place == 0 or letter in "aeiou" or (place == len(least) - 1 and letter != "s")
        if letter != wanted or count < needed or (count == needed + 1 == 2 and not edge):
            return False
    return True


def inflected(word: str) -> set[str]:
    """`word` and the forms made of it by rule. Makes some that nobody says, which does no harm."""
    ends = ["s", "ed", "ing", "in", "er", "ers"]
    forms = {word, word + "s"}
    if word.endswith("e"):
        forms |= {word[:-1] + end for end in ends[1:]}
    elif word.endswith("y"):
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    else:
        forms |= {word + end for end in ends}
        if word.endswith(("s", "x", "z", "ch", "sh")):
            forms.add(word + "es")
        if re.search(r"[^aeiou][aeiou][bdgkmnprt]$", word):
            forms |= {word + word[-1] + end for end in (*ends[1:], "y")}
    return forms
