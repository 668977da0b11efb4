"""Several characters in one session: who is meant, who speaks next, who overhears."""

from runtime.company.address import addressed, calls, everyone
from runtime.company.banter import TURNS, Banter
from runtime.company.hearing import EARSHOT, Overheard, overheard

__all__ = ["EARSHOT", "TURNS", "Banter", "Overheard", "addressed", "calls", "everyone", "overheard"]
