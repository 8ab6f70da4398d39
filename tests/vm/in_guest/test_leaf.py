"""A leaf cgroup on cgroup v2, with plain processes in it: each promise of jail/cgroups.py, kept by the kernel."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jail.cgroups import CgroupLimits, Leaf
from jail.cgroups_v2 import CgroupsV2
from jail.find_cgroups import find_cgroups

MIB = 1 << 20
LIMITS = CgroupLimits(memory_bytes=64 * MIB, pids=20, cpus=1)
# Takes so many MiB, in steps, says so, and waits.
HOG = "import sys\nheld = []\nfor _ in range(int(sys.argv[1])): held.append(b'x' * 1048576)\nprint('held', flush=True)\ninput()"
BUSY = "while True: pass"
PATIENCE_S = 30
BEGUN_NS = 100_000_000
MEASURED_S = 2


@pytest.fixture
def cgroups() -> Iterator[CgroupsV2]:
    found = find_cgroups(f"runjail-test-leaf-{os.getpid()}")
    assert isinstance(found, CgroupsV2)
    found.prepare()
    yield found
    found.remove()


@pytest.fixture
def leaf(cgroups: CgroupsV2) -> Iterator[Leaf]:
    with made(cgroups, "leaf") as one:
        yield one


@contextmanager
def made(cgroups: CgroupsV2, name: str) -> Iterator[Leaf]:
    leaf = cgroups.make_leaf(name)
    leaf.set_limits(LIMITS)
    yield leaf
    deadline = time.monotonic() + PATIENCE_S
    while True:
        leaf.kill()
        try:
            return leaf.remove()
        except OSError:
            assert time.monotonic() < deadline, "what is in it does not die"


@contextmanager
def inside(leaf: Leaf, program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the leaf from its first instruction on."""
    (fd,) = leaf.join_fds()
    procs = os.readlink(f"/proc/self/fd/{fd}") + "/cgroup.procs"
    os.close(fd)
    command = ["sh", "-c", 'echo 0 >"$0" && exec "$@"', procs, sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def hold(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def shares(*leaves: Leaf) -> list[float]:
    """How much of a processor each takes, once all are busy, in as long as evens out the kernel's turns."""
    while any(leaf.cpu_ns() < BEGUN_NS for leaf in leaves):
        time.sleep(0.01)
    before, began = [leaf.cpu_ns() for leaf in leaves], time.monotonic_ns()
    time.sleep(MEASURED_S)
    took = time.monotonic_ns() - began
    return [(leaf.cpu_ns() - ns) / took for leaf, ns in zip(leaves, before, strict=True)]


def test_all_die_when_one_takes_too_much(leaf: Leaf) -> None:
    """The jail ends as a whole, not one process of it."""
    with inside(leaf, HOG, "1") as bystander:
        assert hold(bystander) == "held\n"
        with inside(leaf, HOG, "200") as hog:
            assert hold(hog) == ""
            assert [hog.wait(PATIENCE_S), bystander.wait(PATIENCE_S)] == [-signal.SIGKILL] * 2
    assert leaf.usage().oom_kills >= 1


def test_limit_below_what_is_in_use_kills(leaf: Leaf) -> None:
    """No EBUSY, as on v1: the kernel makes room, and there is nothing else to be taken away."""
    with inside(leaf, HOG, "40") as process:
        assert hold(process) == "held\n"
        leaf.set_limits(CgroupLimits(memory_bytes=16 * MIB, pids=20, cpus=1))
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    assert leaf.usage().oom_kills >= 1


def test_peak_begins_anew(leaf: Leaf) -> None:
    with inside(leaf, HOG, "40") as process:
        assert hold(process) == "held\n"
    assert leaf.usage().memory_peak_bytes > 40 * MIB
    leaf.reset_peak()
    if not leaf.resets_peak:  # and it says so
        assert tuple(map(int, os.uname().release.split(".")[:2])) < (6, 12)
        return
    assert leaf.usage().memory_peak_bytes < 20 * MIB
    with inside(leaf, HOG, "20") as process:
        assert hold(process) == "held\n"
    assert 20 * MIB < leaf.usage().memory_peak_bytes < 40 * MIB


def test_swap_is_no_way_around_the_limit(leaf: Leaf) -> None:
    """The control: without the leaf's own limit of swap, what does not fit goes there."""
    swap = Path("/var/tmp/swap")  # not in memory, as /tmp is
    swap.touch(mode=0o600)
    for command in (["fallocate", "-l", "512M", str(swap)], ["mkswap", str(swap)], ["swapon", str(swap)]):
        subprocess.run(command, check=True, capture_output=True)
    try:
        with inside(leaf, HOG, "100") as process:
            assert hold(process) == ""
            assert process.wait(PATIENCE_S) == -signal.SIGKILL
        (fd,) = leaf.join_fds()
        Path(f"/proc/self/fd/{fd}/memory.swap.max").write_text("max")
        os.close(fd)
        with inside(leaf, HOG, "100") as process:
            assert hold(process) == "held\n"
    finally:
        subprocess.run(["swapoff", swap], check=True)
        swap.unlink()


def test_forks_over_the_limit_are_refused_and_counted(leaf: Leaf) -> None:
    forks = "import os, sys\nn = 0\ntry:\n    while True:\n        if os.fork() == 0: os.read(0, 1); os._exit(0)\n        n += 1\nexcept BlockingIOError: print(n, flush=True)\nos.read(0, 1)"
    with inside(leaf, forks) as process:
        assert hold(process) == f"{LIMITS.pids - 1}\n"
    assert leaf.usage().refused_forks == 1


def test_memory_of_the_kernel_is_told_of_all_together(cgroups: CgroupsV2) -> None:
    """What the guard of the host's kernel memory takes off, for it is limited."""
    pipes = "import os\nfor _ in range(100): os.write(os.pipe()[1], bytes(65536))\nprint('held', flush=True)\ninput()"
    before = cgroups.kernel_memory()
    with (
        made(cgroups, "one") as one,
        made(cgroups, "other") as other,
        inside(one, pipes) as process,
        inside(other, pipes) as another,
    ):
        assert hold(process) == hold(another) == "held\n"
        assert cgroups.kernel_memory() - before > 2 * 100 * 65_536


def test_kill_leaves_nobody(leaf: Leaf) -> None:
    with inside(leaf, HOG, "1") as one, inside(leaf, HOG, "1") as other:
        assert hold(one) == hold(other) == "held\n"
        leaf.kill()
        assert [process.wait(PATIENCE_S) for process in (one, other)] == [-signal.SIGKILL] * 2


def test_leaf_that_nobody_has_is_cleared_away(cgroups: CgroupsV2) -> None:
    leaf = cgroups.make_leaf("left")
    with inside(leaf, HOG, "1") as process:
        assert hold(process) == "held\n"
        cgroups.clear("left")
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    assert cgroups.leaves() == []


def test_quota_of_processor_time(leaf: Leaf) -> None:
    leaf.set_limits(CgroupLimits(memory_bytes=64 * MIB, pids=20, cpus=0.2))
    with inside(leaf, BUSY):
        assert 0.1 < shares(leaf)[0] < 0.3


def test_weight_shares_a_busy_processor(cgroups: CgroupsV2) -> None:
    """What is built in advance gets a tenth of what runs."""
    with made(cgroups, "light") as light, made(cgroups, "heavy") as heavy:
        light.set_cpu_weight(0.1)
        with inside(light, BUSY), inside(heavy, BUSY):
            lights, heavys = shares(light, heavy)
    assert heavys > 5 * lights
