"""All rules on one exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runtime.memory.distil import names, promises
from runtime.memory.distil.about import about, apposition
from runtime.memory.distil.addressed import addressed
from runtime.memory.distil.asking import asking, question, told
from runtime.memory.distil.clauses import Clause, clauses, sentences
from runtime.memory.distil.words import topic
from runtime.memory.facts import Fact, Findings
from runtime.mind.prompt import Exchange


@dataclass(frozen=True, slots=True)
class Context:
    """What has to be known to understand an exchange."""

    asked: str = ""
    """What the character said just before."""
    name: str = ""
    """What the player is called so far."""
    owed: Sequence[Fact] = ()
    """Promises of the player that are open."""
    before: str = ""
    """What the player said earlier in this conversation, as far as it is at hand."""
    called: str = ""
    """What the character itself is called: who says so calls it."""


NOTHING = Context()

WHERE_FROM = re.compile(r"\bwhere\b[^.!?]*\bfrom\b", re.IGNORECASE)


def distil(exchange: Exchange, context: Context = NOTHING) -> Findings:
    """Facts from what the player said and from what was heard of the reply; of one key, the last holds."""
    found: dict[str, Fact] = {}
    gone: set[str] = set()
    name = context.name
    for sentence in sentences(exchange.player):
        parts = clauses(sentence)
        facts: list[Fact | None] = []
        for part in parts:
            held = list(_said(part, sentence, context, name, exchange.player))
            name = next((fact.value for fact in held if fact.kind == "name"), name)
            facts += held or ([] if part.asks else [told(part.text)])
        facts += _sworn(sentence, facts)
        wanted = any(fact and fact.kind == "request" for fact in facts)
        for fact in [*facts, None if wanted else question(sentence)]:
            if fact is not None:
                found.pop(fact.key, None)
                found[fact.key] = fact
                name = fact.value if fact.kind == "name" else name
        if any(names.denied(part, name) for part in parts) and found.get("name", NOBODY).value in ("", name):
            gone.add("name")
            found.pop("name", None)
    if not name and (called := addressed(clauses(f"{context.before}\n{exchange.player}"), exchange.reply)):
        found["name"] = _named(called)
    if (own := found.get("name")) and own.value.lower() in context.called.lower().split():
        del found["name"]
    found |= {fact.key: fact for part in _heard(exchange) if (fact := promises.vow(part))}
    return Findings(tuple(found.values()), frozenset(gone - found.keys()))


def _sworn(sentence: str, facts: Sequence[Fact | None]) -> list[Fact]:
    """The sentence as a promise, where the player gave their word and none was found in its clauses."""
    if any(fact and fact.kind in ("promise", "threat", "plan") for fact in facts):
        return []
    return [fact] if (fact := promises.sworn(sentence)) else []


NOBODY = Fact("name", "name", "")


def _named(name: str) -> Fact:
    return Fact("name", "name", f"The player's name is {name}.", name)


def _said(part: Clause, sentence: str, context: Context, name: str, whole: str) -> Iterator[Fact]:
    """What one clause of the player holds."""
    if called := names.name(part, context.asked, name, whole):
        yield _named(called)
        yield from _beside(part.text, called)
        return
    if promised := promises.promise(part, promises.swears(sentence)):
        yield promised
        return
    if asked := asking(part, sentence):
        yield asked
        return
    yield from promises.kept(part, context.owed)
    from_there = part.text.lower().startswith("from ") and WHERE_FROM.search(context.asked)
    yield from about(Clause(f"I'm {part.text}") if from_there else part)


def _beside(text: str, called: str) -> list[Fact]:
    """What a clause that gives a name says beside it: "captain Ilse Brandt of the river guard"."""
    rest = re.sub(rf",? ?\b{re.escape(called)}\b", "", text, count=1, flags=re.IGNORECASE)
    if held := list(apposition(text)) or list(about(Clause(rest))):
        return held
    fact = told(text) if topic(rest) else None
    return [fact] if fact else []


def _heard(exchange: Exchange) -> list[Clause]:
    """The reply, without a last sentence that was cut off: what it would have promised, nobody heard."""
    said = sentences(exchange.reply)
    if exchange.interrupted:
        said = said[:-1]
    return [part for sentence in said for part in clauses(sentence)]
