"""Whether a fact holds what a question asks for: a number, a time, a place, a name. Pure; English.

An old check of question answering (Harabagiu et al. 2000, "FALCON"): the form of a question says what kind of
answer it wants; a sentence without anything of that kind is about the matter and answers something else.
"""

from __future__ import annotations

import re

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "seventeen eighteen nineteen hundred thousand half dozen twice once both"
_NONE = "no none nothing nobody free only every each all"
_NUMBER = re.compile(
    rf"\b(?:{'|'.join(f'{_ONES} {_TENS} {_NONE}'.split())}"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|\d+)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:dawn|sun\w*|dusk|noon|mid\w+|nights?|tonight|mornings?|evenings?|\w*days?|years?|ago|winters?|spring"
    r"|summers?|autumn|when|while|until|till|after|before|since|hours?|never|always|once|early|late|weeks?"
    r"|months?|older|younger|longer)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:at|in|on|by|behind|under|up|down|near|from|to|through|across|beside|past|around|over|outside|inside"
    r"|left|right|along|off|above|below|beyond|into|out|further|farther|home|top|bottom|none|nobody|no)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b[A-Z]\w+")
_PLAIN = re.compile(
    r"(?:a|an|and|as|at|by|for|from|if|in|it|no|of|on|or|since|the|they|to|when|who|whoever|you|your)", re.I
)
"""What a sentence may begin with that is no name."""

_KINDS: tuple[tuple[re.Pattern[str], tuple[re.Pattern[str], ...]], ...] = (
    (re.compile(r"\bhow (?:far|long)\b", re.I), (_NUMBER, _TIME, _PLACE)),
    (re.compile(r"\bhow old\b", re.I), (_NUMBER, _TIME)),
    (
        re.compile(
            r"\bhow (?:many|much|high|deep|heavy|tall|wide|often)\b|\bwhat\b.*\b(?:costs?|price)\b", re.I
        ),
        (_NUMBER,),
    ),
    (
        re.compile(
            r"\bwhen (?:do|does|did|is|are|was|were|will|can|must|should)\b"
            r"|\b(?:what|which) (?:time|days?|hour|year|month|night)\b",
            re.I,
        ),
        (_TIME,),
    ),
    (re.compile(r"\bwhere(?:'s| (?:is|are|was|were|do|does|did|can|could))\b", re.I), (_PLACE,)),
)
"""How a question of a kind is asked, and what its answer has one of."""

_NAMES = re.compile(r"\bwhat(?:'s| is| was| are| were)\b.*\b(?:names?|called)\b", re.IGNORECASE)


_WHO = re.compile(r"\bwho(?:'s| is| are| was) (?:the |that |this )?(\w+)\W*$", re.IGNORECASE)


def may_answer(question: str, fact: str) -> bool:
    """Whether `fact` holds anything of the kind that `question` asks for; True where it asks for no kind."""
    for asks, holds in _KINDS:
        if asks.search(question):
            return any(pattern.search(fact) for pattern in holds)
    if who := _WHO.search(question):
        return _tells_of(who[1], fact)
    return _names(question, fact) if _NAMES.search(question) else True


def _tells_of(who: str, fact: str) -> bool:
    """Whether `fact` speaks of them, and not only of what is theirs ("Mara's brother went to sea")."""
    named = re.findall(rf"\b{re.escape(who)}\b(['’]s)?", fact, re.IGNORECASE)
    return not named or "" in named


def _names(question: str, fact: str) -> bool:
    """Whether `fact` holds a name that is not in the question already."""
    asked = set(re.findall(r"\w+", question.lower()))
    called = (word for word in _CALLED.findall(fact) if not _PLAIN.fullmatch(word))
    return any(word.lower() not in asked for word in called)
