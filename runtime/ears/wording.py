"""Does a turn that began with these words end with them? By the words alone, in English; see
`runtime.language.ending` for Chinese.

A few marks of grammar that a tired listener would go by, and a logistic sum of them. In other languages most
marks are never found, and what remains is the recogniser's punctuation.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from runtime.language import ending
from runtime.language.sentences import unspaced


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER = _all(
    "a an the my your our their its his every of and or but because if whether unless than um uh er erm hmm "
    "i'm you're we're they're it's that's there's i'd i'll i've we'd we'll we've let's um- very who's what's "
    "although while until as nor these those"
)
"""No sentence ends with these."""
_SELDOM = _all(
    "to for with from at by into onto about between behind under near in on is are was were be been am "
    "i we he she they that which who whom whose when where so like want need give bring some any "
    "have has had do does did can could would will should must may might really just think know believe "
    "wonder mean say said get find buy take make hear called named wants needs only even maybe perhaps "
    "two other another no then what how why too seen"
)
"""Some do, but more often something follows."""
_ANSWERS = _all(
    "yes yeah yep no nope okay ok sure thanks hello hi hey goodbye bye welcome right alright exactly maybe "
    "never please good great fine nothing nobody sorry agreed done now today tomorrow here there wait stop "
    "thank see indeed understood course yet again really mind"
)
"""Whole turns in one word, or the end of one in two or three."""
_GREETINGS = _all("yes yeah no thanks thank hello hi hey good goodbye sorry okay ok sure wait all")
"""What turns of two or three words begin with."""
_ASKS = _all(
    "who what where when why how which whose is are was were do does did can could would will should have "
    "has may shall am isn't aren't don't doesn't didn't can't couldn't won't wouldn't"
)
_FRONT = _all(
    "if when while after before since because although though unless until once whenever wherever as"
)
"""A clause that begins with one of these wants another behind it."""
_PLACES = _all("in on at under behind beyond near during without instead by from with for")
_WHOSE = _all("i you he she we they it there nobody somebody someone everyone")
_NUMBERS = _all("zero oh one two three four five six seven eight nine")
_TELL = re.compile(r"\b(?:tell|show|give|bring|ask|teach|sell|lend|let) (?:me|us|him|her|them|you)\W*$", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCES = re.compile(r"(?<=[.?!])\s+(?=\S)")
_DICTATED = re.compile(
    r"(?:\b[A-Za-z0-9]\b[\s.,-]+)\b[A-Za-z0-9]\W*$|\d{3}[\d\s-]*\W*$|\b[B-HJ-Zb-hj-z]\W*$"
    r"|(?:number|code|pin|key|dial|spel|writ)[^.]*"
    r"\b(?:\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine)\W*$"
)
"""Digits or letters one by one, as numbers and names are read out."""
_LISTED = re.compile(r"\w,\s+(?!and\b|or\b|but\b|please\b|thank)(?:\w+\s?){1,3}\W*$")
"""A comma and a short part behind it, without the "and" that announces the last one."""


class Cues(NamedTuple):
    """What the words show, each 0 or 1."""

    never: bool
    """The last word never ends a sentence."""
    seldom: bool
    fronted: bool
    """All there is, is a clause that wants another."""
    placed: bool
    """All there is, is a place or a time."""
    dictated: bool
    listed: bool
    asked: bool
    """A question of at least three words."""
    answer: bool
    lone: bool
    """One or two words that are no answer known."""
    stop: bool
    question: bool
    comma: bool
    """A comma, dash or ellipsis at the end."""


_BIAS = 1.0
_WEIGHTS = (-3.2, -2.7, -3.7, -2.6, -1.2, -0.5, 0.6, 3.0, -1.5, 0.8, 1.8, -3.7)
"""Of the cues, in their order: a logistic regression on the development sentences, whole and cut at their
pauses, as spelled and as Whisper heard them, held near what grammar says where the sentences are few."""


def ends(text: str) -> float:
    """The probability, 0 to 1; 0.5 where there are no words."""
    if not _WORD.search(text):
        return 0.5
    if any(map(unspaced, text)):
        return ending.ends(text)
    total = _BIAS + sum(weight * cue for weight, cue in zip(_WEIGHTS, cues(text), strict=True))
    return 1 / (1 + math.exp(-total))


def sentences(text: str) -> int:
    """How many there are, by their stops."""
    return len(_SENTENCES.split(text.strip()))


def cues(text: str) -> Cues:
    """What the last sentence of `text` shows. All 0 where there are no words."""
    text = text.strip()
    sentence = _SENTENCES.split(text)[-1]
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sentence)]
    if not words:
        return Cues(*[False] * len(Cues._fields))
    last, tail = words[-1], text[-3:]
    asks = _asks(words)
    whole = words[0] in _GREETINGS or last in _ANSWERS or (asks and len(words) == 2)
    answer = whole and len(words) <= 3
    return Cues(
        never=last in _NEVER,
        seldom=(last in _SELDOM or bool(_TELL.search(sentence))) and not answer,
        fronted=not asks and words[0] in _FRONT and not _second(sentence),
        placed=words[0] in _PLACES and not _WHOSE.intersection(words) and not _second(sentence),
        dictated=bool(_DICTATED.search(text)) or (len(words) > 1 and set(words[-2:]) <= _NUMBERS),
        listed=bool(_LISTED.search(sentence)) and words[0] not in _FRONT | _PLACES | _ANSWERS,
        asked=asks and len(words) >= 3,
        answer=answer,
        lone=len(words) <= 2 and not answer,
        stop=tail.endswith((".", "!")) and not tail.endswith(".."),
        question=tail.endswith("?"),
        comma=tail.endswith((",", "-", "–", "—", "…", "..", ":", ";")),
    )


def _asks(words: list[str]) -> bool:
    """Begins as a question does; "when" and its like only before a verb that is turned round."""
    if words[0] not in _ASKS or (words[0][:2] == "wh" and words[1:2] and words[1] in _WHOSE):
        return False  # "what I want"
    return words[0] not in _FRONT or (len(words) > 1 and words[1] in _ASKS)


def _second(sentence: str) -> bool:
    """Two words or more follow a comma."""
    return len(_WORD.findall(sentence.rpartition(",")[2])) >= 2 and "," in sentence
