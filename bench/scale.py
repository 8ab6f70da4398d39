"""What a service costs as it grows tenfold: jails that wait, bytes of output. Starts services of its own; needs root."""

import argparse
import json
import statistics
import time
from pathlib import Path

from bench.client import Client
from bench.hello import machine
from bench.report import Report, percentiles
from runtimes.store import DEFAULT_STATE
from tests.host import leaves, members, open_fds, rss_kb
from tests.running import wait_settled
from tests.service import Service

_EACH = (1, 8, 83)  # jails of twelve runtimes: a dozen, a hundred, a thousand
_OUTPUT_BYTES = (100, 1_000, 10_000, 100_000, 1_000_000)
_SAMPLES = 100
_THINKING_S = 0.05
_PATIENCE_S = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--json", type=Path, help="a file for the figures, to be drawn")
    options = parser.parse_args()
    report = Report(options.json, machine())
    print(machine())
    headings = (
        "jails",
        "bash p50 ms",
        "p99 ms",
        "jail MB",
        "supervisor MB",
        "descriptors",
        "processes",
        "cgroups",
        "filled s",
    )
    report.begin("jails that wait, ready", headings)
    for each in _EACH:
        report.add(*waiting(options.state, each))
    report.begin("bytes of output", ("bytes", "python p50 ms", "p99 ms"))
    with Service.start("bench", options.state) as service:
        wait_settled(service, _PATIENCE_S)
        for size in _OUTPUT_BYTES:
            report.add(size, *latency(service, "python", f"print('x' * {size - 1})"))
    report.end()


def waiting(state: Path, each: int) -> list[object]:
    """A row for a service with so many jails of every runtime, none of which has a program in it."""
    started = time.monotonic()
    with Service.start("bench", state, warm=False, warm_jails=each) as service:
        wait_settled(service, _PATIENCE_S)
        filled_s = time.monotonic() - started
        assert service.supervisor
        pid, name = service.supervisor.pid, service.cgroup_name
        pools = service.pool()["pools"]
        jail_mb = statistics.median(pool["jail_bytes"] for pool in pools) / 1e6
        costs = [jail_mb, rss_kb(pid) / 1e3, open_fds(pid), len(members(name)), len(leaves(name)), filled_s]
        return [sum(pool["warm"] for pool in pools), *latency(service, "bash", "echo hello"), *costs]


def latency(service: Service, language: str, code: str) -> tuple[float, float]:
    """Median and 99th percentile in ms, of a client that thinks."""
    client, body = (
        Client(service.url, service.keys["execute"]),
        json.dumps({"language": language, "code": code}).encode(),
    )
    taken = []
    for _ in range(_SAMPLES):
        time.sleep(_THINKING_S)
        started = time.perf_counter()
        answer = client.execute(body)
        taken.append((time.perf_counter() - started) * 1000)
        assert answer["run"]["status"] == "ok", answer
    return percentiles(taken)


if __name__ == "__main__":
    main()
