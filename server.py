"""The server: `uv run server.py`, then talk to a character at the printed address."""

from __future__ import annotations

import typer

from runtime.cli import serve

if __name__ == "__main__":
    typer.run(serve)
