"""What a character may be called by who talks to it. Pure; English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from runtime.character import Character

_TRADES: dict[str, str] = {
    "inn": "innkeeper landlord landlady barkeep bartender barmaid",
    "tavern": "innkeeper landlord landlady barkeep bartender",
    "sergeant": "sergeant guard officer",
    "guard": "guard guardsman officer",
    "captain": "captain",
    "stall": "vendor seller",
    "noodle": "cook chef",
    "cook": "cook chef",
    "shop": "shopkeeper merchant",
    "merchant": "merchant trader",
    "smith": "smith blacksmith",
    "forge": "smith blacksmith",
    "priest": "priest father",
    "healer": "healer doctor",
    "doctor": "doctor",
    "king": "king majesty",
    "queen": "queen majesty",
}
"""What somebody is called whose description has the word."""

_MISHEARD = 0.8
"""Likeness of letters (Ratcliff & Obershelp) from which on a word is a misheard name: "tanzy", "marah"; but
not "hold" for Holt (0.75)."""
_LONG = 5
"""Letters of the shortest word that may be one: short ones are like everything."""


def words(text: str) -> list[str]:
    """Lower-case words and marks, in order; "Mara's" and "don't" are one word each."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?]", text.lower().replace("’", "'"))[:160]


def callings(cast: Mapping[str, Character]) -> dict[str, str]:
    """Word -> id of whom it calls. A word that would call several calls nobody."""
    found: dict[str, set[str]] = {}
    for key, npc in cast.items():
        for word in _words_for(npc):
            found.setdefault(word, set()).add(key)
    return {word: next(iter(keys)) for word, keys in found.items() if len(keys) == 1}


def called(word: str, names: Mapping[str, str]) -> str | None:
    """Whom a word calls, also where it was misheard a little."""
    if word in names or len(word) < _LONG:
        return names.get(word)
    if word.endswith("s") and word[:-1] in names:
        return None  # "guards" are others
    near = get_close_matches(word, names, 1, _MISHEARD)
    return names[near[0]] if near and word[0] == near[0][0] and abs(len(word) - len(near[0])) <= 1 else None


def _words_for(npc: Character) -> set[str]:
    own = {word.lower() for word in re.findall(r"[^\W_]+", npc.name) if len(word) > 1}
    told = re.findall(r"[^\W_]+", npc.description.lower().split(":")[0])
    trades = {trade for word in told for trade in _TRADES.get(word, "").split()}
    kept = {
        word
        for word in re.findall(r"[^\W\d_]+", npc.id.lower())
        if word in " ".join(_TRADES.values()).split()
    }
    return (own | trades | kept) - {"the", "of", "old", "young"}
