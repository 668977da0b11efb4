"""One call instead of several, for a model that takes two inputs in less time than one after the other."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from runtime.flow import Worker, settle

A = TypeVar("A")
T = TypeVar("T")


class _Asked(NamedTuple, Generic[A, T]):
    item: A
    future: Future[T]


class Batch(Generic[A, T]):
    """Makes one call of those that wait for a worker at the same time.

    Nothing is delayed to fill a batch: when the thread becomes free, it takes what waits with the same
    urgency, the oldest first. Should the call fail, each is made alone, so that a bad input fails nobody
    else's.
    """

    def __init__(self, worker: Worker, call: Callable[[Sequence[A]], Sequence[T]], most: int) -> None:
        """`call` takes 1 to `most` inputs and returns as many results in their order."""
        self._worker, self._call, self._most = worker, call, most
        self._asked: defaultdict[int, deque[_Asked[A, T]]] = defaultdict(deque)

    async def __call__(self, item: A, urgency: int = 0) -> T:
        """The result for `item`; raises, is cancelled and closed like a call of the worker's own."""
        asked, future = self._asked[urgency], Future[T]()
        asked.append(_Asked(item, future))
        # One turn of the thread for each, so that nobody is left over: after a batch there are empty ones.
        turn = self._worker.submit(urgency, partial(self._serve, asked))
        turn.add_done_callback(lambda turn: turn.cancelled() and future.cancel())
        return await asyncio.wrap_future(future)

    def _serve(self, asked: deque[_Asked[A, T]]) -> None:
        taken = list(self._take(asked))
        if len(taken) > 1 and self._together(taken):
            return
        for item, future in taken:
            settle(future, partial(self._alone, item))

    def _take(self, asked: deque[_Asked[A, T]]) -> Iterator[_Asked[A, T]]:
        left = self._most
        while asked and left:
            first = asked.popleft()
            if first.future.set_running_or_notify_cancel():
                left -= 1
                yield first

    def _together(self, taken: list[_Asked[A, T]]) -> bool:
        try:
            found = list(zip(taken, self._call([item for item, _ in taken]), strict=True))
        except Exception:  # noqa: BLE001 (whose it is shows when each is made alone)
            return False
        for (_, future), result in found:
            future.set_result(result)
        return True

    def _alone(self, item: A) -> T:
        return self._call([item])[0]
