"""Group 2: memory, of whatever kind and in whatever place, up to the limit and not above it."""

import os
from pathlib import Path
from typing import Any

import pytest
import trio

from tests.outside import manifest_of
from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

MIB = 1 << 20
LIMIT = 96 * MIB
WANTED = "160"  # in MiB
BASE_KB = 20 * 1024  # more than any runtime here needs for itself

# Each fills WANTED in its own way: the processes' own memory, files that are memory, the kernel's on their behalf.
HOGS = [
    program
    for name in (
        "leak", "huge", "together", "shared_mapping", "copy_on_write", "late_child", "thread_stacks", "kernel_fills",
        "memfd", "fill_tmp", "fill_shm", "sysv_segments", "semaphores", "message_queues", "pipes", "unix_sockets",
        "page_tables", "mappings",
    )
    for program in variants(f"memory/{name}")
]  # fmt: skip
SURVIVORS = variants("memory/child_dies")


def assert_out_of_memory(stage: dict[str, Any], limit: int = LIMIT) -> None:
    assert (stage["status"], stage["signal"], stage["code"]) == ("out_of_memory", "SIGKILL", None), stage
    assert stage["message"] == f"the memory limit of {limit} bytes was exceeded"
    # Init has its share of the cgroup's limit, which is not always as large: hence the last page or two.
    assert 0.9 * limit < stage["memory_kb"] * 1024 < limit + MIB


def assert_fills_outside(service: Service, program: Program) -> None:
    """The control: nothing but the limit stops it."""
    assert "filled" in program.run_outside(service.state, args=[WANTED]).stdout


@pytest.mark.parametrize("program", HOGS, ids=named)
def test_hog_is_out_of_memory(service: Service, program: Program) -> None:
    run = program.run(service, args=[WANTED], run_memory_limit=LIMIT, run_timeout=30_000)
    assert_out_of_memory(run)
    assert run["stdout"].startswith("begun")
    assert "filled" not in run["stdout"]
    assert_fills_outside(service, program)


@pytest.mark.parametrize("program", SURVIVORS, ids=named)
def test_parent_that_outlives_its_child_is_out_of_memory(service: Service, program: Program) -> None:
    """The kernel's count of kills decides, not how the first process ended."""
    run = program.run(service, args=[WANTED], run_memory_limit=LIMIT, run_timeout=30_000)
    assert_out_of_memory(run)
    assert run["stdout"] == "begun\n"
    assert_fills_outside(service, program)


def test_parent_that_replaces_its_children_is_ended(service: Service) -> None:
    run = Program("memory/child_dies.py").run(service, args=[WANTED, "again"], run_memory_limit=LIMIT)
    assert_out_of_memory(run)


@pytest.mark.parametrize(("name", "wanted"), [("signature_keys.py", 10), ("multicast.c", 5)])
def test_memory_of_the_kernel_that_nobody_counts_is_refused(service: Service, name: str, wanted: int) -> None:
    """What it fills is more than its limit: a program that gets all of it takes it from the host."""
    program = Program(f"memory/{name}")
    assert program.run_outside(service.state, args=[str(wanted)]).stdout == "begun\nfilled\n"  # the control
    run = program.run(service, args=[str(wanted)], run_memory_limit=wanted * MIB, run_timeout=30_000)
    assert run["stdout"] == "begun\n", run


@pytest.mark.alone
async def test_locks_of_files_do_not_fill_the_host(service: Service) -> None:
    """No cgroup counts them: the service looks at the host's own figure, and ends the one that makes it grow."""
    program = Program("memory/file_locks.c")
    assert program.run_outside(service.state, args=["300"]).stdout == "begun\nfilled\n"  # the control
    runs: dict[str, dict[str, Any]] = {}

    async def execute(name: str, language: str, code: str, *args: str) -> None:
        body = {"language": language, "code": code, "args": args, "run_timeout": 60_000}
        async with service.client() as client:
            runs[name] = (await client.post("/v1/execute", json=body)).json()["run"]

    async with trio.open_nursery() as nursery:
        nursery.start_soon(execute, "locks", "c", program.source, "6000")
        busy = "import time\nend = time.time() + 5\nwhile time.time() < end: open('/tmp/x', 'wb').write(bytes(4096))\nprint(1)"
        nursery.start_soon(execute, "neighbour", "python", busy)
    assert (runs["locks"]["status"], runs["locks"]["stdout"]) == ("out_of_memory", "begun\n")
    assert "of the host's kernel memory were taken" in runs["locks"]["message"]
    assert (runs["neighbour"]["status"], runs["neighbour"]["stdout"]) == ("ok", "1\n")


