"""Waiting on a machine that may be busy, or be put to sleep."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from typing import Any

SLICE = 0.25
"""Seconds: what a sleep of the whole machine takes off our patience, however long it lasts."""


async def within(coming: Coroutine[Any, Any, object], seconds: float) -> bool:
    """Whether it came in time; it is cancelled where it did not."""
    task = asyncio.ensure_future(coming)
    for _ in range(math.ceil(seconds / SLICE)):
        if (await asyncio.wait({task}, timeout=SLICE))[0]:
            break
    if not task.done():
        task.cancel()
        return False
    task.result()
    return True
