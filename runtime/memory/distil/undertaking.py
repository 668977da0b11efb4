"""What somebody says they will do: commissives (Searle 1976), told from orders, comforts and asides."""

from __future__ import annotations

import re
from typing import NamedTuple

from runtime.memory.distil import commissives as say
from runtime.memory.distil.clauses import Clause
from runtime.memory.distil.person import trimmed
from runtime.memory.distil.words import topic


class Undertaken(NamedTuple):
    """What somebody says they will do."""

    what: str
    denied: str
    """"", "not " or "never "."""
    binding: bool
    """Whether it was given as a promise, or is of the kind that others rely on."""
    linked: str = "to "
    """What goes before `what` in "promised to bring", "promised that you will have"."""


def undertaken(clause: Clause, sworn: bool = False) -> Undertaken | None:
    """What `clause` undertakes; `sworn` where an oath stands elsewhere in the sentence."""
    if clause.asks:
        return None
    text = clause.text
    if match := say.WILL.match(text) or say.TO.match(text):
        return _will(match, text, sworn, clause.condition != "" and say.TELLS.match(match["x"]) is not None)
    if match := say.COMING.match(text):
        return Undertaken(_plain(trimmed(match["x"])), "", True)
    if match := say.YOU.match(text):
        what = f"{match['who'][:-3]} will {match['x']}" if match["who"] else f"you will not {match['y']}" if (
            match["no"]) else match[0]  # fmt: skip
        return Undertaken(_inner(trimmed(what)), "", True, "that ")
    if (match := say.INSIDE.match(text)) and not say.NO_CLAUSE_AFTER.search(match["before"]):
        return _will(match, text, sworn, False)
    if match := say.OFFER.match(text):
        what = trimmed(match["x"] or match["can"] or match["like"] or match["glad"])
        if (
            say.COMMITS.match(what)
            and (topic(what) or match["can"])
            and (not match["x"] or not say.NO_OFFER.match(what))
        ):
            return (
                None
                if match["like"] and not say.FOR_YOU.search(what)
                else Undertaken(what, "", not match["like"])
            )
    if match := say.PASSIVE.match(text) or say.BEHALF.match(text):
        return Undertaken(_inner(trimmed(match["x"])), "", True, "that ")
    if (match := say.PRESENT.match(text)) and not say.HABIT.search(text):
        return _present(match, text, clause.condition)
    return None


def _will(match: re.Match[str], text: str, sworn: bool, conditional: bool) -> Undertaken | None:
    what, groups = trimmed(match["x"]), match.groupdict()
    denied = (
        next((groups[k] for k in ("not", "wont", "never", "nor", "nont") if groups.get(k)), "")
        .strip()
        .lower()
    )
    oath = sworn or conditional or groups.get("oath") or say.OATH_AFTER.search(text)
    if (
        not what
        or (say.IDLE.match(what) and not oath and not denied)
        or (not topic(what) and not say.COMMITS.match(what))
    ):
        return None
    if denied and say.STATIVE.match(what) and not oath:
        return None
    binding = bool(oath or denied or say.COMMITS.match(what))
    return Undertaken(what, {"": "", "never": "never "}.get(denied, "not "), binding)


def _present(match: re.Match[str], text: str, condition: str) -> Undertaken | None:
    """ "next week I bring twice as many", with a time or on a condition."""
    what = trimmed(match["x"])
    if not (when := say.WHEN.search(text)):
        return Undertaken(what, "", True) if condition else None
    return Undertaken(what if when[0] in what else f"{what} {when[0]}", "", True)


def _plain(what: str) -> str:
    """ "coming back" as in "promised to come back"."""
    verb, _, rest = what.partition(" ")
    stem = {"coming": "come", "taking": "take"}.get(verb.lower(), verb.lower().removesuffix("ing"))
    return f"{stem} {rest}"


def _inner(clause: str) -> str:
    """As it is written inside of a sentence."""
    return clause[:1].lower() + clause[1:]
