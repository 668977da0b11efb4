"""The lines that are said as they were written, and when. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.language.phrases import phrases
from runtime.mind.aloud import spoken
from runtime.safety.settings import SafetySettings
from runtime.safety.sincere import asked, minor
from runtime.types import Line


def owed(text: str, settings: SafetySettings, young: bool = False) -> bool:
    """Whether `text` gets the honest answer. `young` is a player who is or said to be a minor: no setting
    withholds it from one who asks sincerely."""
    question = asked(text)
    if minor(text):
        return True
    if settings.honesty == "always":
        return bool(question)
    return question == "sincere" and (settings.honesty == "sincere" or young)


def honest(name: str, written: str = "", language: str = "en") -> Line:
    """The honest answer of the character called `name`; `written` may hold {name}."""
    return _line((written or phrases(language).honest).replace("{name}", name), language)


def care(written: str = "", language: str = "en") -> Line:
    """The line that real help exists."""
    return _line(written or phrases(language).care, language)


def deflection(written: Sequence[str], at_a_loss: str, turn: int, language: str = "en") -> Line:
    """A way of the character's own to turn something away; another one each turn."""
    return _line(written[turn % len(written)] if written else at_a_loss, language)


def _line(text: str, language: str) -> Line:
    return Line(text, spoken(text, language))
