"""Does a turn in Chinese end with these words? By its mark, its particle, its last word. Pure."""

from __future__ import annotations

import re

_ASKED, _STOPPED, _PARTICLE, _PLAIN, _HANGING = 0.94, 0.9, 0.9, 0.86, 0.1
"""Probabilities set by hand, so that the wait is 0.2 s after a question, 0.5 s after a stop or a particle,
0.7 s where nothing tells, as recognisers often leave marks out, and longest where more must follow."""
_MORE = re.compile(
    r"(?:[，、；：,;:…—-]|因为|因為|所以|但是|可是|如果|要是|而且|然后|然後|还有|還有|或者|虽然|雖然|就是|那个|那個|"
    r"这个|這個|的话|的話|我想|我想要|我要|你能不能|能不能|可不可以|有没有|有沒有|和|跟|把|被|给|給|从|從|在|向|对于|對於)$"
)
_OVER = re.compile(r"[吗嗎呢吧啊呀嘛啦]$|谢谢你?$|謝謝你?$|再见$|再見$")


def ends(text: str) -> float:
    """The probability, 0 to 1."""
    text = text.rstrip(" \"'”’」』")
    if text.endswith(("？", "?")):
        return _ASKED
    if _MORE.search(text):
        return _HANGING
    if text.endswith(("。", "！", ".", "!")):
        return _STOPPED
    return _PARTICLE if _OVER.search(text) else _PLAIN
