"""What one player may say and be told: the checks on both ways, for one session."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.character import Character
from runtime.knowledge.embedding import Embedder
from runtime.language.phrases import rules
from runtime.mind.prompt import system
from runtime.safety.audit import Audit
from runtime.safety.hearing import InputCheck
from runtime.safety.saying import OutputCheck
from runtime.safety.settings import SafetySettings
from runtime.safety.sincere import minor
from runtime.safety.topics import Topics
from runtime.safety.verdict import PASS, Verdict
from runtime.safety.written import care, deflection, honest, owed
from runtime.types import Line


class Checks:
    """Of a server: what holds for all its sessions."""

    def __init__(self, settings: SafetySettings, embedder: Embedder | None = None) -> None:
        self.settings = settings
        self.topics = Topics(settings.topics, embedder)
        self.incoming = InputCheck(settings, self.topics)
        self.audit = Audit(settings.audit, settings.audit_text)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a text of the player's."""

    verdict: Verdict = PASS
    answer: Line | None = None
    """What is said to it as it was written; None where the mind answers."""

    @property
    def kept(self) -> bool:
        """Whether the words may reach history and memory."""
        return self.verdict.kind != "block"


class Manners:
    """Of one session."""

    def __init__(self, checks: Checks, session: str) -> None:
        self._checks, self._session = checks, session
        self.young = False
        """The player has said to be a minor."""

    def judged(self, npc: Character, text: str, number: int) -> Judged:
        """What `npc` makes of `text`. Changes nothing; `number` picks among its ways of turning away."""
        young = self.young or minor(text)
        verdict = self._checks.incoming.checked(text, minor=young)
        if verdict.kind == "care":
            return Judged(verdict, care(npc.care, npc.speaks))
        if verdict.kind in ("pass", "deflect") and owed(text, self._checks.settings, young):
            return Judged(answer=honest(npc.name, npc.honest, npc.speaks))
        if not verdict.ok:
            return Judged(verdict, deflection(npc.deflections, npc.at_a_loss, number, npc.speaks))
        return Judged()

    def heard(self, npc: Character, text: str, judged: Judged) -> None:
        """`text` was meant: remember a minor, and log what was stopped."""
        self.young = self.young or minor(text)
        if not judged.verdict.ok:
            self._note(npc, "input", judged.verdict, text)

    def check(
        self, npc: Character, never: Iterable[str], others: Iterable[str], notes: Iterable[str] = ()
    ) -> OutputCheck:
        """What looks over the lines of one reply, which was written with `notes` in mind."""
        secret = f"{system(npc)} {rules(npc.speaks)}"
        settings, topics = self._checks.settings, self._checks.topics
        return OutputCheck(settings, never, secret, others, self.young, topics, notes)

    def stopped(self, npc: Character, check: OutputCheck, text: str) -> None:
        """Log what a reply was not allowed to say, if anything."""
        if not check.verdict.ok:
            self._note(npc, "output", check.verdict, text)

    def _note(self, npc: Character, stage: str, verdict: Verdict, text: str) -> None:
        self._checks.audit.note(time.time(), self._session, npc.id, stage, verdict, text)
