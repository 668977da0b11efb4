"""Writes the heads: `python -m clients.head [--only NAME] [--out FOLDER]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from clients.head.build import model
from clients.head.looks import LOOKS

ASSETS = Path(__file__).parents[2] / "assets" / "head"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m clients.head", description=__doc__)
    options.add_argument("--only", choices=LOOKS, help="one character instead of all")
    options.add_argument("--out", type=Path, default=ASSETS, help="folder (default: assets/head)")
    asked = options.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in [asked.only] if asked.only else LOOKS:
        (asked.out / f"{name}.glb").write_bytes(model(name))


if __name__ == "__main__":
    main()
