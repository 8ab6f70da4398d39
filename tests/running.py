"""Programs that are running right now: starting them, finding them on the host, waiting for what has no event."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import trio

from tests.host import leaves, members
from tests.service import Service

_SETTLE_S = 90  # a slow machine has compilers to start


async def eventually(claim: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for something the kernel gives no event for; fail with words."""
    with trio.move_on_after(seconds):
        while not claim():
            await trio.sleep(0.02)
        return
    pytest.fail(what)


def wait_settled(service: Service, seconds: float = _SETTLE_S) -> None:
    """Until the service has its warm jails, and nothing else."""
    deadline = time.monotonic() + seconds
    while left := _not_settled(service):
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


def _not_settled(service: Service) -> str | None:
    """What is still to be cleared away or filled up; a jail is its init, with a network of its own.

    And, where a program is started in advance, at least one process that waits: gcc has its cc1.
    """
    described = service.pool()
    warm = waiting = 0
    for pool in described["pools"]:
        if pool["warm"] != pool["target"] or pool["starting"] or pool["busy"]:
            return f"pool: {pool}"
        warm += pool["warm"] + pool["resident"]
        waiting += (pool["warm"] + pool["resident"]) * (pool["mode"] == "started")
    if described["admission"]["running"] or described["admission"]["queued"]:
        return f"admission: {described['admission']}"
    processes = members(service.cgroup_name)
    if len(leaves(service.cgroup_name)) != warm or len(processes) < warm + waiting:
        return f"{warm} warm jails, cgroups {leaves(service.cgroup_name)}, processes {processes}"
    networks = {os.readlink(f"/proc/{pid}/ns/net") for pid in processes}
    return None if len(networks) == warm else f"{warm} warm jails in {len(networks)} networks"


async def start_sleeping(service: Service, nursery: trio.Nursery, answers: list[httpx.Response]) -> None:
    """Have a program running that would run for long; return once it runs."""

    async def execute() -> None:
        async with service.client() as client:
            body = {"language": "bash", "code": "sleep 50 & sleep 50", "run_timeout": 55_000}
            answers.append(await client.post("/v1/execute", json=body))

    nursery.start_soon(execute)
    await eventually(lambda: program_pids(service) != [], "the program did not start")


def program_pids(service: Service) -> list[int]:
    """The sleepers that are running."""
    return [pid for pid, name in members(service.cgroup_name).items() if name == "sleep"]


def init_pid(pid: int) -> int:
    """PID 1 of the jail that this process is in: its oldest ancestor of the same PID namespace."""
    namespace = os.readlink(f"/proc/{pid}/ns/pid")
    while os.readlink(f"/proc/{(parent := _parent(pid))}/ns/pid") == namespace:
        pid = parent
    return pid


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def jailer_pid(service: Service) -> int:
    assert service.supervisor
    children = Path(f"/proc/{service.supervisor.pid}/task/{service.supervisor.pid}/children").read_text().split()
    (pid,) = [int(pid) for pid in children]
    return pid
