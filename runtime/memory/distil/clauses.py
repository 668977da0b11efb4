"""A player's words in pieces that each say one thing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 2000
"""Characters of one text that are looked at: two minutes of talk. More is no turn of a conversation."""

_CONTRACTED = [
    (re.compile(pattern, re.IGNORECASE), short)
    for pattern, short in (
        (r"\bi am\b", "I'm"),
        (r"\bi will\b", "I'll"),
        (r"\bi shall\b", "I'll"),
        (r"\bwe (?:will|shall)\b", "we'll"),
        (r"\bi would\b", "I'd"),
        (r"\bi have got\b", "I've got"),
        (r"\bcannot\b|\bcan not\b", "can't"),
        (r"\bdo not\b", "don't"),
        (r"\bwill not\b", "won't"),
        (r"\bim\b", "I'm"),
        (r"\bgonna\b", "going to"),
        (r"\bwanna\b", "want to"),
        (r"\b(mr|mrs|ms|dr|st|sgt|capt|prof)\.", r"\1"),
        (r"[,\s]+(?:by the way|as it happens|if you must know|in case you (?:forgot|wondered?))\b,?", ""),
    )
]
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_NEW = (
    r"(?:i(?! (?:are|were|both|have been)\b)|i'm|i'll|i've|i'd|my(?= [\w -]{1,30}(?:'s| is| are| was"
    r"| lives| works))|you|you're|your|what|what's|who|who's|where|how|do|don't|does|did|can|could"
    r"|would|will|are|is|please|and you|and yours|if|when|call|people|they|everyone|everybody|friends"
    r"|the name)\b"
)
_JOINT = re.compile(
    rf"\s*[;:—–]\s*|\s+-\s+|,?\s+(?:and|but|so|because|then|or)\s+(?={_NEW})|,\s*(?={_NEW})|,?\s+but\s+"
    r"|\s+(?=(?:what's yours|what is yours|and you$|what about you|how about you|who are you)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:and |but |so )?(?:who|what|when|where|why|how|which|whose|is|are|am|was|were|do|does|did"
    r"|don't|can|could|would|will|shall|should|may|have|has|isn't|aren't|didn't)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:if|unless|when|once|as soon as|as long as|provided|should (?:you|your|he|she|it|they|the|my)"
    r"|suppose|supposing|imagine|pretend)\b",
    re.IGNORECASE,
)
_FILLERS = (
    "oh ah haha aye alas hm um uh er ha well yes yeah yep yup no nope nah hi hello hey hail howdy"
    " greetings cheers so and "
    "but also or then now still though anyway actually honestly frankly basically look listen see"
    " wait please okay ok "
    "sure fine right great cool nice perfect wonderful good sorry thanks remember there sir madam"
    " mister friend "
    "today tonight tomorrow afterwards later maybe perhaps finally first"
)
_PHRASES = (
    r"good (?:morning|evening|day|afternoon)|thank you(?: so much| very much)?|to be honest|in fact"
    r"|as i said|like i said"
    r"|i said|i mean|you see|you know|(?:good|nice|pleased|happy) to (?:see|meet) you|for the record"
    r"|i told you|for now"
    r"|next time|one day|some day|back again|to you|this (?:evening|morning|time)|on [a-z]+day"
    r"|of course|i think|i guess"
)
OPENING = rf"(?:(?:{_FILLERS.replace(' ', '|')}|{_PHRASES})\b[,.!]?\s+){{0,6}}"
"""What people say before they come to it; {0,6} keeps the search linear."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that was said, contractions made ("I'm"), without its full stop."""

    text: str
    asks: bool = False
    condition: str = ""
    """The "if ..." that went before it."""


def tidy(text: str) -> str:
    """One line of plain characters with straight apostrophes and contractions made."""
    text = unicodedata.normalize("NFC", text[:LONGEST]).translate({0x2019: "'", 0x2018: "'", 0x60: "'"})
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))
    for pattern, short in _CONTRACTED:
        text = pattern.sub(short, text)
    return text.strip()


def sentences(text: str) -> list[str]:
    """With their punctuation."""
    return [found for each in _SENTENCE.findall(tidy(text)) if (found := each.strip(' "“”'))]


def clauses(text: str) -> list[Clause]:
    """Everything said, in order. Only the last clause of a question asks, unless it began as one."""
    found: list[Clause] = []
    for sentence in sentences(text):
        body = sentence.rstrip(".!?… ")
        asks = "?" in sentence[len(body) :]
        parts = [part.strip(' ,"“”') for part in _JOINT.split(body)]
        parts = [part for part in parts if part]
        all_ask = asks and bool(parts) and _ASKING.match(parts[0]) is not None
        condition = ""
        for number, part in enumerate(parts):
            if _CONDITION.match(part) and number + 1 < len(parts):
                condition = part
                continue
            found.append(Clause(part, all_ask or (asks and number == len(parts) - 1), condition))
            condition = ""
    return found
