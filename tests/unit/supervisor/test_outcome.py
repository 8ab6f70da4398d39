"""What the kernel's counters are taken to mean."""

import resource
from typing import Any, cast

import pytest

from jail.cgroups import Usage
from supervisor.outcome import Course, note_memory

MIB = 1 << 20


class Leaf:
    def page_cache(self) -> int:
        return 3 * MIB


class Jail:
    leaf = Leaf()
    init_memory_bytes = 2 * MIB


def usage(memory_peak_bytes: int) -> Usage:
    return Usage(memory_peak_bytes=memory_peak_bytes, cpu_ns=0, oom_kills=0, refused_forks=0)


@pytest.mark.parametrize(
    ("counted", "memory"),
    [
        (12 * MIB, 7 * MIB),
        pytest.param(5 * MIB, resource.getpagesize(), id="charged ahead to init"),
        pytest.param(4 * MIB, resource.getpagesize(), id="cached since"),
    ],
)
def test_memory_is_the_program_s_own(counted: int, memory: int) -> None:
    course = Course(usage(0))
    note_memory(course, cast(Any, Jail()), usage(counted))
    assert course.memory_peak_bytes == memory


def test_memory_seen_before_is_not_forgotten() -> None:
    course = Course(usage(0), memory_peak_bytes=9 * MIB)
    note_memory(course, cast(Any, Jail()), usage(12 * MIB))
    assert course.memory_peak_bytes == 9 * MIB
