"""Group 17, load: 200 clients at once for a minute, every other one hostile; with SOAK=1 for five.

Every honest execution is right or refused in time, the host stays usable, and
no memory grows.
"""

import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest
import trio

from tests.host import rss_kb
from tests.security.attacks import Program
from tests.service import Service

pytestmark = pytest.mark.service

CLIENTS = 200
SECONDS = 300 if os.environ.get("SOAK") else 60
QUEUE_S = 30  # the longest wait of the default settings
# Above queue and programs: building a jail, the clients' own turn on these processors.
SLACK_S = 15
HONEST = {
    "bash": "echo $((6 * 7)) {tag}",
    "python": "print(6 * 7, '{tag}')",
    "javascript": "console.log(6 * 7, '{tag}')",
    "ruby": 'puts "#{{6 * 7}} {tag}"',
    "c": '#include <stdio.h>\nint main(void) {{ printf("%d {tag}\\n", 6 * 7); }}',
    "go": 'package main\nimport "fmt"\nfunc main() {{ fmt.Println(6*7, "{tag}") }}',
    "java": 'class Main {{ public static void main(String[] a) {{ System.out.println(6 * 7 + " {tag}"); }} }}',
}
HOSTILE = [
    (Program("processes/fork_bomb.py"), ["0"]),
    (Program("processes/thread_bomb.py"), ["0"]),
    (Program("processes/starve_init.py"), []),
    (Program("processes/zombies.py"), ["0"]),
    (Program("limits/disk.py"), ["/box", "1"]),
    (Program("limits/inodes.py"), ["/tmp", "1"]),
]
HOSTILE_CODE = [
    ("python", "x = []\nwhile True: x.append(bytearray(1 << 24))"),
    ("bash", "yes"),
    ("bash", "while :; do :; done"),
    ("javascript", "const a = []; for (;;) a.push(new Array(1e5).fill(Math.random()))"),
    ("c", "int main(void) { for (;;) ; }"),
    ("python", "import os, signal\nos.kill(-1, signal.SIGSTOP)\nos.kill(0, signal.SIGSTOP)"),
]


@dataclass
class Tally:
    """What the clients saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    longest_s: float = 0.0
    pings_s: list[float] = field(default_factory=list)

    def tell(self, grown_kb: list[int]) -> None:
        """The figures, for whoever runs it with -s."""
        ping = f"median {statistics.median(self.pings_s) * 1000:.1f} ms, worst {max(self.pings_s) * 1000:.0f} ms"
        print(f"\n{dict(self.statuses)}, longest {self.longest_s:.1f} s, grown {grown_kb} kB, `true`: {ping}")  # noqa: T201


async def client(http: httpx.AsyncClient, number: int, ends: float, tally: Tally) -> None:
    """One program after the other; who is even is honest."""
    turn = 0
    while trio.current_time() < ends:
        turn += 1
        body, expected = honest(number, turn) if number % 2 == 0 else hostile(number, turn)
        started = trio.current_time()
        response = await http.post("/v1/execute", json=body)
        tally.longest_s = max(tally.longest_s, trio.current_time() - started)
        kind = "honest" if expected else "hostile"
        tally.statuses[f"{kind} {response.status_code}"] += 1
        if response.status_code == 503:
            assert response.json()["error"]["code"] == "busy"
            await trio.sleep(int(response.headers["Retry-After"]))
        elif response.status_code != 200 or (expected and response.json()["run"]["stdout"] != expected):
            tally.wrong.append(f"{body['language']}: {response.text[:300]}")


def honest(number: int, turn: int) -> tuple[dict[str, object], str]:
    language = list(HONEST)[(number // 2 + turn) % len(HONEST)]
    tag = f"{number}-{turn}"
    return {
        "language": language,
        "code": HONEST[language].format(tag=tag),
        "compile_timeout": 60_000,
        "run_timeout": 20_000,
    }, f"42 {tag}\n"


def hostile(number: int, turn: int) -> tuple[dict[str, object], None]:
    programs = [(program.language, program.source, args) for program, args in HOSTILE]
    programs += [(language, code, []) for language, code in HOSTILE_CODE]
    language, code, args = programs[(number // 2 + turn) % len(programs)]
    return {"language": language, "code": code, "args": args, "run_timeout": 1000, "compile_timeout": 20_000}, None


async def ping(tally: Tally) -> None:
    """What somebody logged in on the host would feel: starting a command."""
    while True:
        started = time.monotonic()
        await trio.run_process(["true"])
        tally.pings_s.append(time.monotonic() - started)
        await trio.sleep(0.5)


# With a small compile cache, which is filled long before the first half is over.
@pytest.mark.parametrize("own_service", [{"compile_cache_bytes": 8 << 20, "runtimes": None}], indirect=True)
@pytest.mark.alone
async def test_two_hundred_clients(own_service: Service) -> None:
    assert own_service.supervisor
    assert own_service.frontend
    pids = (own_service.supervisor.pid, own_service.frontend.pid)
    tally = Tally()
    half: list[int] = []
    headers = {"Authorization": f"Bearer {own_service.keys['execute']}"}
    limits = httpx.Limits(max_connections=CLIENTS)
    ends = trio.current_time() + SECONDS
    http = httpx.AsyncClient(base_url=own_service.url, headers=headers, timeout=120, limits=limits, verify=False)
    async with http, trio.open_nursery() as background:
        background.start_soon(ping, tally)
        async with trio.open_nursery() as clients:
            for number in range(CLIENTS):
                clients.start_soon(client, http, number, ends, tally)
            await trio.sleep_until(ends - SECONDS / 2)
            half = [rss_kb(pid) for pid in pids]
        background.cancel_scope.cancel()
    grown_kb = [rss_kb(pid) - before for pid, before in zip(pids, half, strict=True)]
    tally.tell(grown_kb)
    assert tally.wrong == []
    assert tally.statuses["honest 200"] > SECONDS
    assert tally.longest_s < QUEUE_S + SLACK_S
    assert statistics.median(tally.pings_s) < 1
    assert max(grown_kb) < 16 * 1024
    own_service.wait_idle()
