"""Where the data files are that come with the program."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The folder `assets` or `characters`: beside `runtime` in a checkout, inside it once installed.

    The installed place is tried first, because a folder called `assets` beside an installed package
    may belong to any other.
    """
    for folder in (_HERE / "_bundled" / name, _HERE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the program came without its folder `{name}`; install it again")
