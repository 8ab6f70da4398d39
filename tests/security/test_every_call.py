"""Group 11: every system call there is or might be, compared with what the policy's tables say of it."""

from collections.abc import Iterator
from itertools import product

import pytest

from jail.policy import ALLOWED
from tests.security.attacks import Program
from tests.security.policy_model import Call, call, expected_errno, wrong_answers
from tests.service import Service

pytestmark = pytest.mark.service

CALLS = Program("kernel_surface/calls.c")
LAST = 1024  # the kernel is at 470
PAGE = 0x1000_0000  # where calls.c has zeros
UPPER = 0xFFFF_FFFF_0000_0000
X32 = 0x4000_0000
SIGCHLD = 17
NEW = (0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)  # CLONE_NEW*
BITS = [1 << bit for bit in range(64)]
# Chosen so that what is allowed does not refuse by itself, and that little happens.
ARGUMENTS: dict[str, tuple[int, ...]] = {
    "zeros": (0,) * 6, "ones": (1,) * 6, "minus one": (-1,) * 6, "pointers": (PAGE,) * 6,
    "mixed": (0, PAGE, 8, PAGE, PAGE, 8), "upper half": (UPPER,) * 6,
}  # fmt: skip


def numbers() -> Iterator[tuple[str, list[Call]]]:
    """Every number, with each of the arguments; then the forms in which a number can be hidden."""
    for name, args in ARGUMENTS.items():
        yield f"every number, {name}", [Call(number, args) for number in range(LAST)]
    yield "x32", [Call(X32 | number, args) for number in range(LAST) for args in ((0,) * 6, (PAGE,) * 6)]
    yield "wide numbers", [Call(number | 1 << 32, (PAGE,) * 6) for number in range(LAST)]
    yield "sign bit", [Call(number | 1 << 31, (0,) * 6) for number in range(LAST)]
    yield "negative", [Call(-number, (0,) * 6) for number in range(1, 300)]
    yield "single bits", [Call(bit, (0,) * 6) for bit in BITS[10:]]


def conditions() -> Iterator[tuple[str, list[Call]]]:
    """What is allowed with some arguments only: asked around each condition."""
    options = [*range(101), *range(0x5356_4D00, 0x5356_4E00), 0x5961_6D61, 0x4155_5856]
    yield (
        "prctl",
        [call("prctl", option, *rest) for option in options for rest in ((0,) * 4, (PAGE,) * 4, (1, 1, 0, 0))],
    )
    yield "prctl, upper half", [call("prctl", option | 1 << 32, 0) for option in options]
    yield "personality", [call("personality", value) for value in (0, 8, 0xFFFF_FFFF, -1, UPPER, *BITS)]
    kinds = [kind | flags for kind in (*range(12), 0x7FFF_FFFF) for flags in (0, 0o2004000 | 1 << 40)]
    families = [*range(50), -1, 255, 2 | 1 << 32, 16 | 1 << 32, 17 | 1 << 32]
    yield "socket", [call("socket", *args) for args in product(families, kinds, (0, 6, 17))]
    yield "socket protocols", [call("socket", *args) for args in product((1, 2, 10), (1, 2, 3, 5), (*range(300), -1))]
    yield "socketpair", [call("socketpair", family, kind, 0, PAGE) for family in families for kind in (1, 2, 5)]
    modes = [kind << 12 | rights for kind in range(16) for rights in (0, 0o666, 0o6777)]
    yield "mknod", [call("mknod", PAGE, mode | upper, 0x103) for mode in modes for upper in (0, 1 << 32)]
    yield "mknodat", [call("mknodat", -100, PAGE, mode, 0x103) for mode in modes]
    clones = [bit | SIGCHLD for bit in BITS[8:]] + [a | b | SIGCHLD for a in NEW for b in (*NEW, *BITS[8:])]
    yield "clone", [call("clone", flags) for flags in clones]
    yield "mmap", [call("mmap", 2 * PAGE, 4096, 0, 0x22 | bit, -1, 0) for bit in BITS]
    yield "memfd_create", [call("memfd_create", PAGE, bit) for bit in BITS]
    yield "shmget", [call("shmget", 0, 4096, bit) for bit in BITS]
    yield "preadv2", [call(name, 0, PAGE, 0, 0, 0, bit) for name in ("preadv2", "pwritev2") for bit in (0, *BITS)]
    scheduling = ("sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr")
    pids = [0, 2, 3, -1, 1 << 31, 1 << 32, 2 | 1 << 32, *(1 | bit for bit in BITS)]
    yield "scheduling", [call(name, pid) for name in scheduling for pid in pids]
    yield "prlimit64", [call("prlimit64", pid, 7, 0, PAGE) for pid in (0, 1, 2, -1, 1 << 32, 1 | 1 << 32)]
    yield "setpriority", [call("setpriority", *args) for args in product((0, 1, 2, 1 << 32), (0, 1, -1), (19,))]
    levels = (*range(300), -1, 1 | 1 << 32)
    yield "setsockopt", [call("setsockopt", 0, level, name) for level in (0, 1, 6, 17, 41, -1) for name in range(300)]
    yield (
        "setsockopt levels",
        [call("setsockopt", 0, level, name) for level in levels for name in (1, 2, 26, 14 | 1 << 32)],
    )
    yield "ioctl", [call("ioctl", 1, group << 8 | number) for group in range(256) for number in range(0, 256, 15)]


CASES = {name: calls for source in (numbers(), conditions()) for name, calls in source}


@pytest.mark.parametrize("name", CASES)
def test_answers_are_those_of_the_policy(service: Service, name: str) -> None:
    calls = CASES[name]
    run = CALLS.run(service, stdin="".join(f"{made}\n" for made in calls), run_timeout=60_000)
    assert (run["status"], run["stderr"]) == ("ok", "")
    assert wrong_answers(calls, run["stdout"].split()) == []


# What an unprivileged user is answered outside must differ, or the same answers inside would mean nothing. Numbers
# with bit 30 or 31 are for a kernel with x32, or for none.
TELLING = [name for name in CASES if name not in ("x32", "sign bit", "negative", "single bits")]


@pytest.mark.parametrize("name", TELLING)
def test_answers_are_others_outside(service: Service, name: str) -> None:
    """The control. Each case is asked of at least one call that the filter refuses and the kernel does not."""
    calls = CASES[name]
    asked = "".join(f"{made}\n" for made in calls).encode()
    # Of SysV memory, huge pages are for root alone.
    done = CALLS.run_outside(service.state, stdin=asked, as_root=name == "shmget")
    answers = done.stdout.split()
    assert len(answers) == len(calls), done.stderr
    assert wrong_answers(calls, answers) != []


def test_every_rule_is_tried() -> None:
    """So that a call added to the policy with a condition is added here as well."""
    conditional = {name for rule in ALLOWED if rule.when for name in rule.calls.split()}
    asked = {made.number for name, calls in CASES.items() if "number" not in name for made in calls}
    assert {name for name in conditional if call(name).number not in asked} == set()
    for name, calls in CASES.items():
        assert any(expected_errno(made) is not None for made in calls), name
