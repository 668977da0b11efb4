"""English numbers, dates, times and money as they are said."""

from __future__ import annotations

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_POWERS = ("", " thousand", " million", " billion", " trillion")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", "sen")}
_PLURALS = {"penny": "pence", "yen": "yen", "sen": "sen"}
_SHORT = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "dr": "doctor",
    "prof": "professor",
    "sgt": "sergeant",
    "capt": "captain",
    "vs": "versus",
    "etc": "et cetera",
    "e.g": "for example",
    "i.e": "that is",
    "approx": "about",
}
_UNITS = {
    "km": "kilometre",
    "m": "metre",
    "cm": "centimetre",
    "mm": "millimetre",
    "kg": "kilogram",
    "g": "gram",
    "ft": "foot",
    "lb": "pound",
    "mph": "mile per hour",
}
_SIGNS = {"&": " and ", "@": " at ", "+": " plus ", "=": " equals ", "°": " degrees"}


def cardinal(number: int) -> str:
    """A whole number below 10^15 in words: 123 is one hundred twenty-three. A larger one digit by digit."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number >= 10**15:
        return digits(str(number))
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" {cardinal(rest)}" if rest else "")
    power = (len(str(number)) - 1) // 3
    high, rest = divmod(number, 1000**power)
    return f"{cardinal(high)}{_POWERS[power]}" + (f" {cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """21 is twenty-first."""
    words = cardinal(number)
    head, last = re.fullmatch(r"(.*?)(\w+)", words).groups()  # type: ignore[union-attr]
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def year(number: int) -> str:
    """1987 is nineteen eighty-seven, 2026 twenty twenty-six, 2005 two thousand five."""
    century, rest = divmod(number, 100)
    if not 1000 <= number < 10_000 or 2000 <= number < 2010 or century % 10 == 0 == rest:
        return cardinal(number)
    tail = f"oh {_ONES[rest]}" if 0 < rest < 10 else cardinal(rest) if rest else "hundred"
    return f"{cardinal(century)} {tail}"


def digits(text: str) -> str:
    """One by one, as telephone numbers are read."""
    return " ".join(_ONES[int(digit)] for digit in text if digit.isdigit())


def number(text: str) -> str:
    """`1,250`, `3.14` or `-5` in words."""
    whole, _, part = text.replace(",", "").partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return digits(whole + part)
    said = cardinal(int(whole or "0"))
    return f"{said} point {digits(part)}" if part else said


def readable(text: str) -> str:
    """`text` as it is read aloud."""
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    for sign, words in _SIGNS.items():
        text = text.replace(sign, words)
    return re.sub(r"  +", " ", text).strip()


def _date(year_: str, month: str, day: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return f"{digits(year_)}, {digits(month)}, {digits(day)}"
    return f"{_MONTHS[int(month) - 1]} {ordinal(int(day))}, {year(int(year_))}"


def _time(hour: str, minute: str, half: str) -> str:
    late = f" {half[0].lower()} m" if half else ""
    if minute == "00":
        return cardinal(int(hour)) + (late or " o'clock")
    return f"{cardinal(int(hour))} {'oh ' if minute[0] == '0' else ''}{cardinal(int(minute))}{late}"


def _money(sign: str, whole: str, part: str, scale: str) -> str:
    unit, small = _MONEY[sign]
    amount = int(whole.replace(",", ""))
    if scale:
        return f"{number(f'{whole}.{part}' if part else whole)} {scale} {_many(unit, 2)}"
    said = f"{cardinal(amount)} {_many(unit, amount)}"
    if part and int(part):
        few = int(part.ljust(2, "0")[:2])
        said += f" and {cardinal(few)} {_many(small, few)}"
    return said


def _many(unit: str, count: int) -> str:
    if count == 1:
        return unit
    head, _, tail = unit.partition(" ")
    plural = {"foot": "feet"}.get(head, _PLURALS.get(head, f"{head}s"))
    return f"{plural} {tail}".strip()


def _unit(amount: str, unit: str) -> str:
    return f"{number(amount)} {_many(_UNITS[unit], 1 if amount == '1' else 2)}"


_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_RULES = (
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), lambda m: _date(*m.groups())),
    (
        re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b"),
        lambda m: f"{m[1]} {ordinal(int(m[2]))}",
    ),
    (
        re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?:\s?([AaPp])\.?[Mm]\b\.?)?"),
        lambda m: _time(m[1], m[2], m[3] or ""),
    ),
    (
        re.compile(r"([$€£¥])\s?(\d[\d,]*)(?:\.(\d+))?(?: (thousand|million|billion))?"),
        lambda m: _money(m[1], m[2], m[3] or "", m[4] or ""),
    ),
    (re.compile(rf"({_NUMBER})\s?%"), lambda m: f"{number(m[1])} percent"),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1]))),
    (
        re.compile(r"(?:\+\d{1,3}[ -])?\b\d{3}(?:-\d{3,4})+\b"),
        lambda m: ", ".join(map(digits, re.split(r"[ -]", m[0]))),
    ),
    (re.compile(rf"\b({_NUMBER}) ?({'|'.join(_UNITS)})\b"), lambda m: _unit(m[1], m[2])),
    (re.compile(r"\b(\d+)\s?[-–]\s?(\d+)\b"), lambda m: f"{number(m[1])} to {number(m[2])}"),
    (
        re.compile(r"\b(in|since|until|before|after|by|of) ([12]\d{3})\b(?![,.]\d)", re.I),
        lambda m: f"{m[1]} {year(int(m[2]))}",
    ),
    (re.compile(r"\b\d{7,}\b"), lambda m: digits(m[0])),
    (re.compile(rf"(?<![\w.])-?{_NUMBER}"), lambda m: _kept(m[0])),
    (
        re.compile(rf"\b({'|'.join(map(re.escape, _SHORT))})\.(?=\s|,|$)", re.I),
        lambda m: _SHORT[m[1].lower()].capitalize() if m[1][0].isupper() else _SHORT[m[1].lower()],
    ),
)
"""In this order: what holds numbers goes before numbers."""


def _kept(found: str) -> str:
    """A number in words, without losing the comma of its sentence."""
    bare = found.rstrip(",")
    sign = "minus " if bare.startswith("-") else ""
    return sign + number(bare.removeprefix("-")) + found[len(bare) :]
