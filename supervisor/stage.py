"""One stage in one jail: start it, keep it within its limits, and say how it ended.

The first limit that is broken decides the status and kills the jail. Statuses
come from the kernel: init's report of a wait status, and the cgroup's counters.
"""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import trio

from jail.cgroups import Usage
from jail.spec import JailError, StageCommand
from protocol.messages import StageResult, Status
from supervisor.collector import OutputCollector, feed
from supervisor.errors import JailLostError
from supervisor.jails import Jail
from supervisor.launcher import cgroup_limits
from supervisor.validation import StagePlan

# From the order to the exec; only a host in trouble takes longer.
_START_TIMEOUT_S = 20
# The most a check of CPU time may come late is this, and an accounting tick of the kernel.
_CPU_CHECK_S = 0.002
# v1 tells of a shortage of memory just before it kills.
_OOM_CHECKS = 50

Stop = Callable[[Status], None]  # end the stage for having broken this limit


@dataclass(slots=True)
class _Course:
    """What is known of a stage as it goes on."""

    oom_kills_before: int
    started_ns: int = 0  # of CLOCK_MONOTONIC, as is the end
    ended_ns: int = 0
    wait_status: int | None = None  # None until its program ended by itself
    broken_limit: Status | None = None
    failure: JailError | JailLostError | None = None


async def run_stage(jail: Jail, plan: StagePlan, stdin: bytes) -> StageResult:
    """Run a stage to its end. Raise JailLostError if its program never began, JailError for faults."""
    before = jail.leaf.usage()
    course = _Course(before.oom_kills)

    def stop(limit: Status) -> None:
        if course.broken_limit is None and course.wait_status is None:
            course.broken_limit = limit
            course.ended_ns = time.monotonic_ns()
            jail.kill()

    with _pipes(jail.host_id, plan.limits.output_bytes, lambda: stop(Status.OUTPUT_LIMIT)) as pipes:
        if _set_limits(jail, plan, stop):
            await _supervise(jail, plan, stdin, course, pipes, stop)
        # Every process that held the other ends is dead: what they wrote is all there.
        for collector in pipes.outputs:
            collector.drain()
        return _result(plan, course, pipes.outputs, before, jail)


def _set_limits(jail: Jail, plan: StagePlan, stop: Stop) -> bool:
    """Apply the stage's own limits; False when what is there already does not fit into its memory."""
    try:
        jail.leaf.set_limits(cgroup_limits(plan.limits, plan.memory_bytes, jail.idle_memory_bytes))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise JailError("set the limits", error.errno or 0, str(error)) from error
        stop(Status.OUT_OF_MEMORY)
        return False
    jail.leaf.reset_peak()
    return True


async def _supervise(jail: Jail, plan: StagePlan, stdin: bytes, course: _Course, pipes: "_Pipes", stop: Stop) -> None:
    before_ns = jail.leaf.cpu_ns()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed, pipes.take_stdin(), stdin)
        for collector in pipes.outputs:
            nursery.start_soon(collector.run)
        nursery.start_soon(_watch_memory, jail, stop)
        try:
            if await _start(jail, plan, course, pipes, stop):
                nursery.start_soon(_watch_cpu_time, jail, plan, before_ns, stop)
                nursery.start_soon(_watch_wall_time, plan, course, stop)
                await _await_end(jail, course)
        except (JailError, JailLostError) as failure:
            course.failure = failure  # raised from here, it would come out of the nursery as a group
        nursery.cancel_scope.cancel()
    if course.failure:
        raise course.failure


