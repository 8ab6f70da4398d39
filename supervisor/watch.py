"""Looks at a stage while it runs: no more of its time, its CPU time and its memory than it may have."""

import math
import os
import time
from contextlib import suppress

import trio

from protocol.messages import Status
from supervisor.jails import Jail, Stop
from supervisor.outcome import Course, note_memory
from supervisor.validation import StagePlan

# The most a check of CPU time may come late is this, and an accounting tick of the kernel.
_CPU_CHECK_S = 0.002
_CPUS = os.cpu_count() or 1
# The memory's peak is taken down often at first, when a toolchain is read, and then now and again.
_MEMORY_CHECKS_S = (0.01, 0.2)
# v1 tells of a shortage of memory just before it kills.
_OOM_CHECKS = 50


class Watch:
    """The clocks of one stage, none of which is a task: most stages end before it is time to look at one."""

    def __init__(self, jail: Jail, plan: StagePlan, course: Course, stop: Stop) -> None:
        self._jail = jail
        self._course = course
        self._stop = stop
        now = trio.current_time()
        ends_ns = course.started_ns + round(plan.wall_time_ms * 1e6)
        self._wall_at = now + (ends_ns - time.monotonic_ns()) / 1e9
        self._cpu_limit_ns = plan.cpu_time_ms * 1e6
        self._cpu_at = now + _earliest_s(self._cpu_limit_ns)
        self._memory_wait, self._longest_wait = _MEMORY_CHECKS_S
        self._memory_at = now + self._memory_wait

    @property
    def next_look(self) -> float:
        """When it is time for it, of trio's clock."""
        return min(self._wall_at, self._cpu_at, self._memory_at)

    def look(self) -> None:
        """Do what is due."""
        now = trio.current_time()
        if now >= self._wall_at:
            self._wall_at = math.inf
            self._stop(Status.TIMEOUT, "")
        if now >= self._cpu_at:
            self._look_at_cpu_time(now)
        if now >= self._memory_at:
            self._look_at_memory(now)

    def _look_at_cpu_time(self, now: float) -> None:
        """Look again when the limit could be reached at the earliest: often near it, hardly ever before."""
        # Not the quota, which is of a period: all of it may be used in its first moments, on all processors.
        left_ns = self._cpu_limit_ns - (self._jail.leaf.cpu_ns() - self._course.before.cpu_ns)
        if left_ns > 0:
            self._cpu_at = now + _earliest_s(left_ns)
        else:
            self._cpu_at = math.inf
            self._stop(Status.CPU_TIMEOUT, "")

    def _look_at_memory(self, now: float) -> None:
        """So that what is read later does not hide how much memory there was before."""
        with suppress(OSError):  # of a host that is short of descriptors; the end is still to come
            note_memory(self._course, self._jail, self._jail.leaf.usage())
        self._memory_wait = min(2 * self._memory_wait, self._longest_wait)
        self._memory_at = now + self._memory_wait


def _earliest_s(left_ns: float) -> float:
    return max(left_ns / _CPUS / 1e9, _CPU_CHECK_S)


def has_oom_kill(jail: Jail, course: Course) -> bool:
    return jail.leaf.usage().oom_kills > course.before.oom_kills


async def watch_for_oom_kills(jail: Jail, course: Course, eventfd: int, stop: Stop) -> None:
    """End the whole jail when one of its processes was killed for want of memory; v2's kernel does it itself."""
    while True:
        await trio.lowlevel.wait_readable(eventfd)
        os.eventfd_read(eventfd)
        for _ in range(_OOM_CHECKS):
            if has_oom_kill(jail, course):
                return stop(Status.OUT_OF_MEMORY, "")
            await trio.sleep(0.001)
