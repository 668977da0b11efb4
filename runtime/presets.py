"""Whole sets of settings by name: `assets/presets/<name>.toml`, under what the user's own file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from runtime.bundled import bundled
from runtime.registry import BadSettings


def names() -> list[str]:
    """Those that come along."""
    return sorted(file.stem for file in (bundled("assets") / "presets").glob("*.toml"))


def read(name: str) -> dict[str, Any]:
    """The settings of one. Raises BadSettings for a name that none has."""
    if name not in names():
        raise BadSettings(f"there is no preset {name!r}; there are {', '.join(names())}")
    file = bundled("assets") / "presets" / f"{name}.toml"
    return dict(msgspec.toml.decode(file.read_bytes(), type=dict[str, Any]))


def under(preset: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The preset with what is `given` on top, tables field by field.

    A table that names another engine takes the place of the preset's: options of one mean nothing to another.
    """
    merged = dict(preset)
    for name, value in given.items():
        below = merged.get(name)
        merged[name] = _table(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _table(below: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    other = "engine" in given and given["engine"] != below.get("engine")
    return given if other else {**below, **given}
