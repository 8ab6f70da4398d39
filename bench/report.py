"""Tables of figures: printed as Markdown while they come, and kept as JSON for who draws them."""

import json
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class Report:
    """Some tables, one after the other; with a path, ``end`` writes them all to it."""

    def __init__(self, path: Path | None, machine: str) -> None:
        self._path = path
        self._machine = machine
        self._tables: list[dict[str, Any]] = []

    def begin(self, title: str, headings: Sequence[str]) -> None:
        self._tables.append({"title": title, "headings": list(headings), "rows": []})
        print(f"\n{title}\n\n| {' | '.join(headings)} |\n|{'---|' * len(headings)}", flush=True)

    def add(self, *cells: Any) -> None:
        """One row; None: there is no such figure."""
        self._tables[-1]["rows"].append(cells)
        print(f"| {' | '.join(map(_told, cells))} |", flush=True)

    def end(self) -> None:
        if self._path:
            self._path.write_text(json.dumps({"machine": self._machine, "tables": self._tables}, indent=1) + "\n")


def percentiles(values: Iterable[float]) -> tuple[float, float]:
    """The median and the 99th."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[len(ordered) * 99 // 100]


def _told(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}" if cell < 10 else f"{cell:.1f}"
    return "" if cell is None else str(cell)
