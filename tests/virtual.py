"""A clock that jumps: hours of waiting take no time, and come out the same each time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

PATIENCE = 30.0
"""Real seconds that a thread may work while virtual time stands still; beyond it the test hangs."""


class _Jump(selectors.DefaultSelector):
    """Lets the loop's clock jump to the next timer instead of waiting for it."""

    now = 0.0
    calls = 0
    """Calls in threads that somebody waits for. They take no virtual time, however long they last."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.calls or timeout is None:
            ready = super().select(PATIENCE)
            if not ready:
                raise RuntimeError("nothing can ever happen: no timer runs and no thread answers")
            return ready
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour of waiting takes no time at all and comes out the same each time."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now

    def run_in_executor(self, executor: Any, call: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, call, *args)
        self._jump.calls += 1
        future.add_done_callback(self._returned)
        return future

    def _returned(self, _: asyncio.Future[Any]) -> None:
        self._jump.calls -= 1

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._jump.calls += 1  # else its patience with threads would be over in no time
        await super().shutdown_default_executor()
