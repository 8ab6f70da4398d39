"""A cgroup that no jail has, with somebody in it: found, told of, gone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jail.cgroups import Leaf
from jail.find_cgroups import find_cgroups
from supervisor.janitor import Janitor

pytestmark = pytest.mark.privileged

# Joins the cgroups of these descriptors, files of v1 and a folder of v2, says so, and waits.
_JOIN = """
for fd; do [ -d /proc/self/fd/$fd ] && file=/proc/self/fd/$fd/cgroup.procs || file=/proc/self/fd/$fd; echo 0 >$file; done
echo; read -r _
"""


@contextmanager
def inhabited(leaf: Leaf) -> Iterator[subprocess.Popen[bytes]]:
    fds = leaf.join_fds()
    command = ["bash", "-euc", _JOIN, "bash", *map(str, fds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=fds) as process:
        for fd in fds:
            os.close(fd)
        assert process.stdout
        assert process.stdout.readline() == b"\n"
        yield process
        process.kill()


async def test_left_cgroup_goes_with_all_in_it() -> None:
    cgroups = find_cgroups(f"runjail-test-janitor-{os.getpid()}")
    cgroups.prepare()
    reports: list[str] = []
    left, kept = cgroups.make_leaf("left"), cgroups.make_leaf("kept")
    with inhabited(left) as leftover, inhabited(kept) as bystander:
        await Janitor(cgroups, cast(Any, SimpleNamespace(names={"kept"})), reports.append).look()
        assert leftover.wait(10) == -signal.SIGKILL
        assert (bystander.poll(), cgroups.leaves()) == (None, ["kept"])
    assert reports == ["cgroup left was left by a jail that is gone"]
    cgroups.clear("kept")
    cgroups.remove()
