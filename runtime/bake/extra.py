"""Packages that only pictures, plots and videos need; they come with the extra `bake`."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


class MissingExtra(Exception):
    """A package that is not installed; says which, and what to install."""


def need(module: str) -> ModuleType:
    """Import `module` of the extra. Raises MissingExtra."""
    try:
        return import_module(module)
    except ImportError as error:
        package = {"PIL": "pillow"}.get(module.partition(".")[0], module.partition(".")[0])
        raise MissingExtra(
            f"this needs the package `{package}`: install it with `pip install 'townsfolk[bake]'`"
        ) from error