async def _start(jail: Jail, plan: StagePlan, course: _Course, pipes: "_Pipes", stop: Stop) -> bool:
    """Order the program and wait for its exec; False when there was no memory left for it."""
    with trio.move_on_after(_START_TIMEOUT_S):
        try:
            await jail.send({"order": "stage", "command": _command(plan).as_message()}, pipes.theirs)
            jail.was_used = True
            pipes.close_theirs()
            message = await jail.receive()
        except (JailError, JailLostError) as error:
            if getattr(error, "errno", 0) != errno.ENOMEM and not _has_oom_kill(jail, course):
                raise
            message = None
        if message:
            course.started_ns = int(message["at_ns"])
            return True
        if not _has_oom_kill(jail, course) and not course.broken_limit:
            raise JailLostError(f"jail {jail.name} ended before its program began")
        stop(Status.OUT_OF_MEMORY)
        return False
    raise JailError("start the program", errno.ETIMEDOUT, f"nothing happened for {_START_TIMEOUT_S} s")


def _has_oom_kill(jail: Jail, course: _Course) -> bool:
    return jail.leaf.usage().oom_kills > course.oom_kills_before


async def _await_end(jail: Jail, course: _Course) -> None:
    message = await jail.receive()
    if message:
        course.wait_status = int(message["status"])
        course.ended_ns = int(message["at_ns"])
        return
    # Init is gone or going: we killed it, or the kernel did. Its program must be too before this is told.
    await jail.kill_and_wait()
    course.ended_ns = course.ended_ns or time.monotonic_ns()


async def _watch_wall_time(plan: StagePlan, course: _Course, stop: Stop) -> None:
    deadline_ns = course.started_ns + round(plan.wall_time_ms * 1e6)
    await trio.sleep(max(0.0, (deadline_ns - time.monotonic_ns()) / 1e9))
    stop(Status.TIMEOUT)


async def _watch_cpu_time(jail: Jail, plan: StagePlan, before_ns: int, stop: Stop) -> None:
    """Look again when the limit could be reached at the earliest: often near it, hardly ever before."""
    limit_ns = plan.cpu_time_ms * 1e6
    # Not the quota, which is of a period: all of it may be used in its first moments, on all processors.
    cpus = os.cpu_count() or 1
    while (left_ns := limit_ns - (jail.leaf.cpu_ns() - before_ns)) > 0:  # noqa: ASYNC110  # nobody tells us
        await trio.sleep(max(left_ns / cpus / 1e9, _CPU_CHECK_S))
    stop(Status.CPU_TIMEOUT)


async def _watch_memory(jail: Jail, stop: Stop) -> None:
    """End the whole jail when one of its processes was killed for want of memory; v2's kernel does it itself."""
    eventfd = jail.leaf.oom_eventfd()
    if eventfd is None:
        return
    try:
        while True:
            await trio.lowlevel.wait_readable(eventfd)
            os.eventfd_read(eventfd)
            for _ in range(_OOM_CHECKS):
                if jail.leaf.usage().oom_kills:
                    return stop(Status.OUT_OF_MEMORY)
                await trio.sleep(0.001)
    finally:
        os.close(eventfd)


def _command(plan: StagePlan) -> StageCommand:
    return StageCommand(
        argv=plan.argv,
        environment=plan.environment,
        open_files=plan.limits.open_files,
        file_size_bytes=plan.limits.file_size_bytes,
        stack_bytes=plan.limits.stack_bytes,
    )


def _result(
    plan: StagePlan, course: _Course, outputs: tuple[OutputCollector, OutputCollector], before: Usage, jail: Jail
) -> StageResult:
    stdout, stderr = outputs
    after = jail.leaf.usage()
    exit_code, signal_name = _read_wait_status(course)
    if stdout.is_truncated or stderr.is_truncated:
        # It may have written the last of it just before it ended, and so never been killed for it.
        course.broken_limit = course.broken_limit or Status.OUTPUT_LIMIT
    status = _status(course, after.oom_kills > before.oom_kills, exit_code, signal_name)
    if status not in (Status.OK, Status.NONZERO_EXIT, Status.SIGNALED):
        exit_code, signal_name = None, "SIGKILL"
    return StageResult(
        status=status,
        stdout=stdout.content,
        stderr=stderr.content,
        stdout_truncated=stdout.is_truncated,
        stderr_truncated=stderr.is_truncated,
        wall_time_ms=round((course.ended_ns - course.started_ns) / 1e6, 3) if course.started_ns else 0.0,
        cpu_time_ms=round((after.cpu_ns - before.cpu_ns) / 1e6, 3),
        # Init's own share is the jail's, not the program's.
        memory_peak_bytes=max(0, after.memory_peak_bytes - jail.idle_memory_bytes),
        exit_code=exit_code,
        signal=signal_name,
        message=_message(status, plan, exit_code, signal_name, after.refused_forks > before.refused_forks),
    )


