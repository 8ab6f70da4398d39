"""Group 16: how a program ended is told as the kernel has it: an exit is an exit, a signal has its name."""

import signal
from typing import Any

import pytest

from tests.security.attacks import Ended, Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

DIE = Program("exit_codes/die.c")
# What they would be taken for: ends by SIGKILL, SIGSEGV and SIGTERM, as a shell tells them.
LOOKALIKES = [137, 139, 143]
# The default action of these is to do nothing; and nobody is stopped by a terminal that there is not.
IGNORED = {"SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGTSTP", "SIGTTIN", "SIGTTOU"}
DEADLY = [number for number in range(1, 65) if number not in (signal.SIGSTOP, 32, 33)]


def name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"


def assert_exited(run: dict[str, Any], code: int) -> None:
    expected = (code, None, "nonzero_exit", f"exited with code {code}") if code else (0, None, "ok", None)
    assert (run["code"], run["signal"], run["status"], run["message"]) == expected, run


def assert_signaled(run: dict[str, Any], name: str) -> None:
    assert (run["code"], run["signal"], run["status"]) == (None, name, "signaled"), run
    assert run["message"] == f"killed by {name}"


def as_a_shell_tells(run: dict[str, Any]) -> int:
    """128 and the number of the signal; which can't be told from an exit, but that is the point of the other tests."""
    return int(run["code"]) if run["signal"] is None else 128 + signal.Signals[run["signal"]]


def test_every_code(service: Service) -> None:
    for code in range(256):
        assert_exited(service.run("bash", f"exit {code}"), code)


@pytest.mark.parametrize(("said", "code"), [(256, 0), (-1, 255), (1000, 232), (-9, 247), (65_536 + 139, 139)])
def test_code_beyond_a_byte(service: Service, said: int, code: int) -> None:
    """The kernel keeps eight bits of it, and those are told."""
    assert_exited(Program("exit_codes/leave.c").run(service, args=[str(said)]), code)


@pytest.mark.parametrize("code", [0, 1, *LOOKALIKES, 255])
@pytest.mark.parametrize("program", variants("exit_codes/leave"), ids=named)
def test_exit_is_an_exit(service: Service, program: Program, code: int) -> None:
    assert_exited(program.run(service, args=[str(code)]), code)


@pytest.mark.parametrize("number", DEADLY, ids=name_of)
def test_death_by_every_signal(service: Service, number: int) -> None:
    run = DIE.run(service, args=[str(number)])
    if name_of(number) in IGNORED:
        assert_exited(run, 42)
    else:
        assert_signaled(run, name_of(number))


def test_stopped_is_not_ended(service: Service) -> None:
    run = DIE.run(service, args=[str(int(signal.SIGSTOP))], run_timeout=300)
    assert (run["status"], run["signal"], run["code"]) == ("timeout", "SIGKILL", None)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGUSR1], ids=name_of)
@pytest.mark.parametrize("program", [p for p in variants("exit_codes/die") if p != DIE], ids=named)
def test_languages_die_of_signals_as_they_do_outside(service: Service, program: Program, number: int) -> None:
    """Some runtimes make an exit of one, and that is told then; of SIGKILL nobody makes anything."""
    run = program.run(service, args=[str(int(number))], run_timeout=20_000)
    outside: Ended = program.run_outside(service.state, args=[str(int(number))])
    assert as_a_shell_tells(run) == outside.code, (run, outside)
    if number == signal.SIGKILL:
        assert_signaled(run, "SIGKILL")


WAYS = {
    "null pointer": "SIGSEGV", "division": "SIGFPE", "illegal instruction": "SIGILL", "privileged instruction": "SIGSEGV",
    "breakpoint": "SIGTRAP", "end of file": "SIGBUS", "abort": "SIGABRT", "stack smashed": "SIGILL",
    "pipe that nobody reads": "SIGPIPE", "alarm": "SIGALRM", "virtual timer": "SIGVTALRM", "profiling timer": "SIGPROF",
    "own CPU limit": "SIGXCPU", "own CPU limit, hard": "SIGKILL", "own file size limit": "SIGXFSZ",
    "real-time timer": "SIGRTMIN+5", "asynchronous input": "SIGIO", "parent's death": "SIGQUIT",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_signal_that_nobody_sends_by_name(service: Service, way: str) -> None:
    assert_signaled(Program("exit_codes/natural.c").run(service, args=[way], run_timeout=20_000), WAYS[way])


@pytest.mark.parametrize(
    ("name", "signal_name"),
    [
        ("crash.cpp", "SIGABRT"), ("crash.cs", "SIGABRT"), ("crash.go", "SIGABRT"), ("crash.java", "SIGABRT"),
        ("crash.js", "SIGABRT"), ("crash.py", "SIGSEGV"), ("crash.rb", "SIGSEGV"), ("crash.rs", "SIGABRT"),
        ("crash.sh", "SIGSEGV"),
    ],
)  # fmt: skip
def test_crash_of_a_runtime(service: Service, name: str, signal_name: str) -> None:
    program = Program(f"exit_codes/{name}")
    assert_signaled(program.run(service, run_timeout=20_000), signal_name)
    assert program.run_outside(service.state).code == 128 + signal.Signals[signal_name]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("bash -c 'kill -9 $$'; exit $?", 137),
        ("bash -c 'kill -SEGV $$' & wait $!; exit $?", 139),
        ("trap 'exit 143' TERM; kill -TERM $$", 143),
        ("kill -9 $(sh -c 'sleep 9 >&2 & echo $!') ; exit 130", 130),
        ("exec bash -c 'exit 137'", 137),
        ("nothing-of-this-name", 127),
        ("/etc/passwd", 126),
        ("set -e; false; exit 7", 1),
    ],
)
def test_end_of_a_child_is_not_the_programs(service: Service, code: str, expected: int) -> None:
    assert_exited(service.run("bash", code), expected)


def test_last_thread_ends_the_program(service: Service) -> None:
    """Not the first one, which may leave early; the code is of whoever says one."""
    source = """
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
void *last(void *given) { usleep(200000); if (given) exit(9); return 0; }
int main(int argc, char **argv) {
    pthread_t thread;
    pthread_create(&thread, 0, last, argc > 1 ? argv : 0);
    pthread_exit((void *)7);
}
"""
    assert_exited(service.run("c", source), 0)
    assert_exited(service.run("c", source, args=["exit"]), 9)
