"""How what is said changes a relation. Pure; English."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from runtime.memory.facts import Relation

PAUSE = 30 * 60.0
"""Seconds of silence after which talk is a new conversation: as web statistics count a visit."""

CALM = 3600.0
"""Seconds in which a mood falls to half."""

_TRUST_STEP, _MOOD_STEP = 0.08, 0.35
"""Share of what is left to the end that one warm or hostile exchange covers: a mood turns in one or two, and
a friendship takes some nine kind ones to pass one half."""
_HURT = 2.0
"""Hostile words count this often in trust: bad is stronger than good (Baumeister et al. 2001)."""
_KEPT = 2.0
"""So do promises that were kept: they cost more than words."""

_WARM = re.compile(
    r"\b(?:thanks?|thank you|please|grateful|well done|wonderful|delicious|you(?:'re| are) (?:so "
    r"|very |really |too )?"
    r"(?:kind|nice|lovely|sweet|great|good|brave|funny|clever|wise|the best|a good|a friend|my friend"
    r"|amazing|right)|i (?:really )?"
    r"(?:like|love|trust|missed|believe|appreciate|admire) you|good to see you|nice to (?:see"
    r"|meet) you|happy to see you"
    r"|i(?:'m| am) (?:so |very )?sorry|my friend|bless you|well met)\b",
    re.IGNORECASE,
)
_HOSTILE = re.compile(
    r"\b(?:shut up|go to hell|screw you|damn you|curse you|get lost|piss off|fuck (?:you|off)"
    r"|i (?:really )?(?:hate|despise) you|you (?:\w+ ){0,2}"
    r"(?:idiot|fool|liar|thief|coward|moron|bastard|bitch|pig|scum|swine|traitor|cheat|wretch|hag)"
    r"|you(?:'re| are) (?:so |very |really |a |an |such a |just a |nothing but a )*"
    r"(?:stupid|ugly|useless|boring|pathetic|worthless|disgusting|annoying|terrible|awful|horrible"
    r"|lying|fat|crazy|dumb)"
    r"|i(?:'ll| will| am going to|'m going to) (?:kill|hurt|rob|burn|hit|stab|punch|destroy) (?:you"
    r"|your|this|the)|i don't (?:trust|like|believe) you|you lie|you lied)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|don't think|didn't say|isn't it true) (?:that )?$", re.IGNORECASE)


def moved(relation: Relation, said: str, at: datetime, since: float, kept: int = 0) -> Relation:
    """The relation after the player said `said`, `since` seconds after the last exchange (inf: never before).

    `kept` counts promises that were made good. Raises nothing; neutral words move trust not at all.
    """
    warm, hostile = _found(_WARM, said), _found(_HOSTILE, said)
    feeling = (warm > 0) - (hostile > 0) * 2  # both at once: the worse is what stays
    trust = relation.trust
    if hostile:
        trust = _towards(trust, -1.0, _TRUST_STEP * _HURT)
    elif warm or kept:
        trust = _towards(trust, 1.0, _TRUST_STEP * (_KEPT if kept else 1))
    mood = calmed(relation.mood, since)
    if feeling or kept:
        mood = _towards(mood, -1.0 if hostile else 1.0, _MOOD_STEP)
    return replace(
        relation,
        trust=trust,
        mood=mood,
        met=relation.met or at,
        exchanges=relation.exchanges + 1,
        visits=relation.visits + (since > PAUSE),
    )


def calmed(mood: float, seconds: float) -> float:
    """What is left of a mood."""
    return float(mood * 0.5 ** (max(0.0, seconds) / CALM))


def _towards(value: float, end: float, share: float) -> float:
    return value + (end - value) * share


def _found(pattern: re.Pattern[str], said: str) -> int:
    said = said.replace("’", "'")[:2000]
    return sum(not _DENIED.search(said[: match.start()]) for match in pattern.finditer(said))
