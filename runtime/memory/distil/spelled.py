"""Where a name begins and ends among words, and how it is written."""

from __future__ import annotations

import re

from runtime.memory.distil.given import is_given, may_be_given
from runtime.memory.distil.words import CALENDAR, CREEDS, DEMONYMS, NAMELESS, STOP, TRADES, lexicon

TOKEN = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W_])?")
LONGEST = 5
"""Words of a name: "Maria de la Cruz" has four."""
TITLES = lexicon(
    """sir lady lord dame madam madame miss master father sister brother mother king queen saint doctor dr mr
    mrs ms mx inspector sergeant captain professor prof chef detective officer general colonel count baron
    prince princess uncle aunt judge mayor lieutenant private corporal major constable monsieur señor señora
    herr frau don doña rabbi imam reverend commander admiral agent deputy marshal sheriff dj nurse"""
)
_PARTICLES = lexicon("of de da do dos van von der den la le el al bin ibn ben di du af av y mac mc the")
_FOLLOWS = lexicon(
    """i i'm my from and by but here nice pleased with not for these now if what who son daughter at your
    sir madam ma'am though too as or in because so how glad good please then again mate love dear on of
    like without again speaking im are is was will just"""
)
"""What may stand behind a name."""
_NOT_BARE = STOP | NAMELESS | DEMONYMS | CREEDS | CALENDAR | {"ill"}
_ADJECTIVES = lexicon("rich rusty rocky sandy frank said bay drew")
"""Given names that say something else after "i'm", where they are written small."""
_QUALITY = re.compile(r"(?:ing|ed|ful|less|ous|ish|able|ible|ive|ient)$")


def read(text: str, *, lower: bool, outright: bool = False) -> str | None:
    """The name that `text` begins with. Written small it is a given name, or one word or two if `lower`."""
    words = text.split()
    bare = [word.strip(",.!?\"'“”") for word in words]
    titled = (
        len(bare) > 1
        and bare[0].lower() in TITLES
        and (bare[1][:1].isupper() or may_be_given(bare[1]) or (lower and is_name(bare[1])))
    )
    if not bare or not (titled or is_name(bare[0])):
        return None
    if bare[0][0].islower() and not (titled and bare[1][:1].isupper()):
        return _small(words, bare, lower, outright)
    if titled:
        bare[0] = bare[0][:1].upper() + bare[0][1:]
    taken = 1
    while taken < len(bare) and not words[taken - 1].endswith(",") and _goes_on(bare, taken):
        taken += 1
    rest = bare[taken:]
    if words[taken - 1].endswith(","):
        return _cased(_in_full(bare[:taken], rest))
    if rest and not outright and rest[0].lower() not in _FOLLOWS:
        return None
    return _cased(bare[:taken])


def is_name(word: str) -> bool:
    """Whether `word` can be a name at all; one that is written small must not look like "tired"."""
    if len(word) > 24 or not TOKEN.fullmatch(word):
        return False
    lower = word.lower()
    if lower in _NOT_BARE:
        return may_be_given(word) and (not word.isupper() or len(word) == 1) and lower not in _ADJECTIVES
    if re.search(r"(?:n't|'s|'re|'ve|'ll|'d)$", word) or (len(word) == 1 and word.isascii()):
        return False
    return word[0].isupper() or may_be_given(word) or not (_QUALITY.search(word) or lower in TRADES | TITLES)


def _in_full(name: list[str], rest: list[str]) -> list[str]:
    """ "Bond, James Bond": the second is the whole name."""
    return rest if rest and len(rest) <= LONGEST and rest[-len(name) :] == name else name


def _small(words: list[str], bare: list[str], lower: bool, outright: bool) -> str | None:
    at = 1 if bare[0] in TITLES and len(bare) > 1 else 0
    if may_be_given(bare[at]):
        return _small_given(words, bare, at)
    taken = at + 1
    if not lower or not is_name(bare[at]):
        return None
    if not words[at].endswith(",") and len(bare) > taken and bare[taken].lower() not in _FOLLOWS:
        if len(bare) > taken + 1 or not is_name(bare[taken]):
            return None
        taken += 1 if outright else 0
    return _large(bare[:taken])


def _small_given(words: list[str], bare: list[str], at: int) -> str | None:
    """A given name written small, and a family name where a title or the end of the text says so."""
    after = bare[at + 1] if len(bare) > at + 1 and not words[at].endswith(",") else ""
    if not is_given(bare[at]) and (bare[at] in _ADJECTIVES or (after and after not in _FOLLOWS)):
        return None
    named = after and after not in _FOLLOWS and is_name(after) and (at or len(bare) == 2)
    return _large(bare[: at + (2 if named else 1)])


def _large(words: list[str]) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _goes_on(bare: list[str], at: int) -> bool:
    """Whether the word belongs to the name: "of Wick", "de la Cruz", "Reyes"."""
    if at >= LONGEST:
        return False
    if bare[at].lower() in _PARTICLES:
        return any(word[:1].isupper() for word in bare[at + 1 : at + 3])
    return bare[at][:1].isupper() and bare[at].lower() not in STOP and TOKEN.fullmatch(bare[at]) is not None


def _cased(words: list[str]) -> str:
    """As it was written; what came in capitals only, as names are."""
    shouted = all(word.isupper() and len(word) > 1 for word in words)
    return " ".join(word.title() if shouted else word for word in words)
