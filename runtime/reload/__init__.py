"""Characters that change while the server runs: a folder is watched, and what was edited is read again."""

from runtime.reload.library import Entry, Library
from runtime.reload.watch import Snapshot, changed, seen, watch

__all__ = ["Entry", "Library", "Snapshot", "changed", "seen", "watch"]
