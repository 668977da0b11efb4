"""`townsfolk bake`: a table of lines to files, on all cores, with what is done already left alone."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from runtime.bake import process, store
from runtime.bake.items import BadLines, Item, read
from runtime.bake.process import Job
from runtime.bake.srt import Captions
from runtime.character import Character
from runtime.config import Settings
from runtime.registry import Context, choose
from runtime.routing import own_voice

SLOWEST, FASTEST = 10, 240
"""Frames a second that make sense for a face."""


@dataclass
class Report:
    """What a bake did."""

    baked: int = 0
    kept: int = 0
    """Lines that were there already."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why, for each line that could not be made."""
    seconds: float = 0.0
    """Of sound that was made."""
    took: float = 0.0
    """Seconds of work."""

    @property
    def speed(self) -> float:
        """Seconds of sound made in one second."""
        return self.seconds / self.took if self.took else 0.0


def bake(
    lines: Path,
    character: Character,
    out: Path,
    fps: int = 60,
    jobs: int = 0,
    formats: Collection[str] = store.FORMATS,
    captions: Captions = "phrase",
    again: bool = False,
    settings: Settings | None = None,
    console: Console | None = None,
) -> Report:
    """Bake every line of `lines` (see `items.read`) into `out`, a folder for each.

    Lines that lie there as they would be made now are kept, unless `again`. `jobs` processes work side by
    side; 0 takes one for each core. Voice and face are those of `settings`, the voice the character's own
    where it names one. A line that fails does not stop the others. Raises BadLines, ValueError for an option
    that makes no sense, BadSettings and MissingModel.
    """
    if not SLOWEST <= fps <= FASTEST:
        raise ValueError(f"{fps} frames a second: choose between {SLOWEST} and {FASTEST}")
    items = read(lines)
    job = _job(items, character, out, fps, store.check(formats), captions, settings or Settings())
    out.mkdir(parents=True, exist_ok=True)
    store.sweep(out)
    todo = [item for item in items if again or not store.finished(out, item, job.recipe)]
    if todo:
        process.studio(job)  # what cannot be loaded is said once, and not of every line
    report = Report(kept=len(items) - len(todo))
    started = time.perf_counter()
    with _bar(console or Console()) as bar:
        task = bar.add_task("", total=len(items), completed=report.kept, speed="")
        for item, result in _results(todo, job, min(jobs or _cores(), len(todo))):
            _note(report, item, result)
            report.took = time.perf_counter() - started
            bar.update(task, advance=1, speed=f"{report.speed:.0f} x real time")
    return report


def _job(
    items: Sequence[Item],
    character: Character,
    out: Path,
    fps: int,
    formats: tuple[str, ...],
    captions: Captions,
    settings: Settings,
) -> Job:
    speaker, face = own_voice(character) or settings.engine("voice"), settings.engine("face")
    usual = speaker.key == choose("voice", {}).key and face.key == choose("face", {}).key
    engines = "" if usual else repr((speaker.key, face.key))
    name = speaker.card.name
    recipe = store.Recipe(character.voice, character.face, fps, formats, captions, name, engines)
    speaks = any(item.wav is None for item in items)
    return Job(out, recipe, speaker if speaks else None, face, Context(settings.models, settings.threads))


def _results(todo: Sequence[Item], job: Job, jobs: int) -> Iterator[tuple[Item, Future[float]]]:
    """Each item with how it went, as they get done. One process is this one."""
    if jobs <= 1:
        for item in todo:
            yield item, process.here(item, job)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), process.begin) as pool:
        futures = {pool.submit(process.bake, item, job): item for item in todo}
        try:
            for future in as_completed(futures):
                yield futures[future], future
        finally:
            pool.shutdown(cancel_futures=True)


def _note(report: Report, item: Item, result: Future[float]) -> None:
    error = result.exception()
    if isinstance(error, BrokenProcessPool):
        raise BadLines(
            f"a process of the bake was ended from outside, perhaps for want of memory; {report.baked} lines "
            "are done, and the same command goes on from there (fewer --jobs need less memory)"
        ) from error
    if error is not None:
        report.failed[item.id] = str(error) if isinstance(error, BadLines) else repr(error)
    else:
        report.baked += 1
        report.seconds += result.result()


def _bar(console: Console) -> Progress:
    speed = TextColumn("{task.fields[speed]}")
    return Progress(BarColumn(), MofNCompleteColumn(), speed, TimeRemainingColumn(), console=console)


def _cores() -> int:
    """Those this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1
