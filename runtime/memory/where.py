"""Where memory lies, a file or a database, and where what can be made again does."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from runtime.memory.sqlite import SqliteStore
from runtime.memory.store import MemoryFailed, Store

USER = "user"
"""The setting that stands for the user's own data folder."""

POSTGRES = ("postgresql://", "postgres://")
"""How the address of a database begins; all else is a file."""


def memory_file(
    setting: str, environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Path | str | None:
    """Where a setting points: None for "", the user's own file for "user", the address of a database as it
    is, else a file by its name."""
    if not setting:
        return None
    if setting.startswith(POSTGRES):
        return setting
    if setting == USER:
        return _data(environment, platform) / "memory.db"
    return Path(setting).expanduser()


def store_at(where: Path | str, make: bool = True) -> Store:
    """The store in a file, or in the database at a `postgresql://` address.

    Tables and files are made where there are none, unless `make` is False. Raises MemoryFailed.
    """
    if isinstance(where, str) and where.startswith(POSTGRES):
        return _database(where, make)
    file = Path(where)
    if not make and not file.is_file():
        raise MemoryFailed(f"nothing is remembered yet: there is no {file}")
    return SqliteStore(file)


def _database(url: str, make: bool) -> Store:
    try:
        from runtime.memory.postgres import PostgresStore  # psycopg is an extra
    except ImportError as error:
        raise MemoryFailed(
            f'memory in PostgreSQL needs psycopg ({error}): pip install "townsfolk[postgres]"'
        ) from error
    return PostgresStore(url, make)


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The folder for what may be thrown away at any time."""
    if platform == "win32":
        return (
            Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Townsfolk" / "Cache"
        )
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Townsfolk"
    xdg = environment.get("XDG_CACHE_HOME", "")
    return (Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".cache") / "townsfolk"


def _data(environment: Mapping[str, str], platform: str) -> Path:
    """By the XDG Base Directory Specification, Apple's File System guide and Windows' known folders."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Townsfolk"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Townsfolk"
    xdg = environment.get("XDG_DATA_HOME", "")
    # A relative one is invalid by the specification and has to be ignored.
    return (Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".local" / "share") / "townsfolk"
