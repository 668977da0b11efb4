"""Personal data in a text: addresses of mail, numbers of phones, cards, accounts and offices. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from runtime.safety.patterns import pattern

_NUMBER = re.compile(r"\+?\d(?:[ ().\-–/]{0,2}\d){6,30}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_SOCIAL = re.compile(r"\b\d{3}[- ]\d{2}[- ]\d{4}\b")
_DIGIT_WORDS = "zero one two three four five six seven eight nine"
_SPOKEN = {**{word: digit for digit, word in enumerate(_DIGIT_WORDS.split())}, "oh": 0}
_DIGITS = re.compile(
    rf"\b(?:(?:{'|'.join(_SPOKEN)}|double)[\s,.-]+){{6,}}(?:{'|'.join(_SPOKEN)})\b", re.IGNORECASE
)


def personal(text: str) -> str:
    """What personal data `text` holds: "an e-mail address", …; empty for none.

    Phone numbers are 7 to 15 digits (ITU-T E.164), cards 13 to 19 that pass Luhn's check (ISO/IEC 7812).
    """
    if ("@" in text or " at " in text or "(at)" in text or "[at]" in text) and pattern("mail").search(text):
        return "an e-mail address"
    if any(c.isdigit() for c in text) and (kind := _number(text)):
        return kind
    if pattern("home").search(text):
        return "an address or a password"
    return "a phone number" if any(_dictated(found[0]) for found in _DIGITS.finditer(text)) else ""


def _number(text: str) -> str:
    if _SOCIAL.search(text):
        return "a social security number"
    if _IBAN.search(text):
        return "an account number"
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 13 <= len(digits) <= 19 and _luhn(digits):
            return "a card number"
        if 7 <= len(digits) <= 15 and not _counted(list(map(int, digits))):
            return "a phone number"
    return ""


def _luhn(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    doubled = [sum(divmod(2 * value, 10)) for value in values[1::2]]
    return (sum(values[::2]) + sum(doubled)) % 10 == 0


def _dictated(text: str) -> bool:
    return not _counted([_SPOKEN[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SPOKEN])


def _counted(digits: list[int]) -> bool:
    """Whether somebody only counts, up or down, or says one number again and again (a round sum)."""
    steps = {b - a for a, b in pairwise(digits)}
    return steps <= {1, -9} or steps <= {-1, 9} or digits[1:].count(0) >= len(digits) - 2
