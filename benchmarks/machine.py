"""The machine and the day of a run: a figure without them is a rumour."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

from runtime import __version__


def describe() -> dict[str, str | int]:
    """What a reader needs to compare figures."""
    return {
        "date": datetime.date.today().isoformat(),
        "townsfolk": __version__,
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def line() -> str:
    """The same in a line."""
    return "{date}, townsfolk {townsfolk}, {cores} cores of {cpu}, {system}, Python {python}".format(
        **describe()
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for text in info.read_text().splitlines():
            if text.startswith("model name"):
                return text.split(":", 1)[1].strip()
    return platform.processor() or "an unknown processor"
