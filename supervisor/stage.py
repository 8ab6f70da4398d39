"""One stage in one jail: start it, and keep it within its limits.

The first limit that is broken decides the status and kills the jail.
"""

import errno
import os
import time
from contextlib import closing, suppress

import trio

from jail.control import Message
from jail.spec import START_PROGRAM, JailError
from protocol.messages import StageResult, Status
from supervisor.errors import JailLostError
from supervisor.jails import Jail, Stop
from supervisor.launcher import cgroup_limits
from supervisor.outcome import Course, note_memory, stage_result
from supervisor.pipes import Pipes, feed, open_pipes
from supervisor.validation import StagePlan
from supervisor.warm import told

# From the order to the exec; only a host in trouble takes longer.
_START_TIMEOUT_S = 20
# The most a check of CPU time may come late is this, and an accounting tick of the kernel.
_CPU_CHECK_S = 0.002
_CPUS = os.cpu_count() or 1
# The memory's peak is taken down often at first, when a toolchain is read, and then now and again.
_MEMORY_CHECKS_S = (0.01, 0.2)
# Init looks at the jail's files; there may be many.
_LIMITS_TIMEOUT_S = 5
# v1 tells of a shortage of memory just before it kills.
_OOM_CHECKS = 50


async def run_stage(jail: Jail, plan: StagePlan, stdin: bytes) -> StageResult:
    """Run a stage to its end, by a new program or by the one that waits in the jail.

    Raise JailLostError if its program never began, JailError for faults.
    """
    is_looked_up = jail.usage_before is not None
    course = Course(jail.usage_before or jail.leaf.usage())
    jail.usage_before = None

    def stop(limit: Status, sentence: str) -> None:
        if course.broken_limit is None and course.wait_status is None:
            course.broken_limit, course.sentence = limit, sentence
            course.ended_ns = time.monotonic_ns()
            jail.kill()

    waiting = jail.take_waiting()
    order: Message = {"order": "stage", "command": plan.command.as_message()}
    if waiting:
        order = {"order": "release", "content": told(waiting.program, plan)}
    with closing(waiting.pipes if waiting else open_pipes(jail.host_id)) as pipes:
        pipes.collect(plan.limits.output_bytes, lambda: stop(Status.OUTPUT_LIMIT, ""))
        fits = _set_limits(jail, plan, stop)
        if not is_looked_up:  # and only now: a lower limit pushes out what the stage before has left in memory
            jail.leaf.reset_peak()
        if fits:
            jail.stop = stop
            await _supervise(jail, plan, order, stdin, course, pipes, stop)
            jail.stop = None
        if course.wait_status:
            course.met_limits = await _met_limits(jail, plan)
        # Every process that held the other ends is dead: what they wrote is all there.
        for collector in pipes.outputs:
            collector.drain()
        return stage_result(plan, course, pipes.outputs, jail)


def _set_limits(jail: Jail, plan: StagePlan, stop: Stop) -> bool:
    """Apply the stage's own limits; False when what is there already does not fit into its memory."""
    try:
        jail.leaf.set_limits(cgroup_limits(plan.limits, plan.memory_bytes, jail.idle_memory_bytes))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise JailError("set the limits", error.errno or 0, str(error)) from error
        stop(Status.OUT_OF_MEMORY, "")
        return False
    return True


async def _supervise(
    jail: Jail, plan: StagePlan, order: Message, stdin: bytes, course: Course, pipes: Pipes, stop: Stop
) -> None:
    async with trio.open_nursery() as nursery:
        if stdin:
            nursery.start_soon(feed, pipes.take_stdin(), stdin)
        else:
            os.close(pipes.take_stdin())
        for collector in pipes.outputs:
            nursery.start_soon(collector.run)
        if jail.oom_eventfd is not None:
            nursery.start_soon(_watch_memory, jail, course, jail.oom_eventfd, stop)
        try:
            if await _start(jail, order, course, pipes, stop):
                nursery.start_soon(_watch_cpu_time, jail, plan, course.before.cpu_ns, stop)
                nursery.start_soon(_watch_wall_time, plan, course, stop)
                nursery.start_soon(_watch_peak, jail, course)
                await _await_end(jail, course)
        except (JailError, JailLostError) as failure:
            course.failure = failure  # raised from here, it would come out of the nursery as a group
        nursery.cancel_scope.cancel()
    if course.failure:
        raise course.failure


