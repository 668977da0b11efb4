"""Lints of what a character is told in other languages: `[language.zh]`."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.character import Told
from runtime.check.card import GREETING
from runtime.check.finding import Finding
from runtime.check.material import Material
from runtime.language import detect, of
from runtime.language.told import told_in
from runtime.mind.breath import words
from runtime.safety import OutputCheck, SafetySettings
from runtime.types import Line
from runtime.voice.clauses import shown_words

_SPOKEN = ("greeting", "at_a_loss", "honest", "care")
_WANTED = ("name", "description", "personality", "greeting", "at_a_loss", "examples", "deflections", "never")
"""Without these a player hears, or the model reads, the writer's own language."""


def told(made: Material) -> Iterator[Finding]:
    """Of each language."""
    for tag, texts in made.card.language.items() if made.card else ():
        line = made.at.line("language", tag)
        if gaps := [key for key in _WANTED if not getattr(texts, key)]:
            what = f"{of(tag).name} has no {', '.join(gaps)}: the player gets what the writer's language has"
            yield made.finding("character.toml", line, "warning", what, "write them, too")
        for key, text in _said(texts):
            yield from _text(made, tag, key, text)


def _said(texts: Told) -> Iterator[tuple[str, str]]:
    yield from ((key, getattr(texts, key)) for key in (*_SPOKEN, "personality") if getattr(texts, key))
    yield from (("deflections", text) for text in texts.deflections)
    yield from (("examples", example.reply) for example in texts.examples)


def _text(made: Material, tag: str, key: str, text: str) -> Iterator[Finding]:
    assert made.card is not None
    line, own = made.at.line("language", tag, key), made.card.speaks
    if detect(text, (tag, own)) not in ("", of(tag).tag):
        what = f"{key} is not {of(tag).name}: {text[:40]!r}"
        yield made.finding("character.toml", line, "warning", what, "translate it")
    if key in _SPOKEN[:2] and words(shown_words(text)) > GREETING:
        what = f"{key} is more than ten seconds of speech"
        yield made.finding("character.toml", line, "warning", what, "shorten it")
    never = told_in(made.card, tag).never
    if not OutputCheck(SafetySettings(rating="mature"), never).passes(Line(text, text)):
        what = f"holds what `never` forbids: {text[:40]!r}"
        yield made.finding("character.toml", line, "error", what, "reword it, or change `never`")
