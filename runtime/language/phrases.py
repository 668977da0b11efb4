"""What the runtime itself says to a character or for it, in the languages it has words in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.language.facts import of


@dataclass(frozen=True, slots=True)
class Phrases:
    """In one language."""

    rules: str
    """What follows a character's personality in a prompt."""
    unknown: str
    """Noted where the player asks for what the character does not know."""
    aside: str
    """Noted where the character {name} speaks to this one."""
    yes: str
    """What a player says who nods."""
    no: str
    honest: str
    """Said for `honest` where the writer left none. May hold {name}."""
    care: str
    """Said for `care` where the writer left none. It names no number: those differ by country."""


_PHRASES: Final = {
    "en": Phrases(
        rules="Stay in character. Answer in one or two short spoken sentences.",
        unknown="You know nothing about that.",
        aside="{name} says this to you, not the player.",
        yes="Yes.",
        no="No.",
        honest="I'm {name}, a character in a game. A computer program speaks my words.",
        care="I'm glad you told me, and you matter. I'm only a character in a game, so please talk to "
        "someone near you, or call a crisis line or your emergency number: real people are there to help.",
    ),
    "zh": Phrases(
        rules="始终保持角色。只用一两句简短的口语回答，说中文。",
        unknown="这件事你一无所知。",
        aside="这话是{name}对你说的，不是玩家。",
        yes="是的。",
        no="不是。",
        honest="我是{name}，游戏里的一个角色。我说的话，是电脑程序生成的。",
        care="谢谢你愿意告诉我，你很重要。可我只是游戏里的一个角色，请跟身边的人说一说，"
        "或者打心理援助热线、报警急救电话，那边有真人可以帮你。",
    ),
    "zh-Hant": Phrases(
        rules="始終保持角色。只用一兩句簡短的口語回答，說中文。",
        unknown="這件事你一無所知。",
        aside="這話是{name}對你說的，不是玩家。",
        yes="是的。",
        no="不是。",
        honest="我是{name}，遊戲裡的一個角色。我說的話，是電腦程式產生的。",
        care="謝謝你願意告訴我，你很重要。可我只是遊戲裡的一個角色，請跟身邊的人說一說，"
        "或者打心理諮詢專線、緊急求助電話，那邊有真人可以幫你。",
    ),
}


def phrases(tag: str) -> Phrases:
    """Those of a language; the English ones where it has none. Raises ValueError for an unknown tag."""
    return _PHRASES.get(of(tag).tag, _PHRASES["en"])


def rules(tag: str) -> str:
    """The rules of talk that end a system message, in the language itself where there are any."""
    known = of(tag).tag
    if known in _PHRASES:
        return _PHRASES[known].rules
    return f"{_PHRASES['en'].rules} Always answer in {of(tag).name}, whatever language these lines are in."
