"""A picture of where the time of each turn goes: one bar a turn, one colour a stage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.turn import Turn
from runtime.protocol.messages import Latency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAGES = {
    "ears": ("silence and words", "#9aa5b1"),
    "mind": ("first clause thought", "#3b6ea8"),
    "voice": ("spoken", "#d9822b"),
    "face": ("its face", "#3d9a6c"),
    "total": ("sent", "#7a4d9f"),
}
"""Steps of a reply in their order, as in `Latency`: what each is called, and its colour."""
WIDTH, DPI = 1200, 100
"""Pixels."""
BAR = 16
"""Pixels of height for a turn, so that sixty still fit a page of documentation."""


def shares(latency: Latency) -> list[float]:
    """Milliseconds each stage took after the one before; 0 where it was done ahead of that."""
    moments = accumulate((0.0, *(float(getattr(latency, step)) for step in STAGES)), max)
    return [after - before for before, after in pairwise(moments)]


def draw(turns: Sequence[Turn], file: Path) -> None:
    """Write the waterfall of all timed turns as PNG, 1200 pixels wide. Raises ValueError where none is."""
    from matplotlib.figure import Figure  # slow to import, and only pictures need it

    timed = [turn.answer.latency for turn in turns if turn.answer and turn.answer.latency and not turn.early]
    if not timed:
        raise ValueError("no turn was answered, so there is nothing to draw")
    figure = Figure((WIDTH / DPI, (160 + BAR * len(timed)) / DPI), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    _bars(axes, np.array([shares(latency) for latency in timed]))
    totals = np.array([latency.total for latency in timed])
    for percent, style in ((50, "-"), (90, "--")):
        at = float(np.percentile(totals, percent))
        axes.axvline(at, color="#222222", linestyle=style, linewidth=1.2, label=f"p{percent} {at:.0f} ms")
    axes.set_xlim(0, float(totals.max()) * 1.03)
    axes.set_xlabel("milliseconds from the player's last sound to the first packet of the answer")
    axes.set_ylabel("turn")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(STAGES) + 2, frameon=False)
    figure.savefig(file, facecolor="white")


def _bars(axes: Axes, widths: NDArray[np.float64]) -> None:
    rows = np.arange(1, len(widths) + 1)
    lefts = np.cumsum(widths, axis=1) - widths
    for column, (name, colour) in enumerate(STAGES.values()):
        axes.barh(rows, widths[:, column], left=lefts[:, column], height=0.8, color=colour, label=name)
    axes.set_ylim(len(widths) + 0.6, 0.4)  # the first turn on top
