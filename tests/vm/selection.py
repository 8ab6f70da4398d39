"""Which of the project's tests are run once more on cgroup v2, under systemd, in a guest.

Of the integration tests all, but for what a guest has not; of the attacks each
thing that a cgroup does, once or twice, for a guest's one processor forks ten
times slower than the host's. Of the attacks are left out:

- the same one in other languages, and languages with heavy toolchains: what a cgroup does is not different for them;
- what has nothing to do with cgroups: input, names, network, files;
- ``test_load``: minutes, or more memory than there is;
- ``test_locks_of_files_do_not_fill_the_host``: takes two minutes to take as many; ``in_guest/test_leaf.py`` has the
  figure that it needs of the cgroups;
- ``test_cpu_time_can_be_above_wall_time``: needs two processors; ``test_cpu_time_is_told_truly``: a guest counts a
  process's time by ticks, and a cgroup's by a clock that goes on while the host does something else;
- ``test_deadlines_of_many_are_kept``: not within two seconds, by a slow processor that the host uses as well;
- ``test_supervisor_without_descriptors`` and the other shortages, which v1 shows as well.
"""

from dataclasses import dataclass
from pathlib import Path

from runtimes.manifest import load_manifests, standard

_ALL = tuple(sorted(standard(load_manifests())))
_FEW = ("bash", "c", "python", "ruby")
_INTEGRATION = Path(__file__).parents[1] / "integration"
# By what it takes, the integration tests that a guest can't run.
LEFT_OUT = {
    "a registry": ("test_build.py", "test_clients.py", "test_versions.py"),
    "a browser": ("test_dashboard.py", "test_playground.py"),
    "the corpus, which is no part of a checkout": ("test_corpus.py",),
    "memory for a thousand jails": ("test_many_jails.py",),
    "processors for three hosts": ("test_many_hosts.py",),
    # The guest's kernel, User-Mode Linux 7.2.7, breaks (BAD_PAGE in its fork_handler).
    "Node.js with many threads": ("test_programs.py",),
    "memory for compilers that stay": ("test_residents.py",),
    # 400 forks in time, beside a busy host; in_guest/test_service.py has the attacks made once there.
    "a processor of its own": ("test_attack.py",),
}
# Those that start services of their own, which are ready sooner with few languages.
_OPERATION = (
    "test_cli.py", "test_handover.py", "test_lifecycle.py", "test_up.py", "test_watching_command.py",
)  # fmt: skip

_MEMORY = "tests/security/test_memory.py::test_"
_PROCESSES = "tests/security/test_processes.py::test_"
_TIME = "tests/security/test_time.py::test_"


@dataclass(frozen=True, slots=True)
class Part:
    """What one guest runs. pytest refuses a name that no test has any more."""

    # All that is installed there, for of each jails and programs wait, and they have to be started.
    runtimes: tuple[str, ...]
    tests: tuple[str, ...]


_MEMORY_TESTS = (
    *(
        f"{_MEMORY}hog_is_out_of_memory[memory/{name}]"
        for name in (
            "leak.c",
            "together.py",
            "late_child.c",
            "kernel_fills.c",
            "fill_shm.sh",
            "pipes.py",
        )
    ),
    f"{_MEMORY}parent_that_outlives_its_child_is_out_of_memory[memory/child_dies.py]",
    f"{_MEMORY}parent_that_replaces_its_children_is_ended",
    f"{_MEMORY}nobody_else_is_made_the_victim",
    *(f"{_MEMORY}death_that_only_looks_like_want_of_memory[memory/kill_itself.sh-{way}]" for way in ("exit", "kill")),
    f"{_MEMORY}last_of_the_memory_may_be_used",
    f"{_MEMORY}compiler_out_of_memory[c]",
    f"{_MEMORY}program_that_does_not_fit_beside_its_own_file",
    f"{_MEMORY}neighbours_are_not_hit[leak.py]",
    f"{_MEMORY}what_is_read_is_nobodys_memory[memory/read_system.c]",
    *(f"{_MEMORY}memory_is_told_truly[{way}]" for way in ("one-60", "/dev/shm-60", "holes of files-0")),
    f"{_MEMORY}memory_is_told_truly_of_one_that_frees_and_reads",
)
_PROCESS_AND_TIME_TESTS = (
    *(f"{_PROCESSES}bomb_is_counted[processes/{name}]" for name in ("fork_bomb.c", "thread_bomb.py", "zombies.py")),
    f"{_PROCESSES}bomb_without_end_is_ended[processes/fork_bomb.c]",
    f"{_PROCESSES}daemon_does_not_outlive_the_program[processes/daemon.py]",
    f"{_PROCESSES}deaf_program_is_killed[processes/deaf.py]",
    f"{_PROCESSES}init_that_never_gets_a_processor",
    f"{_PROCESSES}stopped_program_is_killed",
    f"{_PROCESSES}generations_that_leave_their_session",
    *(
        f"{_TIME}busy_program_is_ended_by_its_cpu_time[time/{name}]"
        for name in ("busy.c", "busy_kernel.c", "busy_short_children.c", "busy_orphans.py", "busy_threads.c")
    ),
    f"{_TIME}busy_program_is_ended_by_the_clock[time/busy_threads.c]",
    f"{_TIME}limit_that_is_next_to_nothing",
    "tests/security/test_shortages.py::test_host_without_processes",
    "tests/security/test_proc_and_sys.py::test_sys_is_empty[command/run.py]",
)

_NOT_RUN = {name for names in LEFT_OUT.values() for name in names}
_REQUESTS = sorted({path.name for path in _INTEGRATION.glob("test_*.py")} - _NOT_RUN - set(_OPERATION))

PARTS = {
    "cgroups": Part(
        ("bash",),
        (
            "tests/vm/in_guest/test_delegation.py",
            "tests/vm/in_guest/test_leaf.py",
        ),
    ),
    "memory": Part(("bash", "c", "python"), _MEMORY_TESTS),
    "processes and time": Part(("bash", "c", "python"), _PROCESS_AND_TIME_TESTS),
    "operation": Part(_FEW, tuple(f"tests/integration/{name}" for name in _OPERATION)),
    "requests": Part(_ALL, tuple(f"tests/integration/{name}" for name in _REQUESTS)),
}
