"""Where the memory file lies."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

USER = "user"
"""The setting that stands for the user's own data folder."""


def memory_file(
    setting: str, environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Path | None:
    """The file for a setting: none for "", the user's own for "user", else a file by its name."""
    if not setting:
        return None
    if setting == USER:
        return _data(environment, platform) / "memory.db"
    return Path(setting).expanduser()


def _data(environment: Mapping[str, str], platform: str) -> Path:
    """By the XDG Base Directory Specification, Apple's File System guide and Windows' known folders."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Townsfolk"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Townsfolk"
    xdg = environment.get("XDG_DATA_HOME", "")
    # A relative one is invalid by the specification and has to be ignored.
    return (Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".local" / "share") / "townsfolk"
