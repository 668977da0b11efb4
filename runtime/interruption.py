"""Whether the player's voice, while a character speaks, means to interrupt it. Pure: words in, verdict out.

People say "uh-huh" and "right" to show that they listen (backchannels: Yngve 1970), laugh and cough, and do
not want the floor by it. So the character falls silent at the first sound, which is polite and costs
nothing, and only words decide whether it stops or goes on with the same sentence.
"""

from __future__ import annotations

import re
from enum import StrEnum

from runtime.language.sentences import unspaced

UNDECIDED = 1.5
"""Seconds of voice without a single word after which the character goes on: a fan, music, other people."""
LAST = 0.8
"""Seconds from the end of a reply within which "yes" and "right" answer it."""
_COMMANDS = "stop wait no hey listen enough quiet hold silence 停 等等 别说 闭嘴 不 不是 不要"
COMMANDS = frozenset(_COMMANDS.split())
"""Single words that are meant, however unsure the recogniser is of them."""
SURE = 0.6
"""Below this a recogniser that was given a single sound may have made a word of it: coughs, laughs and "oh"
came back as other words at 0.1 to 0.58, "stop" at 0.64 and more (Whisper tiny, four voices)."""
SOUND = 2
"""Characters of Chinese that one sound may have been taken for."""

_SOUNDS = (
    "ah aha ahh eh ha haha hah heh hehe hm hmm hmmm hmph huh mhm mm mmhm mmhmm mmm oh ooh uh uhhuh uhuh um"
)
_WORDS = (
    "absolutely alright amazing cool exactly fine funny good great indeed interesting lovely nice o ok okay "
    "really right sure true well wow write yah yeah yep yes yup"
)
_PHRASES = (
    "i see",
    "of course",
    "got it",
    "all right",
    "oh my",
    "no way",
    "my god",
    "is that so",
    "go on",
    "i know",
)
_CHINESE = (
    "嗯 嗯嗯 哦 哦哦 噢 啊 哈 哈哈 哈哈哈 呵呵 唉 哇 好 好的 好吧 好啊 好好 好好好 对 对对 对对对 对啊 "
    "是 是的 是啊 是吗 行 行吧 可以 真的 真的吗 不错 没错 明白 知道了 有意思 原来如此 這樣啊 这样啊 對 "
    "對啊 是嗎 真的嗎 不錯 沒錯"
)
LISTENING = frozenset(f"{_SOUNDS} {_WORDS} {_CHINESE}".split())


class Verdict(StrEnum):
    """What becomes of the reply that was held."""

    WAIT = "wait"
    CUT = "cut"
    GO_ON = "go on"


def verdict(text: str, confidence: float, settled: bool, begun: bool, remaining: float) -> Verdict:
    """What the player's words so far mean for the reply they fall into.

    `settled`: the player has paused and these are all words. `begun`: some of the reply was heard already;
    if not, there is nothing to interrupt and the player simply goes on. `remaining` is in seconds.
    """
    words = meant(text, confidence)
    if not words and remaining >= LAST and begun:
        return Verdict.GO_ON if settled else Verdict.WAIT
    # The beginning of a sound may be taken for a word; two words, or one and a pause, are no cough.
    return Verdict.CUT if settled or len(words) > 1 else Verdict.WAIT


def meant(text: str, confidence: float = 1.0) -> list[str]:
    """The words of `text` that are more than a sign of listening, or than a sound taken for a word."""
    plain = " ".join(re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("’", "")))
    for phrase in _PHRASES:
        plain = re.sub(rf"\b{phrase}\b", "", plain)
    words = [part for word in plain.split() if word not in LISTENING for part in _parts(word)]
    one_sound = len(set(words)) == 1 and words[0] not in COMMANDS
    return [] if one_sound and confidence < SURE else words


def _parts(word: str) -> list[str]:
    """The characters of a stretch of Chinese too long to be a sound; nothing tells where its words end."""
    return list(word) if len(word) > SOUND and any(map(unspaced, word)) else [word]
