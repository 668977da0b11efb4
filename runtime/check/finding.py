"""One thing that a look at a character found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
"""It will not work or says what it must not; it is hardly meant; good to know."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What, where, and what to do about it."""

    file: str
    line: int
    severity: Severity
    text: str
    advice: str
