"""Which of the project's tests are run once more on cgroup v2, in a guest: each thing a cgroup does, once or twice.

Left out, for a guest's one processor forks ten times slower than the host's:

- the same attack in other languages, and the languages with heavy toolchains
  altogether: what a cgroup does is not different for them;
- what has nothing to do with cgroups: input, names, network, files, HTTP, other
  services' APIs, the playground, and the unit tests;
- ``test_load``, ``test_many_jails``, ``test_a_row_of_executions_leaks_nothing``: minutes, or more memory than there is;
- ``test_locks_of_files_do_not_fill_the_host``: takes two minutes to take as many; ``in_guest/test_leaf.py`` has the
  figure that it needs of the cgroups;
- ``test_cpu_time_can_be_above_wall_time``: needs two processors; ``test_cpu_time_is_told_truly``: a guest counts a
  process's time by ticks, and a cgroup's by a clock that goes on while the host does something else;
- ``test_deadlines_of_many_are_kept``: not within two seconds, by a slow processor that the host uses as well;
- ``test_time_that_passed_is_not_charged``, and ``test_death_that_only_looks_like_want_of_memory``: failed once in a
  guest whose host was busy, the reason is not known;
- ``test_supervisor_without_descriptors`` and the other shortages, which v1 shows as well.
"""

from dataclasses import dataclass

_MEMORY = "tests/security/test_memory.py::test_"
_PROCESSES = "tests/security/test_processes.py::test_"
_TIME = "tests/security/test_time.py::test_"
_EXECUTE = "tests/integration/test_execute.py::test_"
_LIFECYCLE = "tests/integration/test_lifecycle.py::test_"
_WAITING = "tests/integration/test_waiting.py::test_"


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
    f"{_MEMORY}last_of_the_memory_may_be_used",
    f"{_MEMORY}compiler_out_of_memory[c]",
    f"{_MEMORY}program_that_does_not_fit_beside_its_own_file",
    f"{_MEMORY}neighbours_are_not_hit[leak.py]",
    f"{_MEMORY}what_is_read_is_nobodys_memory[memory/read_system.c]",
    *(f"{_MEMORY}memory_is_told_truly[{way}]" for way in ("one-60", "/dev/shm-60", "holes of files-0")),
    f"{_MEMORY}memory_is_told_truly_of_one_that_frees_and_reads",
    f"{_EXECUTE}what_the_compiler_used_is_not_the_programs[c-int main(void) {{ return 0; }}]",
    f"{_EXECUTE}memory_limit_below_what_a_start_takes",
    f"{_WAITING}kill_for_want_of_memory_is_not_the_requests",
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
    f"{_EXECUTE}what_a_compile_leaves_running_is_dead_before_the_run",
    "tests/security/test_proc_and_sys.py::test_sys_is_empty[command/run.py]",
)
_LIFE_AND_DEATH_TESTS = (
    f"{_LIFECYCLE}sigterm_leaves_nothing",
    f"{_LIFECYCLE}killed_supervisor_takes_its_jails_along_and_its_successor_cleans_up",
    f"{_LIFECYCLE}killed_jailer_is_replaced",
    f"{_LIFECYCLE}client_that_goes_away_cancels_its_execution",
    f"{_LIFECYCLE}cgroups_of_another_service_are_left_alone",
    f"{_WAITING}program_that_ends_while_it_waits_takes_its_jail_along",
    "tests/security/test_shortages.py::test_host_without_processes",
)

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
    "life and death": Part(("bash", "python", "ruby"), _LIFE_AND_DEATH_TESTS),
}
