"""Who of several characters the player means: who is called, else who is looked at. Pure; English.

Rules for vocatives by place and marks (Zwicky 1974, "Hey, Whatsyourname!": calls stand at the beginning,
addresses also in the middle and at the end, set off by pauses); then gaze, which tells addressees apart best
beside a name (Vertegaal et al. 2001), then who was talked with, then who is nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from runtime.character import Character
from runtime.company.names import called, callings, words
from runtime.scene.words import group

_ALL = re.compile(
    r"\b(?:(?:both|all|each|everyone|everybody|any|either|the two|the three|you two|you three) of you|"
    r"you (?:two|three|all|both|lot|guys|folks)|everyone|everybody|(?:^|hello |hi |evening |morning )"
    r"(?:friends|folks|ladies|gentlemen))\b",
    re.IGNORECASE,
)
_THIRD = re.compile(
    r"\b(?:does|is|was|has|did|do|knows?) (?:every(?:one|body))\b|"
    r"every(?:one|body) (?:else|in|at|is|was|has|says|knows)\b",
    re.IGNORECASE,
)
"""Everybody as a topic: "everyone says so"."""

_ENDS = frozenset(".!?;:")
_HAIL = group(
    "hey hi hello oh oi psst okay ok please thanks bye goodbye sorry listen morning evening afternoon"
)
_SOFT = group("my dear good old poor sweet master mister miss mrs mr madam sir lady well so and now but")
_BEFORE = _HAIL | group("you day night yes no now then here there too welcome today tonight again")
"""Before a name at the end they make it a call, also without a comma: "thank you mara"."""
_AFTER = group(
    "what who where when why how which whose do does did can could will would are am have i i'm i'll i'd "
    "i've you your you're you've please let let's tell give show bring come open close look listen help "
    "wait stop take pour make get go put sing say a an another one two some more no yes"
)
"""After a name at the beginning they make it a call: "mara what is that", "sergeant can i come in"."""


def addressed(
    text: str,
    attending: str,
    cast: Mapping[str, Character],
    gaze: str | None = None,
    distances: Mapping[str, float] | None = None,
) -> str:
    """The id of whom the player means by `text`.

    That is whom it calls by name or trade, else whom the player looks at (`gaze`), else who is `attending`,
    else the nearest. `distances` in metres, by id. `cast` must not be empty.
    A name that is only spoken of calls nobody: "Have you seen Mara?".
    """
    one = _unsaid(attending, cast, gaze, distances)
    meant = calls(text, cast)
    return one if one in meant or not meant else meant[0]


def calls(text: str, cast: Mapping[str, Character]) -> list[str]:
    """Ids of whom `text` calls, in order; of several sentences with calls the last counts."""
    names = callings(cast)
    found: list[str] = []
    for sentence in _sentences(words(text)):
        found = _called(sentence, names) or found
    return list(dict.fromkeys(found))


def everyone(text: str) -> bool:
    """Whether it is said to all that are there: "What do you two think?"."""
    return bool(_ALL.search(text)) and not _THIRD.search(text)


def _unsaid(
    attending: str, cast: Mapping[str, Character], gaze: str | None, distances: Mapping[str, float] | None
) -> str:
    for one in (gaze, attending):
        if one is not None and one in cast:
            return one
    near = {npc: away for npc, away in (distances or {}).items() if npc in cast}
    return min(near, key=lambda npc: near[npc]) if near else next(iter(cast))


def _sentences(said: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for word in said:
        if word in _ENDS:
            found.append([])
        else:
            found[-1].append(word)
    return [sentence for sentence in found if sentence]


def _called(sentence: list[str], names: Mapping[str, str]) -> list[str]:
    """Whom one sentence calls."""
    found, place = [], 0
    while place < len(sentence):
        npc = called(sentence[place], names)
        end = place + 1
        while npc and end < len(sentence) and called(sentence[end], names) == npc:
            end += 1
        if npc and _is_call(sentence, place, end, names):
            found.append(npc)
        place = end
    return found


def _is_call(sentence: list[str], start: int, end: int, names: Mapping[str, str]) -> bool:
    """Whether the name at [start, end) is called rather than spoken of."""
    while start and sentence[start - 1] in _SOFT:
        start -= 1
    before, after = sentence[:start], sentence[end:]
    if before and before[-1] in ("the", "a", "and", "or"):
        return False
    opens = not before or before[-1] == "," or before[-1] in _HAIL
    closes = not after or after[0] == ","
    if opens and closes:
        return not _listed(before, after, names)
    if opens:
        return after[0] in _AFTER or (before and before[-1] in _HAIL - {"please", "sorry"}) or _there(after)
    return not after and _greeted(before)


def _there(after: Sequence[str]) -> bool:
    """A question or news that goes on without a comma: "mara is there a room"."""
    return tuple(after[:2]) in (
        ("is", "there"),
        ("is", "it"),
        ("is", "this"),
        ("is", "that"),
        ("there", "is"),
    )


def _greeted(before: Sequence[str]) -> bool:
    """Whether the words before a name at the end call it, as no comma says so."""
    return before[-1] in _BEFORE and tuple(before) not in (("are", "you"), ("aren't", "you"))


def _listed(before: Sequence[str], after: Sequence[str], names: Mapping[str, str]) -> bool:
    """Whether it is one of a list that something is said of: "Mara, Holt and Tansy are friends"."""
    rest = [word for word in after if word != ","]
    if "and" in rest[:4] and rest and called(rest[0], names) and len(rest) > 3:
        return rest[3] not in _AFTER
    return (
        len(before) > 1 and before[-1] == "," and called(before[-2], names) is not None and "and" in rest[:1]
    )
