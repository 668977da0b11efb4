"""From pieces of text to lines a voice can say: a short one first, then sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import aclosing

from runtime.flow import Stream
from runtime.mind.scrub import Scrub
from runtime.types import Line

FIRST_WORDS, FIRST_MOST = 3, 8
"""The first line ends at a comma, before a joint from the fourth word on, or anywhere fit at the eighth: the
voice starts while the rest is being written."""
LATER_WORDS = 18
"""A sentence longer than this is cut at its next comma, and anywhere fit at LATER_MOST."""
LATER_MOST = 30
SENTENCES, WORDS = 4, 45
"""A reply ends at the end of the sentence that reaches either: longer is a speech, not a turn of talk."""

END = (".", "!", "?")
PAUSE = (",", ";", ":", "—", "…", "...")
_ABBREVIATIONS = "mr. mrs. ms. dr. st. sgt. capt. prof. e.g. i.e. vs. no. jr. sr."
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
_JOINTS = "and but or because when if who which while until with without from for in on at after before"
JOINTS = frozenset(_JOINTS.split())
"""Words a voice may take a breath before."""
_HANGING = (
    "a an are as be by can had has have he her his i into is it its it's i'm my no not of one our she so "
    "some than that that's the their then there's these they this those to very was we were what where you "
    "you're your"
)
HANGING = JOINTS | frozenset(_HANGING.split())
"""Words a voice must not stop after where no comma stands."""

OTHERS = ("user", "player", "you", "human", "traveller", "stranger", "system")
SELF = ("assistant", "npc", "character", "reply", "answer")
SPOKEN = {"&": " and ", "%": " percent", "+": " plus ", "@": " at ", "°": " degrees", "/": " ", "’": "'"}
MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}


class Lines:
    """Cuts text into lines as it arrives; the lines depend on the text alone, not on its pieces.

    A label of `speaker` ("Mara:") is dropped, one of anybody in `others` ends the reply: the model has
    begun to write the player's part. `done` is true when nothing more will come.
    """

    def __init__(self, speaker: str = "", others: Iterable[str] = ()) -> None:
        names = speaker.lower()
        self._own = {names, *names.split(), *SELF}
        self._others = {*(name.lower() for name in others), *OTHERS}
        self._scrub = Scrub()
        self._word = ""
        self._clause: list[str] = []
        self._sentence: list[str] = []
        self._seen: set[str] = set()
        self._said = self._sentences = self._words = 0
        self._fresh = True  # at the start of a line of text, where labels and bullets stand
        self.done = False

    def feed(self, text: str) -> list[Line]:
        lines: list[Line] = []
        for character in self._scrub.feed(text):
            if not self.done:
                self._take(character, lines)
        return lines

    def finish(self) -> list[Line]:
        """The rest. A sentence that was cut off before any of it was said is dropped, if others were said."""
        lines: list[Line] = []
        self._scrub.finish()
        if not self.done:
            self._end_word(lines)
            begun = len(self._sentence) > len(self._clause)
            if self._clause and (begun or not self._said or self._clause[-1].endswith(("…", "..."))):
                self._end_sentence(lines)
        self.done = True
        return lines

    def _take(self, character: str, lines: list[Line]) -> None:
        if character == "\n":
            self._end_word(lines)
            self._end_sentence(lines)
            self._fresh = True
        elif character == " ":
            self._end_word(lines)
        elif character in "—–":
            self._word += "—"
            self._end_word(lines)
        elif character.isupper() and re.search(r"([!?]|[a-z]{2}\.)$", self._word):
            self._end_word(lines)  # "fire.Sit": the model forgot the space
            self._word = character
        else:
            self._word += character

    def _end_word(self, lines: list[Line]) -> None:
        word, self._word = self._word, ""
        if self._fresh and re.fullmatch(r"\d{1,2}[.):]|[-+]+", word):
            return  # a bullet
        if "://" in word or word.lower().startswith("www."):
            return
        if not any(c.isalnum() or c in SPOKEN for c in word):
            if not word or not self._clause or self._clause[-1][-1] in ".!?,;:—…":
                return
            self._clause[-1] += "—" if word[0] in "-—" else word[0] if word[0] in ".!?,;:…" else ""
            self._sentence[-1] = self._clause[-1]
        else:
            self._clause.append(word)
            self._sentence.append(word)
            self._words += 1
        self._cut(lines)

    def _cut(self, lines: list[Line]) -> None:
        last = self._clause[-1]
        if last.endswith(":") and len(self._clause) == len(self._sentence) <= 3 and self._label(last):
            return
        self._fresh = False
        first = not self._said
        count, most = len(self._clause), FIRST_MOST if first else LATER_MOST
        if _ends(last):
            self._end_sentence(lines)
        elif first and count > FIRST_WORDS and last.lower() in JOINTS:
            self._clause.pop()
            self._emit(lines)
            self._clause = [last]
        else:
            pause = last.endswith(PAUSE) and count >= (2 if first else LATER_WORDS)
            if pause or (count >= most and (last.lower() not in HANGING or count >= 2 * most)):
                self._emit(lines)

    def _label(self, last: str) -> bool:
        """Whether the clause is a speaker's name before what is spoken."""
        name = " ".join(self._clause).rstrip(":").lower()
        if name in self._others:
            self.done = True
        elif name not in self._own:
            return False
        self._words -= len(self._clause)
        self._clause, self._sentence = [], []
        return True

    def _end_sentence(self, lines: list[Line]) -> None:
        if not self._sentence:
            return
        key = re.sub(r"[^\w ]", "", " ".join(self._sentence).lower())
        whole = len(self._clause) == len(self._sentence)
        if whole and key in self._seen:
            self._words -= len(self._clause)
            self._clause = []
        self._seen.add(key)
        self._emit(lines)
        self._sentence = []
        self._sentences += 1
        self.done = self._sentences >= SENTENCES or self._words >= WORDS

    def _emit(self, lines: list[Line]) -> None:
        text = " ".join(self._clause).strip("'’ ")
        self._clause = []
        if any(c.isalnum() for c in text):
            lines.append(Line(text, spoken(text)))
            self._said += 1


async def lines(stream: Stream[str], speaker: str = "", others: Iterable[str] = ()) -> Stream[Line]:
    """Lines as soon as they are whole. What the model writes after the last is read and dropped, as the
    writer of a stream may wait for its reader."""
    splitter = Lines(speaker, others)
    async with aclosing(stream):
        async for text in stream:
            for line in splitter.feed(text):
                yield line
    for line in splitter.finish():
        yield line


def spoken(text: str) -> str:
    """`text` with its signs in words. Numbers stay: a voice reads them."""
    text = re.sub(r"([$€£])\s?(\d+(?:[.,]\d+)*)", lambda m: f"{m[2]} {MONEY[m[1]]}", text)
    text = re.sub(r"[$€£]", "", text)
    for sign, words in SPOKEN.items():
        text = text.replace(sign, words)
    text = re.sub(r"\s*[—–]\s*", ", ", text).replace("…", "...")
    text = re.sub(r"^[\s,;:]+|[\s,;:]+$", lambda m: "," if m.start() and m[0].strip() else "", text)
    return " ".join(text.split())


def _ends(word: str) -> bool:
    bare = word.rstrip("'’")
    if not bare.endswith(END) or bare.endswith("..."):
        return False
    return bare.lower() not in ABBREVIATIONS and not re.fullmatch(r"[A-HJ-Z]\.", bare)
