"""The engine that CONTRIBUTING.md shows is a real one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.character import Voice
from runtime.flow import Stream
from runtime.types import Line, Speech


@pytest.fixture
def beeps() -> Any:
    page = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found
    names: dict[str, Any] = {"__name__": "contributing"}
    exec(compile(found[1], "CONTRIBUTING.md", "exec"), names)  # noqa: S102 - our own file
    engine = names["Beeps"]()
    yield engine
    engine.close()


async def test_it_speaks_each_line_in_order_and_closes_what_it_reads(beeps: Any) -> None:
    closed = []

    async def lines() -> Stream[Line]:
        try:
            yield Line("Ah, no!", "Ah, no!")
            yield Line("I", "I")
            yield Line("never", "never")
        finally:
            closed.append(True)

    stream: Stream[Speech] = beeps.speak(lines(), Voice(speed=2.0))
    first, second = await anext(stream), await anext(stream)
    assert closed == []
    await stream.aclose()
    assert closed == [True]
    assert [first.line.text, second.line.text] == ["Ah, no!", "I"]
    assert first.audio.dtype == np.float32
    assert first.seconds == pytest.approx(7 * 0.035)
    assert [word.text for word in first.words] == ["Ah,", "no!"]
    word = first.words[1]
    spoken = first.audio[round(word.start * first.rate) : round((word.end - 0.035) * first.rate)]
    assert np.abs(spoken).max() > 0.1  # "no" is heard where its word is
    assert not first.audio[round(0.07 * first.rate) : round(word.start * first.rate)].any()
