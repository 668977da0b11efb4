"""What a character tells when it is asked, or that it has to admit that it does not know. Pure."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from runtime.knowledge.asking import demands, seeks_fact
from runtime.knowledge.knowledge import Fact, Knowledge

SURE = 0.95
"""Score above which a fact answers also what has a word in it that is strange to all that was written: of the
questions inside what the three characters know, 6 % have such a word, of those outside 95 %."""

ALIKE = 0.55
"""And cosine from which on what it is known to answer is alike. Beside a strange word a name alone may make a
fact look sure ("Which medals has the captain?"): of such questions that the facts of the three characters do
not answer half stay below it, of those that they do answer one in five."""

STRANGERS = 2
"""So many strange words in what is demanded of a character are of another world."""


FAMILIAR = 0.8
"""Cosine from which on a question is one that the character has an answer of its own to. Of the questions
that are written as unknown to the three characters all but one in twenty stay below."""


class Consulted(NamedTuple):
    """What knowledge says to a text."""

    facts: list[Fact]
    """Best first."""
    unknown: bool
    """It asks for something that the character does not know."""


ALONE = 1.0
"""Log-odds by which the best fact leads the second where that is left out: a small model takes the wrong one
of two more often than a lead like this is wrong."""


def consult(knowledge: Knowledge, text: str, limit: int, before: str = "") -> Consulted:
    """The facts that fit `text`, said after `before`, and whether there should be one and is none."""
    facts = knowledge.search(text, limit, before=before)
    asks = seeks_fact(text)
    if not knowledge.versed:
        return Consulted(_leading(facts), asks and not facts)
    if asks and knowledge.strange(text):
        facts = [fact for fact in facts if fact.score >= SURE and fact.asked >= ALIKE]
    if facts:
        return Consulted(_leading(facts), False)
    if asks and knowledge.familiar(text) < FAMILIAR:
        return Consulted([], True)
    strangers = 1 if "?" in text or asks else STRANGERS
    return Consulted([], demands(text) and knowledge.strange(text, talk=True) >= strangers)


def _leading(facts: list[Fact]) -> list[Fact]:
    """Those that the one before them does not leave behind."""
    kept = facts[:1]
    for one, other in pairwise(facts):
        if _odds(one.score) - _odds(other.score) >= ALONE:
            break
        kept.append(other)
    return kept


def _odds(score: float) -> float:
    score = min(max(score, 1e-9), 1 - 1e-9)
    return math.log(score / (1 - score))
