"""`python -m benchmarks perception`: what is recognised of a player, what is made up, and what it costs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks import perception_camera, perception_photos
from benchmarks.perception_deeds import deeds
from benchmarks.perception_tracks import PLACES, Player, Truth, neutral, scripted
from benchmarks.report import Report
from runtime.perception import Noticed, Senses

KINDS = ("nod", "shake", "smile", "gaze", *deeds())
TRACKS, MINUTES = 10, 60.0
"""As many as tell 95 from 97 percent, and 2 false events in 100 minutes from 10."""
_GRACE = 0.8
"""Seconds after something has ended in which it may still be told."""


async def measure(
    tracks: int = TRACKS, minutes: float = MINUTES, face: Path | None = None, photographs: bool = False
) -> list[Report]:
    """All tables; what a camera costs only with a photograph of a `face`, and `photographs` if asked for."""
    reports = [recognised(tracks), invented(minutes)]
    if photographs:
        reports += await asyncio.to_thread(perception_photos.measure)
    return [*reports, *(await perception_camera.measure(face) if face else [])]


def noticed(player: Player) -> list[Noticed]:
    """All that is noticed of a track."""
    senses = Senses("mara")
    senses.place(PLACES)
    found: list[Noticed] = []
    for observed, now in player.frames():
        found += senses.seen(observed, now)
    return found


def matched(truths: Iterable[Truth], found: list[Noticed]) -> tuple[int, int, list[Noticed], list[float]]:
    """How many truths there are, how many were told, what was told beyond them, and seconds until it was."""
    rest = list(found)
    truths, told, waits = list(truths), 0, []
    for truth in truths:
        fits = (one for one in rest if (one.kind, one.what) == (truth.kind, truth.what))
        hit = next((one for one in fits if truth.begin <= one.at <= truth.end + _GRACE), None)
        if hit is not None:
            rest.remove(hit)
            told += 1
            waits.append(hit.at - truth.begin)
    return len(truths), told, [one for one in rest if counts(one)], waits


def counts(one: Noticed) -> bool:
    """Whether it is an error where nothing happened: to look about, and to show nothing, is none."""
    if one.kind == "gaze":
        return one.what in PLACES
    return one.kind == "gesture" or one.what not in (
        "neutral",
        "upright",
        "came",
        "near",
        "across",
        "turned_away",
    )


def recognised(tracks: int) -> Report:
    """Scripted nods, shakes, smiles and looks, by frames a second."""
    report = Report("Recognised of made-up tracks")
    for fps in (15.0, 30.0):
        for kind in KINDS:
            sums = [
                matched((p := scripted(seed, kind, fps=fps)).truths, noticed(p)) for seed in range(tracks)
            ]
            there, told = sum(one[0] for one in sums), sum(one[1] for one in sums)
            extra = sum(len(one[2]) for one in sums)
            waits = [wait for one in sums for wait in one[3]]
            report.add(
                what=kind,
                fps=fps,
                there=there,
                told_percent=round(100 * told / there, 1),
                extra=extra,
                seconds_until=round(float(np.median(waits)), 2) if waits else float("nan"),
            )
    return report


def invented(minutes: float) -> Report:
    """What is told of people who mean nothing by what they do."""
    report = Report("False events in neutral tracks")
    for fps in (15.0, 30.0):
        kinds: Counter[str] = Counter()
        rounds = max(1, round(minutes / 5))
        for seed in range(rounds):
            kinds.update(
                f"{one.kind} {one.what}" for one in noticed(neutral(1000 + seed, 300, fps)) if counts(one)
            )
        total = sum(kinds.values())
        report.add(
            fps=fps,
            minutes=rounds * 5,
            events=total,
            a_minute=round(total / rounds / 5, 3),
            which=", ".join(f"{name} {count}" for name, count in kinds.most_common(4)) or "none",
        )
    return report
