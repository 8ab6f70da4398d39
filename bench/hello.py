"""Hello world in every language: HTTP round trip against bare fork and exec, in turns.

See bench/README.md. Prints a table in Markdown.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from runtimes.manifest import Manifest, expand_command, load_manifests, standard
from runtimes.store import DEFAULT_STATE, Store

_CLIENTS = 16
_MIB = 1 << 20
# Sets the root up as a jail does, then runs this file's ``serve_bare`` in it.
_ENTER = """
set -eu
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work root upper/box
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" root
mount -t proc proc root/proc; mount --rbind /dev root/dev
shift 2; exec "$@"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("RUNJAIL_KEY"))
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--seconds", type=float, default=8, help="for each language and number of clients")
    parser.add_argument("--only", help="languages, separated by commas")
    parser.add_argument("--serve-bare", nargs=2, metavar=("ROOT", "JOB"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_bare:
        return serve_bare(options.serve_bare[0], json.loads(options.serve_bare[1]))
    if not options.key:
        parser.error("no key: set RUNJAIL_KEY")
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, Python {platform.python_version()}\n"
    )
    print("| language | bare ms | HTTP ms | ratio | bare/s, 16 | HTTP/s, 16 | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, manifest in standard(load_manifests()).items():
        if not options.only or manifest.language in options.only.split(","):
            print(measure(name, manifest, options), flush=True)


def measure(name: str, manifest: Manifest, options: argparse.Namespace) -> str:
    hello = next(test for test in manifest.self_tests if test.name == "hello")
    runtime = Store(options.state).read_runtime(name)
    assert runtime, f"{name} is not built"
    body = {"language": manifest.language, "version": runtime.version, "files": files_body(hello.files)}
    lower = ":".join(str(options.state / "layers" / layer) for layer in runtime.layers)
    headers = {"Authorization": f"Bearer {options.key}"}
    with (
        httpx.Client(base_url=options.url, headers=headers, timeout=120) as client,
        bare_server(manifest, lower) as bare,
    ):

        def over_http() -> float:
            started = time.perf_counter()
            answer = client.post("/v1/execute", json=body)
            elapsed = time.perf_counter() - started
            assert answer.json()["run"]["stdout"] == hello.expect.stdout, answer.text
            return elapsed

        pairs = take_turns(over_http, lambda: bare("1"), options.seconds)
        http_ms, bare_ms = (statistics.median(samples) * 1000 for samples in zip(*pairs, strict=True))
        rates = take_turns(lambda: rate(over_http, options.seconds / 4), lambda: bare(f"rate {options.seconds / 4}"), 0)
        http_rate, bare_rate = (statistics.median(samples) for samples in zip(*rates, strict=True))
    return (
        f"| {manifest.language} {runtime.version} | {bare_ms:.1f} | {http_ms:.1f} | {http_ms / bare_ms:.2f} "
        f"| {bare_rate:.1f} | {http_rate:.1f} | {http_rate / bare_rate:.2f} |"
    )


def take_turns(first: Callable[[], float], second: Callable[[], float], seconds: float) -> list[tuple[float, float]]:
    """Samples of both, one after the other, so that a busy moment hits both; the first pair warms up."""
    first(), second()
    ends = time.monotonic() + seconds
    samples = [(first(), second())]
    while time.monotonic() < ends or len(samples) < 2:
        samples.append((first(), second()))
    return samples


def rate(execute: Callable[[], object], seconds: float) -> float:
    """Executions a second with 16 clients that never pause."""
    ends = time.monotonic() + seconds

    def keep_going(_: int) -> int:
        count = 0
        while time.monotonic() < ends:
            execute()
            count += 1
        return count

    started = time.monotonic()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        count = sum(pool.map(keep_going, range(_CLIENTS)))
    return count / (time.monotonic() - started)


@contextmanager
def bare_server(manifest: Manifest, lower: str) -> Iterator[Callable[[str], float]]:
    hello = next(test for test in manifest.self_tests if test.name == "hello")
    stages = [stage for stage in (manifest.compile, manifest.run) if stage]
    job = {
        "files": hello.files,
        "commands": [expand_command(stage.command, list(hello.files), [], 512 * _MIB) for stage in stages],
        "environment": {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": "/box",
            "LANG": "C.UTF-8",
            **manifest.environment,
        },
    }
    scratch = subprocess.check_output(["mktemp", "-d"], text=True).strip()
    process = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, "sh", scratch, lower,
         sys.executable, __file__, "--serve-bare", f"{scratch}/root", json.dumps(job)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout

    def ask(question: str) -> float:
        stdin.write(question + "\n")
        stdin.flush()
        return float(stdout.readline())

    try:
        yield ask
    finally:
        stdin.close()
        process.wait()
        os.rmdir(scratch)


def serve_bare(root: str, job: dict[str, object]) -> None:
    """In the chroot: run the commands as asked, and answer with seconds, or with a rate."""
    os.chroot(root)
    for line in sys.stdin:
        word, _, seconds = line.partition(" ")
        print(rate(lambda: run_bare(job), float(seconds)) if word == "rate" else run_bare(job), flush=True)


def run_bare(job: dict) -> float:  # type: ignore[type-arg]  # JSON
    folder = f"/box/{time.monotonic_ns()}"
    os.mkdir(folder)
    for name, content in job["files"].items():
        Path(folder, name).write_text(content)
    started = time.perf_counter()
    for command in job["commands"]:
        subprocess.run(
            command, cwd=folder, env=job["environment"], stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
    elapsed = time.perf_counter() - started
    for name in os.listdir(folder):
        os.unlink(f"{folder}/{name}")
    os.rmdir(folder)
    return elapsed


def files_body(files: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "content": content} for name, content in files.items()]


if __name__ == "__main__":
    main()
