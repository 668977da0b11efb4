"""What is asked of the mind ahead of time, and what is spared while others wait for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import ScriptedMind, engines
from test_interruption import END, PARTIAL, PAUSE, START, talking

from runtime.protocol import messages as m

pytestmark = pytest.mark.virtual_time


async def asked_ahead(pressing: int) -> tuple[int, int]:
    """Prompts that the mind has seen after words on the way, and after those of the pause."""
    mind = ScriptedMind("Come in.")
    worker: Any = SimpleNamespace(pressing=pressing, queued=0, delay=0.0)
    async with talking(replace(engines(mind), workers={"mind": worker})) as (player, _, _):
        player.microphone(START)
        player.microphone(PARTIAL)
        await asyncio.sleep(0.3)
        early = len(mind.prompts)
        player.microphone(PAUSE)
        await asyncio.sleep(0.3)
        late = len(mind.prompts)
        player.microphone(END)
        await player.until(m.Done)
    return early, late


async def test_words_on_the_way_are_answered_ahead_only_while_nobody_waits() -> None:
    assert await asked_ahead(0) == (1, 1)
    assert await asked_ahead(1) == (0, 1)
