"""A player's words in pieces that each say one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runtime.memory.distil.tidy import tidy
from runtime.memory.distil.words import lexicon

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_NEW = (
    r"(?:i(?! (?:are|were|both|have been)\b)|i'm|i'll|i've|i'd|my(?= [\w -]{1,30}(?:'s| is| are| was"
    r"| lives| works))|you|you're|your|what|what's|who|who's|where|how|do|don't|does|did|can|could"
    r"|would|will|are|is|please|and you|and yours|if|when|call|people|they|everyone|everybody|friends"
    r"|the name|we'll|we're|there'll|let me|most people)\b"
)
_JOINT = re.compile(
    rf"\s*[;:—–]\s*|\s+-\s+|,?\s+(?:and|but|so|because|then|or)\s+(?:then\s+)?(?={_NEW})|,\s*(?={_NEW})"
    rf"|,?\s+but\s+"
    r"|\s+(?=(?:what's yours|what is yours|and you$|what about you|how about you|who are you)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:and |but |so )?(?:who|what|when|where|why|how|which|whose|is|are|am|was|were|do|does|did"
    r"|don't|can|could|would|will|shall|should|may|have|has|isn't|aren't|didn't)\b",
    re.IGNORECASE,
)
_TAG_QUESTION = re.compile(
    r"(?<=\w), (?:okay|ok|all ?right|right|deal|yes|yeah|agreed|hm|eh|got it)$", re.IGNORECASE
)
"""What makes a statement sound like a question, and leaves it one."""
_CONDITION = re.compile(
    r"(?:(?:and|but|so|then|ok|okay|oh) )*(?:if|unless|when|once|as soon as|as long as|provided|should"
    r" (?:you|your|he|she|it|they|the|my)"
    r"|suppose|supposing|imagine|pretend)\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"(?<!^if)(?<!^when)\s+(?=(?:I'll|I won't|we'll|you'll)\b)", re.IGNORECASE)
"""Where what follows a condition begins, without a comma: "if I win I'll buy you one"."""
_LOOSE = re.compile(
    r"\s+(?=(?:I'll|I'm|I've|I won't|we'll|you'll|my name's|my name is|the name's|they call me|people call me"
    r"|everyone calls me|call me|can you|do you|it's me)\b)",
    re.IGNORECASE,
)
_GOVERNS = lexicon(
    """that if when what where how who whom why because cause since until till unless as than think hope know
    guess said say says swear promise vow sure and but or so bet maybe afraid glad whatever way time thought
    believe doubt wish whether like please just people they everyone can you may might to used means mean
    which wonder see day moment place only don't never"""
)
"""Words after which no new clause begins."""
_FILLERS = (
    "oh ah haha aye alas hm um uh er ha well yes yeah yep yup no nope nah hi hello hey hail howdy"
    " greetings cheers so and "
    "but also or then now still though anyway actually honestly frankly basically look listen see"
    " wait please okay ok "
    "sure fine right great cool nice perfect wonderful good sorry thanks remember there sir madam"
    " mister friend irl "
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


def sentences(text: str) -> list[str]:
    """With their punctuation."""
    return [found for each in _SENTENCE.findall(tidy(text)) if (found := each.strip(' "“”'))]


def clauses(text: str) -> list[Clause]:
    """Everything said, in order. Only the last clause of a question asks, unless it began as one."""
    found: list[Clause] = []
    for sentence in sentences(text):
        body = sentence.rstrip(".!?… ")
        asks = "?" in sentence[len(body) :]
        if asks and (tag := _TAG_QUESTION.search(body)):
            body, asks = body[: tag.start()], False
        parts = [part.strip(' ,"“”') for joint in _JOINT.split(body) for part in _unpointed(joint)]
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


def _unpointed(part: str) -> list[str]:
    """The clauses of what was typed or spoken without punctuation."""
    if _CONDITION.match(part):
        return _OUTCOME.split(part, maxsplit=1) if _OUTCOME.search(part) else part.split(", ", 1)
    if any(letter.isupper() for letter in re.sub(r"\bI\b", "", part)):
        return [part]
    found, start = list[str](), 0
    for match in _LOOSE.finditer(part):
        before = part[start : match.start()].split()
        if before and before[-1].lower() not in _GOVERNS:
            found.append(part[start : match.start()])
            start = match.end()
    return [*found, part[start:]]
