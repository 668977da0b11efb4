"""What a talk was about, in a few words: key phrases in the manner of RAKE (Rose et al. 2010)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from runtime.memory.distil.words import STOP
from runtime.memory.facts import Said

LATEST = 24
"""Exchanges at the end of a talk that are looked at: how it ended is what is remembered of a long one."""

TOPICS = 3
"""Named at most: more is a list, not an answer."""
_RUN = 3
"""Words of a phrase at most; what is longer is half a sentence."""
_SHARED = 2.0
"""A word that both sides used weighs this much more: it is what they talked about."""
_PLAYER = 2.0
"""Words of the player weigh more than those of a character that likes to talk."""

_ARTICLE = r"(?:the|a|an|my|your|his|her|their|our|that|this|those|these|some)"
_NOUNS_TOO = frozenset(("well", "will", "mine", "bowl", "cup", "watch", "match", "stand", "fast"))
"""Words without meaning, but after an article things that are talked of."""
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?…]")
_VERBLIKE = re.compile(r"(?:ed|ing)$")


def talked_about(talk: Sequence[Said], names: Sequence[str] = ()) -> str | None:
    """Up to three noun phrases, as "the drowned bell, Tom and a silver ring"; None where nothing stands out.

    `names` are words to leave out: what the player is called is no topic.
    """
    talk = talk[-LATEST:]
    phrases = _phrases(talk, frozenset(word.lower() for name in names for word in name.split()))
    weights = _weights(talk, phrases)
    found: list[str] = []
    seen: set[str] = set()
    for phrase in sorted(weights, key=weights.__getitem__, reverse=True):
        words = {_stem(word) for word in phrase}
        if not words & seen:
            seen |= words
            found.append(phrases[phrase])
        if len(found) == TOPICS:
            break
    return _listed(found)


def _phrases(talk: Sequence[Said], but: frozenset[str]) -> dict[tuple[str, ...], str]:
    """Runs of words that say something, and how each is shown: with its article and its capitals."""
    shown: dict[tuple[str, ...], str] = {}
    for said in talk:
        for text, player in ((said.player, True), (said.reply, False)):
            for article, run in _runs(text):
                key = tuple(word.lower() for word in run)
                if not but & set(key):
                    shown.setdefault(key, f"{_whose(article, player)}{' '.join(run)}")
    return shown


def _runs(text: str) -> list[tuple[str, list[str]]]:
    """Each run with the article before it; a run that has none is a name, or one word or two."""
    runs: list[tuple[str, list[str]]] = []
    article, run = "", list[str]()
    previous = "."
    tokens = [*_TOKEN.findall(text.replace("’", "'")), "."]
    # A word that is written large inside of a sentence is so at the head of one, too.
    large = {token for before, token in pairwise(tokens) if before not in ".!?…" and token[0].isupper()}
    for token in tokens:
        word = token.lower()
        content = (
            (
                word not in STOP
                or (word in _NOUNS_TOO and re.fullmatch(_ARTICLE, previous.lower()) is not None)
            )
            and len(word) > 2
            and word[0].isalpha()
            and not word.endswith(("n't", "'ll", "'re"))
        )
        if content:
            run.append(word if previous in ".!?…" and token not in large else token)
        else:
            if run:
                runs.append((article, run))
            run = []
            article = word if re.fullmatch(_ARTICLE, word) else ""
        previous = token
    return [(article, _noun(run, bool(article))) for article, run in runs if _noun(run, bool(article))]


def _noun(run: list[str], article: bool) -> list[str]:
    """The part of a run that is likely one noun phrase: with an article its beginning, else its end."""
    if article:
        run = run[:_RUN]
        while len(run) > 1 and _VERBLIKE.search(run[-1]):
            run = run[:-1]
        return run
    run = run[-2:]
    return run if not (len(run) == 1 and _VERBLIKE.search(run[0]) and run[0].islower()) else []


def _weights(talk: Sequence[Said], phrases: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], float]:
    """Sum of the words' weights: how often each was said, by whom, and by both; over the phrase's length."""
    by_player, by_npc = (Counter(map(_stem, _words(said))) for said in (
        [each.player for each in talk], [each.reply for each in talk]))  # fmt: skip
    degree: defaultdict[str, int] = defaultdict(int)
    for phrase in phrases:
        for word in phrase:
            degree[_stem(word)] += len(phrase)

    def weight(word: str) -> float:
        stem = _stem(word)
        shared = _SHARED if by_player[stem] and by_npc[stem] else 1.0
        return (by_player[stem] * _PLAYER + by_npc[stem]) * shared

    named = {p for p in phrases if any(word[:1].isupper() for word in phrases[p].split()[-len(p) :])}
    articled = {p for p in phrases if len(phrases[p].split()) > len(p)}
    return {
        p: sum(map(weight, p)) / len(p) ** 0.5 * (1.5 if p in named or p in articled else 1.0)
        for p in phrases
    }


def _words(texts: Sequence[str]) -> list[str]:
    return [
        word
        for text in texts
        for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text.lower().replace("’", "'"))
    ]


def _stem(word: str) -> str:
    return re.sub(r"(?:'s|es|s)$", "", word.lower()) if len(word) > 3 else word.lower()


def _whose(article: str, player: bool) -> str:
    """The article as told to the character."""
    if article in ("my", "our"):
        return "the player's " if player else "your "
    if article == "your":
        return "your " if player else "the player's "
    return {"": "", "a": "a ", "an": "an "}.get(article, "the ")


def _listed(found: Sequence[str]) -> str | None:
    if not found:
        return None
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