def _read_wait_status(course: _Course) -> tuple[int | None, str | None]:
    if course.wait_status is None:
        return None, "SIGKILL"
    if os.WIFSIGNALED(course.wait_status):
        number = os.WTERMSIG(course.wait_status)
        try:
            return None, signal.Signals(number).name
        except ValueError:  # a real-time signal between SIGRTMIN and SIGRTMAX
            return None, f"SIGRTMIN+{number - signal.SIGRTMIN}"
    return os.WEXITSTATUS(course.wait_status), None


def _status(course: _Course, has_oom_kill: bool, exit_code: int | None, signal_name: str | None) -> Status:
    if course.broken_limit:
        return course.broken_limit
    if has_oom_kill:
        return Status.OUT_OF_MEMORY
    if course.wait_status is None:
        raise JailError("run the program", 0, "init ended and no limit was broken")
    if signal_name:
        return Status.SIGNALED
    return Status.NONZERO_EXIT if exit_code else Status.OK


def _message(
    status: Status, plan: StagePlan, exit_code: int | None, signal_name: str | None, forks_refused: bool
) -> str | None:
    sentence = {
        Status.OK: None,
        Status.NONZERO_EXIT: f"exited with code {exit_code}",
        Status.SIGNALED: f"killed by {signal_name}",
        Status.TIMEOUT: f"the wall time limit of {plan.wall_time_ms:g} ms was exceeded",
        Status.CPU_TIMEOUT: f"the CPU time limit of {plan.cpu_time_ms:g} ms was exceeded",
        Status.OUT_OF_MEMORY: f"the memory limit of {plan.memory_bytes} bytes was exceeded",
        Status.OUTPUT_LIMIT: f"the output limit of {plan.limits.output_bytes} bytes a stream was exceeded",
    }[status]
    if sentence and forks_refused:
        sentence += f"; the limit of {plan.limits.pids} processes and threads was reached"
    return sentence


class _Pipes:
    """Both ends of a stage's stdin, stdout and stderr, each closed once."""

    def __init__(self, owner: int, limit: int, on_overflow: Callable[[], None]) -> None:
        with ExitStack() as undo:
            pairs = []
            for _ in range(3):
                pairs.append(os.pipe2(os.O_CLOEXEC))
                for fd in pairs[-1]:
                    undo.callback(os.close, fd)
            (stdin_read, self._stdin), (stdout_read, stdout_write), (stderr_read, stderr_write) = pairs
            self.theirs = [stdin_read, stdout_write, stderr_write]
            for fd in self.theirs:
                # The jail's own, or /dev/stdin and its like could not be opened in it.
                os.fchown(fd, owner, owner)
            self.outputs = (
                OutputCollector(stdout_read, limit, on_overflow),
                OutputCollector(stderr_read, limit, on_overflow),
            )
            undo.pop_all()

    def close_theirs(self) -> None:
        while self.theirs:
            os.close(self.theirs.pop())

    def take_stdin(self) -> int:
        """Hand over the end to write to; it is not closed here then."""
        fd, self._stdin = self._stdin, -1
        return fd

    def close(self) -> None:
        self.close_theirs()
        for collector in self.outputs:
            collector.close()
        if self._stdin >= 0:
            os.close(self._stdin)


@contextmanager
def _pipes(owner: int, limit: int, on_overflow: Callable[[], None]) -> Iterator[_Pipes]:
    pipes = _Pipes(owner, limit, on_overflow)
    try:
        yield pipes
    finally:
        pipes.close()
