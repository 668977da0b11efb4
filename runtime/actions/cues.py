"""Actions in the text of a model that can be told of them: "Here you are. <pour cup_1> Mind, it's hot."."""

from __future__ import annotations

from runtime.actions.call import LONGEST, parse, parse_cue
from runtime.actions.choice import Around, Choice, valid
from runtime.actions.offer import Offer

_CLOSED_BY = {"<": ">", "[": "]"}


class Cues:
    """Takes cues out of a stream of text. What comes back depends on the text alone, not on its pieces.

    A cue is `<verb target name=value>` or the same in square brackets; values with spaces stand in double
    quotes. One that is malformed, or not possible now, is dropped: nothing in brackets is ever spoken. A
    bracket that does not open a word ("3 < 4") is text.
    """

    def __init__(self, offer: Offer, scene: Around, npc: str) -> None:
        self._offer, self._scene, self._npc = offer, scene, npc
        self._close = ""
        self._inside: str | None = None
        self._quoted = False

    def feed(self, text: str) -> list[str | Choice]:
        """Pieces of text to be spoken, and actions between them, in order."""
        found: list[str | Choice] = []
        for character in text:
            self._take(character, found)
        return found

    def finish(self) -> list[str | Choice]:
        """The end of the text: a cue that was left open is dropped."""
        rest: list[str | Choice] = [self._opened()] if self._inside == "" else []
        self._inside = None
        return rest

    def _take(self, character: str, found: list[str | Choice]) -> None:
        if self._inside is None:
            self._outside(character, found)
        elif self._inside == "" and not (character.isalpha() or character in "/_"):
            self._inside, opened = None, self._opened()
            _say(found, opened)
            self._outside(character, found)
        elif character == self._close and not self._quoted:
            self._end(found)
        elif character == "\n" or len(self._inside) >= LONGEST:
            self._inside = None
            _say(found, character if character == "\n" else "")
        else:
            self._quoted ^= character == '"'
            self._inside += character

    def _outside(self, character: str, found: list[str | Choice]) -> None:
        if character in _CLOSED_BY:
            self._close, self._inside, self._quoted = _CLOSED_BY[character], "", False
        else:
            _say(found, character)

    def _end(self, found: list[str | Choice]) -> None:
        inside, self._inside = str(self._inside), None
        choice = parse_cue(inside, self._offer) or parse(inside, self._offer)
        if choice is not None and valid(choice, self._offer, self._scene, self._npc):
            found.append(choice)

    def _opened(self) -> str:
        return "<" if self._close == ">" else "["


def _say(found: list[str | Choice], text: str) -> None:
    if found and isinstance(found[-1], str):
        found[-1] += text
    elif text:
        found.append(text)
