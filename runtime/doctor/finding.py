"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warn", "fail"]
"""As it should be; works, but not as well as it could; the server will not start, or not as it was set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do where it is not well or could be better."""

    what: str
    state: State
    text: str
    advice: str = ""
