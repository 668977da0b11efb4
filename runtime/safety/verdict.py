"""What a check says of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text may go on, and why not.

    `pass`: it may. `deflect`: the character turns it away in its own words, and what was said may be kept.
    `block`: likewise, but the words reach neither the mind nor any memory. `care`: the character's line that
    real help exists is said.
    """

    kind: Literal["pass", "deflect", "block", "care"] = "pass"
    category: str = ""
    severity: int = 0
    """1 mild, 2 strong, 3 extreme."""
    why: str = ""

    @property
    def ok(self) -> bool:
        return self.kind == "pass"


PASS = Verdict()
