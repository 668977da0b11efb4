"""One reply as it was sent to a client, and what the client reports of it."""

from __future__ import annotations

from asyncio import Event
from dataclasses import dataclass, field

from runtime.conformance.card import Card
from runtime.protocol import messages as m

SLACK = 0.1
"""Seconds a report may be ahead: a block of the audio device, and the way of the packets."""
HELD = 0.3
"""Seconds until a `hold` must show: its way to the client, a block of the device, a fade."""
CROSSING = 1.0
"""Seconds in which a report may come after a `cancel` as if there were none: the two have crossed."""
EXACT = 0.02
"""Seconds that the end may be off, as where a device of another rate counts."""


@dataclass
class Earliest:
    """The furthest that any player can be: real time, and never beyond what was sent."""

    rate: int
    starves: bool = True
    holds: bool = True
    at: float = 0.0
    _seen: float = 0.0

    def advance(self, now: float, sent: int, held_since: float | None) -> None:
        """Let it play until `now`."""
        until = now if held_since is None or not self.holds else min(now, held_since + HELD)
        self.at += max(0.0, until - self._seen) * self.rate
        self.at = min(self.at, sent) if self.starves else self.at
        self._seen = now


@dataclass
class Told:
    """A reply. Times are of the loop, in seconds."""

    number: int
    npc: str
    rate: int
    card: Card
    samples: int | None = None
    """All of it, once that is known."""
    sent: int = 0
    cancelled: m.Cancel | None = None
    lost: bool = False
    """The connection broke before its end: what came may be played, and it may be given up."""
    reports: list[m.Playback] = field(default_factory=list)
    began: Event = field(default_factory=Event)
    """The client has begun to play it."""
    over: Event = field(default_factory=Event)
    """The client has done with it."""
    _cancelled_at: float = 0.0
    _held: float | None = None
    _reported_in_hold: bool = False

    def __post_init__(self) -> None:
        self._free = Earliest(self.rate, starves=False, holds=False)
        self._fed = Earliest(self.rate, holds=False)
        self._stopped = Earliest(self.rate)

    # ------------------------------------------------------------ what is sent

    def sends(self, until: int, now: float) -> None:
        """Samples up to `until` leave now."""
        if not self.sent:
            for player in (self._free, self._fed, self._stopped):
                player._seen = now
        self._advance(now)
        self.sent = max(self.sent, until)

    def hold(self, now: float) -> None:
        """It is to stand still."""
        self._advance(now)
        self._held, self._reported_in_hold = now, False

    def release(self, now: float) -> None:
        """It may go on."""
        self._advance(now)
        self._held = None
        text = f"no report on reply {self.number} while it was held"
        self.card.note("hold.report", self._reported_in_hold, text)

    def cancel(self, now: float) -> m.Cancel:
        """The message that ends it, as far as it can have been heard."""
        self._advance(now)
        self._cancelled_at = now
        through = int(self._fed.at)
        self.cancelled = m.Cancel(
            reply=self.number,
            npc=self.npc,
            valid_through=through,
            reason="interrupted",
        )
        return self.cancelled

    def _advance(self, now: float) -> None:
        for player in (self._free, self._fed, self._stopped):
            player.advance(now, self.sent, self._held)

    def furthest(self, now: float) -> float:
        """Samples that can have been heard by now."""
        self._advance(now)
        return self._stopped.at

    # ------------------------------------------------------------ what is reported

    @property
    def heard(self) -> int:
        """Samples that were last reported."""
        return self.reports[-1].at if self.reports else 0

    def report(self, report: m.Playback, now: float) -> None:
        """Judge a report of the client."""
        self._advance(now)
        text = f"reply {self.number}: {report.state} at {report.at}"
        if self.card.note("playback.over", not self.over.is_set(), f"{text}, after its end was reported"):
            self._judge(report, text, now)
            self._place(report, text)
        self._reported_in_hold |= self._held is not None
        self.reports.append(report)
        self.began.set()
        if report.state in ("finished", "interrupted"):
            self.over.set()

    def _judge(self, report: m.Playback, text: str, now: float) -> None:
        """Is it the report that is due?"""
        first = not self.reports
        if report.state == "started":
            early = report.at <= SLACK * self.rate
            self.card.note("playback.started", first and early, f"{text}: late, or for the second time")
        elif first and report.at > 0:
            self.card.note("playback.started", False, f"{text}, and nothing before")
        if report.state == "finished":
            end = self.samples is not None and abs(report.at - self.samples) <= EXACT * self.rate
            self.card.note("playback.finished", end, f"{text} of {self.samples or 'more than was sent'}")
        if self.lost:
            return
        if self.cancelled is None:
            self.card.note("playback.finished", report.state != "interrupted", f"{text}, without a cancel")
        else:
            crossed = report.state in ("started", "position") and now - self._cancelled_at < CROSSING
            right = crossed or report.state == "interrupted"
            self.card.note("cancel.report", right, f"{text}, after its cancel")
            void = report.at <= self.cancelled.valid_through + SLACK * self.rate
            self.card.note("cancel.void", void, f"{text}, valid through {self.cancelled.valid_through}")

    def _place(self, report: m.Playback, text: str) -> None:
        """Can the client be there?"""
        slack = SLACK * self.rate
        self.card.note("playback.monotone", report.at >= self.heard, f"{text}, after {self.heard}")
        bounds = [
            ("playback.sent", float(self.sent), "were sent"),
            ("playback.pace", self._free.at + slack, "had time to sound"),
            ("timing.stall", self._fed.at + slack, "had come in time to sound"),
            ("hold.still", self._stopped.at + slack, "could sound beside the hold"),
        ]
        for rule, bound, what in bounds[:2]:
            if not self.card.note(rule, report.at <= bound, f"{text}, but {bound:.0f} {what}"):
                return
        for rule, bound, what in bounds[2:]:  # kept only where there was a stall or a hold
            if report.at > bound:
                self.card.note(rule, False, f"{text}, but {bound:.0f} {what}")
                return
