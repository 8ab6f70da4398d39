"""Draw docs/performance*.svg from what hello.py and scale.py wrote. Needs matplotlib, and nothing of Runjail."""

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import ScalarFormatter

_COLOURS = {"bare": "#8a8f98", "bwrap": "#b9a27c", "crun": "#c98686", "HTTP": "#2f6fb0", "compiled before": "#7fb3dd"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hello", type=Path)
    parser.add_argument("scale", type=Path)
    parser.add_argument("--to", type=Path, default=Path("docs"))
    options = parser.parse_args()
    mpl.rcParams.update(
        {"svg.hashsalt": "runjail", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    )
    latencies, clients = json.loads(options.hello.read_text())["tables"]
    jails, output = json.loads(options.scale.read_text())["tables"]
    save(draw_latencies(latencies), options.to / "performance-latency.svg")
    save(draw_clients(clients), options.to / "performance-clients.svg")
    save(draw_scale(jails, output), options.to / "performance-scale.svg")


def column(table: dict[str, Any], heading: str) -> list[Any]:
    place = table["headings"].index(heading)
    return [row[place] for row in table["rows"]]


def draw_latencies(table: dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(8, 6.5))
    languages = column(table, "language")
    height = 0.8 / len(_COLOURS)
    for index, (way, colour) in enumerate(_COLOURS.items()):
        at = [place + (index - 2) * height for place in range(len(languages))]
        axes.barh(at, [value or 0 for value in column(table, way)], height, label=way, color=colour)
    axes.set_yticks(range(len(languages)), languages)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set_xlabel("hello world, from request to answer or from spawn to exit: median, ms")
    axes.legend(loc="lower right")
    return figure


def draw_clients(table: dict[str, Any]) -> Any:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    for language in dict.fromkeys(column(table, "language")):
        rows = [row for row in table["rows"] if row[0] == language]
        clients = [row[1] for row in rows]
        left.plot(clients, [row[2] for row in rows], marker="o", label=language)
        right.plot(clients, [row[6] for row in rows], marker="o", label=language)
    right.axhline(1, color="#8a8f98", linewidth=0.8)
    for axes, label in ((left, "median, ms"), (right, "executions a second / bare")):
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.set_xlabel("clients that never pause")
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
    left.legend()
    return figure


def draw_scale(jails: dict[str, Any], output: dict[str, Any]) -> Any:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
    left.plot(column(jails, "jails"), column(jails, "bash p50 ms"), marker="o")
    left.set_xlabel("jails that wait")
    right.plot(column(output, "bytes"), column(output, "python p50 ms"), marker="o")
    right.set_xlabel("bytes of output")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.set_ylabel("median, ms")
        axes.set_ylim(bottom=0)
    return figure


def save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
