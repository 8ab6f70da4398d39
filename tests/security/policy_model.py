"""What the policy must answer to a system call, worked out from its tables alone, without the filter."""

import ctypes
import errno
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jail.policy import ALLOWED, IGNORED, NOT_IMPLEMENTED, Rule
from jail.seccomp import _NUMBERS  # what libseccomp has no names for

_X32_BIT = 0x4000_0000
_WORD = 0xFFFF_FFFF  # the kernel takes the number from the lower half of the register
NEVER_CAME_BACK = "-"

# uretprobe and uprobe: the kernel asks no filter about them (kernel/seccomp.c), as it makes them itself in
# programs that are probed; in others they answer with an error or SIGILL.
_NEVER_FILTERED = {335, 336}

# Calls that are allowed, and that have an answer of their own which is the filter's as well.
OWN_ANSWERS = {
    "futex": "ENOSYS is its word for an unknown operation",
    "fchown": "EPERM: to an id that is not the program's own",
    "setpgid": "EPERM: of another session, such as init's",
    "setsid": "EPERM: a group leader can't",
    "sched_setattr": "EPERM: the policies with a real-time priority",
    "sched_setscheduler": "EPERM: real time, and init",
    "sched_setaffinity": "EPERM: init",
    "sched_setparam": "EPERM: real time, and init",
    "rt_sigqueueinfo": "EPERM: pretending that the kernel sent it",
    "rt_tgsigqueueinfo": "EPERM: pretending that the kernel sent it",
    "get_robust_list": "EPERM: of init, which can't be traced",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A system call by number and arguments."""

    number: int
    args: tuple[int, ...]

    def __str__(self) -> str:
        words = [self.number, *self.args, *[0] * (6 - len(self.args))]
        return " ".join(f"{word & 0xFFFF_FFFF_FFFF_FFFF:x}" for word in words)


def call(name: str, *args: int) -> Call:
    return Call(number_of(name), args)


def expected_errno(made: Call) -> int | None:
    """The errno that the filter answers, 0 for success without doing anything; None where the kernel decides."""
    number = made.number & _WORD
    if _X32_BIT <= number < _WORD:  # libseccomp takes -1 for a call that a tracer has cancelled
        return errno.ENOSYS
    if number in _NEVER_FILTERED:
        return None
    for rules, answer in ((ALLOWED, None), (NOT_IMPLEMENTED, errno.ENOSYS), (IGNORED, 0)):
        if any(_matches(rule, number, made.args) for rule in rules):
            return answer
    return errno.EPERM


def wrong_answers(calls: Sequence[Call], answers: Sequence[str]) -> list[str]:
    """Where a program that made these calls heard something else; an answer is an errno or NEVER_CAME_BACK."""
    assert len(answers) == len(calls)
    return [f"{c}: {answer}" for c, answer in zip(calls, answers, strict=True) if not _is_right(c, answer)]


def _is_right(made: Call, answer: str) -> bool:
    expected = expected_errno(made)
    if expected is not None:
        return answer == str(expected)
    if answer not in (str(errno.EPERM), str(errno.ENOSYS)):
        return True
    number = made.number & _WORD
    return number in _NEVER_FILTERED or any(number_of(name) == number for name in OWN_ANSWERS)


def _matches(rule: Rule, number: int, args: tuple[int, ...]) -> bool:
    if number not in _numbers(rule.calls):
        return False
    padded = [arg & 0xFFFF_FFFF_FFFF_FFFF for arg in (*args, *[0] * (6 - len(args)))]
    return all(padded[condition.index] & condition.mask == condition.equals for condition in rule.when)


@cache
def _numbers(calls: str) -> frozenset[int]:
    return frozenset(number_of(name) for name in calls.split())


@cache
def number_of(name: str) -> int:
    library = ctypes.CDLL("libseccomp.so.2")
    number: int = library.seccomp_syscall_resolve_name(name.encode())
    return _NUMBERS[name] if number == -1 else number
