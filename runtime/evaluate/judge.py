"""Whether a reply says what it should, and nothing it should not. Pure; English."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runtime.character import Character
from runtime.mind.prompt import RULES

_ADMITS = re.compile(
    r"\b(?:(?:don't|do not|didn't|couldn't|can't|cannot|could not|wouldn't|never) (?:\w+ )?"
    r"(?:know|knew|tell|say|heard?|seen|saw|speak|answer|guess|met|asked|learned|help you (?:with|there))"
    r"|no (?:idea|notion|clue)|not (?:a thing|something|one|for me|mine) (?:i|to) (?:know|say|answer)"
    r"|nobody (?:knows|told|has told)|beyond me|beats me|past me|over my head|nothing (?:of|about|i know)"
    r"|know(?:s)? nothing|none of my|not my|(?:ask|better ask|try) (?:somebody|someone|the|a) \w+"
    r"|means nothing|new to me|stranger to me|out of my|i wouldn't know|who knows"
    r"|wrong (?:woman|man|person|one)|no \w+ of mine|not a word|not that i|nor do i"
    r"|haven't (?:heard|seen|the|a|met|been))\b",
    re.IGNORECASE,
)

_OUT_OF_PART = re.compile(
    r"\b(?:an? ai|artificial|language model|chat ?bot|openai|chatgpt|assistant|as an? (?:model|program)"
    r"|programmed|software|algorithm|neural|database|prompt|instructions? (?:above|i was given)|training data"
    r"|hugging ?face|smollm|i am (?:just )?a (?:program|computer|machine|bot)|how (?:can|may) i assist)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[<>{}\[\]|*_#]|\((?:[^)]*)$|^\s*(?:user|player|assistant|system)\s*:", re.IGNORECASE)


def tells(reply: str, say: Iterable[str]) -> bool:
    """Whether `reply` holds one of the patterns by which a right answer is known."""
    return any(re.search(pattern, reply, re.IGNORECASE) for pattern in say)


def admits(reply: str) -> bool:
    """Whether `reply` says that the character does not know."""
    return bool(_ADMITS.search(reply.replace("’", "'")))


def in_part(reply: str, npc: Character, never: Iterable[str] = ()) -> bool:
    """Whether nothing in `reply` is out of the part of `npc`."""
    return bool(reply.strip()) and not (
        _OUT_OF_PART.search(reply)
        or leaks(reply, npc)
        or any(re.search(p, reply, re.IGNORECASE) for p in never)
    )


def leaks(reply: str, npc: Character, notes: Iterable[str] = ()) -> bool:
    """Whether `reply` holds marks of a template, or six words in a row of what only the model is to read.

    That is what it is told to do (the rules, and what says "you"), and a note on "the player" as it stands.
    Its name, its description and facts are there to be told: players read the first two beside its picture.
    """
    if _MARKS.search(reply):
        return True
    said = set(_runs(reply))
    told = {run for run in _runs(f"You are {npc.name}. {npc.personality}") if {"you", "your"} & set(run)}
    hidden = {*_runs(RULES), *told} - set(_runs(npc.description))
    player = {run for note in notes for run in _runs(note, 4) if "player" in run}
    return not said.isdisjoint(hidden) or not player.isdisjoint(_runs(reply, 4))


def borrows(reply: str, theirs: set[str], notes: Iterable[str] = ()) -> bool:
    """Whether `reply` holds a whole sentence, of five words or more, that other characters are taught to say.

    `theirs` holds such sentences as `foreign` gives them. What it answers from (`notes`) is its own, in
    whatever words.
    """
    known = set(_words(" ".join(notes)))
    return any(sentence in theirs and not set(sentence.split()) <= known for sentence in sentences(reply))


def foreign(theirs: Iterable[str], own: Iterable[str]) -> set[str]:
    """The sentences of other characters (in `theirs`) that stand, word by word, in no line of its `own`."""
    lines = [f" {' '.join(_words(line))} " for line in own]
    every = {sentence for line in theirs for sentence in sentences(line)}
    return {sentence for sentence in every if not any(f" {sentence} " in line for line in lines)}


def sentences(text: str) -> list[str]:
    """Its sentences of five words and more, without case and signs."""
    found = (" ".join(_words(sentence)) for sentence in re.split(r"[.!?]+", text))
    return [sentence for sentence in found if sentence.count(" ") >= 4]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _runs(text: str, length: int = 6) -> list[tuple[str, ...]]:
    words = _words(text)
    return [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]
