"""What becomes of a connection: lost, found again, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from runtime.protocol import messages as m

State = Literal["connected", "reconnecting", "resumed", "refused"]

FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0
"""Seconds before another attempt: a glitch costs a quarter of one, a dead server a try in five."""
RETRIED = frozenset({"busy", "not_ready", "closing", "slow_client", "hello_timeout"})
"""Fatal errors that pass by themselves. After any other the same hello would be refused in the same way."""


@dataclass(frozen=True)
class Link:
    """News of the connection, to be shown to the player."""

    state: State
    """`refused`: the server goes on, but as if the player were new; replies are counted afresh."""
    missed: tuple[m.Missed, ...] = ()
    """What characters said beyond what was played when the connection broke. They do not say it again."""
    attempt: int = 0
    """Counts attempts since the connection was lost."""


def waits() -> Iterator[float]:
    """Seconds to wait before each attempt, without end."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * 2, LONGEST_WAIT)
