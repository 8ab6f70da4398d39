"""Group 1: processes that are too many, will not end, or want others to."""

import re

import pytest

from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

# The runtimes' limit of processes and threads; more than this many are tried.
PIDS = 256
MANY = 600
TIMEOUT_MS = 1000


def count(output: str) -> int:
    return int(re.findall(r"(?:children|threads|zombies) (\d+)", output)[-1])


def assert_time_is_up(service: Service, program: Program, *args: str) -> dict[str, object]:
    run = program.run(service, args=args, run_timeout=TIMEOUT_MS)
    assert (run["status"], run["signal"], run["code"]) == ("timeout", "SIGKILL", None), run
    assert run["time_ms"] < TIMEOUT_MS + 500
    return run


BOMBS = [*variants("processes/fork_bomb"), *variants("processes/thread_bomb"), *variants("processes/zombies")]


@pytest.mark.parametrize("program", BOMBS, ids=named)
def test_bomb_is_counted(service: Service, program: Program) -> None:
    """The kernel refuses what is over the limit, and the program can tell."""
    run = program.run(service, args=[str(MANY)], run_timeout=30_000)
    assert run["code"] == 0
    assert (
        "resource temporarily unavailable" in run["stdout"].lower()
        or "new thread" in run["stdout"]
        or "native thread" in run["stdout"]
    )
    assert PIDS // 2 - 20 < count(run["stdout"]) < PIDS


@pytest.mark.parametrize("program", BOMBS, ids=named)
def test_bomb_explodes_outside(service: Service, program: Program) -> None:
    """The control: nothing but the jail stops it."""
    assert count(program.run_outside(service.state, args=[str(MANY)]).stdout) == MANY


@pytest.mark.parametrize("program", BOMBS, ids=named)
def test_bomb_without_end_is_ended(service: Service, program: Program) -> None:
    if program.language == "go":
        # Its runtime gives up when it gets no thread for itself, which may be before the time is.
        run = program.run(service, args=["0"], run_timeout=TIMEOUT_MS)
        assert run["status"] in ("timeout", "process_limit")
    else:
        assert_time_is_up(service, program, "0")


@pytest.mark.parametrize("program", variants("processes/daemon"), ids=named)
def test_daemon_does_not_outlive_the_program(service: Service, program: Program) -> None:
    """The answer comes when the program has ended, though its stdout is still held open."""
    run = program.run(service)
    assert (run["status"], run["code"], run["stderr"]) == ("ok", 0, "")
    assert run["stdout"] == "daemon\nparent\n"
    assert run["time_ms"] < 1900


@pytest.mark.parametrize("program", variants("processes/deaf"), ids=named)
def test_deaf_program_is_killed(service: Service, program: Program) -> None:
    assert assert_time_is_up(service, program)["stdout"] == "deaf\n"


def test_everybody_that_can_be_killed_is_of_the_jail(service: Service) -> None:
    run = Program("processes/kill_everybody.py").run(service)
    assert (run["stdout"], run["code"]) == ("bystander 15\nalive\n", 0)


def test_init_is_deaf(service: Service) -> None:
    run = Program("processes/signal_init.py").run(service)
    assert (run["stdout"], run["code"]) == ("there\n", 0)


def test_init_that_never_gets_a_processor(service: Service) -> None:
    """SIGKILL of PID 1 waits until PID 1 runs: the others must be killed as well."""
    run = assert_time_is_up(service, Program("processes/starve_init.py"))
    assert "done" not in str(run["stdout"]), run


def test_init_can_be_neither_traced_nor_limited(service: Service) -> None:
    lines = Program("processes/trace_init.c").run(service)["stdout"].splitlines()
    assert len(lines) == 5
    assert [line for line in lines if line.endswith("done")] == []


def test_stopped_program_is_killed(service: Service) -> None:
    assert assert_time_is_up(service, Program("processes/stop_all.py"))["stdout"] == "stopping\n"


def test_generations_that_leave_their_session(service: Service) -> None:
    """Its first process ends at once, and with it everything it left behind."""
    run = Program("processes/escape_session.c").run(service, run_timeout=TIMEOUT_MS)
    assert (run["status"], run["code"], run["stdout"]) == ("ok", 0, "running\n")
