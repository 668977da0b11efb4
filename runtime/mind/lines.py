"""From pieces of text to lines a voice can say: a short one first, then sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import aclosing

from runtime.flow import Stream
from runtime.language.facts import of
from runtime.language.sentences import ABBREVIATIONS as ABBREVIATIONS
from runtime.language.sentences import join, unspaced
from runtime.mind.aloud import SPOKEN
from runtime.mind.aloud import spoken as spoken
from runtime.mind.breath import END as END
from runtime.mind.breath import MARKS, ends, fit, joint, pauses, wide, words
from runtime.mind.breath import PAUSE as PAUSE
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

OTHERS = ("user", "player", "you", "human", "traveller", "stranger", "system", "用户", "玩家", "你", "旅人")
SELF = ("assistant", "npc", "character", "reply", "answer", "助手", "角色", "回复", "回答")
OPENING = frozenset("「『《〈“¥￥")
"""What belongs to the character behind it."""
QUOTES = frozenset("“”·")
"""Marks that are kept in languages without spaces only."""
LABEL, WIDE_LABEL = 3, 8
"""Words, or characters where no spaces stand, of the longest name before a colon."""


class Lines:
    """Cuts text into lines as it arrives; the lines depend on the text alone, not on its pieces.

    A label of `speaker` ("Mara:") is dropped, one of anybody in `others` ends the reply: the model has
    begun to write the player's part. `done` is true when nothing more will come.

    A line is made of words, or of characters where a script puts no spaces. Numbers are read in `language`.
    """

    def __init__(self, speaker: str = "", others: Iterable[str] = (), language: str = "en") -> None:
        names = speaker.lower()
        self._own = {names, *re.split(r"[\s·]+", names), *SELF}
        self._language, self._spaced = language, of(language).spaced
        self._others = {*(name.lower() for name in others), *OTHERS}
        self._scrub = Scrub()
        self._word = ""
        self._clause: list[str] = []
        self._sentence: list[str] = []
        self._seen: set[str] = set()
        self._said = self._sentences = 0
        self._words = 0.0
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
        elif character in QUOTES and self._spaced:
            return  # a caption of talk needs none there
        elif unspaced(character) or character in OPENING | QUOTES or (wide(self._word) and character in "—–"):
            self._take_wide(character, lines)
        elif character in "—–":
            self._word += "—"
            self._end_word(lines)
        elif character.isalnum() and wide(self._word):
            self._take_narrow(character, lines)
        elif character.isupper() and re.search(r"([!?]|[a-z]{2}\.)$", self._word):
            self._end_word(lines)  # "fire.Sit": the model forgot the space
            self._word = character
        else:
            self._word += character

    def _take_wide(self, character: str, lines: list[Line]) -> None:
        """A character or a mark of a script without spaces; or a mark that is kept only there."""
        if (character.isalnum() or character in OPENING) and any(map(str.isalnum, self._word)):
            self._end_word(lines)
        self._word += "—" if character == "–" else character

    def _take_narrow(self, character: str, lines: list[Line]) -> None:
        """A letter or digit behind a character or a mark of a script without spaces."""
        clock = character.isdigit() and re.search(r"\d[：．]\d*$", self._word)
        if any(map(str.isalnum, self._word)) and not clock:
            self._end_word(lines)
        self._word += character

    def _end_word(self, lines: list[Line]) -> None:
        word, self._word = self._word, ""
        if self._fresh and re.fullmatch(r"\d{1,2}[.):、．]|[-+]+", word):
            return  # a bullet
        if "://" in word or word.lower().startswith("www."):
            return
        if not any(c.isalnum() or c in SPOKEN for c in word):
            if not word or not self._clause or self._clause[-1][-1] in MARKS | {"—"}:
                return
            self._clause[-1] += "—" if word[0] in "-—" else word[0] if word[0] in MARKS else ""
            self._sentence[-1] = self._clause[-1]
        else:
            self._clause.append(word)
            self._sentence.append(word)
            self._words += words([word])
        self._cut(lines)

    def _cut(self, lines: list[Line]) -> None:
        last = self._clause[-1]
        if last.endswith((":", "：")) and len(self._clause) == len(self._sentence) and self._label():
            return
        self._fresh = False
        first = not self._said
        count, most = words(self._clause), FIRST_MOST if first else LATER_MOST
        if ends(last):
            self._end_sentence(lines)
        elif first and count > FIRST_WORDS and (joined := joint(self._clause)):
            kept, self._clause = self._clause[-joined:], self._clause[:-joined]
            self._emit(lines)
            self._clause = kept
        else:
            pause = pauses(last) and count >= (2 if first else LATER_WORDS)
            if pause or (count >= most and (fit(last) or count >= 2 * most)):
                self._emit(lines)

    def _label(self) -> bool:
        """Whether the clause is a speaker's name before what is spoken."""
        name = join(self._clause).rstrip(":：").lower()
        if len(self._clause) > (WIDE_LABEL if wide(name) else LABEL):
            return False
        if name in self._others:
            self.done = True
        elif name not in self._own:
            return False
        self._words -= words(self._clause)
        self._clause, self._sentence = [], []
        return True

    def _end_sentence(self, lines: list[Line]) -> None:
        if not self._sentence:
            return
        key = re.sub(r"[^\w ]", "", join(self._sentence).lower())
        whole = len(self._clause) == len(self._sentence)
        if whole and key in self._seen:
            self._words -= words(self._clause)
            self._clause = []
        self._seen.add(key)
        self._emit(lines)
        self._sentence = []
        self._sentences += 1
        self.done = self._sentences >= SENTENCES or self._words >= WORDS

    def _emit(self, lines: list[Line]) -> None:
        text = join(self._clause).strip("'’ ")
        self._clause = []
        if any(c.isalnum() for c in text):
            lines.append(Line(text, spoken(text, self._language)))
            self._said += 1


async def lines(
    stream: Stream[str], speaker: str = "", others: Iterable[str] = (), language: str = "en"
) -> Stream[Line]:
    """Lines as soon as they are whole. What the model writes after the last is read and dropped, as the
    writer of a stream may wait for its reader."""
    splitter = Lines(speaker, others, language)
    async with aclosing(stream):
        async for text in stream:
            for line in splitter.feed(text):
                yield line
    for line in splitter.finish():
        yield line
