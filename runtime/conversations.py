"""What was said with each character, as far as it was heard: the part of a session that outlives it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from runtime.mind.prompt import Exchange
from runtime.playout import said_until, unsaid_from
from runtime.protocol.errors import ProtocolError
from runtime.protocol.messages import Missed, Playback, Played, SpokenLine
from runtime.reply import Reply
from runtime.stage import Stage

REMEMBERED = 64
"""Exchanges kept; a prompt takes fewer."""


@dataclass(frozen=True)
class Parted:
    """The reply that a connection broke off in: what of it was heard may still be told."""

    number: int
    npc: str
    heard: int
    """Samples, as far as is known."""
    samples: int
    """That were sent."""
    lines: tuple[SpokenLine, ...]
    thought: tuple[str, ...]
    """All its clauses, also those that were not sent."""


class Conversations:
    """The history of one player with all characters. Replies stay open to reports until they are settled."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        """Shown by a client that comes back."""
        self._past: dict[str, list[Exchange]] = {}
        self._replies: dict[int, Reply] = {}
        """The latest, whose playback may still be reported."""
        self._numbers = 0
        self._parted: Parted | None = None
        self.stage: Stage | None = None
        """Of the latest session."""

    def number(self) -> int:
        """A number that no reply has had."""
        self._numbers += 1
        return self._numbers

    def add(self, reply: Reply) -> None:
        """This one is said."""
        self._replies[reply.number] = reply
        self.settle(REMEMBERED)

    def report(self, playback: Playback) -> None:
        """Believe what the client has played. Raises ProtocolError for a reply that never was."""
        if playback.reply > self._numbers:
            raise ProtocolError("unknown_reply", f"there is no reply {playback.reply} to report on")
        if reply := self._replies.get(playback.reply):
            reply.reported = max(reply.reported or 0, playback.at)

    def sounding(self) -> Reply | None:
        """A reply that was sent to its end and may still be heard."""
        return next((reply for reply in reversed(self._replies.values()) if reply.sounding()), None)

    def history(self, npc: str) -> list[Exchange]:
        """All that was said with `npc`, oldest first."""
        latest = [reply.exchange() for reply in self._replies.values() if reply.npc.id == npc]
        return self._past.get(npc, []) + latest

    def settle(self, keep: int = 0) -> None:
        """Turn all but the latest `keep` replies into what was heard of them, for good."""
        while len(self._replies) > keep:
            reply = self._replies.pop(next(iter(self._replies)))
            past = self._past.setdefault(reply.npc.id, [])
            past.append(reply.exchange())
            del past[:-REMEMBERED]

    def part(self) -> None:
        """The connection is gone: keep what is known to have been heard."""
        last = next(reversed(self._replies.values()), None)
        if last is not None and last.unheard:
            playout, heard = last.playout, last.heard_samples()
            self._parted = Parted(
                last.number, last.npc.id, heard, playout.samples, tuple(playout.lines), tuple(last.thoughts)
            )
        self.settle()

    def resume(self, played: Played | None) -> list[Missed]:
        """The client is back, and tells how much it has `played`. Returns what it has missed."""
        parted, self._parted = self._parted, None
        if parted is None:
            return []
        heard = parted.heard
        if played is not None and played.reply == parted.number:
            heard = min(max(heard, played.at), parted.samples)
            past = self._past[parted.npc]
            past[-1] = replace(past[-1], reply=said_until(parted.lines, heard))
        text = unsaid_from(parted.lines, parted.thought, heard)
        return [Missed(reply=parted.number, npc=parted.npc, text=text)] if text else []
