"""What the filter must not break: threads, processes and memory as each toolchain makes them, unpatched."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.security.attacks import Program, named
from tests.service import Service

pytestmark = pytest.mark.service

# Each program checks itself, part by part, and names the parts that went well.
PARTS = {
    "goroutines.go": "goroutines channels threads processes sockets signals memory",
    "posix.c": "threads robust_locks processes shared_things signals_and_timers descriptors",
    "processes.py": "fork spawn forkserver manager",
    "processes.rb": "forks threads ractors fibers commands sockets timers",
    "shell.sh": "pipes substitution documents coprocess jobs traps background files tools programs",
    "tasks.cs": "Parallels Tasks Threads Processes Sockets Files",
    "threads.cpp": "threads futures locks files",
    "threads.java": "virtualThreads platformThreads parallelStreams pipes sockets processes files timers",
    "threads.py": "threads executors subprocesses databases mapped_files signals waiting coroutines",
    "threads.rs": "scopes channels locks processes sockets panics",
    "workers.js": "workers processes clusters webAssembly jit files sockets signals",
    "workers.ts": "workers processes",
}
PROGRAMS = [Program(f"toolchains/{name}") for name in PARTS]


@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_toolchain_works_under_the_filter(service: Service, program: Program) -> None:
    run = program.run(service, run_timeout=60_000)
    assert run["stdout"].split("\n") == [f"{part} ok" for part in PARTS[program.name.partition("/")[2]].split()] + [""]
    assert (run["status"], run["code"]) == ("ok", 0)
    assert "experimental" in run["stderr"] or run["stderr"] == ""  # Ruby's word on Ractors


def test_older_java_works_under_the_filter(service: Service) -> None:
    run = Program("toolchains/threads.java").run(service, run_timeout=60_000, version="21")
    assert (run["status"], run["code"], run["stdout"].count(" ok\n")) == ("ok", 0, 8)


@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_toolchain_works_three_times_at_once(service: Service, program: Program) -> None:
    """Where processors are short, what depends on luck shows; and names that are the same meet nowhere."""
    with ThreadPoolExecutor(3) as threads:
        runs = [threads.submit(program.run, service, run_timeout=60_000) for _ in range(3)]
    for run in (future.result() for future in runs):
        assert (run["status"], run["stderr"] if run["code"] else "") == ("ok", "")
        assert run["stdout"].count(" ok\n") == len(PARTS[program.name.partition("/")[2]].split())
