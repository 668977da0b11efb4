"""An engine that is held to its contract, and the loop it lives on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from runtime.character import Voice
from runtime.registry import Choice, Context

T = TypeVar("T")

ENDING = 10.0
"""Seconds within which an engine's threads end after `close`: a call that is under way may last a little."""


@dataclass(frozen=True)
class Specimen:
    """What is opened to be looked at."""

    choice: Choice
    voice: Voice = field(default_factory=Voice)
    """That a voice engine is asked to speak with."""
    context: Context = field(default_factory=Context)


class Opened:
    """An open engine. All tests of one share a loop, as the sessions of a server do."""

    def __init__(self, specimen: Specimen) -> None:
        self.specimen = specimen
        self._before = set(threading.enumerate())
        self.engine: Any = specimen.choice.open(specimen.context)
        self._loop = asyncio.new_event_loop()

    @property
    def remote(self) -> bool:
        """Whether another machine computes: what it answers is not in the engine's hand."""
        return "remote" in self.specimen.choice.card.devices

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run to the end on its loop."""
        return self._loop.run_until_complete(main)

    def again(self) -> Opened:
        """Another one of the same kind, open beside this one."""
        return Opened(self.specimen)

    def close(self) -> None:
        """Close the engine and its loop."""
        self.engine.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def left(self) -> set[threading.Thread]:
        """Threads that did not end after `close`."""
        until = time.monotonic() + ENDING
        while (left := set(threading.enumerate()) - self._before) and time.monotonic() < until:
            time.sleep(0.02)
        return left
