"""Reads records from standard input, reports on each, then tries what a program may want of its surroundings."""

import argparse
import asyncio
import hashlib
import heapq
import json
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from lib import expr, text


class Lru:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: OrderedDict[str, int] = OrderedDict()

    def get(self, key: str) -> int | None:
        if key in self.items:
            self.items.move_to_end(key)
        return self.items.get(key)

    def put(self, key: str, value: int) -> str | None:
        self.items[key] = value
        self.items.move_to_end(key)
        return self.items.popitem(last=False)[0] if len(self.items) > self.capacity else None


class Report:
    def __init__(self) -> None:
        self.cache = Lru(20)
        self.vocabulary = text.Vocabulary()
        self.roads: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.unknown: list[int] = []

    def text(self, rest: str) -> str:
        self.vocabulary.add(rest)
        return text.describe(rest)

    def expr(self, rest: str) -> str:
        return expr.calculate(rest)

    def put(self, rest: str) -> str:
        key, value = rest.split()
        return f"evicts {self.cache.put(key, int(value))}"

    def get(self, rest: str) -> str:
        return f"finds {self.cache.get(rest)}"

    def edge(self, rest: str) -> str:
        a, b, weight = rest.split()
        for start, end in ((a, b), (b, a)):
            self.roads[start][end] = min(int(weight), self.roads[start].get(end, 1000))
        return f"{a}-{b}"

    def json(self, rest: str) -> str:
        value = json.loads(rest)
        value["pos"] = list(value["pos"].values())
        canonical = json.dumps(value, sort_keys=True, ensure_ascii=value["id"] % 2 == 0)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16] + " " + value["name"].splitlines()[-1]

    def line(self, number: int, line: str) -> str:
        kind, _, rest = line.partition(" ")
        handler = {"text": self.text, "expr": self.expr, "put": self.put, "get": self.get, "edge": self.edge,
                   "json": self.json}.get(kind)
        if not handler:
            self.unknown.append(number)
            return f"{number} unknown {line!r}"
        return f"{number} {kind} {handler(rest)}"


