"""The concurrency primitives: Stream, Stage, ahead(), Worker, Channel; made of them, Batch in `batch`."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from functools import partial
from itertools import count
from queue import Empty, PriorityQueue
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

Stream: TypeAlias = AsyncGenerator[T, None]


class Stage(Protocol[In, Out]):
    """Turns one stream into another. Its locals are its state; its `finally` is its cleanup."""

    def __call__(self, stream: AsyncGenerator[In, None], /) -> AsyncGenerator[Out, None]: ...


_END: Any = object()


def ahead(tasks: asyncio.TaskGroup, stream: Stream[T], limit: int = 2) -> Stream[T]:
    """Run `stream` in a task of its own, at most `limit` items ahead of its reader.

    The pump owns the stream and closes it, so a cancelled reader never leaves a generator half open,
    and a failure in the stream cancels the whole group instead of travelling through the queue.
    """
    queue: asyncio.Queue[T] = asyncio.Queue(limit)

    async def pump() -> None:
        async with aclosing(stream):
            async for item in stream:
                await queue.put(item)
        await queue.put(_END)

    async def read() -> Stream[T]:
        while (item := await queue.get()) is not _END:
            yield item

    tasks.create_task(pump())
    return read()


LATELY = 10.0
"""Seconds over which a worker's delay is a mean: longer than one turn of talk, short enough to recover."""


class _Waiting(NamedTuple):
    """A call that has not begun. Compares by urgency and then by age, which no two share."""

    after: int
    number: int
    since: float
    future: Future[Any]
    call: Callable[[], Any]


PRESSING = 2
"""Urgency of what somebody waits for at this moment: others had better ask for nothing that can be spared."""


class Worker:
    """A thread of its own for one model, so that a blocking call never holds the event loop.

    The most urgent call goes first, and of equally urgent ones the oldest; one that has begun is not broken
    off. A caller that is cancelled leaves at once: a call that has not begun is dropped, one that has begun
    ends alone and its result is lost. Keep a call below about 100 ms of compute.
    """

    def __init__(self, name: str, threads: int = 1, gives_way: bool = False) -> None:
        """`gives_way`: its threads, and those they start, get what others leave of the processor (Linux)."""
        self.name = name
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix=name, initializer=_give_way if gives_way else None
        )
        self._waiting: PriorityQueue[_Waiting] = PriorityQueue()
        self._numbers = count()
        self._delays: deque[tuple[float, float]] = deque(maxlen=256)
        """When urgent calls began, and how long they had waited."""
        self._pressing: set[object] = set()
        """One for each caller who waits so urgently."""

    async def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make the call with urgency 0 and return, or raise, what it does."""
        return await self.at(0, call, *args, **kwargs)

    async def at(self, urgency: int, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make the call before all that are less urgent. Raises RuntimeError after `close`."""
        waits = object()
        if urgency >= PRESSING:
            self._pressing.add(waits)
        try:
            return await asyncio.wrap_future(self.submit(urgency, partial(call, *args, **kwargs)))
        finally:
            self._pressing.discard(waits)

    def submit(self, urgency: int, call: Callable[[], T]) -> Future[T]:
        """Have the call made, without waiting for it."""
        future: Future[T] = Future()
        self._waiting.put(_Waiting(-urgency, next(self._numbers), time.monotonic(), future, call))
        # What the pool queues is a turn of the thread, not this call: who gets it is decided when it comes.
        self._pool.submit(self._take_turn)
        return future

    @property
    def queued(self) -> int:
        """Calls that wait for the thread."""
        return sum(not waiting.future.cancelled() for waiting in list(self._waiting.queue))

    @property
    def pressing(self) -> int:
        """How many wait for a call to be done at this moment, and have not given it up."""
        return len(self._pressing)

    @property
    def delay(self) -> float:
        """Seconds that urgent calls of late had to wait, on average; 0 where there were none."""
        after = time.monotonic() - LATELY
        waits = [wait for at, wait in list(self._delays) if at > after]
        return sum(waits) / len(waits) if waits else 0.0

    def close(self) -> None:
        """Drop what waits and let the thread end after the call it is in."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with suppress(Empty):
            while True:
                self._waiting.get_nowait().future.cancel()

    def _take_turn(self) -> None:
        with suppress(Empty):  # closed meanwhile
            after, _, since, future, call = self._waiting.get_nowait()
            if future.set_running_or_notify_cancel():
                if after < 0:
                    now = time.monotonic()
                    self._delays.append((now, now - since))
                settle(future, call)


NICE = 10
"""Added to that of threads which give way: where both want a core, such a one gets a tenth (sched(7))."""


def _give_way() -> None:
    """Elsewhere than on Linux a thread has no niceness of its own, and it stays as it is."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE)


def settle(future: Future[T], call: Callable[[], T]) -> None:
    """Give `future` what `call` returns or raises."""
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 (whatever it is belongs to the caller, who would wait forever)
        future.set_exception(error)
    else:
        future.set_result(result)


class Channel(Generic[T]):
    """A queue that can be closed: the mouth of an actor. Bounded for `send`, never for `post`."""

    def __init__(self, limit: int = 64) -> None:
        self._items: deque[T] = deque()
        self._limit = limit
        self._closed = False
        self._changed = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()

    async def send(self, item: T) -> None:
        """Put `item` when there is room; back-pressure for whoever produces from outside."""
        while len(self._items) >= self._limit and not self._closed:
            self._space.clear()
            await self._space.wait()
        self.post(item)

    def post(self, item: T) -> None:
        """Put `item` now. On a closed channel it is dropped: the reader has gone."""
        if not self._closed:
            self._items.append(item)
            self._changed.set()

    def keep(self, item: T) -> None:
        """Put `item` in the place of all that has not been read: only the newest is of use."""
        self._items.clear()
        self.post(item)

    def clear(self) -> None:
        """Forget what has not been read yet."""
        self._items.clear()
        self._space.set()

    def close(self) -> None:
        """No more items; the reader gets what is there and then the end."""
        self._closed = True
        self._changed.set()
        self._space.set()

    async def stream(self) -> Stream[T]:
        """Everything put, in order, until the channel is closed."""
        while True:
            while self._items:
                item = self._items.popleft()
                self._space.set()
                yield item
            if self._closed:
                return
            self._changed.clear()
            await self._changed.wait()
