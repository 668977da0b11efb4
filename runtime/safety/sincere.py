"""Whether a player sincerely asks what they talk to, or says to be a minor. Pure. English, and some Chinese.

Laws ask for an answer: people are told that they talk to a machine where that is not plain (EU AI Act, art.
50; California B&P code 17941). A game makes it plain by itself, so what is meant as play is left to the
character.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from runtime.language.phrases import phrases
from runtime.safety.patterns import pattern
from runtime.safety.text import plain

_PLAY = re.compile(r"\bplease (?:pass|bring|give|pour|tell me (?:a|the|about))\b")
"""Where "please" asks for something else."""


def asked(text: str) -> Literal["", "playful", "sincere"]:
    """Whether `text` asks if a machine or a person speaks, and how it is meant."""
    words = " ".join(plain(text).split())
    if not pattern("asked").search(words):
        return ""
    return "sincere" if pattern("cues").search(_PLAY.sub("", words)) else "playful"


def minor(text: str) -> bool:
    """Whether the player says to be under eighteen."""
    return pattern("minor").search(" ".join(plain(text).split())) is not None


def sincere(text: str) -> bool:
    """Whether `text` has a claim to an honest answer."""
    return asked(text) == "sincere" or minor(text)


HONEST: Final = phrases("en").honest
"""Said for `honest` where the writer left none. Held to the game's own world it would be no answer."""

CARE: Final = phrases("en").care
"""Said for `care` where the writer left none. It names no number: those differ from country to country."""
