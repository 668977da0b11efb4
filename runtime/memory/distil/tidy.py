"""Typed and spoken words as written ones: apostrophes, contractions, hesitations."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2000
"""Characters of one text that are looked at: two minutes of talk. More is no turn of a conversation."""

_ASIDE = r"(?:by the way|btw|as it happens|if you must know|in case you (?:forgot|wondered?))"
_CONTRACTED = [
    (re.compile(pattern, re.IGNORECASE), short)
    for pattern, short in (
        (r"\bi am\b", "I'm"),
        (r"\bi will\b", "I'll"),
        (r"\bi shall\b", "I'll"),
        (r"\bor my name(?: is not|'s not| isn't)\b", "and my name is"),
        (r"\bi, [\w ]{2,20}, am\b", "I'm"),
        (r"\b(?:i and (?:my |the )?\w+|(?:(?:my|the) )?\w+ and i) (?:will|shall)\b", "we'll"),
        (r"\bwe (?:will|shall)\b", "we'll"),
        (r"\bwell (?=(?:be|come|bring|pay|meet|return)\b)", "we'll "),
        (r"\bi would\b", "I'd"),
        (r"\bi have got\b", "I've got"),
        (r"\bcannot\b|\bcan not\b", "can't"),
        (r"\bdo not\b", "don't"),
        (r"\bwill not\b", "won't"),
        (r"\b(?:uh+|um+|erm?|ehm)\b(?!-),?(?:\s+|$)", ""),
        (r"\bim\b", "I'm"),
        (r"\bive\b", "I've"),
        (r"\bid\b(?= (?:like|love|be|rather|have|never|better|say)\b)", "I'd"),
        (
            r"(?<!\bam )(?<!\bis )(?<!\bwas )(?<!\bare )(?<!\bbe )(?<!\bfeel )(?<!\bso )(?<!\bvery )(?<!'m )"
            r"(?<!\bfell )(?<!\bgot )(?<!\bseriously )(?<!\bof )(?<!\btoo )(?<!\bwere )(?<!'s )(?<!\bbeen"
            r" )(?<!\bmy )(?<!\bhis )(?<!\bher )"
            r"(?<!\bthe )(?<!\ban )"
            r"\bill\b(?= (?!and\b|with\b|in\b|of\b|or\b|but\b|from\b|since\b|for\b|health\b|will\b)[a-z])",
            "I'll",
        ),
        (r"\b(you|they|it|that)ll\b", r"\1'll"),
        (r"\b(you|they)re\b", r"\1're"),
        (r"\b(that|what|who|there|she|he|where|how)s\b", r"\1's"),
        (r"\b(wo|do|ca|did|does|is|was|would|could|should|have|are|were)nt\b", r"\1n't"),
        (r"\bits\b(?= (?:(?:just |only |still )?me\b|[\w'-]+ (?:again|here|speaking)\b))", "it's"),
        (
            r"(?:^|(?<=[.,!?] )|(?<=\bhey )|(?<=\bhi )|(?<=\bhello )|(?<=\bthe )|(?<=\bmy ))names(?= \w)",
            "name's",
        ),
        (r"\bgonna\b", "going to"),
        (r"\bwanna\b", "want to"),
        (r"\b(mr|mrs|ms|dr|st|sgt|capt|prof)\.", r"\1"),
        (rf"(?<![,\s])[,\s]+{_ASIDE}\b,?(?= \w)", ","),
        (rf"(?<![,\s])[,\s]+{_ASIDE}\b,?", ""),
    )
]
_STUTTER = re.compile(r"\b([a-z]{1,12}|I)(?: \1\b)+")


def tidy(text: str) -> str:
    """One line of plain characters with straight apostrophes and contractions made."""
    text = unicodedata.normalize("NFC", text[:LONGEST]).translate({0x2019: "'", 0x2018: "'", 0x60: "'"})
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))
    for pattern, short in _CONTRACTED:
        text = pattern.sub(short, text)
    return _STUTTER.sub(r"\1", text).strip()
