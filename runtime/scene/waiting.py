"""When a character breaks a silence by itself. Sans-IO: times are given."""

from __future__ import annotations

from runtime.scene.events import Reaction

PATIENCE = 45.0
"""Seconds of silence that a present player is left alone: long enough to read a map or think of a question;
in talk a second already counts as a pause (Jefferson 1989), so nobody who is spoken to feels hurried."""
TWICE = 2
"""Never more often in a row: who does not answer twice does not want to talk."""

SILENT = "The player has said nothing for a while."


class Waiting:
    """Of one session. `patience` in seconds; None: characters never break a silence."""

    def __init__(self, patience: float | None = None) -> None:
        self._patience = patience
        self._prompted = 0

    def player_spoke(self) -> None:
        """The player said or did something: patience begins anew."""
        self._prompted = 0

    def waited(self, now: float, last_spoke: float, npc: str) -> Reaction | None:
        """`npc` speaks into the silence that began at `last_spoke`, when anybody last spoke; or does not yet.

        The second time waits twice as long as the first.
        """
        if self._patience is None or self._prompted >= TWICE:
            return None
        if now - last_spoke < self._patience * 2**self._prompted:
            return None
        self._prompted += 1
        return Reaction(npc, SILENT, "waiting", 0.5)
