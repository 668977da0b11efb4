"""Takes out of a model's text what nobody says aloud, one character at a time: sans-IO."""

from __future__ import annotations

import unicodedata

CLOSERS = {"<": ">", "[": "]", "(": ")", "{": "}", "*": "*", "（": "）", "【": "】"}
LONGEST_ASIDE = 160
"""Characters in which an opened bracket must close; what does not was a slip, and its text is kept."""

SAID = frozenset(" .,;:!?'’-–—…%&+$€£°@/。，、；：！？．「」『』《》〈〉“”·～％￥¥℃")
"""What beside letters, marks and digits has a sound or a place in a sentence."""

QUOTES = str.maketrans("`´‘ʼ＇", "''’’’")


class Scrub:
    """Lets letters, digits and sentence punctuation through; drops tags, stage directions, markup, emoji.

    An aside opens with < [ ( { or a single * and is dropped whole. `**bold**` loses its stars only. Newlines
    pass, as they end sentences. The result depends on the text alone, not on how it was cut into pieces.
    """

    def __init__(self) -> None:
        self._closer = ""
        self._aside = ""
        self._star = False

    def feed(self, text: str) -> str:
        return "".join([self._take(character) for character in text])

    def finish(self) -> str:
        """An aside that is still open is dropped: it was one."""
        self._closer, self._aside, self._star = "", "", False
        return ""

    def _take(self, character: str) -> str:
        if self._closer:
            return self._inside(character)
        if self._star:
            return self._after_star(character)
        if character == "*":
            self._star = True
            return ""
        if character in CLOSERS:
            self._closer = CLOSERS[character]
            return ""
        return _plain(character)

    def _after_star(self, character: str) -> str:
        """One star opens a stage direction, two are bold, one before a space is a bullet or a product."""
        self._star = False
        if character == "*" or character.isspace():
            return _plain(character)
        self._closer = "*"
        return self._inside(character)

    def _inside(self, character: str) -> str:
        if character == self._closer:
            self._closer, self._aside = "", ""
            return " "
        self._aside += character
        if character == "\n" or len(self._aside) > LONGEST_ASIDE:
            kept = "" if self._closer in ">*" and character == "\n" else self._aside
            self._closer, self._aside = "", ""
            return "".join([_plain(c) for c in kept]) + (character if not kept and character == "\n" else "")
        return ""


def _plain(character: str) -> str:
    character = character.translate(QUOTES)
    if character in SAID or character == "\n":
        return character
    if character.isspace():
        return " "
    return character if unicodedata.category(character)[0] in "LMN" else ""
