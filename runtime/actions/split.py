"""A line of the player as the steps it asks for: "open the door and then pour me an ale". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from runtime.actions.form import Clause, clause

STEPS = 4
"""Clauses looked at: three actions and what leads up to them. Each costs one embedding."""

LONGEST = 400
"""Characters looked at: who talks longer tells a story, and joints are tried one by one."""

_SENTENCE = re.compile(r"(?<=[.!?;])(?<!\d\.)\s+|\n+")
_JOINT = re.compile(
    r"(?P<then>,? (?:and )?(?:then|afterwards|after that),? )|"
    r"(?P<and>,? and (?:please )?)|(?P<comma>, (?:please )?)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:can|could|would|will) (?:you|i)|i(?: woul|')d (?:like|love)|(?:a|an|some|another) \w", re.IGNORECASE
)
"""Beside verbs: how a clause may begin behind a comma."""


def clauses(text: str, heads: Collection[str]) -> list[Clause]:
    """Clauses in order, at most STEPS. `heads` are first words of what may be asked for: where one follows
    "and" or a comma, a new step begins."""
    found: list[Clause] = []
    for sentence in _SENTENCE.split(text[:LONGEST].strip()):
        if len(found) < STEPS and any(c.isalnum() for c in sentence):
            found += _steps(sentence, heads)
    return found[:STEPS]


def _steps(sentence: str, heads: Collection[str]) -> list[Clause]:
    steps: list[Clause] = []
    start = 0
    for joint in _JOINT.finditer(sentence):
        before, rest = sentence[start : joint.start()], sentence[joint.end() :]
        if _splits(str(joint.lastgroup), clause(before, heads), rest, heads):
            steps.append(clause(before, heads))
            start = joint.end()
    return [step for step in [*steps, clause(sentence[start:], heads)] if step.core]


def _splits(joint: str, before: Clause, rest: str, heads: Collection[str]) -> bool:
    word = rest.split(" ", 1)[0].lower().strip(".,!?;")
    begins = word in heads or _LEAD.match(rest) is not None
    if before.wanted:
        return len(before.core.split()) > 1 - (joint == "then") and (begins if joint != "then" else True)
    # What is asked or ruled out goes on behind "and"; what is told may be why something is asked for.
    return joint == "comma" and before.form != "ask" and begins
