"""What the player is called: said outright, in answer to the question, or put right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.memory.distil.clauses import OPENING, Clause
from runtime.memory.distil.words import CALENDAR, CREEDS, DEMONYMS, NAMELESS, STOP, lexicon

_OUTRIGHT = re.compile(
    OPENING + r"(?:(?:my (?:\w+ )?|the )?name(?:'s| is| was|s|,? it(?:'s| is)|,)"
    r"|my friends (?:all )?call me"
    r"|they named me|i'm (?:called|named|known as|listed as)|i go by(?: the name(?: of)?)?"
    r"|(?:(?:you|people|everyone|everybody|they|folks?|most people|most)"
    r"(?: can| may| could| should| all| just| mostly| usually)? |just |do |simply )*(?:call me"
    r"|address me as|know me as)"
    r"|(?:let me |allow me to |may i )?introduce myself(?: as)?"
    r"|(?:put|book|write|have)(?: it| me| us| that)?(?: down)? under(?: the name(?: of)?)?)"
    r"[:,]?\s+(?:just |simply |actually |really |now |still )?(?P<name>.+)",
    re.IGNORECASE,
)
_IN_PASSING = re.compile(
    OPENING + r"(?:i'm|it's me,?|it is me,?|name:|the name:)\s+(?:just |still |actually |the )?"
    r"(?:old |young |little |poor |lonely |only )?(?P<name>.+)",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:(?:good (?:morning|evening|day)|hello|hi|hey|greetings|back|remember me"
    r"|you know me)\b.*)?\bit(?:'s|s|'s me|s me),? "
    r"(?P<name>[^,]+?)(?P<again>,? (?:again|here))?$",
    re.IGNORECASE,
)
_MINE = re.compile(OPENING + r"(?:and )?mine(?:'s| is) (?P<name>.+)", re.IGNORECASE)
_ANSWER = re.compile(
    OPENING + r"(?:it's|it is|that's|that is|that would be|just|i'm|they call me|only)?\s*"
    r"(?:(?:your|an?|the|only|just) (?-i:[a-z'-]+ ){0,3})?(?P<name>.+)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\byour (?:\w+ )?name|\bwho are you|\bwho(?:'s| is) (?:there|this|asking|that)"
    r"|\bwho am i (?:speaking|talking)|\b(?:should|shall|may|can|do|must) (?:i|we|they"
    r"|people) call you|\bcall you\b"
    r"|\bname and business|\bwho goes there|\bmay i ask who|\bwhom? do i have|\bname\?"
    r"|^(?:halt[.,!]? )?name\b"
    r"|\byou are\?|\bdon't know you\b|\bnot caught your|\bby what name|\bwho might you be"
    r"|\bwho wants to know"
    r"|\bwhom shall i|\bwho shall i say",
    re.IGNORECASE,
)
_DENIED = re.compile(
    OPENING + r"(?:my name(?:'s| is) not|my name (?:isn't|was never)|i'm not(?: called| named)?"
    r"|don't call me"
    r"|(?:and |that's |it's )?not)\s+(?P<name>.+)",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"^(?P<yes>.+?),?\s+(?:and )?not\s+(?P<no>[\w'-]+)$", re.IGNORECASE)
_VOCATIVE = re.compile(r", (?P<name>(?:[A-Z][a-z]+\.? )?[A-Z][\w'-]+)(?=[.!?])")
_NO = re.compile(r"(?:no|nope|not|sorry|wrong|actually|it's)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W_])?")
_PARTICLES = lexicon("of de da do dos van von der den la le el al bin ibn ben di du af av y mac mc the")
_TITLES = lexicon(
    """sir lady lord dame madam miss master father sister brother mother king queen saint doctor dr mr mrs
    ms mx inspector sergeant captain professor prof chef detective officer general colonel count baron
    prince princess uncle aunt judge mayor lieutenant private corporal major constable"""
)
_FOLLOWS = lexicon(
    """i i'm my from and by but here nice pleased with not for these now if what who son daughter at your
    sir madam ma'am though too as or in because so how glad good please then again mate love dear on of"""
)
"""What may stand behind a name."""
_NOT_BARE = STOP | NAMELESS | DEMONYMS | CREEDS | CALENDAR
_LONGEST = 5
"""Words of a name: "Maria de la Cruz" has four."""


def name(clause: Clause, asked: str, known: str = "", whole: str = "") -> str | None:
    """The name that `clause` gives the player, or None.

    `asked` is what the character said before, `whole` all that the player says now. After "I'm" a name has to
    be written as one ("I'm tired"); what is said outright need not be.
    """
    if clause.asks:
        return None
    contrast = _CONTRAST.match(clause.text)
    text = contrast["yes"] if contrast else clause.text
    if known and _completes(text, known):
        return text
    wanted = asks_name(asked) or "introduce myself" in whole.lower()
    if match := _OUTRIGHT.match(text):
        return _read(match["name"], lower=True, outright=True)
    if match := _IN_PASSING.match(text):
        return _read(match["name"], lower=wanted)
    if (match := _MINE.match(text)) and re.search(r"\bnames?\b", f"{asked} {whole}", re.IGNORECASE):
        return _bare(match["name"])
    if (match := _BACK.match(text)) and (match["again"] or match.start("name") > len("it's me, ")):
        return _read(match["name"], lower="remember" in text)
    swapped = contrast is not None and bool(known) and contrast["no"].lower() == known.lower()
    corrected = bool(known) and known.lower() in asked.lower() and _NO.match(clause.text) is not None
    if (wanted or swapped or corrected) and (match := _ANSWER.match(text)):
        return _bare(match["name"])
    return None


