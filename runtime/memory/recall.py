"""What comes to mind: recency, importance and relevance, within a budget. Pure.

The score is the sum of the three, each 0 to 1, as in Park et al. 2023 ("Generative Agents", section 4.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from runtime.memory.facts import Kind, Memo, Said, recency
from runtime.memory.relation import PAUSE

DAY = 86400.0

_DATED: frozenset[Kind] = frozenset(
    ("promise", "vow", "threat", "remember", "kept", "plan", "request", "told", "asked", "quest")
)
"""What was true on a day; who somebody is needs no date."""

_CUES: dict[str, tuple[Kind, ...]] = {
    "promise promised promises word swear swore owe forget": ("promise", "vow", "plan", "threat"),
    "remember forget forgot": ("remember",),
    "from home born live country town where": ("origin",),
    "work job living trade profession do": ("work",),
    "family sister brother mother father son daughter wife husband": ("kin",),
    "look looking search searching seek find found lost": ("quest",),
    "like love enjoy favourite favorite hate prefer drink drinks eat food": ("taste",),
    "have own got": ("thing",),
    "name called remember": ("name",),
    "ask asked want wanted order ordered": ("request", "asked"),
    "tell told say said": ("told",),
}
"""Words by which a player asks for facts of a kind without naming what they hold."""
_THEMSELVES = frozenset(("i", "me", "my", "mine", "we", "us", "our"))
_NAMED: frozenset[Kind] = frozenset(("origin", "work", "kin", "quest", "thing", "name"))
"""What only a player who speaks of themselves asks for: "where am I from", but not "where are these from"."""
CUED = 0.5
"""Relevance of such facts: a word in common says more, none says less."""

_LAST = re.compile(
    r"\b(?:last time|yesterday|the other day|talk(?:ed|ing)? about|remember (?:me|us)"
    r"|we (?:talk|spoke|discuss)|our last)",
    re.IGNORECASE,
)

_WORDS = """
    a an the and or but so if of to in on at with is are am was were be been do does did can could would
    will shall should have has had i you he she it we they me us them my your his her its our their this
    that these those what how when which why not no yes oh well i'm i've i'll it's what's that's please
    hello hi hey player said asked promised there here about then than too very just from come comes
"""
_EMPTY = frozenset(_WORDS.split())
"""Asking the index for these would find everything."""
_TERMS = 24
"""Words of a question that are looked up; a longer one has said what it is about."""


def terms(text: str) -> list[str]:
    """The words of `text` worth looking up, each once."""
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("’", "'")[:2000])
    kept = dict.fromkeys(word.removesuffix("'s") for word in words if word not in _EMPTY)
    return list(kept)[:_TERMS]


def cued(text: str) -> list[Kind]:
    """The kinds of facts that `text` may ask for."""
    words = set(re.findall(r"[a-z]+", text.lower()[:2000]))
    kinds = [kind for cues, kinds in _CUES.items() if words & set(cues.split()) for kind in kinds]
    return kinds if words & _THEMSELVES else [kind for kind in kinds if kind not in _NAMED]


def asks_last(text: str) -> bool:
    """Whether `text` asks for the last conversation."""
    return bool(_LAST.search(text[:2000]))


def relevance(
    matching: Sequence[tuple[Memo, float]],
    near: Sequence[tuple[Memo, float]] = (),
    of_kind: Sequence[Memo] = (),
) -> dict[int, float]:
    """0 to 1 for each memory by id: the most of BM25 over the best there is, the cosine, and CUED."""
    best = max((score for _, score in matching), default=0.0)
    found = {memo.id: max(0.0, score / best) for memo, score in matching} if best > 0 else {}
    for memo, cosine in near:
        found[memo.id] = max(found.get(memo.id, 0.0), min(1.0, cosine))
    for memo in of_kind:
        found[memo.id] = max(found.get(memo.id, 0.0), CUED)
    return found


def without_questions(relevant: Mapping[int, float], memos: Iterable[Memo]) -> dict[int, float]:
    """The same but for questions of the player's.

    A question asked again is most like the note that it was asked before, which answers nothing: it stands in
    the way of what does.
    """
    questions = {memo.id for memo in memos if memo.fact.kind == "asked"}
    return {memo: value for memo, value in relevant.items() if memo not in questions}


def ranked(memos: Iterable[Memo], relevant: Mapping[int, float], now: float) -> list[Memo]:
    """Each once, best first."""

    def score(memo: Memo) -> float:
        return recency(memo.used, now) + memo.importance + relevant.get(memo.id, 0.0)

    return sorted({memo.id: memo for memo in memos}.values(), key=score, reverse=True)


def within(memos: Iterable[Memo], budget: int, now: float) -> list[tuple[Memo, str]]:
    """As many as fit into `budget` characters with a space between, each as a sentence."""
    chosen: list[tuple[Memo, str]] = []
    for memo in memos:
        text = dated(memo, now)
        if len(text) + 1 <= budget:
            chosen.append((memo, text))
            budget -= len(text) + 1
    return chosen


def dated(memo: Memo, now: float) -> str:
    """The fact, and how long ago it was where that matters: "2 days ago the player promised to pay."."""
    text = memo.fact.text
    ago = elapsed(now - memo.at)
    if memo.fact.kind not in _DATED or not ago:
        return text
    return f"{ago[:1].upper()}{ago[1:]} {text[:1].lower()}{text[1:]}"


def elapsed(seconds: float) -> str:
    """In words; empty within the hour."""
    for longest, words in _AGO:
        if seconds < longest * DAY:
            return words.format(
                weeks=round(seconds / DAY / 7), days=round(seconds / DAY), months=round(seconds / DAY / 30.4)
            )
    return "years ago"


_AGO = (
    (1 / 24, ""),
    (0.8, "a few hours ago"),
    (1.5, "yesterday"),
    (13.5, "{days} days ago"),
    (60, "{weeks} weeks ago"),
    (730, "{months} months ago"),
)


def last_talk(talk: Sequence[Said], now: float, since: float | None = None) -> list[Said]:
    """The conversation before the present one, oldest first. `talk` is newest first.

    The present one began at `since`; where that is not told, it is what no PAUSE divides from `now`.
    """
    rest = [said for said in talk if since is None or said.at < since]
    if since is None:
        rest = rest[_conversation(rest, now) :]
    ended = rest[0].at if rest else now
    return rest[: _conversation(rest, ended)][::-1]


def _conversation(talk: Sequence[Said], end: float) -> int:
    """How many of `talk`, newest first, are of the conversation that goes on at `end`."""
    for number, said in enumerate(talk):
        if end - said.at > PAUSE:
            return number
        end = said.at
    return len(talk)
