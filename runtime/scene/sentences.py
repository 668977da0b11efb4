"""What a character is told of the things around it: one plain English sentence each. Pure.

Short main clauses, the thing first: a small model repeats what it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runtime.protocol import messages as m
from runtime.scene.labels import OPPOSITES
from runtime.scene.living import alive, gender
from runtime.scene.words import group, stem, words

NEAR, FAR = 3.0, 20.0
"""Metres: within reach of a few steps, and beyond what one speaks of as "here" (Hall 1966: public distance
begins at 3.6 m and its far phase at 7.6 m; twice that is across a square)."""

_ARTICLES = group("the a an my your his her our their some")
_VERBS = group("has had can could will would was were does did must is knows wants belongs stands sits lies")
_SUBJECTS = group("it he she they this that there you")
_IRREGULAR = {"has": "have", "is": "are", "was": "were", "does": "do", "goes": "go"}


def named(entity: m.Entity) -> str:
    """How a sentence speaks of it: "the red cup", "Sergeant Holt", "the cat"."""
    name = " ".join((entity.name or entity.kind.replace("_", " ")).split())
    first = name.split(" ")[0]
    if first.lower() in _ARTICLES:
        return first.lower() + name[len(first) :]
    return name if alive(entity) and first[:1].isupper() else f"the {name}"


def about(entity: m.Entity, away: float | None = None) -> str:
    """The thing, where it is or what it is, and its state: "The red cup is on the counter: it holds ale."."""
    told = " ".join(entity.description.split()).rstrip(".")
    states = [clause for key, value in entity.state.items() if (clause := _clause(key, value))]
    said = f"{named(entity)} is {_place(away)}"
    if told and _finite(told):
        said = f"{named(entity)} {told}"
    elif told and not _complete(told):
        said = f"{named(entity)} is {told}"
    elif told:
        said = f"{said}: {told[:1].lower()}{told[1:]}"
    subject = gender(entity) or ("they" if alive(entity) else "it")
    clauses = [_with(subject, clause) for clause in states]
    joint = " and " if ":" in said else ": "
    return sentence(f"{said}{joint}{listed(clauses)}" if clauses else said)


def own(entity: m.Entity) -> str:
    """The character's own state, to itself: "You are tired and you hold a lantern."; empty if it has none."""
    clauses = [clause for key, value in entity.state.items() if (clause := _clause(key, value))]
    return sentence(listed([_with("you", clause) for clause in clauses])) if clauses else ""


def now(entity: m.Entity, changed: Iterable[str], you: bool = False) -> str:
    """What has just changed of it: "The front door is open now."; empty if nothing that can be said."""
    clauses = [_clause(key, entity.state[key]) for key in sorted(changed) if key in entity.state]
    clauses = [clause for clause in clauses if clause]
    subject = "you" if you else named(entity)
    return sentence(f"{listed([_with(subject, clause) for clause in clauses])} now") if clauses else ""


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _clause(key: str, value: m.State) -> str:
    """A state as a predicate: "is open", "holds ale", "has the price 3"; empty where there is none."""
    key = key.replace("_", " ")
    if isinstance(value, bool):
        if value:
            return f"is {key}"
        return f"is {OPPOSITES[key][0]}" if key in OPPOSITES else f"is not {key}"
    said = " ".join(value.split()) if isinstance(value, str) else f"{value:g}"
    if not said:
        return ""
    verb = key.split(" ")[0]
    if verb in _VERBS or (verb.endswith("s") and not verb.endswith("ss") and isinstance(value, str)):
        return f"{key} {said}"
    return f"has the {key} {said}"


def _with(subject: str, clause: str) -> str:
    if subject not in ("you", "they"):
        return f"{subject} {clause}"
    verb, _, rest = clause.partition(" ")
    return f"{subject} {_IRREGULAR.get(verb, stem(verb))} {rest}"  # a verb loses its "s" as a noun does


def _place(away: float | None) -> str:
    if away is None or NEAR < away < FAR:
        return "here"
    return "near you" if away <= NEAR else "far off"


def _finite(told: str) -> bool:
    """Whether a description goes on from its thing with a verb: "belongs to the miller"."""
    first = told.split(" ")[0]
    return first in _VERBS or (
        first.islower() and first.endswith("s") and not first.endswith(("ss", "us", "'s"))
    )


def _complete(told: str) -> bool:
    """Whether a description is a clause of its own: "it belongs to the miller"."""
    first = (words(told) or [""])[0]
    return first in _SUBJECTS or (told[:1].isupper() and any(word in _VERBS for word in words(told)))
