"""Streams that run ahead, threads that are left, queues that close."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress

import pytest

from runtime.flow import LATELY, NICE, PRESSING, Channel, Stream, Worker, ahead

pytestmark = pytest.mark.virtual_time


class Source:
    """Counts up. Remembers what was taken from it and how often it was closed."""

    def __init__(self, end: int | None = None, pause: float = 0.0) -> None:
        self.end, self.pause = end, pause
        self.made = 0
        self.closed = 0

    async def stream(self) -> Stream[int]:
        try:
            while self.end is None or self.made < self.end:
                await asyncio.sleep(self.pause)
                self.made += 1
                yield self.made
        finally:
            self.closed += 1


async def collect(stream: Stream[int]) -> list[int]:
    return [item async for item in stream]


# ---------------------------------------------------------------- ahead


async def test_ahead_keeps_order_and_ends() -> None:
    source = Source(end=50)
    async with asyncio.TaskGroup() as tasks:
        items = await collect(ahead(tasks, source.stream()))
    assert items == list(range(1, 51))
    assert source.closed == 1


async def test_ahead_of_an_empty_stream_ends() -> None:
    async with asyncio.TaskGroup() as tasks:
        assert await collect(ahead(tasks, Source(end=0).stream())) == []


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_ahead_runs_no_further_than_its_limit(limit: int) -> None:
    source = Source(end=100)
    async with asyncio.TaskGroup() as tasks:
        stream = ahead(tasks, source.stream(), limit)
        await asyncio.sleep(1)
        assert source.made == limit + 1  # the queue is full, and one item waits to enter it
        for taken in range(1, 11):
            assert await anext(stream) == taken
            await asyncio.sleep(1)
            assert source.made == taken + limit + 1
        await collect(stream)
    assert source.made == 100


async def test_ahead_overlaps_the_work_of_two_stages() -> None:
    clock = asyncio.get_running_loop().time
    async with asyncio.TaskGroup() as tasks:
        async for _ in ahead(tasks, Source(end=10, pause=1.0).stream()):
            await asyncio.sleep(1.0)
    assert clock() == pytest.approx(11.0)  # one after the other it would be 20


@pytest.mark.parametrize("patience", [0.0, 0.5, 1.0, 2.5, 3.5])
async def test_cancelling_closes_every_stage_of_a_chain(patience: float) -> None:
    source, closed = Source(pause=1.0), []

    async def double(numbers: Stream[int]) -> Stream[int]:
        try:
            async with aclosing(numbers):
                async for number in numbers:
                    yield number * 2
                    await asyncio.sleep(0.7)
        finally:
            closed.append("double")

    async def reply() -> None:
        async with (
            asyncio.TaskGroup() as tasks,
            aclosing(ahead(tasks, double(ahead(tasks, source.stream())))) as doubled,
        ):
            async for _ in doubled:
                await asyncio.sleep(10)

    before = asyncio.all_tasks()
    task = asyncio.create_task(reply())
    await asyncio.sleep(patience)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed == 1
    assert closed == ["double"]
    assert asyncio.all_tasks() == before
    made = source.made
    await asyncio.sleep(100)
    assert source.made == made


async def test_cancelled_before_it_began_leaves_nothing() -> None:
    source = Source()

    async def reply() -> None:
        async with asyncio.TaskGroup() as tasks:
            ahead(tasks, source.stream())
            raise LookupError

    with pytest.raises(ExceptionGroup, match="unhandled"):
        await reply()
    assert (source.made, source.closed) == (0, 0)


async def test_a_failure_in_a_stream_cancels_the_group_and_its_reader() -> None:
    outcome: list[object] = []

    async def broken() -> Stream[int]:
        yield 1
        raise LookupError("no more")

    async def beside() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            outcome.append("beside was cancelled")

    async def reply() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beside())
            outcome.append(await collect(ahead(tasks, broken())))

    with pytest.raises(ExceptionGroup) as caught:
        await reply()
    assert [str(error) for error in caught.value.exceptions] == ["no more"]
    assert outcome == ["beside was cancelled"]


async def test_a_failing_reader_closes_the_stream() -> None:
    source = Source(pause=1.0)

    async def reply() -> None:
        async with asyncio.TaskGroup() as tasks:
            async for item in ahead(tasks, source.stream()):
                if item == 3:
                    raise LookupError

    with pytest.raises(ExceptionGroup) as caught:
        await reply()
    assert caught.group_contains(LookupError)
    assert source.closed == 1


# ---------------------------------------------------------------- Worker


class Gate:
    """A blocking call that waits to be let through, and says that it has begun."""

    def __init__(self) -> None:
        self.begun, self.opened, self.passed = threading.Event(), threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.opened.wait(30)
        self.passed.set()
        return "through"


async def begun(gate: Gate) -> None:
    assert await asyncio.to_thread(gate.begun.wait, 30)


async def test_worker_returns_and_raises_what_the_call_does() -> None:
    worker = Worker("test")
    assert await worker(int, "ff", base=16) == 255
    with pytest.raises(ValueError, match="invalid literal"):
        await worker(int, "x")
    worker.close()


async def test_worker_makes_one_call_at_a_time_in_order() -> None:
    worker, at_once, most, order = Worker("test"), 0, 0, []

    def call(number: int) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        order.append((number, threading.current_thread().name))
        at_once -= 1

    await asyncio.gather(*(worker(call, number) for number in range(20)))
    worker.close()
    assert most == 1
    assert [number for number, _ in order] == list(range(20))
    assert {name for _, name in order} == {"test_0"}


async def test_a_cancelled_caller_leaves_at_once_and_the_call_ends_alone() -> None:
    worker, gate = Worker("test"), Gate()
    task = asyncio.create_task(worker(gate))
    await begun(gate)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not gate.passed.is_set()  # it has left although the thread is still inside
    gate.opened.set()
    assert await worker(lambda: "next") == "next"
    assert gate.passed.is_set()
    worker.close()


async def test_a_call_that_has_not_begun_is_dropped_when_cancelled() -> None:
    worker, gate, ran = Worker("test"), Gate(), []
    first = asyncio.create_task(worker(gate))
    await begun(gate)
    second = asyncio.create_task(worker(ran.append, "second"))
    await asyncio.sleep(0)
    assert worker.queued == 1
    second.cancel()
    with suppress(asyncio.CancelledError):
        await second
    gate.opened.set()
    assert await first == "through"
    await worker(ran.append, "third")
    assert ran == ["third"]
    assert worker.queued == 0
    worker.close()


async def test_closing_drops_what_waits_and_lets_the_thread_end() -> None:
    worker, gate, ran = Worker("test"), Gate(), []
    first = asyncio.create_task(worker(gate))
    await begun(gate)
    second = asyncio.create_task(worker(ran.append, "second"))
    await asyncio.sleep(0)
    worker.close()
    gate.opened.set()
    assert await first == "through"
    with pytest.raises(asyncio.CancelledError):
        await second
    assert ran == []
    with pytest.raises(RuntimeError):
        await worker(ran.append, "after")


async def waiting(worker: Worker, *calls: asyncio.Task[None]) -> None:
    """Until all of `calls` wait for the thread."""
    while worker.queued < len(calls):
        await asyncio.sleep(0)


async def test_the_most_urgent_call_goes_first_and_of_equals_the_oldest() -> None:
    worker, gate, order = Worker("test"), Gate(), []
    first = asyncio.create_task(worker(gate))
    await begun(gate)
    urgencies = [0, 1, 0, 2, -1, 1, 2]
    calls = [
        asyncio.create_task(worker.at(urgency, order.append, (urgency, number)))
        for number, urgency in enumerate(urgencies)
    ]
    await waiting(worker, *calls)
    gate.opened.set()
    await asyncio.gather(first, *calls)
    worker.close()
    assert order == [(2, 3), (2, 6), (1, 1), (1, 5), (0, 0), (0, 2), (-1, 4)]


async def test_an_urgent_call_that_is_cancelled_leaves_its_place_to_the_next() -> None:
    worker, gate, order = Worker("test"), Gate(), []
    first = asyncio.create_task(worker(gate))
    await begun(gate)
    calls = [asyncio.create_task(worker.at(urgency, order.append, urgency)) for urgency in (0, 9, 5)]
    await waiting(worker, *calls)
    calls[1].cancel()
    with suppress(asyncio.CancelledError):
        await calls[1]
    assert worker.queued == 2
    gate.opened.set()
    await asyncio.gather(first, calls[0], calls[2])
    worker.close()
    assert order == [5, 0]


async def test_the_delay_is_what_urgent_calls_waited_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, gate, now = Worker("test"), Gate(), 100.0
    monkeypatch.setattr("runtime.flow.time.monotonic", lambda: now)
    first = asyncio.create_task(worker.at(1, gate))
    await begun(gate)
    calls = [asyncio.create_task(worker.at(urgency, int)) for urgency in (1, 0)]
    await waiting(worker, *calls)
    now += 3
    gate.opened.set()
    await asyncio.gather(first, *calls)
    assert worker.delay == 1.5, "of two urgent calls one waited for 3 s; what can wait does not count"
    now += LATELY + 1
    assert worker.delay == 0
    worker.close()


async def test_as_many_calls_run_at_once_as_there_are_threads() -> None:
    worker, gates = Worker("test", threads=2), [Gate(), Gate(), Gate()]
    calls = [asyncio.create_task(worker(gate)) for gate in gates]
    await begun(gates[0])
    await begun(gates[1])
    assert worker.queued == 1
    assert not gates[2].begun.is_set()
    gates[1].opened.set()
    await begun(gates[2])
    gates[0].opened.set()
    gates[2].opened.set()
    assert await asyncio.gather(*calls) == ["through"] * 3
    worker.close()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
async def test_a_worker_that_gives_way_does_so_with_all_its_threads() -> None:
    def niceness() -> tuple[int, int]:
        with ThreadPoolExecutor(1) as library:
            return own(), library.submit(own).result()

    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    polite, usual = Worker("polite", gives_way=True), Worker("usual")
    assert await polite(niceness) == (min(19, own() + NICE),) * 2
    assert await usual(niceness) == (own(), own())
    for worker in (polite, usual):
        worker.close()


async def test_a_call_that_fails_leaves_the_thread_to_the_others() -> None:
    worker = Worker("test")

    def leave() -> None:
        raise SystemExit(3)

    found = await asyncio.gather(worker(int, "x"), worker(int, "7"), return_exceptions=True)
    assert isinstance(found[0], ValueError)
    assert found[1] == 7
    with pytest.raises(SystemExit):  # a hanging caller would be worse
        await worker(leave)
    assert await worker(int, "8") == 8
    worker.close()


# ---------------------------------------------------------------- Channel


async def test_channel_gives_everything_in_order_and_then_the_end() -> None:
    channel: Channel[int] = Channel()
    channel.post(1)
    await channel.send(2)
    channel.post(3)
    channel.close()
    assert await collect(channel.stream()) == [1, 2, 3]


async def test_channel_wakes_a_waiting_reader() -> None:
    channel: Channel[int] = Channel()
    reader = asyncio.create_task(collect(channel.stream()))
    for item in range(3):
        await asyncio.sleep(1)
        channel.post(item)
    await asyncio.sleep(1)
    assert not reader.done()
    channel.close()
    assert await reader == [0, 1, 2]


async def test_send_waits_for_room_and_post_does_not() -> None:
    channel: Channel[int] = Channel(limit=2)
    await channel.send(1)
    await channel.send(2)
    sender = asyncio.create_task(channel.send(4))
    await asyncio.sleep(1)
    assert not sender.done()
    channel.post(3)
    stream = channel.stream()
    assert await anext(stream) == 1
    await asyncio.sleep(1)
    assert not sender.done()  # what was posted has taken the room
    assert await anext(stream) == 2
    await asyncio.sleep(1)
    assert sender.done()
    channel.close()
    assert await collect(stream) == [3, 4]


async def test_many_senders_share_the_room() -> None:
    channel: Channel[int] = Channel(limit=1)
    longest, got = 0, []
    async with asyncio.TaskGroup() as tasks:
        senders = [tasks.create_task(channel.send(item)) for item in range(10)]
        stream = channel.stream()
        while len(got) < 10:
            await asyncio.sleep(1)
            longest = max(longest, sum(sender.done() for sender in senders) - len(got))
            got.append(await anext(stream))
    assert sorted(got) == list(range(10))
    assert longest == 1


async def test_closing_frees_a_sender_and_drops_what_comes_after() -> None:
    channel: Channel[int] = Channel(limit=1)
    await channel.send(1)
    sender = asyncio.create_task(channel.send(2))
    await asyncio.sleep(1)
    channel.close()
    await sender
    channel.post(3)
    assert await collect(channel.stream()) == [1]


async def test_a_cancelled_sender_has_put_nothing() -> None:
    channel: Channel[int] = Channel(limit=1)
    await channel.send(1)
    sender = asyncio.create_task(channel.send(2))
    await asyncio.sleep(1)
    sender.cancel()
    with suppress(asyncio.CancelledError):
        await sender
    channel.close()
    assert await collect(channel.stream()) == [1]


async def test_a_worker_is_pressed_while_somebody_waits_for_a_call():
    worker, gate = Worker("one"), threading.Event()
    try:
        tasks = [asyncio.create_task(worker.at(urgency, gate.wait, 5)) for urgency in (1, PRESSING, PRESSING)]
        await asyncio.sleep(0)
        assert worker.pressing == 2
        tasks[1].cancel()
        await asyncio.sleep(0)
        assert worker.pressing == 1, "who has left is not waiting, even where the call cannot be broken off"
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert worker.pressing == 0
    finally:
        gate.set()
        worker.close()