def test_code_of_the_kernel_is_not_to_be_had(service: Service) -> None:
    """Compiled socket filters come out of what the host's seccomp filters need: without it, no jail starts."""
    program = Program("memory/socket_filters.c")
    assert program.run_outside(service.state).stdout.count(": done") == 5
    assert program.run(service)["stdout"].count(": Operation not permitted") == 5


def test_memory_cannot_be_pinned(service: Service) -> None:
    program = Program("memory/pin.c")
    outside = program.run_outside(service.state, as_root=True).stdout.splitlines()
    inside = program.run(service)["stdout"].splitlines()
    assert len(outside) == len(inside) == 6
    assert [line for line in outside if not line.endswith(": done")] == []
    assert [line for line in inside if line.endswith(": done")] == []


def test_pages_that_no_cgroup_counts_are_refused(service: Service) -> None:
    """Outside, only a page size or a pool that this kernel has not got fails, and never by EPERM."""
    program = Program("memory/uncounted_pages.c")
    outside = program.run_outside(service.state, as_root=True).stdout.splitlines()
    inside = program.run(service)["stdout"].splitlines()
    assert len(outside) == 7
    assert [line for line in outside if "not permitted" in line] == []
    assert "memfd_create: done" in outside
    assert [line.partition(": ")[2] for line in inside] == ["Operation not permitted"] * 7


def test_nobody_else_is_made_the_victim(service: Service) -> None:
    program = Program("memory/oom_score.py")
    run = program.run(service, args=[WANTED, "-1000"], run_memory_limit=LIMIT)
    assert_out_of_memory(run)
    lines = run["stdout"].splitlines()
    assert len(lines) == 4
    assert [line for line in lines if line.startswith("done")] == []
    # The control, in the direction that needs no privilege.
    assert program.run_outside(service.state, args=["1", "1000"]).stdout.count("done /proc/self") == 1


@pytest.mark.parametrize("way", ["kill", "exit"])
@pytest.mark.parametrize("program", variants("memory/kill_itself"), ids=named)
def test_death_that_only_looks_like_want_of_memory(service: Service, program: Program, way: str) -> None:
    run = program.run(service, args=["60", way], run_memory_limit=LIMIT, run_timeout=30_000)
    assert run["stderr"].startswith("Out of memory: Killed process")
    expected = ("signaled", "SIGKILL", None) if way == "kill" else ("nonzero_exit", None, 137)
    assert (run["status"], run["signal"], run["code"]) == expected, run
    assert run["message"] == ("killed by SIGKILL" if way == "kill" else "exited with code 137")


def test_last_of_the_memory_may_be_used(service: Service) -> None:
    """The control of the limit: what fits is not in the way of anybody."""
    run = Program("memory/leak.c").run(service, args=["90"], run_memory_limit=LIMIT)
    assert (run["status"], run["stdout"]) == ("ok", "begun\nfilled\n")


# What each language makes of a request that the kernel refuses at once: exit code or signal, and its words.
IMPOSSIBLE: dict[str, tuple[int | str, str]] = {
    "impossible.py": (1, "MemoryError"), "impossible.c": (1, "Cannot allocate memory"),
    "impossible.cpp": ("SIGABRT", "std::bad_alloc"), "impossible.js": (1, "Array buffer allocation failed"),
    "impossible.go": (2, "out of memory"), "impossible.rb": (1, "NoMemoryError"),
    "impossible.rs": ("SIGABRT", "memory allocation of"), "java_heap.java": (1, "java.lang.OutOfMemoryError"),
}  # fmt: skip
OVERFLOW: dict[str, tuple[int | str, str]] = {
    "overflow.py": (1, "RecursionError"), "overflow.c": ("SIGSEGV", ""), "overflow.cpp": ("SIGSEGV", ""),
    "overflow.js": (1, "Maximum call stack size exceeded"), "overflow.java": (1, "java.lang.StackOverflowError"),
    "overflow.rb": (1, "SystemStackError"), "overflow.rs": ("SIGABRT", "has overflowed its stack"),
    "overflow.cs": ("SIGABRT", "Stack overflow"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "end"), [*IMPOSSIBLE.items(), *OVERFLOW.items()])
