"""What the player is called: said outright or in passing, in answer to the question, or put right."""

from __future__ import annotations

import re

from runtime.memory.distil import frames
from runtime.memory.distil.clauses import Clause
from runtime.memory.distil.given import is_given, may_be_given
from runtime.memory.distil.spelled import LONGEST, TITLES, TOKEN, is_name, read
from runtime.memory.distil.words import STOP, TRADES


def name(clause: Clause, asked: str, known: str = "", whole: str = "") -> str | None:
    """The name that `clause` gives the player, or None.

    `asked` is what the character said before, `whole` all that the player says now. After "I'm" a name has to
    be written as one ("I'm tired") or be a given name; what is said outright need not be.
    """
    if clause.asks:
        return None
    contrast = frames.CONTRAST.match(clause.text)
    text = contrast["yes"] if contrast else clause.text
    if known and _completes(text, known):
        return " ".join(word[:1].upper() + word[1:] for word in text.split())
    wanted = asks_name(asked) or frames.INTRODUCES.search(whole) is not None
    found = _said(text, asked, known, whole, wanted)
    swapped = contrast is not None and bool(known) and contrast["no"].lower() == known.lower()
    corrected = bool(known) and known.lower() in asked.lower() and frames.NO.match(clause.text) is not None
    if found or not (wanted or swapped or corrected) or not (match := frames.ANSWER.match(text)):
        return found
    for part in text.split(", ")[1:]:
        words = part.split()
        if (is_given(words[0]) or len(words) > 1) and all(word[0].isupper() for word in words):
            return read(part, lower=False)
    plain = frames.BEFORE.sub("", text, count=1) if frames.BEFORE.match(text) else text
    if is_given(plain.split()[0]):
        return _bare(plain)
    return None if frames.DESCRIBED.match(text) and match["name"][0].islower() else _bare(match["name"])


def _said(text: str, asked: str, known: str, whole: str, wanted: bool) -> str | None:
    """What the clause says by its own words."""
    if match := frames.NICKNAME.match(text):
        return _nickname(
            match["name"] or match["short"] or match["simple"], known, large=match["name"] is None
        )
    if match := frames.OUTRIGHT.match(text):
        return read(match["name"], lower=True, outright=True)
    if match := frames.APPOSED.match(text):
        return read(match["name"] or match["last"] or match["kin"], lower=match["kin"] is not None)
    if match := frames.IN_PASSING.match(text):
        return None if match["the"] and match["name"][0].islower() else read(match["name"], lower=wanted)
    if (match := frames.MINE.match(text)) and re.search(r"\bnames?\b", f"{asked} {whole}", re.IGNORECASE):
        return _bare(match["name"])
    if (match := frames.BACK.match(text)) and (match["again"] or match.start("name") > len("it's me, ")):
        return read(match["name"], lower="remember" in text)
    if (match := frames.HERE_IS.match(text)) and (
        match["from"] or wanted or not frames.WHO_ELSE.search(asked)
    ):
        return (
            read(match["name"], lower=False)
            if match["from"] or wanted or is_given(match["name"].split()[0])
            else None
        )
    if (match := frames.WHO.search(asked)) and frames.THAT_IS_ME.match(text):
        return match["name"]
    if match := frames.SENT.match(text):
        sender = match["name"] or match["sender"]
        return (
            read(sender, lower=False)
            if not known and sender[:4].lower() not in ("the ", "my ", "your")
            else None
        )
    if match := frames.FRAMED.match(text):
        return _framed(match["name"], known, alias_only=match["alias"] is not None)
    if (match := frames.CALL.match(text)) and is_given(match["name"]):
        return match["name"]
    return None if known else _fragment(text)


def _nickname(found: str, known: str, *, large: bool) -> str | None:
    """What others call the player; any word will do beside a name, and one that can be a name without."""
    found = re.sub(r"^the (?=[A-Z])", "", found)
    words = found.split()
    if large and not found[0].isupper():
        return None
    if known and len(words) == 1 and TOKEN.fullmatch(found):
        return found[:1].upper() + found[1:]
    return read(found, lower=True, outright=True) or _titled_small(words)


def _titled_small(words: list[str]) -> str | None:
    """ "big tom": a word before a given name is part of what people say."""
    if len(words) == 2 and is_given(words[1]) and words[0].isalpha():
        return " ".join(word[:1].upper() + word[1:] for word in words)
    return None


def _framed(found: str, known: str, *, alias_only: bool) -> str | None:
    """Of "Robin here": the words before have to be a name by themselves."""
    words = found.split()
    first = words[1] if len(words) > 1 and words[0].lower() in TITLES else words[0]
    alias = bool(known) and (found.lower() in known.lower() or found[:3].lower() == known[:3].lower())
    sure = (
        is_given(first) or first != words[0] or (len(words) > 1 and all(word[0].isupper() for word in words))
    )
    return (
        read(found, lower=True, outright=True)
        if alias or (not alias_only and sure and is_name(first))
        else None
    )


def _fragment(text: str) -> str | None:
    """A name that is the whole clause, where a family name, a title or what stands beside it says so."""
    match = frames.FRAGMENT.match(text)
    if match is None:
        return None
    words, rest = match["name"].split(), match["rest"] or ""
    titled = words[0].lower() in TITLES and len(words) > 1
    first = words[1] if titled else words[0]
    trade = (
        bool(rest) and " " not in rest and rest.islower() and rest not in STOP | TITLES and first[0].isupper()
    )
    large = all(word[0].isupper() for word in words)
    beside = bool(rest) and len(rest.split()) <= 4 and not frames.PREDICATE.search(rest)
    beside = beside and (rest.split()[0].lower() in frames.BESIDE or trade)
    if (
        not titled
        and not may_be_given(first)
        and not ((trade or (beside and large)) and (len(words) > 1 or rest in TRADES))
    ):
        return None
    full = len(words) > 1 and (titled or all(word[0].isupper() for word in words if len(word) > 3))
    if not (beside or (full and not rest)) or not is_name(first) or (titled and rest and not beside):
        return None
    found = read(match["name"], lower=True)
    return found if found and (full or len(found.split()) == len(words)) else None


def _completes(text: str, known: str) -> bool:
    """ "The name's Bond. James Bond.", "Will. Will Atherton." """
    words = text.split()
    if len(words) == 2 and text.islower() and words[0] == known.lower() and is_given(known):
        return is_name(words[1]) and words[1] not in STOP
    if len(words) > LONGEST or not all(word[0].isupper() and TOKEN.fullmatch(word) for word in words):
        return False
    return text.endswith(f" {known}") or (text.startswith(f"{known} ") and is_name(words[-1]))


def denied(clause: Clause, known: str) -> bool:
    """Whether the player says that `known` is not their name."""
    match = frames.DENIED.match(clause.text)
    if match is None or not known or clause.asks:
        return False
    return (read(match["name"], lower=True, outright=True) or "").lower() == known.lower()


def asks_name(reply: str) -> bool:
    """Whether what the character said asks who the player is."""
    return frames.ASKED.search(reply) is not None


def _bare(text: str) -> str | None:
    """A name that is the whole answer: at most three words, whatever comes after a comma."""
    first = text.split()[0] if text.split() else ""
    return read(text, lower=True) if len(text.partition(",")[0].split()) <= 3 or is_given(first) else None
