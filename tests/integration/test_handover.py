"""A supervisor and its successor, draining, and settings that change: no execution is lost."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trio

import frontend.config
import supervisor.config
from supervisor.config import SOCKET_NAME
from tests.host import NO_TRACES, traces_of
from tests.running import eventually, program_pids, start_sleeping
from tests.service import Service, get

pytestmark = pytest.mark.service

PATIENT = pytest.mark.parametrize("own_service", [{"drain_s": 60}], indirect=True)


def command(service: Service, *words: str) -> subprocess.CompletedProcess[str]:
    where = ["--state", str(service.state), "--run-dir", str(service.run_dir)]
    return subprocess.run([sys.executable, "-I", "-m", "cli", *where, *words], capture_output=True, text=True)


async def execute(service: Service, code: str, answers: list[httpx.Response]) -> None:
    async with service.client() as client:
        answers.append(await client.post("/v1/execute", json={"language": "bash", "code": code}))


async def stopped(process: subprocess.Popen[bytes] | None) -> int | None:
    assert process
    await eventually(lambda: process.poll() is not None, "it did not end")
    return process.returncode


@PATIENT
async def test_what_runs_is_finished_and_what_comes_is_its_successor_s(own_service: Service) -> None:
    """As on a restart: the old one ends before the new one is started."""
    old = own_service.supervisor
    assert old
    first: list[httpx.Response] = []
    second: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(execute, own_service, "read -t 2 < /dev/zero; sleep 2; echo first", first)
        await eventually(lambda: bool(program_pids(own_service)), "it does not run")
        old.terminate()
        await eventually(lambda: "its successor gets" in own_service.log.read_text(), "the frontend was not told")
        assert get(f"{own_service.url}/readyz").status_code == 503
        nursery.start_soon(execute, own_service, "echo second", second)
        assert await stopped(old) == 0
        assert [answer.json()["run"]["stdout"] for answer in first] == ["first\n"]
        assert not second
        own_service.start_supervisor()
    assert [answer.json()["run"]["stdout"] for answer in second] == ["second\n"]
    own_service.wait_ready()


@PATIENT
async def test_second_signal_stops_at_once(own_service: Service) -> None:
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        assert own_service.supervisor
        own_service.supervisor.terminate()
        await eventually(lambda: "1 executions under way" in own_service.log.read_text(), "it does not stop")
        own_service.supervisor.terminate()
        assert await stopped(own_service.supervisor) == 0
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "internal")
    own_service.stop()
    assert traces_of(own_service.cgroup_name, set()) == NO_TRACES


@contextmanager
def held_socket(service: Service) -> Iterator[socket.socket]:
    """As systemd has it: listening, whoever serves."""
    path = service.run_dir / SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        os.chown(path, 0, service.user.pw_gid)
        path.chmod(0o660)
        sock.listen()
        yield sock
    path.unlink()


# Puts the socket where systemd would, and says that it is for this process.
_ACTIVATE = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ |= {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'}; os.execv(sys.argv[2], sys.argv[2:])"


def start_activated(service: Service, sock: socket.socket, notify: Path) -> None:
    with service.log.open("ab") as log:
        service.supervisor = subprocess.Popen(
            [sys.executable, "-I", "-c", _ACTIVATE, str(sock.fileno()), sys.executable, "-I", "-m", "supervisor",
             "--config", str(service.config)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, pass_fds=[sock.fileno()],
            env={**os.environ, "NOTIFY_SOCKET": str(notify), "WATCHDOG_USEC": "200000"},
        )  # fmt: skip


@PATIENT
async def test_socket_of_systemd_outlives_supervisors(own_service: Service, tmp_path: Path) -> None:
    """Activated, notifying, with a watchdog; who asks while there is none is answered by the next."""

    def missed() -> int:
        return own_service.log.read_text().count("no supervisor")

    assert own_service.supervisor
    before = missed()  # perhaps when both were started
    own_service.supervisor.terminate()
    await stopped(own_service.supervisor)
    # While there is no socket: at one that listens it would wait, and say nothing.
    await eventually(lambda: missed() > before, "it was not missed")
    with held_socket(own_service) as sock, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(30)
        answers: list[httpx.Response] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(execute, own_service, "echo patient", answers)
            start_activated(own_service, sock, tmp_path / "notify")
        own_service.wait_ready()
        assert notified.recv(4096).decode().startswith("READY=1\nSTATUS=serving")
        assert notified.recv(4096) == b"WATCHDOG=1"
        own_service.supervisor.terminate()
        assert await stopped(own_service.supervisor) == 0
        async with trio.open_nursery() as nursery:
            nursery.start_soon(execute, own_service, "echo between", answers)
            start_activated(own_service, sock, tmp_path / "notify")
        assert answers[-1].json()["run"]["stdout"] == "between\n"
        own_service.stop()


async def test_drain_and_back(own_service: Service) -> None:
    answers: list[httpx.Response] = []
    async with trio.open_nursery() as nursery:
        await start_sleeping(own_service, nursery, answers)
        done = command(own_service, "drain", "--timeout", "0")
        assert (done.returncode, "1 executions are left" in done.stderr) == (1, True), done.stderr
        ready = get(f"{own_service.url}/readyz")
        assert ready.status_code == 503
        assert "drained" in ready.text
        assert own_service.pool()["is_draining"] is True
        assert own_service.run("bash", "echo still")["stdout"] == "still\n"
        nursery.cancel_scope.cancel()
    done = command(own_service, "drain")
    assert (done.returncode, "nothing runs" in done.stderr) == (0, True), done.stderr
    assert own_service.supervisor
    own_service.supervisor.terminate()  # as by an upgrade, after which somebody has a look first
    assert await stopped(own_service.supervisor) == 0
    own_service.start_supervisor()
    await eventually(lambda: "drained" in get(f"{own_service.url}/readyz").text, "it is ready at once")
    assert command(own_service, "drain", "--end").returncode == 0
    own_service.wait_ready()


def test_without_a_service_drain_says_so(own_service: Service) -> None:
    own_service.stop()
    for words in (["drain"], ["drain", "--end"]):
        done = command(own_service, *words)
        assert (done.returncode, "is the service running?" in done.stderr) == (1, True)


async def test_settings_are_taken_over_while_programs_run(own_service: Service) -> None:
    answers: list[httpx.Response] = []
    daemons = [own_service.supervisor, own_service.frontend]

    async def reload(words: str, **settings: object) -> None:
        own_service.settings = {**own_service.settings, **settings}
        own_service.write_config()
        before = own_service.log.read_text().count(words)
        for daemon in daemons:
            assert daemon
            daemon.send_signal(signal.SIGHUP)
        await eventually(lambda: own_service.log.read_text().count(words) == before + len(daemons), "not read again")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(execute, own_service, "sleep 3; echo through", answers)
        await eventually(lambda: bool(program_pids(own_service)), "it does not run")
        await reload("the settings were read again", max_running=1, warm_jails=2)
        assert own_service.pool()["admission"]["max_running"] == 1
        nursery.start_soon(execute, own_service, "echo queued", answers)
        await eventually(lambda: own_service.pool()["admission"]["queued"] == 1, "it found a place")
        await reload("the settings were read again", max_running=3)
        await eventually(lambda: len(answers) == 1, "the new place was given to nobody")
    assert [answer.json()["run"]["stdout"] for answer in answers] == ["queued\n", "through\n"]
    await eventually(
        lambda: all(pool["warm"] == 2 for pool in own_service.pool()["pools"] if pool["mode"] == "ready"), ""
    )


async def test_wrong_settings_are_told_and_left(own_service: Service) -> None:
    before = own_service.pool()["admission"]
    own_service.config.write_text("[supervisor]\nmax_running = 0\n[frontend]\nmax_connections = 0\n")
    for daemon, words in ((own_service.supervisor, "max_running"), (own_service.frontend, "max_connections")):
        assert daemon
        daemon.send_signal(signal.SIGHUP)
        pattern = re.compile(f"stay as they were: .*{words}: Expected")
        await eventually(lambda: bool(pattern.search(own_service.log.read_text())), "it is not told")  # noqa: B023
    assert own_service.pool()["admission"] == before
    assert own_service.run("bash", "echo still")["stdout"] == "still\n"


def test_config_is_checked(own_service: Service) -> None:
    assert command(own_service, "config", "check", str(own_service.config)).returncode == 0
    own_service.config.write_text("[supervisor]\nmax_runing = 1\n")
    done = command(own_service, "config", "check", str(own_service.config))
    assert (done.returncode, "did you mean max_running?" in done.stderr) == (1, True)


@pytest.mark.parametrize(("name", "reason"), [("pyhton", "there is no runtime"), ("node22", "is not installed")])
def test_languages_that_can_not_be_served_are_a_mistake(tmp_path: Path, name: str, reason: str) -> None:
    config = tmp_path / "runjail.toml"
    config.write_text(f'[supervisor]\nruntimes = ["{name}"]\n')
    check = [sys.executable, "-I", "-m", "cli", "--state", str(tmp_path / "empty"), "config", "check", str(config)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert (done.returncode, reason in done.stderr) == (1, True), done.stderr


def test_example_of_the_settings_is_right_and_whole(own_service: Service, tmp_path: Path) -> None:
    example = command(own_service, "config", "example").stdout
    every = tmp_path / "every.toml"
    every.write_text(re.sub(r"(?m)^#(\w+ = .)", r"\1", example))
    for config in (supervisor.config, frontend.config):
        assert config.load_config(every) == config.Config()
        # All but the one that is not set.
        assert set(re.findall(r"(?m)^#(\w+) =", example)) >= set(config.Config.__struct_fields__)
