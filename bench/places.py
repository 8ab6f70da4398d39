"""How many executions a processor should do at once: rate and times by ``max_running``, for programs of some kinds.

Starts services of its own, one after the other; needs root. The clients are on the same processors.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

from bench.bare import rate
from bench.client import Client
from bench.hello import machine
from bench.report import Report, percentiles
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
            "bench", options.state, max_running=places, max_queued=2 * clients, runtimes=["python"]
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
    taken_ms: list[float] = []
    runs: list[dict[str, Any]] = []

    def execute() -> None:
        started = time.monotonic()
        run = client.execute(body)["run"]
        assert run["status"] == "ok", run
        taken_ms.append(1000 * (time.monotonic() - started))
        runs.append(run)

    per_second = rate(execute, clients, seconds)
    stretch = statistics.median(run["time_ms"] / run["cpu_ms"] for run in runs)
    return per_second, *percentiles(taken_ms), *percentiles(run["time_ms"] for run in runs), stretch


if __name__ == "__main__":
    main()
