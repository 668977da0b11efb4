"""Which characters' files changed. Only looks at names, sizes and times; about 200 files take 2 ms."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

EVERY = 1.0
"""Seconds between looks: a designer who saves and turns to the game takes longer."""

FILES = ("character.toml", "story.toml", "adapter.gguf")
"""What is read of a character beside its knowledge."""

Snapshot: TypeAlias = Mapping[str, Mapping[str, tuple[int, int]]]
"""Id -> file -> nanoseconds of its last change and bytes."""


def seen(folder: Path) -> Snapshot:
    """What is there now. A folder without `character.toml` is none; what vanishes meanwhile is not there."""
    return {id: files for id in _folders(folder) if FILES[0] in (files := _files(folder / id))}


def changed(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """The ids of those that came, went or are different. Pure."""
    return frozenset(id for id in {*before, *after} if before.get(id) != after.get(id))


async def watch(
    folder: Path,
    call: Callable[[frozenset[str]], Awaitable[None]],
    every: float = EVERY,
    before: Snapshot | None = None,
) -> None:
    """Call with the ids that changed since the last look, for ever; may be cancelled at any time.

    The first look only learns what is there, unless `before` says what is known already.
    """
    known = await asyncio.to_thread(seen, folder) if before is None else before
    while True:
        await asyncio.sleep(every)
        now = await asyncio.to_thread(seen, folder)
        if ids := changed(known, now):
            await call(ids)
        known = now


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    names = [*FILES, *_notes(folder / "knowledge")]
    return {name: at for name in names if (at := _at(folder / name)) is not None}


def _notes(folder: Path) -> list[str]:
    try:
        return [f"knowledge/{name}" for name in sorted(os.listdir(folder)) if name.endswith(".md")]
    except OSError:
        return []


def _at(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
