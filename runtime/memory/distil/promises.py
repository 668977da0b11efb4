"""Promises of either side, and whether the player's were kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from runtime.memory.distil.clauses import OPENING, Clause
from runtime.memory.distil.person import ended, of_character, of_player, trimmed
from runtime.memory.distil.words import topic
from runtime.memory.facts import Fact, Kind

_OATH = (
    r"(?P<oath>(?:i (?:promise|swear|vow)(?: you| to you)?(?:,? (?:by|on) (?:my|the"
    r"|all) [\w ]{2,20}?)?|(?:you have|i give you) my word|on my honou?r|trust me|believe me"
    r"|don't worry)(?: that)?,?\s+)"
)
_OATH_AFTER = re.compile(r"\b(?:i promise|i swear|my word)\b(?: on it| you)?$", re.IGNORECASE)
_WILL = re.compile(
    OPENING + rf"{_OATH}?(?:i'll (?P<never>never |not )?|i (?P<wont>won't) |(?:i'm )?going to |we'll )"
    r"(?:definitely |surely |certainly |gladly |happily |also |just |always |soon |even |try to "
    r"|make sure to |be sure to |come and |go and )*(?P<x>.+)",
    re.IGNORECASE,
)
_TO = re.compile(OPENING + rf"{_OATH}(?P<never>never |not )?to (?P<x>.+)", re.IGNORECASE)
_COMMITS = re.compile(
    r"(?:bring|return|come|be back|be here|be there|pay|repay|find|help|keep|fetch|get you"
    r"|get your|get the|give|send|show|meet|visit|see you"
    r"|look (?:for|after|into|out)|remember|forget|make you|make it up|repair|fix|mend|teach|save"
    r"|protect|watch|deliver|write|ask|tell (?!you (?:what$|that$|the truth|honestly)\b)"
    r"|hurt|steal|betray|let (?:you|him|her|them|it) (?:know|in|down)|kill|avenge|speak|talk|stop by"
    r"|drop by|carry|cook|pour|play|sing|buy|wait|leave|lend|put in"
    r"|clean|work|share|take you|take care|hold|say nothing|read|mention|reward|sign up|check"
    r"|search|call|drink to|build|open|tip)\b",
    re.IGNORECASE,
)
"""What binds who says it. "I'll have the stew" is an order, "I'll be fine" a comfort."""
_THREATENS = re.compile(
    r"(?:kill|hurt|rob|burn|fight|stab|punch|hit|beat|destroy|break|steal|report|throw you|arrest"
    r"|hunt you|make you (?:sorry|pay|suffer)"
    r"|tell (?:the|my) \w+ (?:about|on) you)\b",
    re.IGNORECASE,
)
_IDLE = re.compile(
    r"(?:have |take |bed\b|sleep$|school|work$|town|the |church|my |be (?:fine|able|okay|ok|right"
    r"|honest|sad|happy|glad|careful|quiet|brief|a |an |the |in |on )|need |think |know |see$"
    r"|see (?:if|what|about)|lie\b|say (?:that|this)$|do (?:it|that|this|my|what)|try|manage|survive"
    r"|just |miss |regret|get |start |sit |stand |stay |pass\b|give (?:it|that) a (?:try|thought|go)"
    r"|give (?:you|him|her|them) that|help myself|see you(?: later| around| soon| then)?$|find out"
    r"|get (?:going|moving|by)|leave (?:you )?(?:to it|now|alone|it)"
    r"|(?:leave|wait|work|call|open|talk|speak|ask|watch|play)$|keep (?:that|it) in mind|be (?:here"
    r"|there)$|remember (?:that|it)$|take care$|hold on|tell you (?:about|a |my name)|ask (?:you )?(?:again"
    r"|one|a )|say (?:it|that) again|let you know$|talk to you|wait (?:here|a|for)|show myself)",
    re.IGNORECASE,
)
_KEPT = re.compile(
    OPENING + r"(?:here(?:'s| is| are|, i(?:'ve)? brought)|i(?:'ve)? (?:brought|bring|found|got|have"
    r"|fetched|fixed|mended|repaired|paid|delivered|made|finished|did|returned|asked|told|spoke|cleaned)"
    r"|i have (?:brought|found|your|the)|i'm back|i(?:'ve)? (?:kept|keep) my (?:promise|word)"
    r"|as promised|this is)\b(?P<x>.*)",
    re.IGNORECASE,
)


def promise(clause: Clause) -> Fact | None:
    """What the player undertakes, or at least means to do."""
    if not (found := _undertaken(clause)):
        return None
    threat = _THREATENS.match(found.what) is not None and not found.denied
    verb = "threatened" if threat else "promised" if found.binding else "means"
    said = f"the player {verb} {found.denied}to {of_player(found.what)} {_condition(clause, of_player)}"
    kind: Kind = "threat" if threat else "promise" if found.binding else "plan"
    return Fact(kind, f"promise:{_about(found.what)}", ended(said.rstrip()))


def vow(clause: Clause) -> Fact | None:
    """What the character undertakes."""
    found = _undertaken(clause)
    if found is None or not found.binding:
        return None
    what = of_character(found.what.partition(",")[0])  # what follows is said, not promised
    said = f"you promised {found.denied}to {what} {_condition(clause, of_character)}"
    return Fact("vow", f"vow:{_about(found.what)}", ended(said.rstrip()))


def kept(clause: Clause, owed: Sequence[Fact]) -> Iterator[Fact]:
    """The promises among `owed` that the clause makes good, as kept ones under the same key."""
    match = _KEPT.match(clause.text)
    if match is None or clause.asks:
        return
    brought = set(topic(clause.text).split())
    back = re.search(r"\b(?:i'm back|as promised|my (?:promise|word))\b", clause.text, re.IGNORECASE)
    for fact in owed:
        words = set(fact.key.partition(":")[2].split())
        returning = re.search(r"promised to (?:be back|come back|return|be here|visit|come)\b", fact.text)
        if words & brought or (back and (returning or len(owed) == 1)):
            yield replace(fact, kind="kept", text=f"{fact.text.rstrip('.')}, and did.")


def _condition(clause: Clause, told: Callable[[str], str]) -> str:
    return told(clause.condition[:1].lower() + clause.condition[1:])


class _Undertaken(NamedTuple):
    """What somebody says they will do."""

    what: str
    denied: str
    """"", "not " or "never "."""
    binding: bool
    """Whether it was given as a promise, or is of the kind that others rely on."""


def _undertaken(clause: Clause) -> _Undertaken | None:
    if clause.asks:
        return None
    match = _WILL.match(clause.text) or _TO.match(clause.text)
    if match is None:
        return None
    what, groups = trimmed(match["x"]), match.groupdict()
    denied = (groups.get("wont") or groups.get("never") or "").strip().lower()
    oath = groups["oath"] or _OATH_AFTER.search(clause.text)
    if not what or (_IDLE.match(what) and not oath) or (not topic(what) and not _COMMITS.match(what)):
        return None
    binding = bool(oath or denied or _COMMITS.match(what))
    return _Undertaken(what, {"": "", "never": "never "}.get(denied, "not "), binding)


def _about(what: str) -> str:
    return topic(what) or what.lower()
