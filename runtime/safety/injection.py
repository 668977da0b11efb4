"""Attempts to talk to the model behind a character instead of to it (OWASP LLM01, prompt injection). Pure."""

from __future__ import annotations

import re

from runtime.safety.patterns import injections
from runtime.safety.text import LEET, plain

_TAGS = re.compile(
    r"<\s*\||\|\s*>|</?\s*(?:system|assistant|user|human|s|inst|im_start|im_end|instructions?|prompt|tool\w*)\b"
    r"|\[/?\s*(?:inst|system|user|assistant|instructions?)\b"
    r"|(?:^|\n)\s*[\[(*_]*(?:system|assistant|developer|user|human|npc|instructions?|prompt)[\])*_]*\s*[:：]"
    r"|#{2,}\s*(?:system|instructions?|response|assistant|new|end)|\{\{|\}\}|```",
    re.IGNORECASE,
)


_APART = re.compile(r"(?<!\w)(?:\w[ .\-_]){2,}\w(?!\w)")
_MIXED = re.compile(r"\b(?=\w*\d)(?=\w*[a-z])\w+")


def _undone(text: str) -> str:
    """`text` in words, those spelled apart and those with digits for letters undone."""
    text = _APART.sub(lambda found: re.sub(r"[ .\-_]", "", found[0]), plain(text))
    return " ".join(re.findall(r"\w+", _MIXED.sub(lambda found: found[0].translate(LEET), text)))


def injected(text: str, words: str) -> str:
    """What `text` tries, in a few words; empty where it is only talk. `words` is the text undisguised."""
    if _TAGS.search(text) or _TAGS.search(plain(text)):
        return "marks of a prompt"
    read = {words, _undone(text)}
    return next((why for why, pattern in injections() if any(map(pattern.search, read))), "")
