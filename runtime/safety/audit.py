"""A log of what was stopped, one JSON object a line, for whoever has to answer for a game."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import msgspec

from runtime.safety.verdict import Verdict

log = logging.getLogger(__name__)

MOST = 10_000_000
"""Bytes of a file before the next is begun; about 50,000 entries, and small enough for any editor."""
OLDER = 9
"""Files kept beside the one written to: 100 MB of log in all."""


class Audit:
    """Appends to `folder`/safety.jsonl; full files become safety.1.jsonl (the newest), safety.2.jsonl, …

    A disk that fails is told to the program's log once and never to who calls: nobody falls silent over it.
    """

    def __init__(self, folder: str | Path, text: bool = False, most: int = MOST) -> None:
        """An empty `folder` keeps nothing. `text` keeps the words themselves, not only their hash."""
        self._file = Path(folder) / "safety.jsonl" if str(folder) else None
        self._text, self._most, self._failed = text, most, False

    def note(self, time: float, session: str, npc: str, stage: str, verdict: Verdict, text: str) -> None:
        """Add one entry. `time` is seconds of the Unix epoch, `stage` is "input" or "output"."""
        if self._file is None:
            return
        entry = {
            "time": round(time, 3),
            "session": session,
            "npc": npc,
            "stage": stage,
            "kind": verdict.kind,
            "category": verdict.category,
            "severity": verdict.severity,
            "why": verdict.why,
            **({"text": text} if self._text else {"hash": hashed(text)}),
        }
        try:
            self._append(self._file, msgspec.json.encode(entry) + b"\n")
        except (OSError, ValueError) as error:  # ValueError: text that is no Unicode, a path with a NUL in it
            if not self._failed:
                log.warning("safety: nothing can be written to %s: %s", self._file, error)
            self._failed = True

    def _append(self, file: Path, entry: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size + len(entry) > self._most:
            for number in range(OLDER - 1, 0, -1):
                if (older := file.with_suffix(f".{number}.jsonl")).exists():
                    older.replace(file.with_suffix(f".{number + 1}.jsonl"))
            file.replace(file.with_suffix(".1.jsonl"))
        with file.open("ab") as stream:
            stream.write(entry)


def hashed(text: str) -> str:
    """Tells whether the same was said again, not what it was. A short text can be guessed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
