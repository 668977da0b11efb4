"""Lints of what a character knows, says and is examined in, against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from runtime.check.finding import Finding
from runtime.check.material import Exchange, Material, Said, words
from runtime.knowledge.notes import sentences
from runtime.safety import OutputCheck, SafetySettings
from runtime.types import Line

NOTE = 240
"""Characters of notes that a prompt has room for: a longer fact is never told."""
ALIKE = 0.75
"""Jaccard similarity of two questions' words from which on the one gives the other away."""

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
)
_NUMBER = re.compile(rf"\d[\d.,]*\d|\d|\b(?:{'|'.join(_NUMBERS.split())})\b", re.IGNORECASE)


def facts(made: Material) -> Iterator[Finding]:
    """Facts that are too long, twice there, or the same but for a number."""
    for fact in made.facts:
        if len(fact.text) > NOTE:
            what = f"this fact has {len(fact.text)} characters; the notes of a prompt have {NOTE}"
            yield made.finding(
                fact.file, fact.line, "warning", what, "cut it into sentences that stand alone"
            )
    first: dict[tuple[str, ...], tuple[Said, list[str]]] = {}
    for fact in made.facts:
        for sentence in sentences(fact.text):
            same = words(_NUMBER.sub(" n ", sentence))
            numbers = [number.lower() for number in _NUMBER.findall(sentence)]
            if len(same) < 4:  # "They are wet." says nothing by itself
                continue
            before, its = first.setdefault(same, (fact, numbers))
            if before is not fact:
                yield _again(made, fact, before, its == numbers)


def _again(made: Material, fact: Said, before: Said, equal: bool) -> Finding:
    where = f"{Path(before.file).name}:{before.line}"
    if equal:
        return made.finding(fact.file, fact.line, "warning", f"is said in {where} already", "keep one")
    what = f"contradicts {where}, which has another number: {before.text!r}"
    return made.finding(fact.file, fact.line, "error", what, "decide which is right")


def forbidden(made: Material) -> Iterator[Finding]:
    """What the character says by its own files and may not: its `never`, and words that nobody should say."""
    if made.card is None:
        return
    for said in _said(made):
        line = Line(said.text, said.text)
        if not OutputCheck(SafetySettings(rating="mature"), made.card.never).passes(line):
            what = f"holds what `never` forbids: {said.text[:60]!r}"
            yield made.finding(said.file, said.line, "error", what, "reword it, or change `never`")
        elif unsafe := sorted(_unsafe().intersection(words(said.text))):
            what = f"holds `{unsafe[0]}`"
            yield made.finding(said.file, said.line, "warning", what, "reword it for players of any age")


def _said(made: Material) -> Iterator[Said]:
    card = made.card
    if card is None:
        return
    for key in ("greeting", "at_a_loss", "description", "personality"):
        yield Said(getattr(card, key), "character.toml", made.at.line(key))
    for n, example in enumerate(card.examples):
        yield Said(example.reply, "character.toml", made.at.line("examples", n, "reply"))
    yield from made.facts
    for exchange in made.exchanges:
        yield from (Said(reply, exchange.file, exchange.line) for reply in exchange.replies)


@cache
def _unsafe() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split())


def exam(made: Material) -> Iterator[Finding]:
    """Questions that no fact answers, and those that the training dialogue gives away."""
    known = [fact.text.casefold() for fact in made.facts]
    trained = _trained(made)
    for asked in made.exam:
        for want in asked.want:
            if not any(want.casefold() in fact for fact in known):
                what = f"no fact holds {want!r}, which is to answer {asked.ask!r}"
                yield made.finding(
                    "questions.toml", asked.line, "error", what, "write the fact, or mend `want`"
                )
        if not asked.of_facts:
            yield from _given_away(made, asked.ask, asked.line, trained)


_Trained = Callable[[frozenset[str]], "list[tuple[float, Exchange, tuple[str, ...]]]"]


def _trained(made: Material) -> _Trained:
    """Finds what players say in training that is like some words, with how much and where."""
    lines = {
        said: exchange
        for exchange in reversed(made.exchanges)
        for said in map(words, exchange.players)
        if said
    }
    sets = [(frozenset(said), said, exchange) for said, exchange in lines.items()]

    def like(of: frozenset[str]) -> list[tuple[float, Exchange, tuple[str, ...]]]:
        shares = ((len(of & said) / len(of | said), exchange, text) for said, text, exchange in sets)
        return [found for found in shares if found[0] >= ALIKE]

    return like


def _given_away(made: Material, ask: str, line: int, trained: _Trained) -> Iterator[Finding]:
    asked = words(ask)
    if not asked:
        return
    found = max(trained(frozenset(asked)), key=lambda found: (found[2] == asked, found[0]), default=None)
    if found is None:
        return
    _, exchange, text = found
    where = f"{exchange.file}:{exchange.line}"
    if text == asked:
        what = f"the exam asks {ask!r}, which is learned by heart from {where}"
        yield made.finding("questions.toml", line, "error", what, "reword one of them")
    elif len(asked) > 2:
        what = f"the exam asks {ask!r}, which is nearly in {where}"
        yield made.finding("questions.toml", line, "warning", what, "reword one of them")
