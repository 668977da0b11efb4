"""Numbers, dates, times, money and signs in the words of a language."""

from __future__ import annotations

import re
from importlib.util import find_spec

from runtime.language import chinese, english
from runtime.language.facts import of


def readable(text: str, language: str) -> str:
    """`text` as a voice is to say it.

    English and Chinese by rules of their own; of other languages the whole numbers, where `num2words` is
    installed and knows the language. What is not known stays as it is: most voices read digits somehow.
    """
    tag = of(language).tag
    match tag.split("-")[0]:
        case "en":
            return english.readable(text)
        case "zh" | "yue":
            return chinese.readable(text)
    return _whole_numbers(text, tag)


def _whole_numbers(text: str, tag: str) -> str:
    if not re.search(r"\d", text) or find_spec("num2words") is None:
        return text
    from num2words import num2words  # type: ignore[import-untyped,import-not-found,unused-ignore]

    try:
        return re.sub(
            r"(?<![\d.,])\d{1,12}(?![\d]|[.,]\d)", lambda m: str(num2words(int(m[0]), lang=tag)), text
        )
    except NotImplementedError:  # a language it does not know
        return text
