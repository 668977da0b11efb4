"""Whether to ask a server again, and when. Sans-IO."""

from __future__ import annotations

from dataclasses import dataclass

STEP = 0.1
"""Seconds before the second attempt, at most; each later wait may be twice as long."""

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses of a server that is busy or has stumbled: another attempt may well be answered."""


@dataclass(frozen=True)
class Retry:
    """How often, and within which time, an answer is asked for."""

    attempts: int
    budget: float
    """Seconds from the first attempt within which the first words must come."""

    def wait(self, attempt: int, spent: float, asked: float | None, chance: float) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1); None to give up.

        `asked` is the server's Retry-After, if it sent one: where that lies beyond the budget there is no use
        in trying. Otherwise up to twice as long each time, `chance` (0 to 1) of it, so that those who were
        turned away together do not come back together ("full jitter", AWS Architecture Blog 2015).
        """
        if attempt >= self.attempts:
            return None
        wait = asked if asked is not None else STEP * 2 ** (attempt - 1) * chance
        return wait if spent + wait < self.budget else None


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None where it says none.

    The form with a date is taken for none: it counts in whole seconds, of which a reply has one.
    """
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
