"""Where a line may end: marks, and words before and after which a voice may take a breath. Pure.

A word of English lasts as long as one and a half syllables of Mandarin (6.2 syllables a second in words of
1.9 or so, against 5.2: Pellegrino, Coupé & Marsico 2011, Language 87), so a Han character counts two thirds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.language.sentences import ABBREVIATIONS, unspaced

END = (".", "!", "?", "。", "！", "？", "．")
PAUSE = (",", ";", ":", "—", "…", "...", "，", "、", "；", "：")
MARKS = frozenset(".!?,;:…。！？．，、；：")
CLOSING = "'’”」』》〉"
"""What may follow a mark and belongs to it."""

_JOINTS = "and but or because if when who which while until with without from for in on at after before"
JOINTS = frozenset(_JOINTS.split())
"""Words a voice may take a breath before."""
_PAIRS = "但是 可是 不过 因为 因為 所以 如果 要是 然后 然後 而且 还是 還是 或者 虽然 雖然 只要 除非 直到"
PAIRS = frozenset(_PAIRS.split())
"""The same in Chinese, all of two characters."""
_HANGING = (
    "a an are as be by can had has have he her his i into is it its it's i'm my no not of one our she so "
    "some than that that's the their then there's these they this those to very was we were what where you "
    "you're your"
)
HANGING = JOINTS | frozenset(_HANGING.split())
"""Words a voice must not stop after where no comma stands."""
BREATHS = frozenset("了过過着吗嗎呢吧啊呀嘛们們的")
"""Characters that end a word of Chinese, whatever follows: elsewhere a cut might go through one."""


def words(units: Sequence[str]) -> float:
    """How long `units` are, in words: each is one, or a character of a script that puts no spaces."""
    return sum(2 if wide(unit) else 3 for unit in units) / 3


def wide(unit: str) -> bool:
    """Whether it is of a script without spaces."""
    return any(map(unspaced, unit))


def ends(unit: str) -> bool:
    """Whether a sentence ends with it."""
    bare = unit.rstrip(CLOSING)
    if not bare.endswith(END) or bare.endswith("..."):
        return False
    return bare.lower() not in ABBREVIATIONS and not re.fullmatch(r"[A-HJ-Z]\.", bare)


def pauses(unit: str) -> bool:
    """Whether a clause ends with it."""
    return unit.rstrip(CLOSING).endswith(PAUSE)


def fit(unit: str) -> bool:
    """Whether a voice may stop behind it though no mark stands there."""
    return unit[-1] in BREATHS if unspaced(unit[-1]) else unit.lower() not in HANGING


def joint(units: Sequence[str]) -> int:
    """How many of the last `units` are a joint that a voice may take a breath before; none are 0."""
    if units[-1].lower() in JOINTS:
        return 1
    return 2 if "".join(units[-2:]) in PAIRS else 0
