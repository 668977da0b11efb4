"""One process of a bake: engines loaded at the first line, lines made and put in their place."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from runtime.bake import store
from runtime.bake.animate import Studio
from runtime.bake.items import Item
from runtime.flow import settle
from runtime.registry import Choice, Context


@dataclass(frozen=True)
class Job:
    """What all lines of a bake have in common."""

    out: Path
    recipe: store.Recipe
    voice: Choice | None
    """What speaks; None where nothing is spoken."""
    face: Choice
    context: Context


def begin() -> None:
    """Set up a process of the pool: the one that began it decides when to end, and this one ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.join,), daemon=True).start()


def bake(item: Item, job: Job) -> float:
    """Make one line; its seconds. Raises BadLines, or what an engine raises."""
    recipe = job.recipe
    made = studio(job).perform(item, recipe.voice, recipe.fps, recipe.face)
    store.keep(job.out, item, recipe, made)
    return made.seconds


def here(item: Item, job: Job) -> Future[float]:
    """The same in the process that asks."""
    future: Future[float] = Future()
    settle(future, partial(bake, item, job))
    return future


def studio(job: Job) -> Studio:
    """The engines of a job, loaded once in a process. Raises BadSettings, MissingModel."""
    key = (job.voice.key if job.voice else None, job.face.key)
    if key not in _studios:
        _studios[key] = Studio(job.voice.open(job.context) if job.voice else None, job.face.open(job.context))
    return _studios[key]


_studios: dict[tuple[object, object], Studio] = {}


def _end_with(parent_ends: object) -> None:
    assert callable(parent_ends)
    parent_ends()
    os._exit(1)  # nobody is left to tell; what is unfinished lies aside and is swept
