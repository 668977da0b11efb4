"""Copy src to assets/client, where the server takes it from: `python clients/javascript/publish.py`."""

from __future__ import annotations

import shutil
from pathlib import Path

SOURCE = Path(__file__).parent / "src"
SERVED = Path(__file__).parents[2] / "assets" / "client"


def publish() -> None:
    """Make the served folder equal to the source."""
    shutil.rmtree(SERVED, ignore_errors=True)
    shutil.copytree(SOURCE, SERVED)


if __name__ == "__main__":
    publish()
