"""Group 13: from one execution to the next, and between two that run at the same time."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runtimes.store import Store
from tests.host import members
from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

CHANNEL = Program("neighbours/channel.py")
EXHAUST = Program("neighbours/exhaust.py")
CHANNELS = re.findall(r"^class (\w+)", CHANNEL.source, re.MULTILINE)
# Those of which something could be there when the processes are gone, and those that a daemon could hold.
LASTING = [
    "SharedMemory", "Messages", "Semaphores", "Queue", "NamedSemaphore", "Place", "PlaceVar", "PlaceShm", "PlaceBox", "Fifo",
    "Abstract", "AbstractDatagram", "Port", "UdpPort", "Port6", "Flock", "RecordLock", "LockTable", "ProcEntries",
]  # fmt: skip
# The files of the layers are the same for all, and two ways come with that which cannot be closed without giving each
# jail a copy: a futex in one is the same for all who map it, and /proc/self/smaps tells whether anybody else has
# mapped a page of one. SECURITY.md names them.
REMAINING = ("Futex", "MappedPages")
COVERED = ("LockTable", "LockTableDescriptions")
Ended = Future[dict[str, Any]]


@contextmanager
def held(service: Service, program: Program, *args: str) -> Iterator[Ended]:
    """While inside, the program has done its part and waits; its run stage is there when it has left."""
    with ThreadPoolExecutor(1) as thread:
        future: Ended = thread.submit(program.run, service, args=args, run_timeout=60_000)
        pid = _holder(service, future)
        try:
            yield future
        finally:
            os.kill(pid, signal.SIGUSR1)


def _holder(service: Service, future: Ended) -> int:
    """The pid, on the host, of the process that calls itself so."""
    while not future.done():
        time.sleep(0.01)
        for pid in members(service.cgroup_name):
            try:
                if Path(f"/proc/{pid}/comm").read_text() == "holding\n":
                    return pid
            except (FileNotFoundError, ProcessLookupError):
                continue
    raise AssertionError(future.result())


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel not in REMAINING])
def test_no_way_to_a_neighbour(service: Service, channel: str) -> None:
    """Both run at once: neither does the one reach the other, nor does the other notice."""
    with held(service, CHANNEL, channel, "hold") as future:
        probe = CHANNEL.run(service, args=[channel, "probe"])
    holder = future.result()
    assert (probe["status"], probe["stderr"], holder["status"], holder["stderr"]) == ("ok", "", "ok", "")
    assert "reached" not in probe["stdout"] + holder["stdout"]
    assert "nothing" in probe["stdout"] + holder["stdout"]


@pytest.mark.parametrize("channel", REMAINING)
def test_ways_that_remain_are_these(service: Service, channel: str) -> None:
    """So that what SECURITY.md says of them stays true, and is struck out when it is not."""
    with held(service, CHANNEL, channel, "hold"):
        assert "reached" in CHANNEL.run(service, args=[channel, "probe"])["stdout"]


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel not in COVERED])
def test_way_is_open_within_one_execution(service: Service, channel: str) -> None:
    """The control: the same two parts, played by two processes of one execution, reach each other."""
    run = CHANNEL.run(service, args=[channel, "alone"])
    assert (run["status"], run["stderr"]) == ("ok", "")
    assert "reached" in run["stdout"]
    assert "nothing" not in run["stdout"]


@pytest.mark.parametrize("channel", COVERED)
def test_way_is_open_outside(service: Service, channel: str) -> None:
    """The control for what no execution can see, not even its own."""
    assert "reached" in CHANNEL.run_outside(service.state, args=[channel, "alone"]).stdout


@pytest.mark.parametrize("channel", LASTING)
def test_nothing_is_left_for_the_next(service: Service, channel: str) -> None:
    assert CHANNEL.run(service, args=[channel, "leave"])["stdout"] == "left\n"
    run = CHANNEL.run(service, args=[channel, "probe"])
    assert (run["stdout"], run["stderr"]) == ("probe nothing\n", "")


@pytest.mark.parametrize("program", variants("neighbours/left_files"), ids=named)
def test_files_are_not_left_for_the_next(service: Service, program: Program) -> None:
    left = program.run(service, args=["leave"])["stdout"].split()
    assert left == ["there"] * len(left)
    assert len(left) >= 4
    assert program.run(service, args=["look"])["stdout"].split() == ["nothing"] * len(left)


def test_no_mark_anywhere_is_seen_by_the_next(service: Service) -> None:
    """Of the whole tree four folders can be written, and no file; what is made there is gone."""
    program = Program("neighbours/mark_everything.py")
    for _ in range(2):
        run = program.run(service, run_timeout=30_000)
        assert run["stdout"] == "made 4 changed 0 found 0\n"
    made, changed = re.findall(r"\d+", program.run_outside(service.state, as_root=True).stdout)[:2]
    assert (int(made) > 100, int(changed) > 1000) == (True, True)


@pytest.mark.parametrize("way", ["next", "neighbour"])
def test_counts_of_a_user_are_counts_of_an_execution(service: Service, way: str) -> None:
    """What one execution has used up of the kernel's limits for a user is no less for another."""
    alone = EXHAUST.run(service, args=["take"], run_timeout=30_000)["stdout"]
    assert len(alone.splitlines()) == 5
    assert " 0\n" not in alone
    if way == "next":
        assert EXHAUST.run(service, args=["take"], run_timeout=30_000)["stdout"] == alone
        return
    with held(service, EXHAUST, "hold") as future:
        assert EXHAUST.run(service, args=["take"], run_timeout=30_000)["stdout"] == alone
    assert future.result()["stdout"] == alone


def test_counts_of_a_user_do_count(service: Service) -> None:
    """The control: the second process of one execution finds nothing left."""
    lines = EXHAUST.run(service, args=["twice"], run_timeout=30_000)["stdout"].splitlines()
    assert [line.split()[2] for line in lines[5:]] == ["0"] * 5


def test_reading_leaves_no_trace(service: Service) -> None:
    """Neither times nor what is in the page cache tell of what others have read."""
    base = Store(service.state).read_runtime("python")
    assert base
    perl = service.state / "layers" / base.layers[-1] / "usr/bin/perl"
    os.utime(perl, ns=(0, perl.stat().st_mtime_ns))  # so long ago that reading it would be noted
    first, second = (Program("neighbours/traces_of_reading.py").run(service)["stdout"].splitlines() for _ in range(2))
    assert first == second
    assert "/usr/bin/perl 0 " in "\n".join(first)
    *files, own = first
    assert len(files) > 20
    assert {line.split(maxsplit=4)[4] for line in files} == {"64 Operation not permitted"}
    assert own == "own True 1"  # the control: in a place of its own, times do tell
