"""How long answers take while a service is asked as often as it can answer, and at four fifths of that; needs a key."""

import argparse
import itertools
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from bench.bare import rate
from bench.client import Client
from bench.hello import machine
from bench.report import Report, percentiles

_CLIENTS = 32
_PART = 0.8
_HELLO = {"python": "print('hello')", "bash": "echo hello", "javascript": "console.log('hello')"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("RUNJAIL_KEY"))
    parser.add_argument("--seconds", type=float, default=15, help="for each row")
    options = parser.parse_args()
    if not options.key:
        parser.error("no key: set RUNJAIL_KEY")
    report = Report(None, machine())
    print(machine())
    report.begin(f"{_CLIENTS} clients", ("language", "at most /s", "asked /s", "p50 ms", "p99 ms", "p99 / p50"))
    for language, code in _HELLO.items():
        client = Client(options.url, options.key)
        body = json.dumps({"language": language, "code": code}).encode()
        rate(lambda client=client, body=body: client.execute(body), _CLIENTS, options.seconds / 4)  # type: ignore[misc]  # the pool follows
        most = rate(lambda client=client, body=body: client.execute(body), _CLIENTS, options.seconds)  # type: ignore[misc]  # a default is no argument
        p50, p99 = (1000 * seconds for seconds in percentiles(paced(client, body, _PART * most, options.seconds)))
        report.add(language, most, _PART * most, p50, p99, p99 / p50)
    report.end()


def paced(client: Client, body: bytes, per_second: float, seconds: float) -> list[float]:
    """Seconds from when each request was due to its answer, so that one that had to wait for another counts."""
    numbers, lock = itertools.count(), threading.Lock()
    begun = time.perf_counter()

    def keep_going() -> list[float]:
        taken: list[float] = []
        while True:
            with lock:
                due = begun + next(numbers) / per_second
            if due > begun + seconds:
                return taken
            time.sleep(max(0.0, due - time.perf_counter()))
            client.execute(body)
            taken.append(time.perf_counter() - due)

    with ThreadPoolExecutor(_CLIENTS) as pool:
        futures = [pool.submit(keep_going) for _ in range(_CLIENTS)]
        return [sample for future in futures for sample in future.result()]


if __name__ == "__main__":
    main()
