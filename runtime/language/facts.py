"""What is known of a language by its tag (BCP 47): how it is written, cut, read and shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """One language as it is written."""

    tag: str
    """BCP 47, with a script only where a language has two: `en`, `zh`, `zh-Hant`."""
    name: str
    """In English, as a model is told."""
    script: str
    """ISO 15924: `Latn`, `Hans`."""
    code: str
    """What Whisper calls it."""
    spaced: bool = True
    """Whether spaces stand between words."""
    ends: str = ".!?…"
    """Marks that end a sentence."""
    pauses: str = ",;:—"
    """Marks that end a clause."""
    reads: float = 17.0
    """Characters a second that people read in captions."""
    columns: int = 42
    """Width of a line of captions; a full-width character takes two."""

    @property
    def rightward(self) -> bool:
        """Written from left to right."""
        return self.script not in ("Arab", "Hebr")


_BY_SCRIPT: Final = {
    "Latn": "af Afrikaans,az Azerbaijani,br Breton,bs Bosnian,ca Catalan,cs Czech,cy Welsh,da Danish,"
    "de German,en English,es Spanish,et Estonian,eu Basque,fi Finnish,fo Faroese,fr French,gl Galician,"
    "ha Hausa,haw Hawaiian,hr Croatian,ht Haitian Creole,hu Hungarian,id Indonesian,is Icelandic,it Italian,"
    "jv Javanese,la Latin,lb Luxembourgish,ln Lingala,lt Lithuanian,lv Latvian,mg Malagasy,mi Maori,ms Malay,"
    "mt Maltese,nl Dutch,nn Nynorsk,no Norwegian,oc Occitan,pl Polish,pt Portuguese,"
    "ro Romanian,sk Slovak,sl Slovenian,"
    "sn Shona,so Somali,sq Albanian,su Sundanese,sv Swedish,sw Swahili,tk Turkmen,tl Tagalog,tr Turkish,"
    "uz Uzbek,vi Vietnamese,yo Yoruba",
    "Cyrl": "ba Bashkir,be Belarusian,bg Bulgarian,kk Kazakh,mk Macedonian,mn Mongolian,ru Russian,"
    "sr Serbian,tg Tajik,tt Tatar,uk Ukrainian",
    "Arab": "ar Arabic,fa Persian,ps Pashto,sd Sindhi,ur Urdu",
    "Deva": "hi Hindi,mr Marathi,ne Nepali,sa Sanskrit",
    "Beng": "as Assamese,bn Bengali",
    "Hebr": "he Hebrew,yi Yiddish",
    "Hans": "zh Chinese,yue Cantonese",
    "Jpan": "ja Japanese",
    "Kore": "ko Korean",
    "Thai": "th Thai",
    "Laoo": "lo Lao",
    "Mymr": "my Burmese",
    "Khmr": "km Khmer",
    "Tibt": "bo Tibetan",
    "Grek": "el Greek",
    "Armn": "hy Armenian",
    "Geor": "ka Georgian",
    "Ethi": "am Amharic",
    "Gujr": "gu Gujarati",
    "Guru": "pa Punjabi",
    "Knda": "kn Kannada",
    "Mlym": "ml Malayalam",
    "Sinh": "si Sinhala",
    "Taml": "ta Tamil",
    "Telu": "te Telugu",
}
"""The hundred languages that Whisper hears (tokens of large-v3), by the script each is mostly written in."""

_ALIASES: Final = {
    "cmn": "zh",
    "nb": "no",
    "fil": "tl",
    "iw": "he",
    "in": "id",
    "jw": "jv",
    "mo": "ro",
    "hbs": "sr",
}
_CODES: Final = {"jv": "jw"}
"""Where Whisper keeps an older name."""
_TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo"})

_FULL = {"ends": "。！？…!?", "pauses": "，、；：—,;:", "spaced": False}
_SCRIPTS: Final[dict[str, dict[str, object]]] = {
    "Latn": {"reads": 20.0},
    "Hans": {**_FULL, "reads": 9.0, "columns": 32},
    "Hant": {**_FULL, "reads": 9.0, "columns": 32},
    "Jpan": {**_FULL, "reads": 7.0, "columns": 26},
    "Kore": {"ends": ".!?…。", "reads": 12.0, "columns": 32},
    "Arab": {"ends": ".!?…؟۔", "pauses": ",;:—،؛"},
    "Deva": {"ends": ".!?…।॥"},
    "Beng": {"ends": ".!?…।"},
    "Guru": {"ends": ".!?…।"},
    "Thai": {"spaced": False},
    "Laoo": {"spaced": False},
    "Mymr": {"spaced": False, "ends": ".!?…။", "pauses": ",;:—၊"},
    "Khmr": {"spaced": False, "ends": ".!?…។៕"},
    "Tibt": {"spaced": False, "ends": ".!?…།", "pauses": ",;:—"},
    "Grek": {"ends": ".!?…;", "pauses": ",:—·"},
    "Armn": {"ends": ".!?…։"},
    "Ethi": {"ends": ".!?…።፧", "pauses": ",;:—፣፤"},
}
"""How a script differs. Reading speeds and widths are those of broadcasters' timed-text style guides."""


@cache
def _all() -> dict[str, Language]:
    found = {}
    for script, listed in _BY_SCRIPT.items():
        for entry in listed.split(","):
            tag, _, name = entry.partition(" ")
            plain = Language(tag, name, script, _CODES.get(tag, tag))
            found[tag] = replace(plain, **_SCRIPTS.get(script, {}))  # type: ignore[arg-type]
    return found


def tags() -> tuple[str, ...]:
    """Every language there is, by its tag."""
    return tuple(sorted(_all()))


@cache
def of(tag: str) -> Language:
    """The language of a BCP 47 tag (`en`, `en-GB`, `zh-Hant`, `zh-TW`). Raises ValueError."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    language = _all().get(_ALIASES.get(first, first))
    if language is None:
        raise ValueError(f"{tag!r} is no language known here: use a tag such as `en`, `zh` or `zh-Hant`")
    if language.tag == "zh" and _TRADITIONAL.intersection(rest):
        return replace(language, tag="zh-Hant", name="Traditional Chinese", script="Hant")
    return language
