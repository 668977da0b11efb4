"""Lints of `character.toml` and of the adapter beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from runtime.character import Character
from runtime.check.finding import Finding
from runtime.check.material import Material, words
from runtime.mind.prompt import prefix
from runtime.story.script import GIVEN
from runtime.story.template import names

PREFIX = 2600
"""Characters of everything a prompt begins with without an adapter: about 600 tokens."""
DESCRIPTION = 200
"""Characters of a description: one sentence, and with an adapter it stands before every prompt."""
GREETING = 30
"""Words of a greeting, some ten seconds of speech."""
VOICES = ("heart",)
"""The embedded voices; an engine from outside may have others."""
FEWEST = 250
"""Exchanges that an adapter needs to sound like somebody."""
YOUNGER = 60.0
"""Seconds by which dialogue may be newer than its adapter: a checkout writes files in any order."""


def card(made: Material) -> Iterator[Finding]:
    """Of the card alone."""
    if made.card is None:
        return
    yield from _budget(made, made.card)
    yield from _voice(made, made.card)
    yield from _examples(made, made.card)
    yield from _templates(made, made.card)


def adapter(made: Material) -> Iterator[Finding]:
    """Of the adapter against the dialogue that it was trained with."""
    dialogue, file = made.folder / "dialogue.jsonl", made.folder / "adapter.gguf"
    count = sum(len(exchange.replies) for exchange in made.exchanges)
    if made.exchanges and count < FEWEST:
        what = f"{count} exchanges; an adapter needs {FEWEST} to sound like somebody"
        yield made.finding(made.exchanges[0].file, 1, "warning", what, "write more of them")
    if not dialogue.exists():
        return
    try:
        age = dialogue.stat().st_mtime - file.stat().st_mtime if file.is_file() else None
    except OSError:
        return
    if age is None:
        what = "there is dialogue but no adapter.gguf: the model answers from the card alone"
        yield made.finding("dialogue.jsonl", 1, "warning", what, f"townsfolk tune {made.folder}")
    elif age > YOUNGER:
        what = "is newer than adapter.gguf, which has not learned it"
        yield made.finding("dialogue.jsonl", 1, "warning", what, f"townsfolk tune {made.folder}")
    else:
        yield from _learned(made, count)


def _learned(made: Material, count: int) -> Iterator[Finding]:
    """The adapter's card says how many exchanges it has seen."""
    try:
        text = (made.folder / "adapter.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    found = re.search(r"(\d{1,9}) exchanges learned, (\d{1,9}) held out", text)
    if found and (learned := int(found[1]) + int(found[2])) != count:
        what = f"the adapter has seen {learned} exchanges; there are {count} now"
        line = text.count("\n", 0, found.start()) + 1
        yield made.finding("adapter.md", line, "warning", what, f"townsfolk tune {made.folder}")


def _budget(made: Material, card: Character) -> Iterator[Finding]:
    at = made.at.line
    size = sum(len(message.text) for message in prefix(_bare(card)))
    if size > PREFIX:
        what = f"personality and examples have {size} characters, a prompt has room for {PREFIX}"
        advice = "move facts to knowledge/*.md, or drop examples"
        yield made.finding("character.toml", at("personality"), "warning", what, advice)
    if len(card.description) > DESCRIPTION:
        what = f"the description has {len(card.description)} characters, {DESCRIPTION} at most are read well"
        yield made.finding("character.toml", at("description"), "warning", what, "keep it to one sentence")
    for key in ("greeting", "at_a_loss"):
        if (count := len(getattr(card, key).split())) > GREETING:
            what = f"{key} has {count} words: more than ten seconds of speech"
            yield made.finding("character.toml", at(key), "warning", what, f"keep it under {GREETING} words")


def _bare(card: Character) -> Character:
    """As it is without its adapter, when everything has to be in the prompt."""
    return msgspec.structs.replace(card, adapter="")


def _voice(made: Material, card: Character) -> Iterator[Finding]:
    if card.voice.name not in VOICES:
        what = f"there is no embedded voice {card.voice.name!r}; there are {', '.join(VOICES)}"
        advice = "choose one, and make it another's with speed, pitch and size"
        yield made.finding("character.toml", made.at.line("voice", "name"), "error", what, advice)
    elif made.at.line("voice") == 1:
        what = "no [voice]: it sounds like the voice as it is, and like all others without one"
        yield made.finding("character.toml", 1, "note", what, "add [voice] with speed, pitch and size")


def _examples(made: Material, card: Character) -> Iterator[Finding]:
    answered: dict[tuple[str, ...], str] = {}
    for n, example in enumerate(card.examples):
        asked = words(example.player)
        if asked in answered:
            other = "answers as before" if answered[asked] == example.reply else "is answered another way"
            what = f"the example {example.player!r} is there already and {other}"
            yield made.finding("character.toml", made.at.line("examples", n), "warning", what, "keep one")
        answered.setdefault(asked, example.reply)


def _templates(made: Material, card: Character) -> Iterator[Finding]:
    """Names in braces in texts of the card and its facts that no story declares."""
    known = {**GIVEN, **(made.story.variables if made.story else {})}
    spoken = [("character.toml", made.at.line(key), getattr(card, key)) for key in ("greeting", "at_a_loss")]
    for file, line, text in (*spoken, *((fact.file, fact.line, fact.text) for fact in made.facts)):
        for name in (name for name in names(text) if name not in known):
            what = f"`{{{name}}}` is no variable"
            advice = f"declare `{name} = …` under [variables] in story.toml"
            yield made.finding(file, line, "error", what, advice)
