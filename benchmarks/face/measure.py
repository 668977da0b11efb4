"""`python -m benchmarks face`: every mouth that can run here, on every clip that is here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from rich.console import Console

from benchmarks.face import cost, recordings, robust, sides, synthetic
from benchmarks.face.clips import Clip
from benchmarks.face.judge import Figure, Judgement, judge
from benchmarks.face.peers import environment
from benchmarks.report import Cell, Report

console = Console(stderr=True)


async def measure(sentences: int = 6, peers: bool = False, minutes: float = 1.0) -> list[Report]:
    """`sentences` of each synthetic voice and all recordings, with `peers` beside them if wanted.

    The check for drift runs for `minutes` of audio. Raises RuntimeError where peers cannot be installed.
    """
    return await asyncio.to_thread(_measure, sentences, peers, minutes)


def _measure(sentences: int, peers: bool, minutes: float) -> list[Report]:
    if peers:
        environment.install()
    engine = sides.network()
    systems = [*sides.ours(engine), *(sides.peers() if peers else [])]
    real, unheard = recordings.clips()
    made, silent = synthetic.clips(sentences)
    for name in [*unheard, *silent]:
        console.print(f"  not here, left out: {name}", style="dim")
    reports = [*_tables("real talkers", systems, real), *_tables("synthetic voices", systems, made)]
    if engine is not None:
        longest = max(real or made, key=lambda clip: clip.seconds)
        reports += [robust.report(engine, longest, minutes), cost.report(engine, longest)]
        engine.close()
    notes = Report("Who they are")
    for side in systems:
        notes.add(system=side.name, how=side.note)
    return [*reports, notes]


def _tables(title: str, systems: Sequence[sides.Side], clips: Sequence[Clip]) -> list[Report]:
    if not clips:
        return []
    true = sum(clip.truth is not None for clip in clips)
    seconds = sum(clip.seconds for clip in clips)
    follows = Report(f"Following {title}: {true} clips with a true mouth")
    rests = Report(f"Lips that meet and rest, {title}: {len(clips)} clips, {seconds:.0f} s")
    for side in systems:
        began = time.perf_counter()
        mouths = side.mouths(clips)
        took = time.perf_counter() - began
        if mouths is None:
            console.print(f"  needs Node, left out: {side.name}", style="dim")
            continue
        found = judge(clips, mouths)
        if true:
            follows.add(system=side.name, **_followed(found))
        rests.add(system=side.name, **_rested(found), work_share_of_real_time=round(took / seconds, 4))
    return [report for report in (follows, rests) if report.rows]


def _followed(found: Judgement) -> dict[str, Cell]:
    return {
        "gap_r": _value(found.gap),
        "gap_95": _interval(found.gap),
        "width_r": _value(found.width),
        "protrusion_r": _value(found.protrusion),
        "beyond_loudness": _value(found.beyond_loudness),
        "shifted_r": _value(found.control),
        "lag_ms": round(found.lag_ms.value),
        "speed": _value(found.velocity),
    }


def _rested(found: Judgement) -> dict[str, Cell]:
    return {
        "pbm_closed": _value(found.closed),
        "closed_95": _interval(found.closed),
        "closed_elsewhere": _value(found.closed_anywhere),
        "low_vowels_open": _value(found.opened),
        "unrest": _value(found.unrest),
        "ajar": _value(found.ajar),
        "above_12_Hz": _value(found.fast),
    }


def _value(figure: Figure) -> float:
    return round(figure.value, 2)


def _interval(figure: Figure) -> str:
    return f"{figure.low:.2f} to {figure.high:.2f}"
