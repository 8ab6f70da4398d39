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

import httpx

from bench.bare import other_side, rate
from runtimes.manifest import Manifest, load_manifests, standard
from runtimes.store import DEFAULT_STATE, Store

CLIENTS = (1, 4, 16, 64)
_COMMENT = {"python": "#", "ruby": "#", "bash": "#"}  # in the others it is //
_numbers = itertools.count(time.monotonic_ns())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("RUNJAIL_KEY"))
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--seconds", type=float, default=8, help="for each row of a table")
    parser.add_argument("--only", help="languages, separated by commas")
    options = parser.parse_args()
    if not options.key:
        parser.error("no key: set RUNJAIL_KEY")
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, Python {platform.python_version()}\n"
    )
    wanted = {
        name: manifest
        for name, manifest in standard(load_manifests()).items()
        if not options.only or manifest.language in options.only.split(",")
    }
    print("| language | bare ms | bwrap | HTTP | ratio | not started before | compiled before |")
    print("|---|---|---|---|---|---|---|")
    for name, manifest in wanted.items():
        print(latency(name, manifest, options), flush=True)
    print("\n| language | clients | p50 ms | p99 ms | HTTP/s | bare/s | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, manifest in wanted.items():
        if manifest.compile is None or options.only:
            for row in throughput(name, manifest, options):
                print(row, flush=True)


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
        limits = httpx.Limits(max_connections=max(CLIENTS))
        headers = {"Authorization": f"Bearer {options.key}"}
        self.client = httpx.Client(base_url=options.url, headers=headers, timeout=120, limits=limits)

    def over_http(self, *, anew: bool = True, renamed: bool = False, **fields: Any) -> float:
        """Seconds of one execution; ``anew``: with a source that was not there before, ``renamed``: of another name."""
        files = {f"other{Path(n).suffix}" if renamed else n: content for n, content in self.hello.files.items()}
        if anew:
            name, mark = next(iter(files)), _COMMENT.get(self.manifest.language, "//")
            files[name] += f"\n{mark} {next(_numbers)}\n"
        body = {**self.body, "files": [{"name": n, "content": c} for n, c in files.items()], **fields}
        content = json.dumps(body).encode()
        started = time.perf_counter()
        answer = self.client.post("/v1/execute", content=content, headers={"Content-Type": "application/json"})
        elapsed = time.perf_counter() - started
        assert answer.json()["run"]["stdout"] == self.hello.expect.stdout, answer.text
        return elapsed


def latency(name: str, manifest: Manifest, options: argparse.Namespace) -> str:
    """A row of medians, of samples taken in turns, so that a busy moment hits all."""
    bench = Bench(name, manifest, options)
    with ExitStack() as stack, bench.client:
        ways: dict[str, Callable[[], float]] = {"HTTP": bench.over_http}
        for kind in ("bare", "bwrap"):
            if kind == "bare" or shutil.which(kind):
                ask = stack.enter_context(other_side(kind, manifest, bench.lower, bench.hello.files))
                ways[kind] = lambda ask=ask: ask("once")  # type: ignore[misc]  # a default is no argument
        if manifest.warm_mode == "started":
            ways["cold"] = lambda: bench.over_http(renamed=True)
        if manifest.warm_mode == "exercised" and manifest.compile:
            limit = manifest.compile.limits.memory_bytes - 1
            ways["cold"] = lambda: bench.over_http(compile_memory_limit=limit)
        if manifest.compile:
            ways["cached"] = lambda: bench.over_http(anew=False)
        samples: dict[str, list[float]] = {way: [] for way in ways}
        ends = time.monotonic() + options.seconds
        for turn in itertools.count():
            for way, execute in ways.items():
                time.sleep(0.05)  # a client that thinks, and a pool that is filled
                took = execute()
                if turn:  # the first ones warm up
                    samples[way].append(took)
            if turn > 2 and time.monotonic() > ends:
                break
    medians = {way: statistics.median(taken) * 1000 for way, taken in samples.items()}
    told = {way: f"{medians[way]:.1f}" if way in medians else "" for way in ("bare", "bwrap", "HTTP", "cold", "cached")}
    ratio = medians["HTTP"] / medians["bare"]
    return f"| {bench.label} | {told['bare']} | {told['bwrap']} | {told['HTTP']} | {ratio:.2f} | {told['cold']} | {told['cached']} |"


def throughput(name: str, manifest: Manifest, options: argparse.Namespace) -> list[str]:
    """A row for each number of clients that never pause."""
    rows = []
    bench = Bench(name, manifest, options)
    with bench.client, other_side("bare", manifest, bench.lower, bench.hello.files) as ask:
        for clients in CLIENTS:
            taken: list[float] = []
            rate(bench.over_http, clients, options.seconds / 8)  # the pool follows
            bare = ask(f"rate {clients} {options.seconds / 2}")
            http = rate(lambda taken=taken: taken.append(bench.over_http()), clients, options.seconds / 2)  # type: ignore[misc]  # the same
            taken.sort()
            p50, p99 = (1000 * taken[len(taken) * percent // 100] for percent in (50, 99))
            rows.append(
                f"| {bench.label} | {clients} | {p50:.1f} | {p99:.1f} | {http:.1f} | {bare:.1f} | {http / bare:.2f} |"
            )
    return rows


if __name__ == "__main__":
    main()
