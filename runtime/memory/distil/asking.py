"""What the player asked the character to do, or about."""

from __future__ import annotations

import re

from runtime.memory.distil.clauses import OPENING, Clause, clauses
from runtime.memory.distil.person import ended, of_player, trimmed
from runtime.memory.distil.words import topic
from runtime.memory.facts import Fact

_REMEMBER = re.compile(
    r"(?:please |and |but |so )*(?:(?P<not>don't|never|do not) forget|(?:you (?:must|should) "
    r"|can you |could you |please )*(?:remember|note|keep in mind))"
    r"(?P<that> that| about|,| to)? ?(?P<x>.+)",
    re.IGNORECASE,
)
_DO = re.compile(
    OPENING + r"(?:(?:can|could|would|will) you (?:please |kindly |maybe |perhaps |also |just |possibly )*"
    r"|i(?:'d| need| want|'d like|'d love)(?: like| love)? you to |would you mind |please,? )(?P<x>.+)",
    re.IGNORECASE,
)
_GIVE = re.compile(
    OPENING + r"(?P<x>(?:tell me (?:an?|about|more about|of) |(?:bring|give|get|fetch|pour|show|make"
    r"|lend|sell|save|hand|fix|teach) (?:me|us)\b).+)",
    re.IGNORECASE,
)
_WANT = re.compile(
    OPENING + r"(?:i'd (?:really |very much )?(?:like|love)(?: to (?:order|buy|rent|have|try|get))?"
    r"|i'll (?:have|take)|(?:can|could|may|might) (?:i|we) (?:please )?(?:have|get|buy|order|borrow|rent)"
    r"|i (?:just )?(?:want|need)|i want to (?:buy|order|rent))\s+(?P<x>.+)",
    re.IGNORECASE,
)
_MANNERS = re.compile(
    r"(?:hear|see|repeat|say|speak|believe|imagine|understand|stop|wait|hold on|be quiet|shut|slow"
    r"|talk|look|listen"
    r"|mind|excuse|forgive|tell me (?!a |about |more |of )|remember|remind|guess|come on|go on"
    r"|continue|let me|don't|not|no\b|ever |really |always |be |do |help me$|help$)",
    re.IGNORECASE,
)
"""Asked of any speaker at any time: nothing to remember."""
_NOTHING = re.compile(
    r"(?:it|that|this|those|one|them|you|to|no|any|your name|nothing|a (?:moment|minute|word|second))\b",
    re.IGNORECASE,
)


def asking(clause: Clause, whole: str) -> Fact | None:
    """What the clause asks for. `whole` is the sentence it stands in, for questions."""
    text = clause.text
    if (
        (match := _REMEMBER.match(text))
        and topic(match["x"])
        and not re.match(r"(?:me|my name|when|how|what)\b", match["x"], re.I)
    ):
        joint = (match["that"] or "").replace(",", "")
        said = f"the player asked you to remember{joint} {of_player(match['x'])}"
        return Fact("remember", f"remember:{topic(match['x'])}", ended(said))
    if (match := _DO.match(text) or _GIVE.match(text)) and not _MANNERS.match(match["x"]):
        what = of_player(match["x"])
        if topic(what):
            return Fact(
                "request",
                f"request:{topic(what)}",
                ended(f"the player asked you to {what[:1].lower()}{what[1:]}"),
            )
    if (match := _WANT.match(text)) and not _NOTHING.match(match["x"]):
        what = of_player(match["x"])
        if topic(what):
            return Fact("request", f"request:{topic(what)}", ended(f"the player asked for {what}"))
    return None


def question(sentence: str) -> Fact | None:
    """A question about something, word for word: so that its answer is not given as if for the first time."""
    if not sentence.endswith("?"):
        return None
    asking = [part.text for part in clauses(sentence) if part.asks]
    quoted = (sentence if len(asking) > 1 else asking[-1]) if asking else ""
    about = topic(quoted)
    if not about:
        return None
    return Fact("asked", f"asked:{about}", f'The player asked "{_quoted(quoted)}?"')


def told(text: str) -> Fact | None:
    """News: a statement of which no rule makes more. What players say of themselves may be shorter."""
    about = topic(text)
    least = 2 if re.match(r"(?:i|we|my|our)\b", text, re.IGNORECASE) else 3
    if len(about.split()) < least or text.count(" ") < least:
        return None
    return Fact("told", f"told:{about}", f'The player said "{_quoted(text)}."')


def _quoted(text: str) -> str:
    text = trimmed(text.rstrip(".!?… "))
    return text[:1].upper() + text[1:]
