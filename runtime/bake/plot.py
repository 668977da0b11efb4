"""The curves of a face under the sound they belong to, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from runtime.bake.extra import need
from runtime.bake.measure import closures, lips
from runtime.bake.performance import Performance
from runtime.face import AT
from runtime.types import Samples

INCHES = 1.1
"""Width of a second, between the bounds SIZE."""

SIZE = (9.0, 60.0)

SHUT = "#d1495b"


def plot(made: Performance, file: Path) -> None:
    """Write waveform, lip gap and jaw, and width and protrusion, with the closures of the lips marked.

    The kind of picture is that of the file's name (.png, .svg, .pdf). Raises MissingExtra.
    """
    figure_module: Any = need("matplotlib.figure")
    width = float(np.clip(INCHES * made.seconds, *SIZE))
    figure = figure_module.Figure(figsize=(width, 5.4), dpi=100, layout="constrained")
    sound, opening, shape = figure.subplots(3, 1, sharex=True, height_ratios=(1, 1.6, 1.2))
    measured = lips(made.weights)
    times = np.arange(len(made.weights)) / made.fps
    _waveform(sound, made)
    opening.plot(times, measured.gap, color="#00798c", label="lip gap")
    opening.plot(times, made.weights[:, AT["jawOpen"]], color="#edae49", label="jawOpen")
    opening.plot(times, made.weights[:, AT["mouthClose"]], color="#9aa5b1", lw=1, label="mouthClose")
    shape.plot(times, measured.width, color="#30638e", label="width")
    shape.plot(times, measured.forward, color="#8d6a9f", label="protrusion")
    shape.axhline(0, color="#cccccc", lw=0.8, zorder=0)
    for axes in (sound, opening, shape):
        for start, end in closures(measured.gap, made.fps):
            axes.axvspan(start, max(end, start + 1 / made.fps), color=SHUT, alpha=0.25, lw=0)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (opening, shape):
        axes.legend(loc="upper right", ncols=3, fontsize=8, frameon=False)
    shape.set_xlabel("seconds (red: the lips touch)")
    shape.set_xlim(0, made.seconds)
    figure.savefig(file, metadata={"Software": None} if file.suffix == ".png" else None)


def _waveform(axes: Any, made: Performance) -> None:
    low, high = _envelope(made.audio, 2000)
    edges = np.linspace(0, made.seconds, len(low))
    axes.fill_between(edges, low, high, color="#3d405b", lw=0)
    axes.set_yticks([])
    axes.set_ylim(-1.05, 1.35)
    for phone in made.phones:
        axes.text((phone.start + phone.end) / 2, 1.1, phone.symbol, ha="center", va="bottom", fontsize=7)


def _envelope(audio: Samples, columns: int) -> tuple[Samples, Samples]:
    """Least and greatest sample of each of so many stretches, as parts of the loudest."""
    loudest = max(float(np.abs(audio).max()), 1e-6)
    parts = np.array_split(audio / loudest, min(columns, len(audio)))
    return np.array([part.min() for part in parts]), np.array([part.max() for part in parts])
