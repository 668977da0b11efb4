"""Lines of captions that break where a language lets them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from runtime.language.facts import of
from runtime.language.sentences import join, unspaced

_NOT_FIRST = "。．，、！？：；…—）」』】》〉”’%％,.!?:;)]}ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ"
"""What no line begins with (the Japanese rules of line breaking, JIS X 4051, and the Chinese ones)."""
_NOT_LAST = "（「『【《〈“‘$￥([{#"
"""What no line ends with."""
_UNIT = re.compile(r"[^\s]+")


def columns(text: str) -> int:
    """Width of `text` in columns: full-width characters take two, marks that combine none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def units(text: str) -> list[str]:
    """The least parts of `text` that stay on one line: words, or single characters with their marks."""
    found: list[str] = []
    for word in _UNIT.findall(text):
        fresh = True
        for character in word:
            glued = found and not fresh and not _may_break(found[-1][-1], character)
            if glued:
                found[-1] += character
            else:
                found.append(character)
            fresh = False
    return found


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return unspaced(before) or unspaced(after)


def caption(words: str | Sequence[str], language: str, width: int = 0) -> list[str]:
    """`words` on as few lines as `width` columns allow (0: what is usual), the lines of about one length.

    A word wider than a line is broken where it must be.
    """
    known = of(language)
    width = width or known.columns
    text = words if isinstance(words, str) else join(words)
    parts = [piece for unit in units(text) for piece in _fitting(unit, width)]
    lines = _wrap(parts, width)
    narrow = width
    # The least width with as many lines: a last line of one word reads badly.
    while narrow > 2 and len(_wrap(parts, narrow - 1)) == len(lines):
        narrow -= 1
    return _wrap(parts, narrow)


def _wrap(parts: Sequence[str], width: int) -> list[str]:
    lines: list[str] = []
    for part in parts:
        longer = join((lines[-1], part)) if lines else part
        if lines and columns(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _fitting(unit: str, width: int) -> list[str]:
    found = [""]
    for character in unit:
        if found[-1] and columns(found[-1] + character) > width:
            found.append("")
        found[-1] += character
    return found