def test_end_is_the_languages_own(service: Service, name: str, end: tuple[int | str, str]) -> None:
    """Nothing was exceeded: what the program is refused or does to its stack is its own affair, and told as such."""
    run = Program(f"memory/{name}").run(service, run_memory_limit=LIMIT)
    assert run["stdout"] == "begun\n"
    assert end[1] in run["stderr"]
    code, signal = (None, end[0]) if isinstance(end[0], str) else (end[0], None)
    assert (run["code"], run["signal"]) == (code, signal), run
    assert run["status"] == ("signaled" if signal else "nonzero_exit")


def test_stack_that_grows_in_the_heap_is_memory(service: Service) -> None:
    assert_out_of_memory(Program("memory/overflow.go").run(service, run_memory_limit=LIMIT))


def test_jvm_that_goes_on_after_its_heap_was_full(service: Service) -> None:
    run = Program("memory/java_heap_caught.java").run(service, run_memory_limit=LIMIT)
    assert (run["status"], run["stdout"]) == ("ok", "begun\nwent on\n")


def test_v8_with_a_heap_limit_of_its_own(service: Service) -> None:
    """V8's heap is as large as the memory limit lets it be; one that a program sets is V8's to enforce."""
    run = Program("memory/leak.js").run(service, args=[WANTED], env={"NODE_OPTIONS": "--max-old-space-size=32"})
    assert (run["status"], run["signal"], run["stdout"]) == ("signaled", "SIGABRT", "begun\n")
    assert "heap out of memory" in run["stderr"]


@pytest.mark.parametrize("language", ["c", "c++", "go", "rust", "typescript", "csharp"])
def test_compiler_out_of_memory(service: Service, language: str) -> None:
    """Of a limit that hello world compiles in elsewhere, the compile stage tells; nothing runs."""
    _, manifest = manifest_of(language)
    source = manifest.self_tests[0].files[manifest.source_name] + "// not compiled before\n"
    answer = service.execute(language, source, compile_memory_limit=3 * MIB, compile_timeout=60_000)
    compiled, run = answer["compile"], answer["run"]
    assert (compiled["status"], compiled["signal"], compiled["code"]) == ("out_of_memory", "SIGKILL", None)
    assert compiled["message"] == f"the memory limit of {3 * MIB} bytes was exceeded"
    assert (run["status"], run["code"], run["signal"], run["stdout"]) == ("skipped", None, None, "")


def test_program_that_does_not_fit_beside_its_own_file(service: Service) -> None:
    """What the compiler leaves is a file in memory, and counts."""
    code = f"char much[{50 * MIB}] = {{1}};\nint main(void) {{ return much[1]; }}"
    assert service.run("c", code, run_memory_limit=LIMIT, compile_timeout=60_000)["status"] == "ok"
    run = service.run("c", code, run_memory_limit=20 * MIB, compile_timeout=60_000)
    assert (run["status"], run["signal"], run["code"]) == ("out_of_memory", "SIGKILL", None)


@pytest.mark.parametrize("hog", ["leak.py", "fill_shm.sh", "pipes.py"])
async def test_neighbours_are_not_hit(service: Service, hog: str) -> None:
    """Two that hold much for a second, while others next to them die of want again and again."""
    ends: list[dict[str, Any]] = []

    async def execute(name: str, wanted: str) -> None:
        program = Program(f"memory/{name}")
        body = {"language": program.language, "code": program.source, "args": [wanted], "run_memory_limit": LIMIT}
        async with service.client() as client:
            ends.append((await client.post("/v1/execute", json=body | {"run_timeout": 60_000})).json()["run"])

    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(execute, "neighbour.py", "80")
        for _ in range(6):
            nursery.start_soon(execute, hog, WANTED)
    good = [end for end in ends if end["stdout"] == "unharmed\n"]
    assert [end["status"] for end in good] == ["ok", "ok"]
    assert [80 * 1024 < end["memory_kb"] < LIMIT / 1024 for end in good] == [True, True]
    assert [end["status"] for end in ends if end not in good] == ["out_of_memory"] * 6


