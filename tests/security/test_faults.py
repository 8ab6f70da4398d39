"""Group 17, faults: whoever is killed, clients get an answer or a clear error, and the next request works."""

import os
import signal
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import trio

from tests.host import open_fds
from tests.running import eventually, init_pid, jailer_pid, program_pids, wait_settled
from tests.service import Service

pytestmark = pytest.mark.service

ROUNDS = 50 if os.environ.get("SOAK") else 15
# No client waits longer for its answer, whatever was killed; not a measure of speed.
PATIENCE_S = 60
SLEEPER = {"language": "bash", "code": "sleep 50 & sleep 50", "run_timeout": 55_000}


def kill_frontend(service: Service) -> None:
    assert service.frontend
    service.frontend.kill()
    service.frontend.wait()
    service.start_frontend()


def kill_supervisor(service: Service) -> None:
    assert service.supervisor
    service.supervisor.kill()
    service.supervisor.wait()
    service.start_supervisor()


def kill_jailer(service: Service) -> None:
    os.kill(jailer_pid(service), signal.SIGKILL)


def kill_init(service: Service) -> None:
    os.kill(init_pid(program_pids(service)[0]), signal.SIGKILL)


async def execute(service: Service, answers: list[httpx.Response | httpx.TransportError], body: dict[str, Any]) -> None:
    async with service.client() as client:
        try:
            answers.append(await client.post("/v1/execute", json=body))
        except httpx.TransportError as error:
            answers.append(error)


async def one_round(service: Service, kill: Callable[[Service], None]) -> list[httpx.Response | httpx.TransportError]:
    """Kill while one program runs for long and others come and go; everybody's answer."""
    answers: list[httpx.Response | httpx.TransportError] = []
    with trio.fail_after(PATIENCE_S):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(execute, service, answers, SLEEPER)
            await eventually(lambda: program_pids(service) != [], "the program did not start")
            for language, code in (("bash", "echo 7"), ("python", "print(7)"), ("ruby", "puts 7")):
                nursery.start_soon(execute, service, answers, {"language": language, "code": code})
            kill(service)
    return answers


def is_honest(answer: httpx.Response | httpx.TransportError) -> bool:
    """A right result, or an error that says so."""
    if isinstance(answer, httpx.TransportError):
        return False
    if answer.status_code == 200:
        return bool(answer.json()["run"]["stdout"] == "7\n")
    return (answer.status_code, answer.json()["error"]["code"]) in ((500, "internal"), (503, "unavailable"))


@pytest.mark.parametrize("kill", [kill_supervisor, kill_jailer, kill_init])
async def test_killed_in_the_middle_of_executions(own_service: Service, kill: Callable[[Service], None]) -> None:
    assert own_service.supervisor
    wait_settled(own_service)
    before = open_fds(own_service.supervisor.pid)
    for _ in range(ROUNDS):
        answers = await one_round(own_service, kill)
        assert len(answers) == 4
        assert all(map(is_honest, answers)), answers
        own_service.wait_ready()
        assert own_service.run("bash", "echo next")["stdout"] == "next\n"
    wait_settled(own_service)
    pid = own_service.supervisor.pid
    await eventually(lambda: open_fds(pid) <= before + 2, "descriptors are left in the supervisor")


async def test_killed_frontend(own_service: Service) -> None:
    """Its clients lose their connections, which is all it can tell them; their programs end at once."""
    assert own_service.supervisor
    wait_settled(own_service)
    before = open_fds(own_service.supervisor.pid)
    for _ in range(ROUNDS):
        answers = await one_round(own_service, kill_frontend)
        assert len(answers) == 4
        assert all(isinstance(answer, httpx.TransportError) or is_honest(answer) for answer in answers), answers
        await eventually(lambda: not program_pids(own_service), "a program outlived its client")
        own_service.wait_ready()
        assert own_service.run("bash", "echo next")["stdout"] == "next\n"
    wait_settled(own_service)
    pid = own_service.supervisor.pid
    await eventually(lambda: open_fds(pid) <= before + 2, "descriptors are left in the supervisor")
