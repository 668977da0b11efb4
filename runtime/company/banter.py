"""Which character speaks after another has. Sans-IO."""

from __future__ import annotations

from collections.abc import Mapping

from runtime.character import Character
from runtime.company.address import calls, everyone

TURNS = 2
"""Replies of characters to each other between two turns of the player, who came to talk, not to listen."""


class Banter:
    """Of one session. The player's word ends it, and begins another."""

    def __init__(self, turns: int = TURNS) -> None:
        self._turns = turns
        self._left = 0
        self._speaking = False
        self._to_all = False
        self._answered: set[str] = set()

    def player_speaks(self) -> None:
        """The player has begun to say something: nobody else speaks until it is said."""
        self._speaking = True

    def player_spoke(self, text: str = "") -> None:
        """The player has said `text`; what is said "to both of you" is answered by more than one."""
        self._speaking = False
        self._left = self._turns
        self._to_all = everyone(text)
        self._answered = set()

    def after(self, reply: str, npc: str, cast: Mapping[str, Character], now: float = 0.0) -> str | None:
        """Who speaks next, now that `npc` has said `reply` and those of `cast` heard it; None for nobody."""
        self._answered.add(npc)
        if self._speaking or self._left <= 0:
            return None
        others = {key: one for key, one in cast.items() if key != npc}
        following = next(iter(calls(reply, others)), None)
        if following is None and self._to_all:
            following = next((key for key in others if key not in self._answered), None)
        if following is not None:
            self._left -= 1
        return following
