"""What words mean to who hears them: which feeling, and how strong. Pure; English.

Kinds are those of the OCC model (Ortony, Clore & Collins 1988): what others do to one (praise, insult, gift,
threat, apology), what befalls others (good and sad news), and what things are like (disgusting, astonishing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from runtime.safety.phrases import Found, Phrases

FELT = ("joy", "sadness", "anger", "fear", "disgust", "surprise")
Side = Literal["heard", "happened", "expressed"]

FEELINGS: dict[str, tuple[str, float]] = {
    "praise": ("joy", 0.6),
    "thanks": ("joy", 0.35),
    "gift": ("joy", 0.55),
    "good_news": ("joy", 0.45),
    "joke": ("joy", 0.45),
    "warmth": ("joy", 0.4),
    "apology": ("joy", 0.15),
    "insult": ("anger", 0.7),
    "rudeness": ("anger", 0.5),
    "harm": ("anger", 0.6),
    "threat": ("anger", 0.75),
    "sad_news": ("sadness", 0.6),
    "hurt": ("sadness", 0.5),
    "alarm": ("fear", 0.7),
    "disgusting": ("disgust", 0.65),
    "astonishing": ("surprise", 0.6),
}
"""Which feeling a kind stirs, and how far it moves: two insults make rage, three thanks good cheer."""

NEWS = frozenset({"gift", "good_news", "sad_news", "alarm", "disgusting", "astonishing", "harm"})
"""Kinds that are told: who asks about them tells nothing."""
BACK = 3
"""Words before a phrase in which a "not" takes it back."""
_DENIALS = (
    "not no never dont doesnt didnt isnt arent wasnt wont cant couldnt wouldnt without nothing hardly aint"
)
_NOT = frozenset(_DENIALS.split())
_DEGREES = "very so really truly extremely absolutely totally such completely too"
_MORE = frozenset(_DEGREES.split())
LOUDER = 1.2
"""What "very", or an exclamation mark, does to a feeling."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A feeling that is stirred, and how far on its way to 1; `soothes` also calms anger and fear."""

    kind: str
    emotion: str
    strength: float
    soothes: bool = False

    def scaled(self, by: float) -> Appraisal:
        return replace(self, strength=self.strength * by)


class _Group(Struct, frozen=True, forbid_unknown_fields=True):
    side: list[Side]
    kind: str
    phrases: list[str]


class _Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
    groups: list[_Group]


def heard(text: str, boldness: float = 0.6) -> list[Appraisal]:
    """What the player's words do to the character."""
    return _appraised("heard", text, boldness)


def happened(text: str, boldness: float = 0.6) -> list[Appraisal]:
    """What an event does to it."""
    return _appraised("happened", text, boldness)


def expressed(text: str) -> list[Appraisal]:
    """What the character's own words show that it feels."""
    return _appraised("expressed", text, 0.6)


def feelings(kind: str, boldness: float, by: float = 1.0) -> list[Appraisal]:
    """What something of this kind stirs in a character that is so bold, weaker first."""
    emotion, strength = FEELINGS[kind]
    if kind != "threat":
        return [Appraisal(kind, emotion, strength * by, soothes=kind == "apology")]
    shares = {"anger": boldness, "fear": 1 - boldness}
    stirred = [Appraisal(kind, name, strength * by * min(1.0, share / 0.6)) for name, share in shares.items()]
    return sorted((one for one in stirred if one.strength > 0.1), key=lambda one: one.strength)


def _appraised(side: Side, text: str, boldness: float) -> list[Appraisal]:
    phrases = _phrases(side)
    words = phrases.words(text)
    found = [match for match in _longest(phrases.found(words)) if not _denied(words, match.start)]
    kinds: dict[str, float] = {}
    if asks(text):
        found = [match for match in found if match.value not in NEWS]
    for match in found:
        louder = LOUDER if _MORE & set(words[max(0, match.start - 2) : match.end]) or "!" in text else 1.0
        kinds[match.value] = max(louder, kinds.get(match.value, 0.0))
    return [one for kind, by in kinds.items() if kind != "none" for one in feelings(kind, boldness, by)]


def _longest(found: Sequence[Found[str]]) -> list[Found[str]]:
    """Those that lie in no longer one: "not bad" is no "bad"."""
    spans = sorted(found, key=lambda match: (match.start - match.end, match.start))
    kept: list[Found[str]] = []
    for match in spans:
        if not any(one.start <= match.start and match.end <= one.end for one in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _denied(words: Sequence[str], at: int) -> bool:
    return bool(_NOT & set(words[max(0, at - BACK) : at]))


def asks(text: str) -> bool:
    """Whether `text` asks something: then it tells no news, unless the question is how the telling begins."""
    begun = text.lower().lstrip()
    return text.rstrip().endswith("?") and not begun.startswith(
        ("can you believe", "did you know", "have you heard")
    )


def tells(text: str) -> bool:
    """Whether `text` says something of itself: neither asks nor denies. Likeness cannot tell those apart."""
    return not asks(text) and not _NOT & set(_phrases("heard").words(text))


@cache
def _phrases(side: Side) -> Phrases[str]:
    file = Path(__file__).parent / "lexicon.toml"
    read = msgspec.toml.decode(file.read_bytes(), type=_Lexicon)
    if unknown := {group.kind for group in read.groups} - {*FEELINGS, "none"}:
        raise ValueError(f"{file}: there is no kind {', '.join(sorted(unknown))}")
    return Phrases(
        (phrase, group.kind) for group in read.groups if side in group.side for phrase in group.phrases
    )