def forget(service: Service) -> None:
    """Drop the layers' files from the page cache: who reads them next is charged for them."""
    for folder, _, names in os.walk(service.state / "layers"):
        for path in (Path(folder, name) for name in names):
            if path.is_file() and not path.is_symlink():
                fd = os.open(path, os.O_RDONLY)
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)


@pytest.mark.alone
@pytest.mark.parametrize("program", variants("memory/read_system"), ids=named)
def test_what_is_read_is_nobodys_memory(service: Service, program: Program) -> None:
    """Reading far more than the limit ends well, and is not told as the program's."""
    limit = 24 * MIB
    program.run(service)  # so that the compiler's files are in memory, and only the program reads what is not
    forget(service)
    run = program.run(service, run_memory_limit=limit, run_timeout=60_000)
    assert (run["status"], run["stderr"]) == ("ok", "")
    assert int(run["stdout"].removeprefix("read ")) > 3 * limit // MIB
    assert run["memory_kb"] < 16 * 1024


KNOWN_MIB = 60
WAYS = {
    "one": 60, "freed": 60, "many": 60, "one after the other": 60, "inherited": 60, "shared mapping": 60,
    "/tmp": 60, "/box": 60, "/dev/shm": 60, "/var/tmp": 60, "deleted file": 60, "memfd": 60, "SysV": 60,
    "lazily freed": 60, "pages asked for and not used": 0, "holes of files": 0,
}  # fmt: skip


@pytest.mark.parametrize(("way", "expected"), WAYS.items())
def test_memory_is_told_truly(service: Service, way: str, expected: int) -> None:
    program = Program("memory/known.py")
    without = program.run(service, args=["nothing", "0"])
    run = program.run(service, args=[way, str(KNOWN_MIB)])
    assert (run["status"], run["stdout"]) == ("ok", "done\n")
    assert abs((run["memory_kb"] - without["memory_kb"]) / 1024 - expected) < 8


@pytest.mark.parametrize("program", variants("memory/known"), ids=named)
def test_memory_is_told_truly_of_every_language(service: Service, program: Program) -> None:
    without, run = (program.run(service, args=["one", size]) for size in ("0", str(KNOWN_MIB)))
    assert run["stdout"] == "done\n"
    assert without["memory_kb"] < BASE_KB
    assert abs((run["memory_kb"] - without["memory_kb"]) / 1024 - KNOWN_MIB) < 12


@pytest.mark.alone
def test_memory_is_told_truly_of_one_that_frees_and_reads(service: Service) -> None:
    """What it reads later is not its memory, but what it had before was."""
    forget(service)
    run = Program("memory/known.py").run(service, args=["freed and read", str(KNOWN_MIB)], run_timeout=30_000)
    assert run["memory_kb"] > KNOWN_MIB * 1024


@pytest.mark.alone
def test_memory_is_told_truly_after_a_compiler_that_read_much(service: Service) -> None:
    """The compiler's page cache is not the program's, and gives way when the program needs the room."""
    forget(service)
    run = Program("memory/known.go").run(service, args=["one", "40"], run_memory_limit=48 * MIB)
    assert run["stdout"] == "done\n"
    assert 40 * 1024 < run["memory_kb"] <= 48 * 1024


@pytest.mark.alone
def test_peak_is_within_the_limit_after_a_compiler_that_read_more(service: Service) -> None:
    """The lower limit of the run stage pushes out what the compiler read; that was before, and is no peak of it."""
    forget(service)
    run = Program("memory/leak.rs").run(service, args=[WANTED], run_memory_limit=LIMIT, compile_timeout=60_000)
    assert_out_of_memory(run)
