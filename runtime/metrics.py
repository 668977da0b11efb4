"""What an operator watches, in Prometheus' text format: one registry per server."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from runtime.flow import Worker
from runtime.reply import Reply

SECONDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.3, 1.7, 2.5, 4.0, 8.0)
"""Buckets that are finest where a conversation is felt to be quick or slow."""


class Metrics:
    """Counts and times of one server."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.sessions = Gauge("townsfolk_sessions", "Sessions that are open.", registry=registry)
        self.refused = Counter("townsfolk_sessions_refused", "Sessions refused.", ["code"], registry=registry)
        self.turns = Counter("townsfolk_turns", "Turns of players.", ["by"], registry=registry)
        self.replies = Counter(
            "townsfolk_replies", "Replies by their end.", ["npc", "end"], registry=registry
        )
        self.errors = Counter("townsfolk_errors", "Errors told to clients.", ["code"], registry=registry)
        self.underruns = Counter("townsfolk_underruns", "Gaps within replies.", registry=registry)
        self.spoken = Counter("townsfolk_spoken_seconds", "Seconds of speech sent.", registry=registry)
        self.latency = Histogram(
            "townsfolk_latency_seconds",
            "From the end of the player's turn to each step of the reply.",
            ["step"],
            buckets=SECONDS,
            registry=registry,
        )
        self._failures = Gauge(
            "townsfolk_mind_failures",
            "Failures of a mind that has a fall-back: before its first word, midway, or of both.",
            ["when"],
            registry=registry,
        )
        self._queue = Gauge("townsfolk_queue", "Calls that wait for a model.", ["model"], registry=registry)

    def watch(self, workers: Mapping[str, Worker]) -> None:
        """Publish how many calls wait for each model."""
        for name, worker in workers.items():
            self._queue.labels(name).set_function(lambda worker=worker: worker.queued)  # type: ignore[misc]

    def failing(self, failures: Mapping[str, int]) -> None:
        """Publish how often a mind with a fall-back has failed, and when."""
        for when in ("before", "midway", "both"):
            self._failures.labels(when).set_function(lambda when=when: failures.get(when, 0))  # type: ignore[misc]

    def finished(self, reply: Reply) -> None:
        """Count a reply that was sent to its end."""
        self.replies.labels(reply.npc.id, "done").inc()
        self.underruns.inc(reply.playout.clock.underruns)
        self.spoken.inc(reply.playout.samples / reply.playout.audio.rate)
        latency = reply.stamps.latency()
        for step in ("ears", "mind", "voice", "face", "total"):
            self.latency.labels(step).observe(getattr(latency, step) / 1000)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
