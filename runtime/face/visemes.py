"""How the mouth makes each sound of English: targets in ARKit weights, and how firmly each sound insists on
them.

Set by hand from the places and manners of articulation (lip rounding, spreading, jaw height, labial contact)
and from the classes of Edwards, Landreth, Fiume and Singh, "JALI" (2016). Targets are those of careful,
isolated sounds; running speech reaches less than half of them, see `coarticulation.GAIN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

CHANNELS: Final = (
    "jawOpen",
    "jawForward",
    "mouthFunnel",
    "mouthPucker",
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthStretch",
    "mouthSmile",
    "mouthDimple",
    "mouthRollLower",
    "tongueOut",
)
"""What the sounds move; left and right are one. Closing the lips is a rule, not a target: see `contact`."""

GROUPS: Final = {"jaw": slice(0, 2), "round": slice(2, 4), "lips": slice(4, 10), "tongue": slice(10, 11)}
"""Channels that move together, as one articulator."""


class Contact(Enum):
    """What has to touch, whatever the neighbours ask for."""

    NONE = 0
    LIPS = 1
    LIP_TEETH = 2
    TEETH = 3
    """Sibilants: the teeth all but meet."""


@dataclass(frozen=True, slots=True)
class Viseme:
    """Targets for `CHANNELS` in [0, 1] and dominance of each articulator in [0, 1]."""

    targets: tuple[float, ...]
    jaw: float = 1.0
    lips: float = 1.0
    rounding: float = 1.0
    tongue: float = 1.0
    contact: Contact = Contact.NONE
    hold: tuple[float, float] = (0.15, 0.85)
    """The part of the sound during which the contact is whole; a stop lets go before it is over."""
    vowel: bool = False
    brief: bool = False
    """Leaves the jaw alone where it is short (JALI: obstruents and nasals)."""
    early: bool = False
    """Lip-heavy: the lips set off early and return late."""


def _targets(
    jaw: float = 0,
    fun: float = 0,
    puc: float = 0,
    low: float = 0,
    up: float = 0,
    wide: float = 0,
    smile: float = 0,
    dimple: float = 0,
    roll: float = 0,
    tongue: float = 0,
    fwd: float = 0,
) -> tuple[float, ...]:
    return (jaw, fwd, fun, puc, low, up, wide, smile, dimple, roll, tongue)


def _vowel(early: bool = False, **targets: float) -> Viseme:
    return Viseme(_targets(**targets), vowel=True, early=early, tongue=0.3)


def _tongue_only(targets: tuple[float, ...]) -> Viseme:
    return Viseme(targets, jaw=0.45, lips=0.10, rounding=0.05, brief=True)


_FATHER = _vowel(jaw=0.78, low=0.42, up=0.18)
_TRAP = _vowel(jaw=0.68, low=0.50, up=0.30, wide=0.30, smile=0.12)
_STRUT = _vowel(jaw=0.52, low=0.36, up=0.20)
_THOUGHT = _vowel(jaw=0.60, fun=0.50, puc=0.32, low=0.24, up=0.10)
_GOAT = _vowel(early=True, jaw=0.45, fun=0.50, puc=0.45, low=0.18, up=0.08)
_DRESS = _vowel(jaw=0.48, low=0.42, up=0.26, wide=0.25, smile=0.12)
_KIT = _vowel(jaw=0.32, low=0.38, up=0.26, wide=0.25, smile=0.18)
_FLEECE = _vowel(jaw=0.22, low=0.42, up=0.30, wide=0.38, smile=0.30, dimple=0.15)
_FOOT = _vowel(early=True, jaw=0.30, fun=0.40, puc=0.48, low=0.15, up=0.06)
_GOOSE = _vowel(early=True, jaw=0.20, fun=0.35, puc=0.80, low=0.08, up=0.05)
_NURSE = _vowel(jaw=0.36, fun=0.35, puc=0.28, low=0.26, up=0.16)
_COMMA = _vowel(jaw=0.32, low=0.30, up=0.18)

_PIE = Viseme(_targets(jaw=0.10), jaw=0.6, rounding=0.15, contact=Contact.LIPS, hold=(0.0, 0.65))
_MY = Viseme(_targets(jaw=0.10), jaw=0.6, rounding=0.15, contact=Contact.LIPS, hold=(0.1, 0.9))
_FIVE = Viseme(_targets(jaw=0.16, up=0.32, roll=0.60), jaw=0.5, rounding=0.2, contact=Contact.LIP_TEETH)
_THING = Viseme(_targets(jaw=0.26, low=0.32, up=0.18, tongue=0.30), jaw=0.5, lips=0.35, rounding=0.1)
_SEE = Viseme(
    _targets(jaw=0.12, low=0.34, up=0.26, wide=0.28, smile=0.08),
    lips=0.55,
    rounding=0.15,
    contact=Contact.TEETH,
)
_SHE = Viseme(
    _targets(jaw=0.14, fun=0.62, puc=0.40, low=0.30, up=0.30, fwd=0.12),
    lips=0.8,
    contact=Contact.TEETH,
    early=True,
)
_TIE = _tongue_only(_targets(jaw=0.18, low=0.24, up=0.12))
_LIE = _tongue_only(_targets(jaw=0.30, low=0.28, up=0.14))
_KEY = _tongue_only(_targets(jaw=0.28, low=0.24, up=0.12))
_RED = Viseme(_targets(jaw=0.26, fun=0.40, puc=0.34, low=0.20, up=0.10), jaw=0.4, lips=0.4, rounding=0.6)
_WE = Viseme(_targets(jaw=0.16, fun=0.32, puc=0.90), jaw=0.5, rounding=1.0, early=True)
_YES = Viseme(_targets(jaw=0.18, low=0.30, up=0.20, wide=0.30, smile=0.24), jaw=0.4, lips=0.4, rounding=0.3)
_HEY = Viseme(_targets(jaw=0.30, low=0.25, up=0.15), jaw=0.05, lips=0.05, rounding=0.03)

REST = Viseme(_targets(), jaw=0.7, lips=0.7, rounding=0.5, tongue=1.0)
"""Silence: lips together, jaw up."""

_SOUNDS = {
    **dict.fromkeys("ɑɒ", (_FATHER,)),
    **dict.fromkeys("aæ", (_TRAP,)),
    **dict.fromkeys("ʌɐ", (_STRUT,)),
    **dict.fromkeys("ɔo", (_THOUGHT,)),
    **dict.fromkeys("ɛe", (_DRESS,)),
    **dict.fromkeys("ɪᵻɨ", (_KIT,)),
    **dict.fromkeys("ɜɚ", (_NURSE,)),
    **dict.fromkeys("əᵊ", (_COMMA,)),
    **dict.fromkeys("pb", (_PIE,)),
    "m": (_MY,),
    **dict.fromkeys("fv", (_FIVE,)),
    **dict.fromkeys("θð", (_THING,)),
    **dict.fromkeys("sz", (_SEE,)),
    **dict.fromkeys("ʃʒʧʤ", (_SHE,)),
    **dict.fromkeys("tdTɾn", (_TIE,)),
    **dict.fromkeys("kɡŋxʔ", (_KEY,)),
    **dict.fromkeys("ɹr", (_RED,)),
    "i": (_FLEECE,),
    "ʊ": (_FOOT,),
    "u": (_GOOSE,),
    "l": (_LIE,),
    "w": (_WE,),
    "j": (_YES,),
    "h": (_HEY,),
    "A": (_DRESS, _KIT),
    "I": (_FATHER, _KIT),
    "O": (_GOAT, _GOOSE),
    "Q": (_COMMA, _GOOSE),
    "W": (_FATHER, _FOOT),
    "Y": (_THOUGHT, _KIT),
}
VISEMES: Final = MappingProxyType(_SOUNDS)
"""One viseme for each phoneme of the misaki alphabet, two for a diphthong: where it sets off and where it
goes."""
