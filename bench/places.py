"""How many executions a processor should do at once: rate and times by ``max_running``, for programs of some kinds.

Starts services of its own, one after the other; needs root. The clients are on the same processors.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.client import Client
from bench.hello import machine
from bench.report import Report
from runtimes.store import DEFAULT_STATE
from tests.running import wait_settled
from tests.service import Service

_EACH = (1, 2, 4, 8)  # places for each processor
_CLIENTS = 16  # for each processor, so that somebody waits for every place
_COMPUTE = "import time\nwhile time.process_time() < {}: pass\n"
_PROGRAMS = {
    "next to nothing": "print('hello')",
    "computes 200 ms": _COMPUTE.format(0.2),
    "waits 150 ms, computes 50": "import time; time.sleep(0.15)\n" + _COMPUTE.format(0.05),
    "waits 200 ms": "import time; time.sleep(0.2)",
}
_PATIENCE_S = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--seconds", type=float, default=15, help="for each row")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    processors = len(os.sched_getaffinity(0))
    report = Report(options.json, machine())
    print(machine())
    headings = (
        "a processor",
        "program",
        "/s",
        "answer p50 ms",
        "p99 ms",
        "its wall time p50 ms",
        "p99 ms",
        "wall / CPU time",
    )
    report.begin(f"executions at once, {_CLIENTS * processors} clients", headings)
    for each in _EACH:
        places, clients = each * processors, _CLIENTS * processors
        with Service.start(
            "bench", options.state, max_running=places, max_queued=clients, runtimes=["python"]
        ) as service:
            wait_settled(service, _PATIENCE_S)
            client = Client(service.url, service.keys["execute"])
            for name, code in _PROGRAMS.items():
                body = json.dumps({"language": "python", "code": code}).encode()
                asked(client, body, clients, options.seconds / 4)  # the pool follows
                report.add(each, name, *asked(client, body, clients, options.seconds))
    report.end()


def asked(client: Client, body: bytes, clients: int, seconds: float) -> tuple[float, ...]:
    """Executions a second; median and 99th percentile in ms of answers and of programs; what wall time is of CPU time."""
    ends = time.monotonic() + seconds

    def keep_going(_: int) -> list[tuple[float, dict[str, Any]]]:
        runs = []
        while (started := time.monotonic()) < ends:
            run = client.execute(body)["run"]
            assert run["status"] == "ok", run
            runs.append((1000 * (time.monotonic() - started), run))
        return runs

    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        runs = [run for of_client in pool.map(keep_going, range(clients)) for run in of_client]
    rate = len(runs) / (time.monotonic() - started)
    stretch = statistics.median(run["time_ms"] / run["cpu_ms"] for _, run in runs)
    return rate, *_percentiles(taken for taken, _ in runs), *_percentiles(run["time_ms"] for _, run in runs), stretch


def _percentiles(values: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[len(ordered) * 99 // 100]


if __name__ == "__main__":
    main()
