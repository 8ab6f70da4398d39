"""How a stage ended: from what was seen of it and the kernel's counters to a result.

Nothing a program can write or exit with is taken for anything but its output
and its exit code.
"""

import os
import resource
import signal
from dataclasses import dataclass, field

from jail.cgroups import Usage
from jail.spec import DISK, FILE_SIZE, INODES, JailError
from protocol.messages import StageResult, Status
from supervisor.jails import Jail
from supervisor.pipes import Pipes
from supervisor.validation import StagePlan

# Limits that end a program; the others only refuse it something.
_KILLED = (Status.TIMEOUT, Status.CPU_TIMEOUT, Status.OUT_OF_MEMORY, Status.OUTPUT_LIMIT)
_LEAST_MEMORY_BYTES = resource.getpagesize()  # no program has less


@dataclass(slots=True)
class Course:
    """What is known of a stage as it goes on."""

    before: Usage
    memory_peak_bytes: int = 0  # as far as it was seen
    started_ns: int = 0  # of CLOCK_MONOTONIC, as is the end
    ended_ns: int = 0
    wait_status: int | None = None  # None until its program ended by itself
    broken_limit: Status | None = None
    sentence: str = ""  # about it, where the usual one does not say it
    met_limits: list[str] = field(default_factory=list)  # of the file systems, where the program did not succeed
    stays: bool = False  # its program goes on, and waits for the next one


def note_memory(course: Course, jail: Jail, now: Usage) -> None:
    """Take down the peak so far, but for init and for what is only cached.

    The kernel knows the peak of all together. Files that were read stay cached and are charged to whoever was
    their first reader, until others need the room; at the peak there was, as a rule, as much of it as just after.
    It charges 64 pages ahead for each processor, so that a small program may have found all of its own paid for.
    """
    peak = now.memory_peak_bytes - jail.leaf.page_cache()
    course.memory_peak_bytes = max(course.memory_peak_bytes, peak - jail.init_memory_bytes, _LEAST_MEMORY_BYTES)


def stage_result(plan: StagePlan, course: Course, pipes: Pipes, jail: Jail) -> StageResult:
    stdout, stderr = pipes.outputs
    after = jail.leaf.usage()
    note_memory(course, jail, after)
    exit_code, signal_name = _read_wait_status(course)
    if stdout.is_truncated or stderr.is_truncated:
        # It may have written the last of it just before it ended, and so never been killed for it.
        course.broken_limit = course.broken_limit or Status.OUTPUT_LIMIT
    wall_ms = (course.ended_ns - course.started_ns) / 1e6 if course.started_ns else 0.0
    cpu_ms = (after.cpu_ns - course.before.cpu_ns) / 1e6
    if course.broken_limit is None and course.wait_status is not None:
        # It ended by itself, but too late: a limit is a limit, however short the time to see to it.
        course.broken_limit = _overrun(plan, wall_ms, cpu_ms)
    met = _met_limits(course, plan, after)
    status = _status(course, after.oom_kills > course.before.oom_kills, met)
    if status in _KILLED:
        exit_code, signal_name = None, "SIGKILL"
    return StageResult(
        status=status,
        stdout=stdout.content,
        stderr=stderr.content,
        stdout_truncated=stdout.is_truncated,
        stderr_truncated=stderr.is_truncated,
        wall_time_ms=round(wall_ms, 3),
        cpu_time_ms=round(cpu_ms, 3),
        memory_peak_bytes=course.memory_peak_bytes,
        exit_code=exit_code,
        signal=signal_name,
        arrival=pipes.arrival,
        message=course.sentence or _message(status, plan, exit_code, signal_name, met),
    )


def _overrun(plan: StagePlan, wall_ms: float, cpu_ms: float) -> Status | None:
    if wall_ms > plan.wall_time_ms:
        return Status.TIMEOUT
    return Status.CPU_TIMEOUT if cpu_ms > plan.cpu_time_ms else None


def _read_wait_status(course: Course) -> tuple[int | None, str | None]:
    if course.wait_status is None:
        return None, "SIGKILL"
    if os.WIFSIGNALED(course.wait_status):
        number = os.WTERMSIG(course.wait_status)
        try:
            return None, signal.Signals(number).name
        except ValueError:  # a real-time signal between SIGRTMIN and SIGRTMAX, or one that the C library keeps
            return None, f"SIGRTMIN+{number - signal.SIGRTMIN}" if number > signal.SIGRTMIN else f"SIG{number}"
    return os.WEXITSTATUS(course.wait_status), None


def _met_limits(course: Course, plan: StagePlan, after: Usage) -> dict[Status, str]:
    """What a program ran into and lived, in words; the likeliest cause of its failure first."""
    limits, disk = plan.limits, plan.disk
    sentences = {
        FILE_SIZE: (Status.FILE_SIZE_LIMIT, f"a file reached the limit of {limits.file_size_bytes} bytes"),
        DISK: (Status.DISK_LIMIT, f"the disk limit of {disk.size_bytes} bytes was reached"),
        INODES: (Status.INODE_LIMIT, f"the limit of {disk.inodes} files and folders was reached"),
    }
    met = dict(sentence for limit, sentence in sentences.items() if limit in course.met_limits)
    if after.refused_forks > course.before.refused_forks:
        met[Status.PROCESS_LIMIT] = f"the limit of {limits.pids} processes and threads was reached"
    return met


def _status(course: Course, has_oom_kill: bool, met: dict[Status, str]) -> Status:
    if course.broken_limit:
        return course.broken_limit
    if has_oom_kill:
        return Status.OUT_OF_MEMORY
    if course.wait_status is None:
        raise JailError("run the program", 0, "init ended and no limit was broken")
    if course.wait_status == 0:
        return Status.OK
    return next(iter(met), Status.SIGNALED if os.WIFSIGNALED(course.wait_status) else Status.NONZERO_EXIT)


def _message(
    status: Status, plan: StagePlan, exit_code: int | None, signal_name: str | None, met: dict[Status, str]
) -> str | None:
    if status is Status.OK:
        return None
    ended = f"killed by {signal_name}" if signal_name else f"exited with code {exit_code}"
    broken = {
        Status.TIMEOUT: f"the wall time limit of {plan.wall_time_ms:g} ms was exceeded",
        Status.CPU_TIMEOUT: f"the CPU time limit of {plan.cpu_time_ms:g} ms was exceeded",
        Status.OUT_OF_MEMORY: f"the memory limit of {plan.memory_bytes} bytes was exceeded",
        Status.OUTPUT_LIMIT: f"the output limit of {plan.limits.output_bytes} bytes a stream was exceeded",
    }
    return "; ".join([broken.get(status, ended), *met.values()])
