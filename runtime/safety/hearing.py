"""The check on the way in: what a player says, before a mind reads it. Sans-IO."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runtime.safety.groups import Mark, compiled, marks, own
from runtime.safety.injection import injected
from runtime.safety.patterns import pattern
from runtime.safety.personal import personal
from runtime.safety.settings import SafetySettings
from runtime.safety.topics import Topics
from runtime.safety.verdict import PASS, Verdict


class InputCheck:
    """Judges what players say under `settings`. Holds nothing of any session; one serves all."""

    def __init__(self, settings: SafetySettings, topics: Topics | None = None) -> None:
        """`topics` with an embedder, where likeness counts; by default those of `settings` by their words."""
        self._settings = settings
        self._phrases = compiled(own(settings.block, "block"))
        self._topics = Topics(settings.topics) if topics is None else topics

    def checked(self, text: str, vector: NDArray[np.float32] | None = None, minor: bool = False) -> Verdict:
        """What to do with `text`; `vector` is its own, where `topics` have an embedder."""
        words = self._phrases.words(text)
        joined = " ".join(words)
        found = marks(match for match in self._phrases.found(words))
        worst = max(
            (mark for mark in found if self._barred(mark, minor)), key=lambda mark: mark.level, default=None
        )
        if worst and worst.category in ("minors", "hate", "extremism"):
            return Verdict("block", worst.category, worst.level, worst.why)
        if pattern("care").search(joined):
            return Verdict("care", "self_harm", 3, "speaks of harming themselves")
        if worst:
            return Verdict("block", worst.category, worst.level, worst.why)
        if kind := personal(text):
            return Verdict("block", "personal", 2, f"holds {kind}")
        if why := injected(text, joined):
            return Verdict("deflect", "injection", 2, why)
        if topic := self._topics.about(text, vector):
            return Verdict("deflect", "topic", 2, f"speaks of: {topic}")
        return PASS

    def _barred(self, mark: Mark, minor: bool) -> bool:
        return mark.category != "character" and mark.level > self._settings.heard(mark.category, minor)
