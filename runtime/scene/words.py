"""English words as scenes are searched by: lower case, without plural, and which of them name nothing."""

from __future__ import annotations

import re


def group(listed: str) -> frozenset[str]:
    """The words of `listed`."""
    return frozenset(listed.split())


EITHER = group("right little good next")
"""Words of grammar that tell things apart before a noun: "the right door"."""

LONGEST = 120
"""Words read of a text: a minute of talk, and a bound on what one line may cost."""

_TOKEN = re.compile(r"'s\b|[^\W_]+|[.,;:!?]")
_ODD = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "knives": "knife",
    "shelves": "shelf",
    "loaves": "loaf",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
}

MARKS = frozenset(".,;:!?")

DETERMINERS = group(
    "the a an my your his our their its some any this that these those her every each all both"
)

EMPTY = (
    DETERMINERS
    | MARKS
    | group(
        "'s i me mine myself you yours yourself he him she hers it we us ours they them theirs who whom "
        "whose "
        "what which where when why how is am are was were be been being do does did done have has had will "
        "would can could shall should may might must not no nor and or but if then than so because while as "
        "at by for from in into of off on onto out over to under up upon with without about after before "
        "behind beside between near next through down here there now just very too also only please yes "
        "again still even ever never much many more most few little lot let got get go come m re ve ll d t "
        "tell say said see look know think want need like one ones thing things something anything nothing "
        "someone anyone somebody anybody well oh hey hello hi good right ok okay really give take put make "
        "bring show hand pass ca wo"
    )
)
"""Words that name no thing: grammar, and the verbs of asking and handling."""


def words(text: str) -> list[str]:
    """Lower-case words and marks of `text`, in order; "don't" is "do not", "guard's" is "guard 's"."""
    plain = text.lower().replace("’", "'").replace("n't", " not")
    return _TOKEN.findall(plain)[:LONGEST]


def stem(word: str) -> str:
    """A word without its plural: "doors" and "door" are one, so are "boxes" and "box"."""
    if word in _ODD:
        return _ODD[word]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def plural(word: str) -> bool:
    """Whether a word speaks of several."""
    return word != "people" and stem(word) != word


def content(text: str) -> frozenset[str]:
    """The stems of what `text` names."""
    return frozenset(stem(word) for word in words(text) if word not in EMPTY)
