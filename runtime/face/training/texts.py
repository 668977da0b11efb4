"""What the voices say: the characters' own lines, and whatever prose the machine has."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np

FORTUNES = Path("/usr/share/games/fortunes")
"""Quotations of Debian's package `fortunes`."""

TOPICS = ("wisdom", "literature", "people", "platitudes", "science", "work", "education", "medicine", "kids")

PROMPTS = Path("/usr/share/doc")
"""Transcripts of Debian's packages asterisk-core-sounds-*."""

WORDS = (3, 16)
"""Words of a sentence."""

NONSENSE = 0.12
"""Share of lines made of syllables rather than words: sounds in company they do not keep in English."""

_SENTENCE = re.compile(r"[^.!?;]+[.!?;]")
_PLAIN = re.compile(r"[A-Za-z ,.'!?-]+")


def english(seed: int, minimum: int = 4000) -> list[str]:
    """Sentences in an order of their own for each seed."""
    found = sorted({s for s in (*_dialogue(), *_fortunes()) if _fit(s)})
    if len(found) < minimum:
        raise RuntimeError(f"only {len(found)} sentences; install the Debian package fortunes")
    random = np.random.default_rng(seed)
    lines = [found[k] for k in random.permutation(len(found))]
    return [nonsense(random) if random.random() < NONSENSE else line for line in lines]


def foreign(language: str) -> list[str]:
    """Sentences of another language: transcripts of recorded prompts, or a handful written here."""
    if language in WRITTEN:
        return list(WRITTEN[language])
    return sorted({text for _, text in prompts(language) if len(text.split()) >= WORDS[0]})


def prompts(language: str) -> list[tuple[str, str]]:
    """Name and words of each recorded prompt of a language ("en", "es", "fr", "it")."""
    file = PROMPTS / f"asterisk-core-sounds-{language}" / f"core-sounds-{language}.txt.gz"
    lines = gzip.decompress(file.read_bytes()).decode("utf-8-sig", errors="replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line and not line.startswith(";"))
    return [(name.strip(), re.sub(r"[\[(<].*?[\])>]", "", text).strip()) for name, _, text in pairs]


def nonsense(random: np.random.Generator) -> str:
    """Words nobody knows, rich in lips."""

    def syllable() -> str:
        return "".join(random.choice(part.split()) for part in (_STARTS, _MIDDLES, _ENDS)).replace("-", "")

    words = ["".join(syllable() for _ in range(random.integers(1, 4))) for _ in range(random.integers(3, 8))]
    return " ".join(words).capitalize() + "."


_STARTS = "b p m f v w b p m sh ch s z th d t k g l r y h n pl br fl st sp sm - -"
_MIDDLES = "a e i o u ee oo ah ow oy ay ai ou aw er"
_ENDS = "- - - - m p b f v n s sh t k l ng mp lf"


def _dialogue() -> list[str]:
    folder = Path(__file__).parents[3] / "characters"
    turns = [
        turn
        for file in sorted(folder.glob("*/dialogue.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        for turn in json.loads(line)["turns"]
    ]
    return [s.strip() for turn in turns for s in _SENTENCE.findall(turn.replace("’", "'"))]


def _fortunes() -> list[str]:
    files = [FORTUNES / topic for topic in TOPICS if (FORTUNES / topic).exists()]
    quotes = "\n%\n".join(file.read_text(encoding="utf-8", errors="ignore") for file in files).split("\n%\n")
    plain = [" ".join(quote.split("\t--")[0].split()) for quote in quotes]
    return [s.strip() for quote in plain for s in _SENTENCE.findall(quote)]


def _fit(sentence: str) -> bool:
    return WORDS[0] <= len(sentence.split()) <= WORDS[1] and bool(_PLAIN.fullmatch(sentence))


WRITTEN = {
    "cmn-latn-pinyin": (
        "ni3 hao3, wo3 men5 qu4 chi1 fan4 ba5",
        "jin1 tian1 tian1 qi4 hen3 hao3, bao4 feng1 guo4 qu4 le5",
        "ma1 ma1 mai3 le5 yi1 ben3 bai2 se4 de5 shu1",
        "qing3 wen4, mian4 guan3 zai4 na3 li3",
        "peng2 you5 men5 dou1 pao3 dao4 men2 bian1 lai2 le5",
        "wo3 bu4 ming2 bai5 ni3 shuo1 de5 hua4, qing3 zai4 shuo1 yi1 bian4",
        "lao3 ban3, liang3 wan3 niu2 rou4 mian4, bu2 yao4 la4 jiao1",
        "ming2 tian1 zao3 shang5 wo3 men5 yi1 qi3 pa2 shan1",
        "fu4 jin4 you3 yi1 jia1 hen3 piao4 liang5 de5 cha2 guan3",
        "bie2 pa4, wo3 hui4 bang1 ni3 ba3 men2 guan1 shang5",
    ),
    "ja": (
        "こんにちは、ごきげんいかがですか",
        "まいばん、ふねでみなみのしままでいきます",
        "パンとバターをもってきてください",
        "そのほんは、つくえのうえにあります",
        "むかしむかし、おじいさんとおばあさんがすんでいました",
        "あめがふっているので、かさをもってでかけましょう",
        "ぼくのともだちは、まちでいちばんのパンやさんです",
        "なまえをおしえてもらえませんか",
        "へやのまどをしめて、しずかにまっていてください",
        "みんなでピアノをひいて、うたをうたいました",
    ),
    "de": (
        "Guten Morgen, möchten Sie noch eine Tasse Kaffee?",
        "Die Brücke über den Fluss ist gestern eingestürzt.",
        "Mein Bruder wohnt in einem schönen alten Haus am Berg.",
        "Bitte bringen Sie mir fünf Pfund Äpfel und frisches Brot.",
        "Wir müssen früh aufbrechen, bevor es zu heiß wird.",
        "Warum hast du mir das nicht vorher gesagt?",
        "Über den Bäumen fliegt ein großer bunter Vogel.",
        "Ich glaube, wir haben uns im Wald verlaufen.",
        "Am Abend spielen die Musiker auf dem Marktplatz.",
        "Pass auf, dass du dir nicht den Mund verbrennst!",
    ),
    "ru": (
        "Доброе утро, как вы себя чувствуете?",
        "Мама мыла раму, а папа пил кофе.",
        "Вчера был сильный ветер, и мост упал в реку.",
        "Моя бабушка живёт в маленьком доме у моря.",
        "Принесите, пожалуйста, хлеб, масло и воду.",
        "Я не понимаю, почему ты мне об этом не сказал.",
        "Большая белая птица летит над лесом.",
        "Завтра мы поедем в город за новыми книгами.",
    ),
}