def _completes(text: str, known: str) -> bool:
    """ "The name's Bond. James Bond." """
    words = text.split()
    return text.endswith(f" {known}") and len(words) <= _LONGEST and all(word[0].isupper() for word in words)


def addressed(said: Sequence[Clause], reply: str) -> str | None:
    """A name that the player told and the reply calls them by: "Ask for Lotte." - "I will, Lotte.\""""
    told = " ".join(clause.text for clause in said if not clause.asks)
    for match in _VOCATIVE.finditer(reply):
        found = match["name"].replace(".", "")
        said_it = rf"\b{re.escape(found)}\b"
        theirs = rf"\b(?:(?:my|your|his|her|our|their)(?: [\w'-]+){{1,2}}|the [\w'-]+),? {re.escape(found)}\b"
        if re.search(said_it, told, re.IGNORECASE) and not re.search(theirs, told, re.IGNORECASE):
            return _read(found, lower=False)
    return None


def denied(clause: Clause, known: str) -> bool:
    """Whether the player says that `known` is not their name."""
    match = _DENIED.match(clause.text)
    if match is None or not known or clause.asks:
        return False
    return (_read(match["name"], lower=True, outright=True) or "").lower() == known.lower()


def asks_name(reply: str) -> bool:
    """Whether what the character said asks who the player is."""
    return _ASKED.search(reply) is not None


def _bare(text: str) -> str | None:
    """A name that is the whole answer: at most three words, whatever comes after a comma."""
    return _read(text, lower=True) if len(text.partition(",")[0].split()) <= 3 else None


def _read(text: str, *, lower: bool, outright: bool = False) -> str | None:
    """The name that `text` begins with. Written small it is one word or two, and nothing but them."""
    words = text.split()
    bare = [word.strip(",.!?\"'“”") for word in words]
    titled = len(bare) > 1 and bare[0].lower() in _TITLES and bare[1][:1].isupper()
    if not bare or not (titled or _is_name(bare[0])):
        return None
    if titled:
        bare[0] = bare[0][:1].upper() + bare[0][1:]
    if bare[0][0].islower():
        return _small(words, bare, outright) if lower else None
    taken = 1
    while taken < len(bare) and not words[taken - 1].endswith(",") and _goes_on(bare, taken):
        taken += 1
    rest = bare[taken:]
    if words[taken - 1].endswith(","):
        return _cased(_in_full(bare[:taken], rest))
    if rest and not outright and rest[0].lower() not in _FOLLOWS:
        return None
    return _cased(bare[:taken])


def _in_full(name: list[str], rest: list[str]) -> list[str]:
    """ "Bond, James Bond": the second is the whole name."""
    return rest if rest and len(rest) <= _LONGEST and rest[-len(name) :] == name else name


def _small(words: list[str], bare: list[str], outright: bool) -> str | None:
    taken = 1
    if bare[0] in _TITLES and len(bare) > 1 and _is_name(bare[1]):
        taken = 2
    elif not words[0].endswith(",") and len(bare) > 1 and bare[1].lower() not in _FOLLOWS:
        if len(bare) > 2 or not _is_name(bare[1]):
            return None
        taken = 2 if outright else 1
    return " ".join(word[:1].upper() + word[1:] for word in bare[:taken])


def _goes_on(bare: list[str], at: int) -> bool:
    """Whether the word belongs to the name: "of Wick", "de la Cruz", "Reyes"."""
    if at >= _LONGEST:
        return False
    if bare[at].lower() in _PARTICLES:
        return any(word[:1].isupper() for word in bare[at + 1 : at + 3])
    return bare[at][:1].isupper() and bare[at].lower() not in STOP and _TOKEN.fullmatch(bare[at]) is not None


def _is_name(word: str) -> bool:
    """Whether `word` can be a name at all; one that is written small must not look like "tired"."""
    if len(word) > 24 or not _TOKEN.fullmatch(word) or word.lower() in _NOT_BARE:
        return False
    if re.search(r"(?:n't|'s|'re|'ve|'ll|'d)$", word) or (len(word) == 1 and word.isascii()):
        return False
    return word[0].isupper() or not re.search(r"(?:ing|ed|ful|less)$", word)


def _cased(words: list[str]) -> str:
    """As it was written; what came in capitals only, as names are."""
    shouted = all(word.isupper() and len(word) > 1 for word in words)
    return " ".join(word.title() if shouted else word for word in words)