def shortest(roads: dict[str, dict[str, int]], start: str) -> dict[str, int]:
    known: dict[str, int] = {}
    queue = [(0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        if here in known:
            continue
        known[here] = length
        for there, weight in roads[here].items():
            heapq.heappush(queue, (length + weight, there))
    return known


def count_in_threads(lines: list[str], workers: int) -> str:
    """A queue of chunks, workers that add up under a lock, a condition that tells the end."""
    chunks: Queue[list[str] | None] = Queue(maxsize=2)
    total, running = 0, workers
    changed = threading.Condition()

    def work() -> None:
        nonlocal total, running
        while (chunk := chunks.get()) is not None:
            size = sum(len(line.split()) for line in chunk)
            with changed:
                total += size
        with changed:
            running -= 1
            changed.notify_all()

    for number in range(workers):
        threading.Thread(target=work, name=f"worker-{number}").start()
    for start in range(0, len(lines), 500):
        chunks.put(lines[start:start + 500])
    for _ in range(workers):
        chunks.put(None)
    with changed:
        changed.wait_for(lambda: running == 0)
    return f"{total} words"


def fail_in_pool() -> list[str]:
    def reciprocal(number: int) -> str:
        return f"{1 / number:.3f}"

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(reciprocal, number) for number in (4, 0, 3)]
    return [f"{type(f.exception()).__name__}" if f.exception() else f.result() for f in futures]


async def relay() -> list[str]:
    """A producer, a doubler and a pipe to cat, all tasks of one loop."""
    process = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen: list[str] = []

    async def produce() -> None:
        for number in range(5):
            process.stdin.write(f"ping {number} 🏓\n".encode())
            await process.stdin.drain()
        process.stdin.close()

    async def consume() -> None:
        async for line in process.stdout:
            seen.append(line.decode().strip())

    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        group.create_task(consume())
    seen.append(f"cat left with {await process.wait()}")
    try:
        async with asyncio.timeout(0.02):
            await asyncio.Event().wait()
    except TimeoutError:
        seen.append("an event nobody sets timed out")
    return seen


def factorial_digits(number: int) -> int:
    product = 1
    for factor in range(2, number + 1):
        product *= factor
    return sum(map(int, str(product)))


def in_processes() -> str:
    """Spawn imports this file anew, fork doesn't: both must find the function above."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        spawned = pool.map(factorial_digits, [10, 100, 400])
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=lambda: theirs.send(os.getppid()))
    child.start()
    knows_parent = ours.recv() == os.getpid()
    child.join()
    return f"{spawned} parent={knows_parent} exit={child.exitcode}"


def shell(script: str, **options) -> str:
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, **options)
    return f"{done.returncode} {done.stdout!r} {done.stderr!r}"


def run_children(lines: list[str]) -> list[str]:
    sleeper = subprocess.Popen(["sleep", "60"])
    sleeper.send_signal(signal.SIGTERM)
    sorted_lines = subprocess.run(["sort", "-u"], input="\n".join(lines), capture_output=True, text=True,
                                  env={"LC_ALL": "C", "PATH": os.environ["PATH"]}).stdout
    itself = subprocess.run([sys.executable, __file__, "--child", "ünïcode"], capture_output=True, text=True)
    return [
        shell("tr a-z A-Z | rev 2>/dev/null || exit 3", input="piped\n"),
        shell("echo out; echo err >&2; exit 42"),
        shell("kill -KILL $$"),
        f"sleeper ended by {signal.Signals(-sleeper.wait(5)).name}",
        f"sorted to {len(sorted_lines.splitlines())} lines, {hashlib.sha256(sorted_lines.encode()).hexdigest()[:20]}",
        f"itself: {itself.returncode} {itself.stdout.strip()} {itself.stderr.strip()}",
    ]


def work_with_files() -> list[str]:
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    try:
        first = folder / "naïve 日本.txt"
        first.write_text("one\ntwo\nthree\n", encoding="utf-8")
        first.chmod(0o640)
        (folder / "link").symlink_to(first.name)
        with open(first, "r+b") as file:
            file.seek(4)
            file.write(b"TWO")
            file.seek(-6, os.SEEK_END)
            tail = file.read()
        moved = first.rename(folder / "moved.txt")
        dangling = not (folder / "link").exists() and (folder / "link").is_symlink()
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "zeros").write_bytes(bytes(1 << 20))
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        return [f"{tail!r} {moved.read_text()!r} dangling={dangling} mode={moved.stat().st_mode & 0o777:o}", f"{names}"]
    finally:
        shutil.rmtree(folder)


def refused() -> list[str]:
    """What a program may try and must be told it can't."""
    outcomes = []
    for attempt in (lambda: open("/nowhere/file"), lambda: open("/tmp", "w"), lambda: os.rmdir("lib"),
                    lambda: os.kill(2**22 + 1, 0), lambda: int("٣x"), lambda: b"\xff".decode(), lambda: [].pop()):
        try:
            attempt()
            outcomes.append("allowed")
        except (OSError, ValueError, IndexError) as error:
            outcomes.append(type(error).__name__)
    return outcomes


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--child", action="store_true")
    parser.add_argument("words", nargs="*")
    return parser.parse_args()


def surroundings(options: argparse.Namespace) -> list[str]:
    at_home = Path(os.environ["HOME"]).resolve() == Path.cwd()
    kept = pickle.loads(pickle.dumps(Lru(3)))
    return [
        f"arguments {options.words!r} workers {options.workers}",
        f"greeting {os.environ.get('GREETING')!r} at home {at_home} encoding {sys.stdout.encoding}",
        f"main is {Path(__file__).name} in {Path(sys.path[0]).resolve() == Path.cwd()}, {type(kept).__qualname__} of "
        f"{type(kept).__module__} kept {kept.capacity}",
    ]


def main() -> int:
    options = parse_arguments()
    if options.child:
        print("child says", *(word[::-1] for word in options.words))
        print("and complains", file=sys.stderr)
        return 5
    lines = sys.stdin.buffer.read().decode().split("\n")
    report = Report()
    print(*surroundings(options), sep="\n")
    for number, line in enumerate(lines, 1):
        print(report.line(number, line))
    print(*(f"{word} {count}" for word, count in report.vocabulary.top(30)), sep="\n")
    print(sorted(report.vocabulary.categories.items()))
    print(sorted(shortest(report.roads, "n0").items()))
    print(count_in_threads(lines, options.workers), fail_in_pool(), in_processes())
    print(*asyncio.run(relay()), *run_children(lines), *work_with_files(), refused(), sep="\n")
    print(f"{len(report.unknown)} lines were not understood: {report.unknown[:5]}", file=sys.stderr)
    return 7


if __name__ == "__main__":
    sys.exit(main())
