"""Whether a player asks for a fact of the world: what a character must not make up. Pure; English."""

from __future__ import annotations

import re

_WRAPPING = re.compile(
    r"^(?:(?:so|well|and|but|please|excuse me|hey|oh|ok|okay|um|uh|listen|tell me|say)\b[ ,]*)*"
    r"(?:(?:do|did|can|could|would|will|have|don't|won't|can't) you (?:happen to |even |ever |please )*"
    r"(?:know|tell me|say|heard?|remember|explain|show me|teach me)"
    r"(?: anything| something| much)?(?: (?:of|about|if|whether|that)\b)?[ ,]*"
    r"|tell me (?:about )?|explain )?",
    re.IGNORECASE,
)
"""What stands around a question without being part of it."""

_ASKS = re.compile(
    r"^(?:who|whose|whom|what|which|when|where|why|how|is|are|was|were|does|did|do|has|have|can|could|will)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:you|your|yours|you're|you've|we|us|our|my|i'm|this|joke|riddle|story|poem|song)\b"
    r"|\b(?:that|there|here)\W*$",
    re.IGNORECASE,
)
"""Who asks about the two of us, or about what was just spoken of, may be answered from the talk itself; and
who wants to be entertained does not ask for facts."""

_LEANS = re.compile(r"\b(?:it|he|she|they|him|her|them)\b", re.IGNORECASE)
"""Somebody or something that was spoken of before, or, behind a name, is named in the question itself."""

_NAME = re.compile(r"(?<=\s)[A-Z]\w+")

_KNOWN = re.compile(r"\b(?:know|tell|heard?|explain|teach|show)\b", re.IGNORECASE)


_TELLS = re.compile(
    r"^\W*(?:(?:well|and|but|so|oh|yes|no|please)\W+)*(?:i|i'm|i've|i'll|i'd|my|we|our|he|she|they|it|it's|you're|your"
    r"|you (?!know)\w+|the|this|that|there|hello|hi|hey|good|thanks|thank|goodbye|bye)\b",
    re.IGNORECASE,
)


def demands(text: str) -> bool:
    """Whether `text` wants something of the character, rather than tells it something."""
    return not _TELLS.search(text)


def seeks_fact(text: str) -> bool:
    """Whether `text` is a question about something else than the two who talk."""
    wrapped = _WRAPPING.match(text)
    around = wrapped[0] if wrapped else ""
    rest = text[len(around) :]
    known = bool(_KNOWN.search(around)) and bool(rest.strip(" ?.!"))
    words = len(rest.split())
    asks = known or (words > 1 and bool(_ASKS.match(rest))) or (text.rstrip().endswith("?") and words > 3)
    return asks and not _PERSONAL.search(rest) and not _leans(rest)


def _leans(text: str) -> bool:
    """Whether it speaks of somebody whom it does not name before."""
    at, name = _LEANS.search(text), _NAME.search(text)
    return at is not None and (name is None or at.start() < name.start())
