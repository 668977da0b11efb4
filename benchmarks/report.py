"""Tables of figures, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.table import Table

Cell = str | float | int


@dataclass
class Report:
    """One table: its rows are also what --json prints."""

    title: str
    rows: list[dict[str, Cell]] = field(default_factory=list)

    def add(self, **cells: Cell) -> None:
        """One row; all rows have the same columns."""
        self.rows.append(cells)

    def print(self) -> None:
        """For people."""
        table = Table(title=self.title, title_justify="left", box=None, header_style="bold")
        for column in self.rows[0] if self.rows else ():
            number = isinstance(self.rows[0][column], int | float)
            table.add_column(column.replace("_", " "), justify="right" if number else "left")
        for row in self.rows:
            table.add_row(
                *(f"{cell:,.4g}" if isinstance(cell, float) else str(cell) for cell in row.values())
            )
        Console().print(table, "")


def spread(values: Sequence[float]) -> dict[str, Cell]:
    """Median, 90th percentile and extremes, rounded."""
    p50, p90 = np.percentile(values, [50, 90]) if values else (float("nan"),) * 2
    low, high = (min(values), max(values)) if values else (float("nan"),) * 2
    return {k: round(float(v), 1) for k, v in {"p50": p50, "p90": p90, "min": low, "max": high}.items()}


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Edits between two texts in words (Levenshtein), and the words of the first."""
    a, b = _words(said), _words(heard)
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1], len(a)


def error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Word error rate over pairs of (said, heard), as a share."""
    edits, words = np.sum([word_errors(said, heard) for said, heard in pairs], axis=0)
    return float(edits / max(1, words))


def _words(text: str) -> list[str]:
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in text.lower().replace("’", "'"))
    return kept.split()
