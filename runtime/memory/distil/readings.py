"""From what players said of themselves to facts: the readings of the rules in `about`."""

from __future__ import annotations

import re

from runtime.memory.distil.person import ended, of_player, trimmed
from runtime.memory.distil.words import CREEDS, DEMONYMS, KIN, TRADE_ENDINGS, TRADES, lexicon, topic
from runtime.memory.facts import Fact, Kind

_EMPTY = lexicon(
    """it that this those these you them him her what how when where there here so one some such everything
    nothing something anything idea question questions feeling minute moment second headache cold favour
    favor request plan reason point doubt problem clue time choice need to no been already not got just
    never thought mind look word fever right riddle story joke dream copper coppers coin coins money"""
)
"""What is had, liked or looked for in passing only."""
_NOWHERE = lexicon(
    "here there work home school that it this bed somewhere nowhere where everywhere outside upstairs"
)
VERBS = {
    "like": "likes", "love": "loves", "enjoy": "enjoys", "adore": "adores", "prefer": "prefers",
    "hate": "hates", "dislike": "dislikes", "despise": "despises", "can't stand": "can't stand",
    "don't like": "doesn't like", "don't love": "doesn't love", "don't enjoy": "doesn't enjoy",
    "can't bear": "can't bear", "detest": "detests", "collect": "collects", "play": "plays",
    "don't drink": "doesn't drink", "don't eat": "doesn't eat", "never drink": "never drinks",
    "never eat": "never eats",
}  # fmt: skip


_COMING = {
    "i'm": "is from", "i come": "comes from", "i was born": "was born in", "i grew up": "grew up in",
    "i was raised": "grew up in", "i live": "lives in", "i hail": "comes from",
    "i moved here": "comes from",
}  # fmt: skip
_SEEKING = {
    "i'm looking for": "is looking for", "i'm searching for": "is searching for",
    "i'm hunting": "is hunting", "i lost": "lost", "i've lost": "has lost", "i'm after": "is after",
    "i'm trying to": "is trying to", "i seek": "is looking for", "i came to": "came to",
    "i'm here to": "is here to", "i've come to": "came to", "i need to find": "needs to find",
    "i have to find": "has to find", "i've been looking for": "has been looking for",
}  # fmt: skip


def _fact(kind: Kind, key: str, text: str) -> Fact:
    return Fact(kind, key, ended(text))


def origin(match: re.Match[str]) -> Fact | None:
    where, verb = trimmed(match["x"]), match["verb"].lower()
    if where.split()[0].lower() in _NOWHERE or re.match(
        r"(?:the )?(?:market|gate|shop|inn|around here)\b", where, re.I
    ):
        return None
    home = verb == "i live"
    preposition = match["at"].lower()
    phrase = _COMING[verb] if preposition in ("from", "in") else f"{_COMING[verb].split()[0]} {preposition}"
    if verb.startswith(("i was", "i grew")) and preposition != "in":
        phrase = f"{_COMING[verb].rsplit(' ', 1)[0]} {preposition}"
    return _fact("origin", "home" if home else "origin", f"the player {phrase} {of_player(where)}")


def demonym(match: re.Match[str]) -> Fact | None:
    word = match["x"].lower()
    if word in DEMONYMS:
        return _fact("origin", "origin", f"the player is {word.capitalize()}")
    return _fact("self", "creed", f"the player is {word.capitalize()}") if word in CREEDS else None


def trade(match: re.Match[str]) -> Fact | None:
    """ "I'm a ..." where that is a trade, at the end of at most four words or before "in", "at", "of" ..."""
    head = (
        re.split(
            r"\s+(?:in|at|on|of|from|for|by|who|and|with|here|myself|now|all|since|until|once)\b|,",
            match["x"],
            maxsplit=1,
        )[0]
        .lower()
        .split()
    )
    if not 1 <= len(head) <= 4:
        return None
    last = head[-1].removesuffix("s") if head[-1].endswith("ers") else head[-1]
    if last not in TRADES and not (last.endswith(TRADE_ENDINGS) and last not in TRADE_ENDINGS):
        return None
    return _fact(
        "work",
        "work",
        f"the player {match['was'] or (match['been'] and 'has ' + match['been']) or 'is'}"
        f" {match['article']} {of_player(match['x'])}",
    )


def work(match: re.Match[str]) -> Fact | None:
    return _fact("work", "work", f"the player works {match['at'].lower()} {of_player(match['x'])}")


def craft(match: re.Match[str]) -> Fact | None:
    """What somebody does, by its work: "I repair violins"."""
    verb, what = match["verb"].lower(), of_player(match["x"])
    if not topic(what):
        return None
    verb = {"teach": "teaches", "fix": "fixes", "study": "studies"}.get(verb, f"{verb}s")
    return _fact("work", f"work:{topic(what)}", f"the player {verb} {what}")


def taste(match: re.Match[str]) -> Fact | None:
    what = of_player(match["x"])
    first = what.split()[0].lower() if what else ""
    if first in _EMPTY - {"to"} or (first == "the" and what.lower().startswith("the way")):
        return None
    verb = match["verb"].lower()
    return _fact("taste", f"taste:{topic(what) or what.lower()}", f"the player {VERBS[verb]} {what}")


def leaning(match: re.Match[str]) -> Fact | None:
    what = of_player(match["x"])
    if not what or (what.split()[0].lower() in _EMPTY | {"a", "not"} and topic(what) == ""):
        return None
    denial = "not " if match["not"] else ""
    said = f"the player is {denial}{match['verb'].lower()} {what}"
    return _fact("taste", f"taste:{topic(what) or what.lower()}", said)


def favourite(match: re.Match[str]) -> Fact:
    what = of_player(match["what"]).lower()
    return _fact("taste", f"favourite:{what}", f"the player's favourite {what} is {of_player(match['x'])}")


def having(match: re.Match[str]) -> Fact | None:
    what = of_player(match["x"])
    words = re.findall(r"[\w']+", what.lower())
    if not words or any(word in _EMPTY for word in words[:2]) or not topic(what):
        return None
    kin = re.match(KIN + r"\b", what, re.IGNORECASE) is not None
    return _fact(
        "kin" if kin else "thing", f"has:{topic(what)}", f"the player has {match['count'].lower()} {what}"
    )


def age(match: re.Match[str]) -> Fact:
    return _fact("self", "age", f"the player is {match['x'].lower()} years old")


def state(match: re.Match[str]) -> Fact:
    return _fact("self", f"self:{match['x'].lower().split()[0]}", f"the player is {of_player(match['x'])}")


def quest(match: re.Match[str]) -> Fact | None:
    what = of_player(match["x"])
    if not topic(what) or what.split()[0].lower() in _EMPTY - {"a", "one", "some"}:
        return None
    verb = match["verb"].lower()
    said = _SEEKING[verb]
    return _fact("quest", f"quest:{topic(what)}", f"the player {said} {what}")


def kin_name(match: re.Match[str]) -> Fact | None:
    if not match["x"][:1].isupper():
        return None
    kin = match["kin"].lower()
    return _fact("kin", f"kin:{kin}", f"the player's {kin} is called {trimmed(match['x'])}")


def kin_fact(match: re.Match[str]) -> Fact | None:
    kin, said = match["kin"].lower(), of_player(match["x"] or "")
    who = f" {match['name']}" if match["name"] else ""
    if not said and not who:
        return None
    text = (
        f"the player's {kin}{who} {match['verb'].lower()} {said}"
        if said
        else f"the player's {kin} is called{who}"
    )
    return _fact("kin", f"kin:{kin}" if not said else f"kin:{kin}:{topic(said)}", text)
