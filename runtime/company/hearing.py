"""Who overhears what is said, and what they know of it. Sans-IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runtime.remarks import Remark

EARSHOT = 8.0
"""Metres at which a voice of ordinary loudness (60 dB at 1 m) has fallen to the 42 dB of a quiet room."""

LAST, LONGEST = 2, 120
"""Things overheard that are told again, and characters of each."""
WEIGHT, FADES = 0.6, 60.0
"""Weight of what was just overheard, and seconds in which it falls to half: below 0.5 after 16."""


def overheard(
    cast: Iterable[str], speaker: str, distances: Mapping[str, float] | None = None, within: float = EARSHOT
) -> list[str]:
    """Who of `cast` hears `speaker`, itself left out: all within earshot, or whose distance is not known.

    `distances` from the speaker in metres, by id.
    """
    away = distances or {}
    return [npc for npc in cast if npc != speaker and away.get(npc, 0.0) <= within]


class Overheard:
    """What each character of one session heard others say to each other or to the player."""

    def __init__(self) -> None:
        self._heard: dict[str, list[tuple[float, str]]] = {}

    def said(self, speaker: str, to: str, text: str, hearers: Iterable[str], now: float) -> None:
        """`speaker` said `text` to `to` (names to be shown: "Mara Fenn", "the player"); `hearers` are ids."""
        text = " ".join(text.split())
        short = text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
        if short:
            told = f"{speaker[:1].upper()}{speaker[1:]} said to {to}: “{short}”"
            for npc in hearers:
                self._heard[npc] = [*self._heard.get(npc, []), (now, told)][-LAST:]

    def remarks(self, npc: str, now: float) -> list[Remark]:
        """The last two things that `npc` overheard, the latest first."""
        return [
            Remark(text, WEIGHT * 0.5 ** (max(0.0, now - at) / FADES), "company")
            for at, text in reversed(self._heard.get(npc, []))
        ]
