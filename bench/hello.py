"""Hello world in every language, over HTTP and without Runjail, in turns; see bench/README.md. Prints Markdown."""

import argparse
import itertools
import json
import os
import platform
import shutil
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.bare import other_side, rate
from bench.client import Client
from bench.report import Report, percentiles
from runtimes.manifest import Manifest, load_manifests, standard
from runtimes.store import DEFAULT_STATE, Store

CLIENTS = (1, 4, 16, 64)
WAYS = ("bare", "bwrap", "crun", "HTTP", "not started before", "compiled before")
_COMMENT = {"python": "#", "ruby": "#", "bash": "#"}  # in the others it is //
_THINKING_S = 0.05
_numbers = itertools.count(time.monotonic_ns())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("RUNJAIL_KEY"))
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--seconds", type=float, default=8, help="for each row of a table")
    parser.add_argument("--only", help="languages, separated by commas")
    parser.add_argument("--json", type=Path, help="a file for the figures, to be drawn")
    options = parser.parse_args()
    if not options.key:
        parser.error("no key: set RUNJAIL_KEY")
    print(machine())
    wanted = {
        name: manifest
        for name, manifest in standard(load_manifests()).items()
        if not options.only or manifest.language in options.only.split(",")
    }
    report = Report(options.json, machine())
    report.begin("latency, ms", ("language", *WAYS, "HTTP / bare"))
    for name, manifest in wanted.items():
        report.add(*latency(name, manifest, options))
    report.begin(
        "clients that never pause", ("language", "clients", "p50 ms", "p99 ms", "HTTP/s", "bare/s", "HTTP / bare")
    )
    for name, manifest in wanted.items():
        if manifest.compile is None or options.only:
            for row in throughput(name, manifest, options):
                report.add(*row)
    report.end()


def machine() -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, Python {platform.python_version()}"
    )


class Bench:
    """One language's hello world, by every way there is."""

    def __init__(self, name: str, manifest: Manifest, options: argparse.Namespace) -> None:
        self.manifest = manifest
        self.hello = next(test for test in manifest.self_tests if test.name == "hello")
        runtime = Store(options.state).read_runtime(name)
        assert runtime, f"{name} is not built"
        self.label = f"{manifest.language} {runtime.version}"
        self.lower = ":".join(str(options.state / "layers" / layer) for layer in runtime.layers)
        self.body = {"language": manifest.language, "version": runtime.version}
        self.client = Client(options.url, options.key)

    def over_http(self, *, anew: bool = True, renamed: bool = False, **fields: Any) -> float:
        """Seconds of one execution; ``anew``: with a source that was not there before, ``renamed``: of another name."""
        files = {f"other{Path(n).suffix}" if renamed else n: content for n, content in self.hello.files.items()}
        if anew:
            name, mark = next(iter(files)), _COMMENT.get(self.manifest.language, "//")
            files[name] += f"\n{mark} {next(_numbers)}\n"
        body = {**self.body, "files": [{"name": n, "content": c} for n, c in files.items()], **fields}
        content = json.dumps(body).encode()
        started = time.perf_counter()
        answer = self.client.execute(content)
        elapsed = time.perf_counter() - started
        assert answer["run"]["stdout"] == self.hello.expect.stdout, answer
        return elapsed

    def ways(self, stack: ExitStack) -> dict[str, Callable[[], float]]:
        """What to compare."""
        manifest = self.manifest
        ways: dict[str, Callable[[], float]] = {"HTTP": self.over_http}
        for kind in ("bare", "bwrap", "crun"):
            if kind == "bare" or shutil.which(kind):
                ask = stack.enter_context(other_side(kind, manifest, self.lower, self.hello.files))
                ways[kind] = lambda ask=ask: ask("once")  # type: ignore[misc]  # a default is no argument
        warm = (manifest.compile or manifest.run).warm
        if warm and warm.mode == "started":
            ways["not started before"] = lambda: self.over_http(renamed=True)
        if warm and warm.mode == "exercised" and manifest.compile:
            limit = manifest.compile.limits.memory_bytes - 1
            ways["not started before"] = lambda: self.over_http(compile_memory_limit=limit)
        if manifest.compile:
            ways["compiled before"] = lambda: self.over_http(anew=False)
        return ways


def latency(name: str, manifest: Manifest, options: argparse.Namespace) -> list[Any]:
    """A row of medians in ms, of samples taken in turns, so that a busy moment hits all."""
    bench = Bench(name, manifest, options)
    with ExitStack() as stack:
        ways = bench.ways(stack)
        samples: dict[str, list[float]] = {way: [] for way in ways}
        ends = time.monotonic() + options.seconds
        for turn in itertools.count():
            for way, execute in ways.items():
                time.sleep(_THINKING_S)  # a client that thinks, and a pool that is filled
                took = execute()
                if turn:  # the first ones warm up
                    samples[way].append(took)
            if turn > 2 and time.monotonic() > ends:
                break
    medians = {way: statistics.median(taken) * 1000 for way, taken in samples.items()}
    return [bench.label, *(medians.get(way) for way in WAYS), medians["HTTP"] / medians["bare"]]


def throughput(name: str, manifest: Manifest, options: argparse.Namespace) -> list[list[Any]]:
    """A row for each number of clients that never pause."""
    rows = []
    bench = Bench(name, manifest, options)
    with other_side("bare", manifest, bench.lower, bench.hello.files) as ask:
        for clients in CLIENTS:
            taken: list[float] = []
            rate(bench.over_http, clients, options.seconds / 8)  # the pool follows
            bare = ask(f"rate {clients} {options.seconds / 2}")
            http = rate(lambda taken=taken: taken.append(bench.over_http()), clients, options.seconds / 2)  # type: ignore[misc]  # the same
            p50, p99 = (1000 * seconds for seconds in percentiles(taken))
            rows.append([bench.label, clients, p50, p99, http, bare, http / bare])
    return rows


if __name__ == "__main__":
    main()
