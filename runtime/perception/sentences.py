"""What is noticed of the player, in words to the character. Pure.

They say what is to be seen and not what it means, but for what a nod and a shake are said with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from runtime.perception.noticed import Noticed

_GESTURES: Final = {
    "nod": "The player nods: yes.",
    "shake": "The player shakes their head: no.",
    "wave": "The player waves at you.",
    "palm": "The player raises a palm: stop.",
    "thumb_up": "The player gives you a thumbs up.",
    "thumb_down": "The player gives you a thumbs down.",
}
_EXPRESSIONS: Final = {
    "joy": "is smiling",
    "sadness": "looks sad",
    "anger": "is frowning",
    "fear": "looks frightened",
    "disgust": "wrinkles their nose",
    "surprise": "looks surprised",
}
_POSTURES: Final = {
    "leaning_in": "The player leans in to you.",
    "turned_away": "The player has turned away from you.",
    "hands_up": "The player has both hands up.",
}
_PRESENCE: Final = {"came": "The player has just come up to you.", "left": "The player has gone away."}
_DISTANCES: Final = {"close": "The player is very close to you.", "far": "The player stands far away."}


def expression(emotion: str, at_you: bool) -> str:
    """The emotion of a face; `at_you` where it is turned to the character."""
    if emotion not in _EXPRESSIONS:
        return ""
    return f"The player {_EXPRESSIONS[emotion]}{' at you' if at_you and emotion in ('joy', 'anger') else ''}."


def gesture(noticed: Noticed, named: Callable[[str], str]) -> str:
    """A gesture; `named` says what an id is called."""
    if noticed.what == "point":
        return f"The player points at {named(noticed.target)}." if noticed.target else ""
    return _GESTURES.get(noticed.what, "")


def looks(target: str, npc: str, named: Callable[[str], str]) -> str:
    """What is looked at; nothing for nowhere, as people look about while they speak."""
    if not target:
        return ""
    return "The player looks at you." if target == npc else f"The player looks at {named(target)}."


def posture(state: str) -> str:
    """How the player holds themselves; nothing for upright."""
    return _POSTURES.get(state, "")


def presence(what: str) -> str:
    """That the player came or left."""
    return _PRESENCE.get(what, "")


def distance(zone: str) -> str:
    """Where the player stands; nothing for where people stand who talk."""
    return _DISTANCES.get(zone, "")
