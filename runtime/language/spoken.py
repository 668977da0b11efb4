"""Which language a player speaks, and when that changes: by the lines they type and say. Sans-IO."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.language.detection import detect
from runtime.language.facts import of
from runtime.language.sentences import unspaced

PLAIN = 3
"""Words (in scripts without spaces: characters) of one language that change the talk to it. A greeting, a
name or an "ok, thanks" is shorter, and borrowed all over the world."""
FIRST = 2
"""The same before anything has shown what the player speaks: 你好 is enough."""
STRAY = 1
"""A line that short says nothing."""


class Spoken:
    """The language of one player's talk. `tag` is what it is now."""

    def __init__(self, usual: str, among: Sequence[str] = (), fixed: bool = False) -> None:
        """It begins as `usual`, empty for whatever each character speaks, and may become any of `among`,
        unless it is `fixed`. All are BCP 47. Raises ValueError for a tag that names no language known.
        """
        self.tag = of(usual).tag if usual else ""
        self._among = () if fixed else tuple(dict.fromkeys(of(tag).tag for tag in among))
        self._shown = False
        """Some line has told what the player speaks."""
        self._other, self._said = "", 0
        """What lines of late were in, one after another, and how much they said."""

    def hears(self, text: str, tag: str = "") -> bool:
        """The player has said `text`; `tag` is what the recogniser took it for, if it tells. Returns whether
        the language has changed by it."""
        others = [other for other in self._among if other != self.tag]
        said = _length(text)
        if not others or said <= STRAY:
            return False
        found = self._found(text, tag, others)
        if found in ("", self.tag):
            self._shown, self._other, self._said = self._shown or bool(found), "", 0
            return False
        self._said = said + (self._said if found == self._other else 0)
        self._other = found
        if self._said < (PLAIN if self._shown else FIRST):
            return False
        self.tag, self._shown, self._other, self._said = found, True, "", 0
        return True

    def _found(self, text: str, tag: str, others: Sequence[str]) -> str:
        """Among those that may be; of a language in two scripts the one that is written."""
        allowed = (self.tag, *others)
        if tag:
            allowed = tuple(each for each in allowed if base(each) == base(tag))
            if len(allowed) <= 1:
                return allowed[0] if allowed else ""
        return detect(text, allowed)


def wanted(asked: str, has: Sequence[str]) -> Spoken:
    """The language of a player who `asked` for one, or for none (empty), of a server that `has` some.

    Raises ValueError for what is no language, or none of those.
    """
    if asked and has and base(asked) not in map(base, has):
        raise ValueError(f"{asked!r} is not spoken here; there are {', '.join(has)}")
    return Spoken(asked or next(iter(has), ""), has, fixed=bool(asked))


def base(tag: str) -> str:
    """The language without its script. Raises ValueError."""
    return of(tag).tag.split("-")[0]


def _length(text: str) -> int:
    """Words, or characters where no spaces stand between words."""
    wide = sum(unspaced(character) and character.isalpha() for character in text)
    spaced = "".join(" " if unspaced(character) else character for character in text)
    return wide + len(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", spaced))
