"""Starting, stopping, dying: nothing is left, and what comes next works."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import trio

from tests.host import NO_TRACES, leaves, open_fds, traces_of
from tests.running import eventually, jailer_pid, program_pids, start_sleeping, wait_settled
from tests.service import Service, toml_table

pytestmark = pytest.mark.service


def sessions(service: Service) -> set[int]:
    return {process.pid for process in (service.supervisor, service.frontend) if process}


async def test_sigterm_leaves_nothing(own_service: Service) -> None:
    assert own_service.supervisor
    started = sessions(own_service)
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        own_service.supervisor.terminate()
        await eventually(lambda: own_service.supervisor.poll() is not None, "it did not end")  # type: ignore[union-attr]  # asserted above
    assert own_service.supervisor.returncode == 0
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "internal")
    own_service.stop()
    assert traces_of(own_service.cgroup_name, started) == NO_TRACES
    assert sorted(path.name for path in own_service.run_dir.iterdir()) == [
        "keys.json",
        "lock",
        "log",
        "runjail.toml",
        "usage",
    ]
    assert [path.name for path in own_service.usage_file.parent.iterdir()] == [own_service.usage_file.name]


async def test_killed_supervisor_takes_its_jails_along_and_its_successor_cleans_up(own_service: Service) -> None:
    assert own_service.supervisor
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        own_service.supervisor.kill()
        own_service.supervisor.wait()
    assert "was interrupted" in answers[0].json()["error"]["message"]
    await eventually(lambda: not program_pids(own_service), "a program outlived its supervisor")
    left = set(leaves(own_service.cgroup_name))
    assert left  # else there is nothing to be cleaned up
    own_service.start_supervisor()
    own_service.wait_ready()
    assert not left & set(leaves(own_service.cgroup_name))
    assert own_service.run("bash", "echo again")["stdout"] == "again\n"


async def test_killed_jailer_is_replaced(own_service: Service) -> None:
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        os.kill(jailer_pid(own_service), signal.SIGKILL)
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "internal")
    own_service.wait_ready()
    assert own_service.run("bash", "echo again")["stdout"] == "again\n"
    assert any("jailer died" in fault["message"] for fault in own_service.pool()["faults"])


async def test_several_frontends_serve_one_supervisor(service: Service) -> None:
    """Each knows its own requests, whose numbers are the same; what one has under way ends with it alone."""
    answers: list[httpx.Response] = []
    with service.another_frontend() as other:
        async with trio.open_nursery() as nursery:
            await start_sleeping(other, nursery, [])
            for n in range(20):
                for one in (service, other):
                    nursery.start_soon(_execute, one, f"echo {one.port} {n}", answers)
            await eventually(lambda: len(answers) == 40, "not all were answered")
            nursery.cancel_scope.cancel()
        told = sorted(answer.json()["run"]["stdout"] for answer in answers)
        assert told == sorted(f"{port} {n}\n" for port in (service.port, other.port) for n in range(20))
        async with trio.open_nursery() as nursery:
            await start_sleeping(service, nursery, [])
            assert other.frontend
            other.frontend.kill()
            other.frontend.wait()
            assert service.run("bash", "echo still")["stdout"] == "still\n"
            assert len(program_pids(service)) == 2
            nursery.cancel_scope.cancel()


async def _execute(service: Service, code: str, answers: list[httpx.Response]) -> None:
    async with service.client() as client:
        answers.append(await client.post("/v1/execute", json={"language": "bash", "code": code}))


async def test_client_that_goes_away_cancels_its_execution(own_service: Service) -> None:
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, [])
        nursery.cancel_scope.cancel()
    await eventually(lambda: not program_pids(own_service), "the program outlived its client", seconds=5)
    assert own_service.run("bash", "echo next")["stdout"] == "next\n"


async def test_client_that_goes_away_while_queued(own_service: Service) -> None:
    """Its program never starts."""
    limit = own_service.pool()["admission"]["max_running"]
    marker = "sleep 41"
    async with trio.open_nursery() as nursery:
        for _ in range(limit):
            await start_sleeping(own_service, nursery, [])
        with trio.move_on_after(0.5):
            async with own_service.client() as client:
                await client.post("/v1/execute", json={"language": "bash", "code": marker})
        await eventually(lambda: own_service.pool()["admission"]["queued"] == 0, "it is still queued")
        nursery.cancel_scope.cancel()
    assert " event=finished " not in own_service.log.read_text()


@pytest.mark.parametrize("own_service", [{"self_test": True}], indirect=True)
def test_self_tests_are_run_before_it_is_ready(own_service: Service) -> None:
    assert "self-tests are done, 0 failed" in own_service.log.read_text()
    assert own_service.pool()["faults"] == []


def refusal(config: Path) -> str:
    """What a supervisor says that does not start with these settings: no traceback."""
    command = [sys.executable, "-I", "-m", "supervisor", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_second_supervisor_is_refused(own_service: Service) -> None:
    assert "another supervisor is running" in refusal(own_service.config)
    assert own_service.run("bash", "echo still")["stdout"] == "still\n"


def test_cgroups_of_another_service_are_left_alone(own_service: Service, tmp_path: Path) -> None:
    config = tmp_path / "supervisor.toml"
    text = own_service.config.read_text().replace(f'"{own_service.run_dir}"', f'"{tmp_path}/run"')
    config.write_text(text)
    assert "a cgroup_name of its own" in refusal(config)
    assert own_service.run("bash", "echo still")["stdout"] == "still\n"
    assert own_service.pool()["faults"] == []


async def test_stopping_frontend_answers_whoever_waits(own_service: Service) -> None:
    assert own_service.frontend
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        own_service.frontend.terminate()
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "internal")
    await eventually(lambda: own_service.frontend.poll() == 0, "the frontend did not end")  # type: ignore[union-attr]  # asserted above
    await eventually(lambda: not program_pids(own_service), "the program outlived its client")


def test_supervisor_without_runtimes_says_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "supervisor.toml"
    settings = {"state_dir": str(tmp_path), "run_dir": f"{tmp_path}/run", "cgroup_name": "runjail-test-none"}
    config.write_text(toml_table("supervisor", settings))
    assert "runjail build" in refusal(config)


def test_runtime_that_is_not_there_is_named(service: Service, tmp_path: Path) -> None:
    config = tmp_path / "supervisor.toml"
    settings = {"state_dir": str(service.state), "run_dir": f"{tmp_path}/run", "runtimes": ["bash", "cobol"]}
    config.write_text(toml_table("supervisor", settings))
    assert "runtimes: cobol: not installed; there are bash, c, cpp" in refusal(config)


def test_wrong_setting_is_named(tmp_path: Path) -> None:
    config = tmp_path / "supervisor.toml"
    config.write_text("[supervisor]\nmax_runing = 3\n")
    told = f"{config}: [supervisor]: Object contains unknown field `max_runing`; did you mean max_running?"
    assert told in refusal(config)


def test_frontend_refuses_to_be_root() -> None:
    done = subprocess.run([sys.executable, "-I", "-m", "frontend"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "root" in done.stderr


def test_address_in_use_is_told_in_a_line(service: Service) -> None:
    command = [
        "setpriv",
        "--reuid",
        "runjail",
        "--regid",
        "runjail",
        "--clear-groups",
        "--",
        sys.executable,
        "-I",
        "-m",
    ]
    done = subprocess.run([*command, "frontend", "--config", str(service.config)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Address already in use" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


async def test_a_row_of_executions_leaks_nothing(own_service: Service) -> None:
    """A short one of what bench/soak.py does for 2,000."""
    assert own_service.supervisor
    pids = [own_service.supervisor.pid, jailer_pid(own_service)]
    for _ in range(10):
        own_service.run("bash", "true")
    wait_settled(own_service)
    before = [open_fds(pid) for pid in pids], len(leaves(own_service.cgroup_name))
    for n in range(60):
        assert own_service.run(("bash", "python", "ruby")[n % 3], "exit 0" if n % 3 == 0 else "")["code"] == 0
    wait_settled(own_service)
    await eventually(
        lambda: ([open_fds(pid) for pid in pids], len(leaves(own_service.cgroup_name))) == before, "something leaks"
    )
