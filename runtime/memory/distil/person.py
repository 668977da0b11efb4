"""Who is who: from the words of a player or a character to words about them."""

from __future__ import annotations

import re

from runtime.memory.distil.words import lexicon

LONGEST = 90
"""Characters of what a fact says beside its subject; facts share a prompt of a few hundred."""

_PLAYER = {
    "i": "they", "i'm": "they're", "i've": "they've", "i'll": "they'll", "i'd": "they'd",
    "me": "them", "my": "their", "mine": "theirs", "myself": "themselves",
}  # fmt: skip
_CHARACTER = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'll": "you'll", "i'd": "you'd", "me": "you",
    "my": "your", "mine": "yours", "myself": "yourself", "your": "their", "yours": "theirs",
    "yourself": "themselves", "you're": "they're", "you've": "they've", "you'll": "they'll",
    "you'd": "they'd",
}  # fmt: skip
_THEN = {
    "tomorrow": "the next day", "tonight": "that night", "today": "that day",
    "yesterday": "the day before", "now": "then", "next week": "the week after",
    "next month": "the month after", "this evening": "that evening", "this morning": "that morning",
    "this afternoon": "that afternoon", "last night": "the night before",
    "last week": "the week before", "this week": "that week", "later today": "later that day",
}  # fmt: skip
"""When a fact is recalled, its tomorrow may be long past."""
_TIMES = re.compile(r"\b(?:" + "|".join(sorted(_THEN, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_WORD = re.compile(r"[\w']+")
_SUBJECT_AFTER = lexicon(
    "if when what where that until before once because whatever while after as how who which whenever"
)
_TAG = re.compile(
    r"(?:,?\s+(?:too|as well|please|(?<!let )you know|though|sir|madam|ma'am|my friend|then|right|okay"
    r"|i guess|i think"
    r"|i suppose|to be honest|honestly|at all|very much|so much|a lot|for sure|anyway|of course"
    r"|instead|got it|okay|ok|that's all"
    r"|actually|love|mate|(?:and )?(?:you have |i give you )?my word(?: on it)?|i promise(?: you)?"
    r"|i swear|honest|trust me))+$",
    re.IGNORECASE,
)


def of_player(text: str) -> str:
    """Words of the player, as told about them to the character: "my ring" is "their ring"."""
    return _shift(text, _PLAYER)


def of_character(text: str) -> str:
    """Words of the character, as told to it: "bring you my soup" is "bring the player your soup"."""
    named = False
    previous = ""

    def turn(match: re.Match[str]) -> str:
        nonlocal named, previous
        word, before = match[0], previous
        previous = word.lower()
        if previous != "you":
            return _CHARACTER.get(previous, word)
        if before in _SUBJECT_AFTER:
            return "they"
        pronoun, named = ("them" if named else "the player"), True
        return pronoun

    return _then(_WORD.sub(turn, trimmed(text)))


def trimmed(text: str) -> str:
    """Without what hangs on behind, and not too long."""
    text = _TAG.sub("", text.strip(' ,;:-"'))
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


def ended(text: str) -> str:
    """As a sentence: a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(("…", ".", '."', '?"', '!"')) else ".")


def _shift(text: str, pronouns: dict[str, str]) -> str:
    text = re.sub(r"\bI was\b", "they were", trimmed(text))
    return _then(_WORD.sub(lambda match: pronouns.get(match[0].lower(), match[0]), text))


def _then(text: str) -> str:
    return _TIMES.sub(lambda match: _THEN[match[0].lower()], text)
