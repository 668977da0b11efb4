"""Chinese numbers, dates, times and money as they are said."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿")
_MONEY = {"¥": "元", "￥": "元", "$": "美元", "€": "欧元", "£": "英镑"}
_UNITS = {
    "km/h": "公里每小时",
    "km": "公里",
    "kg": "公斤",
    "cm": "厘米",
    "mm": "毫米",
    "m": "米",
    "g": "克",
    "℃": "摄氏度",
    "°C": "摄氏度",
    "°": "度",
}
_MEASURES = "个位只条张本把间杯碗块件双匹头座颗枚辆艘瓶层岁天年周次遍步里斤两"
"""Measure words before which two is 两. (Before 月, 日, 号, 楼 and 点半 see the rules.)"""
_SIGNS = {"&": "和", "+": "加", "=": "等于", "@": "at", "×": "乘", "÷": "除以"}


def cardinal(number: int) -> str:
    """A whole number below 10^16 in words: 一百二十三; a larger one digit by digit."""
    if number < 0:
        return f"负{cardinal(-number)}"
    if number >= 10**16:
        return digits(str(number))
    if number == 0:
        return _DIGITS[0]
    said, gap = "", False
    for power in range(3, -1, -1):
        group = number // 10_000**power % 10_000
        if not group:
            gap = gap or bool(said)
            continue
        if said and (gap or group < 1000):
            said += _DIGITS[0]
        said += _group(group) + _MYRIADS[power]
        gap = False
    return re.sub(r"^二(?=[千万亿])", "两", said.removeprefix("一") if said.startswith("一十") else said)


def _group(number: int) -> str:
    """1 to 9999."""
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            gap = gap or bool(said)
            continue
        said += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return said


def counted(number: int) -> str:
    """The same before a measure word, where two is 两: 两个, but 十二个 and 二十个."""
    return "两" if number == 2 else cardinal(number)


def digits(text: str, one: str = "一") -> str:
    """One by one. On the telephone one is 幺."""
    return "".join(one if digit == "1" else _DIGITS[int(digit)] for digit in text if digit.isdigit())


def number(text: str) -> str:
    """`1,250`, `3.14` or `-5` in words."""
    whole, _, part = text.replace(",", "").partition(".")
    sign = "负" if whole.startswith("-") else ""
    whole = whole.removeprefix("-")
    if len(whole) > 1 and whole.startswith("0"):
        return digits(whole + part)
    said = sign + cardinal(int(whole or "0"))
    return f"{said}点{digits(part)}" if part else said


def readable(text: str) -> str:
    """`text` as it is read aloud."""
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return text


def _date(year: str, month: str, day: str) -> str:
    return f"{digits(year)}年{cardinal(int(month))}月{cardinal(int(day))}日"


def _time(hour: str, minute: str, second: str) -> str:
    """3:30 is 三点三十分, 2:00 两点整, 8:05 八点零五分."""
    said = f"{counted(int(hour))}点"
    if int(minute) or second:
        said += ("零" if 0 < int(minute) < 10 else "") + f"{cardinal(int(minute))}分"
    else:
        said += "整"
    return said + (f"{cardinal(int(second))}秒" if second else "")


def _money(sign: str, amount: str, scale: str) -> str:
    """¥12.50 is 十二元五角; parts of a foreign unit stay a decimal."""
    whole, _, part = amount.partition(".")
    if sign not in "¥￥" or scale or not 0 < len(part) <= 2:
        return number(amount) + scale + _MONEY[sign]
    tenths, hundredths = part.ljust(2, "0")[0], part.ljust(2, "0")[1]
    said = f"{number(whole)}元" + (f"{_DIGITS[int(tenths)]}角" if tenths != "0" else "")
    return said + (f"{_DIGITS[int(hundredths)]}分" if hundredths != "0" else "")


def _fraction(above: str, below: str) -> str:
    return f"{cardinal(int(below))}分之{cardinal(int(above))}"


def _phone(found: str) -> str:
    return "，".join(digits(part, "幺") for part in re.split(r"[ -]", found.removeprefix("+")) if part)


def _measured(amount: str) -> str:
    return number(amount) if "." in amount else counted(int(amount.replace(",", "")))


_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_CLOCK = r"(?<![\d:])([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?![\d:])"
_RULES = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), lambda m: _date(*m.groups())),
    (re.compile(r"(?<!\d)(\d{4}|\d{2})\s?年(?!前|后|以|间|来)"), lambda m: f"{digits(m[1])}年"),
    (re.compile(r"(?<![\d.])(\d{1,2})\s?([月日号])"), lambda m: cardinal(int(m[1])) + m[2]),
    (re.compile(_CLOCK), lambda m: _time(m[1], m[2], m[3] or "")),
    (re.compile(rf"([¥￥$€£])\s?({_NUMBER})([万亿]?)"), lambda m: _money(m[1], m[2], m[3])),
    (re.compile(rf"({_NUMBER})\s?[%％]"), lambda m: f"百分之{number(m[1])}"),
    (re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])"), lambda m: _fraction(m[1], m[2])),
    (re.compile(r"(?<!\d)\+?(?:\d{2,4}[ -])*1[3-9]\d{9}(?!\d)"), lambda m: _phone(m[0])),
    (re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"), lambda m: _phone(m[0])),
    (re.compile(r"第\s?(\d+)"), lambda m: f"第{cardinal(int(m[1]))}"),
    (
        re.compile(rf"({_NUMBER})\s?({'|'.join(map(re.escape, _UNITS))})(?![A-Za-z])"),
        lambda m: _measured(m[1]) + _UNITS[m[2]],
    ),
    (re.compile(rf"({_NUMBER})\s?[-–~～至到]\s?({_NUMBER})"), lambda m: f"{number(m[1])}到{number(m[2])}"),
    (re.compile(rf"({_NUMBER})(?=\s?[{_MEASURES}])"), lambda m: _measured(m[1])),
    (re.compile(r"(?<![\d.])(\d{1,2})(?=点(?!\d))"), lambda m: counted(int(m[1]))),
    (re.compile(r"(?<![\d.,])\d{9,}(?![\d.,])"), lambda m: digits(m[0])),
    (re.compile(_NUMBER), lambda m: number(m[0].rstrip(",")) + "，" * m[0].endswith(",")),
)
"""In this order: what holds numbers goes before numbers."""
