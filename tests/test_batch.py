"""Several calls made as one: who shares a call, and what each gets of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest

from runtime.batch import Batch
from runtime.flow import Worker


class Model:
    """Doubles numbers and fails for 13. Remembers its calls; `busy` keeps its thread until it is set."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.worker = Worker("test")
        self.batch = Batch(self.worker, self.double, most=3)
        self.free = threading.Event()

    def double(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        if 13 in numbers:
            raise ValueError("13 brings bad luck")
        return [2 * number for number in numbers]

    async def ask(self, *numbers: int, urgency: int = 0) -> list[asyncio.Task[int]]:
        """Calls that wait, in this order."""
        tasks = [asyncio.create_task(self.batch(number, urgency)) for number in numbers]
        await asyncio.sleep(0)
        return tasks


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    made = Model()
    begun = threading.Event()

    def hold() -> None:
        begun.set()
        assert made.free.wait(30)

    made.worker.submit(0, hold)
    assert await asyncio.to_thread(begun.wait, 30)
    yield made
    made.free.set()
    made.worker.close()


async def test_what_waits_is_called_together_in_order_and_no_more_than_fit(model: Model) -> None:
    tasks = await model.ask(1, 2, 3, 4, 5)
    model.free.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10]
    assert model.calls == [[1, 2, 3], [4, 5]]


async def test_one_that_is_alone_waits_for_nobody(model: Model) -> None:
    model.free.set()
    assert await model.batch(7) == 14
    assert model.calls == [[7]]


async def test_the_urgent_go_first_and_do_not_wait_for_the_others(model: Model) -> None:
    tasks = [*await model.ask(1, 2), *await model.ask(3, 4, urgency=1)]
    model.free.set()
    await asyncio.gather(*tasks)
    assert model.calls == [[3, 4], [1, 2]]


async def test_a_bad_input_fails_alone(model: Model) -> None:
    tasks = await model.ask(1, 13, 3)
    model.free.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (found[0], found[2]) == (2, 6)
    assert isinstance(found[1], ValueError)
    assert model.calls == [[1, 13, 3], [1], [13], [3]]


async def test_too_few_results_are_an_error_and_nobody_hangs() -> None:
    worker = Worker("test")
    batch: Batch[int, int] = Batch(worker, lambda numbers: [], most=2)
    with pytest.raises(IndexError):
        await batch(1)
    worker.close()


async def test_the_cancelled_are_left_out(model: Model) -> None:
    tasks = await model.ask(1, 2, 3)
    tasks[1].cancel()
    with suppress(asyncio.CancelledError):
        await tasks[1]
    model.free.set()
    assert await tasks[0] == 2
    assert await tasks[2] == 6
    assert model.calls == [[1, 3]]


async def test_closing_drops_what_waits(model: Model) -> None:
    tasks = await model.ask(1, 2)
    model.worker.close()
    model.free.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in found)
    assert model.calls == []
    with pytest.raises(RuntimeError):
        await model.batch(3)
