"""The writing in cards: macros, example dialogue, stage directions. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime.character import Example

PLAYER = "the player"
"""What {{user}} becomes where it is written about."""

_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_NAMES = {"char": "char", "bot": "char", "user": "user"}
_BEGINS = re.compile(rf"((?:^|[.!?…]) *){PLAYER}\b", re.MULTILINE)
_LEGACY = re.compile(r"<(char|bot|user)>", re.IGNORECASE)


def filled(text: str, char: str, user: str = PLAYER) -> str:
    """With names in place of {{char}} and {{user}}. Choices take their first; what else is unknown goes."""
    names = {"char": char, "user": user}

    def value(found: re.Match[str]) -> str:
        name, _, choices = found[1].partition(":")
        name = name.strip().casefold()
        if name in ("random", "pick"):
            return re.split(r"(?<!\\),|::", choices.lstrip(":"))[0].replace("\\,", ",").strip()
        return names[_NAMES[name]] if name in _NAMES else ""

    made = _MACRO.sub(value, _LEGACY.sub(lambda m: names[_NAMES[m[1].casefold()]], text))
    return _BEGINS.sub(lambda m: f"{m[1]}T{m[0][len(m[1]) + 1 :]}", made) if user == PLAYER else made


def spoken(text: str, char: str) -> str:
    """What of a greeting or a reply is said aloud: no stage directions, no marks, no player's name."""
    text = re.sub(r",\s*(?:\{\{\s*user\s*\}\}|<user>)(?=\s*[.,;:!?…]|\s*$)", "", text, flags=re.IGNORECASE)
    text = filled(text, char, "friend")
    said = " ".join(re.sub(r"(?<!\*)\*(?![\s*])[^*\n]+\*(?!\*)", " ", text).split())
    quoted = re.findall(r"[\"“]([^\"“”]+)[\"”]", said)
    # Prose with speech in quotes is a narrator's: the speech is the character's.
    outside = re.sub(r"[\"“][^\"“”]+[\"”]", "", said).strip(" .,;:-—…")
    if quoted and (outside or len(quoted) > 1):
        said = " ".join(part.strip() for part in quoted)
    elif quoted:
        said = quoted[0].strip()
    return " ".join(re.sub(r"[*_`~]+", "", said or text).split())


_TURN = re.compile(r"^\s*(\{\{\s*(?:char|bot|user)\s*\}\}|<(?:char|bot|user)>|[^\n:]{1,64})\s*:[ \t]*", re.I)


def examples(text: str, char: str) -> list[Example]:
    """The exchanges of `mes_example`: a player's turn with the character's next one."""
    made: list[Example] = []
    for block in re.split(r"<START>", text, flags=re.IGNORECASE):
        player = ""
        for who, said in _turns(block, char):
            if who == "user":
                player = f"{player} {' '.join(filled(said, char, 'friend').split())}".strip()
            elif player and (reply := spoken(said, char)):
                made.append(Example(player[:4000], reply[:4000]))
                player = ""
    return made


def _turns(block: str, char: str) -> list[tuple[str, str]]:
    """Who and what, in order. A line that names nobody belongs to the turn before it."""
    turns: list[tuple[str, str]] = []
    for line in block.splitlines():
        found = _TURN.match(line)
        who = _who(found[1], char) if found else ""
        if found and who:
            turns.append((who, line[found.end() :]))
        elif turns and line.strip():
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {line.strip()}")
    return turns


def _who(label: str, char: str) -> str:
    label = label.strip(" {}<>*").casefold()
    if label in ("char", "bot", char.casefold()):
        return "char"
    return "user" if label in ("user", "you", "player") else ""


def example_text(pairs: Sequence[Example]) -> str:
    """As `mes_example`."""
    return "\n".join(f"<START>\n{{{{user}}}}: {pair.player}\n{{{{char}}}}: {pair.reply}" for pair in pairs)
