"""A name that the player said and the reply calls them by: "Ask for Lotte." - "I will, Lotte."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.memory.distil.clauses import Clause
from runtime.memory.distil.given import may_be_given
from runtime.memory.distil.spelled import TITLES, is_name, read
from runtime.memory.distil.words import STOP

_VOCATIVE = re.compile(
    r", (?P<end>(?:[A-Z][a-z]+\.? )?[A-Z][\w'-]+)(?=[.!?])"
    r"|, (?P<within>(?:[A-Z][a-z]+\.? )?[A-Z][\w'-]+)(?=,)"
    r"|(?:^|(?<=[.!?] ))(?:[Ww]elcome|[Hh]ello|[Hh]i|[Ee]vening|[Mm]orning|[Ww]ell),?"
    r" (?P<hello>[A-Z][\w'-]+)(?=[.!?, ])"
    r"|(?:^|(?<=[.!?] ))(?P<head>[A-Z][\w'-]+)(?:[!.]| it is\b)"
)
_OF_ANOTHER = (
    r"\b(?:(?:my|your|his|her|our|their)(?: (?!that\b|it's\b)[\w'-]+){{1,2}}|the [\w'-]+|thanks?|thank you"
    r"|evening|morning|hello|hi|hey"
    r"|(?:tell|ask|told|asked)(?= {0} (?:that|to|about|if))|called|named),? {0}\b"
)
_OF_OTHERS = (
    r"\b(?:about|from|by|to|with|saw|met|knows?|see|tell|ask|hate|loves?|like|and|than|is|find|seen),? {0}\b"
    r"|\b{0}(?:'s| (?:is|was|has|says|said|told|and|or|wants?|gave|took|did|does))\b"
)
"""Said of somebody else, or to the character; more of it where the reply may speak of another itself."""


def addressed(said: Sequence[Clause], reply: str) -> str | None:
    """The name, or None. Capitals may be missing in what the player typed."""
    told = " . ".join(clause.text for clause in said if not clause.asks)
    for match in _VOCATIVE.finditer(reply):
        kind = match.lastgroup
        found = match[kind or 0].replace(".", "")
        plain = found.split()[-1].lower()
        known = kind == "end" or may_be_given(found) or (kind == "hello" and is_name(found))
        if plain in TITLES or plain in STOP or not (known or "name" in told):
            continue
        if called := _theirs(found, told, sure=kind == "end"):
            return called
    return None


def _theirs(found: str, told: str, *, sure: bool) -> str | None:
    """The name as the player said it, with title and family name, unless they said it of somebody else."""
    escaped = re.escape(found)
    here = re.search(rf"(?:(\w+) )?\b{escaped}\b(?: (?-i:([A-Z][\w'-]+)))?", told, re.IGNORECASE)
    if here is None or re.search(_OF_ANOTHER.format(escaped), told, re.IGNORECASE):
        return None
    if not sure and re.search(_OF_OTHERS.format(escaped), told, re.IGNORECASE):
        return None
    title = (here[1] or "").lower()
    family = here[2] if here[2] and here[2].lower() not in STOP else ""
    return read(f"{title.title() if title in TITLES else ''} {found} {family}", lower=False, outright=True)
