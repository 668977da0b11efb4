"""What a multilingual Whisper is told before it hears, and what is made of its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from faster_whisper.tokenizer import Tokenizer

from runtime.language.facts import of
from runtime.language.sentences import tidy
from runtime.types import Word

_MOST = 64
"""Tokens of names at most, some twenty names. Whisper takes 224; each costs, and of more each
does less."""
_SCRIPT = {"zh": "以下是普通话的句子。", "zh-Hant": "以下是普通話的句子。"}
"""What comes before Chinese, for its script and its marks."""
_CREDITS = (
    *("字幕by", "字幕由", "请不吝点赞", "請不吝點贊", "ご視聴ありがとう", "amara.org"),
    *("Субтитры", "Sous-titrage"),
)
"""Ends of films, heard in noise: Whisper learnt from subtitles. Nobody says them to a character."""


def previous(tokens: Tokenizer, language: str, names: Sequence[str]) -> list[int]:
    """The tokens of a text that is taken to have been said already: as many of `names` as fit."""
    known = of(language)
    script = _SCRIPT.get(known.tag, "")
    comma, stop = (", ", ".") if known.spaced else ("、", "。")
    before: list[int] = tokens.encode(f" {script}") if script else []
    for count in range(1, len(names) + 1):
        longer = tokens.encode(f" {comma.join(names[:count])}{stop}{script}")
        if len(longer) > _MOST:
            break
        before = longer
    return [tokens.sot_prev, *before] if before else []


def timed(found: Sequence[dict[str, Any]]) -> list[Word]:
    """Words as faster-whisper aligns them, without the spaces before, each mark with the word it follows."""
    words: list[Word] = []
    for one in found:
        text = one["word"].strip()
        if words and text and not any(c.isalnum() for c in text):
            last = words[-1]
            words[-1] = Word(tidy(last.text + text), last.start, last.end)
        elif text:
            words.append(Word(text, float(one["start"]), float(one["end"])))
    return words


def only_names(text: str, names: Sequence[str]) -> bool:
    """Whether nothing was said but some of `names`."""
    rest = text.lower()
    for name in names:
        rest = rest.replace(name.lower(), "")
    return bool(names) and not any(c.isalnum() for c in rest)


def is_credit(text: str) -> bool:
    """Whether the text is the end of a film."""
    return any(credit.lower() in text.lower() for credit in _CREDITS)