async def _start(jail: Jail, order: Message, course: Course, pipes: Pipes, stop: Stop) -> bool:
    """Order the program and wait for its exec; False when there was no memory left for it."""
    was_used = jail.was_used
    with trio.move_on_after(_START_TIMEOUT_S):
        try:
            await jail.send(order, pipes.theirs)  # none, where a program that waits has them already
            jail.was_used = True
            pipes.close_theirs()
            message = await jail.receive()
        except (JailError, JailLostError) as error:
            if getattr(error, "errno", 0) != errno.ENOMEM and not _has_oom_kill(jail, course):
                if isinstance(error, JailError) and error.step == START_PROGRAM:
                    jail.was_used = was_used  # the host has no process left, or the toolchain is not whole
                    raise JailLostError(f"jail {jail.name} did not start the program: {error}") from error
                raise
            message = None
        if message:
            course.started_ns = int(message["at_ns"])
            return True
        if not _has_oom_kill(jail, course) and not course.broken_limit:
            raise JailLostError(f"jail {jail.name} ended before its program began")
        stop(Status.OUT_OF_MEMORY, "")
        return False
    raise JailError("start the program", errno.ETIMEDOUT, f"nothing happened for {_START_TIMEOUT_S} s")


def _has_oom_kill(jail: Jail, course: Course) -> bool:
    return jail.leaf.usage().oom_kills > course.before.oom_kills


async def _await_end(jail: Jail, course: Course) -> None:
    message = await jail.receive()
    if message:
        course.wait_status = int(message["status"])
        course.ended_ns = int(message["at_ns"])
        return
    # Init is gone or going: we killed it, or the kernel did. Its program must be too before this is told.
    await jail.kill_and_wait()
    course.ended_ns = course.ended_ns or time.monotonic_ns()


async def _watch_wall_time(plan: StagePlan, course: Course, stop: Stop) -> None:
    deadline_ns = course.started_ns + round(plan.wall_time_ms * 1e6)
    await trio.sleep(max(0.0, (deadline_ns - time.monotonic_ns()) / 1e9))
    stop(Status.TIMEOUT, "")


async def _watch_cpu_time(jail: Jail, plan: StagePlan, before_ns: int, stop: Stop) -> None:
    """Look again when the limit could be reached at the earliest: often near it, hardly ever before."""
    limit_ns = plan.cpu_time_ms * 1e6
    left_ns = limit_ns
    # Not the quota, which is of a period: all of it may be used in its first moments, on all processors.
    while left_ns > 0:  # nobody tells us
        await trio.sleep(max(left_ns / _CPUS / 1e9, _CPU_CHECK_S))
        left_ns = limit_ns - (jail.leaf.cpu_ns() - before_ns)
    stop(Status.CPU_TIMEOUT, "")


async def _watch_peak(jail: Jail, course: Course) -> None:
    """So that what is read later does not hide how much memory there was before."""
    wait, longest = _MEMORY_CHECKS_S
    while True:
        await trio.sleep(wait)
        with suppress(OSError):  # of a host that is short of descriptors; the end is still to come
            note_memory(course, jail, jail.leaf.usage())
        wait = min(2 * wait, longest)


async def _met_limits(jail: Jail, plan: StagePlan) -> list[str]:
    """The limits that only file systems know of, as init finds them now; none when it is gone."""
    with trio.move_on_after(_LIMITS_TIMEOUT_S), suppress(JailError, JailLostError):
        await jail.send({"order": "limits", "file_size_bytes": plan.limits.file_size_bytes})
        if message := await jail.receive():
            return [str(limit) for limit in message["met"]]
    return []


async def _watch_memory(jail: Jail, course: Course, eventfd: int, stop: Stop) -> None:
    """End the whole jail when one of its processes was killed for want of memory; v2's kernel does it itself."""
    while True:
        await trio.lowlevel.wait_readable(eventfd)
        os.eventfd_read(eventfd)
        for _ in range(_OOM_CHECKS):
            if _has_oom_kill(jail, course):
                return stop(Status.OUT_OF_MEMORY, "")
            await trio.sleep(0.001)
