"""The policy's table and the filter made of it."""

import struct

import pytest

from jail.policy import ALLOWED, IGNORED, NOT_IMPLEMENTED
from jail.seccomp import compile_filter

REFUSED = [
    "mount",
    "umount2",
    "unshare",
    "setns",
    "pivot_root",
    "chroot",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "kcmp",
    "bpf",
    "userfaultfd",
    "perf_event_open",
    "add_key",
    "keyctl",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "reboot",
    "swapon",
    "swapoff",
    "quotactl",
    "acct",
    "syslog",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "name_to_handle_at",
    "open_by_handle_at",
    "memfd_secret",
    "ioperm",
    "iopl",
    "modify_ldt",
    "setuid",
    "setgid",
    "setgroups",
    "setresuid",
    "capset",
    "seccomp",
    "fsopen",
    "fsmount",
    "move_mount",
    "open_tree",
    "mount_setattr",
    "vmsplice",
    "remap_file_pages",
    "process_madvise",
]


def names(rules: tuple) -> list[str]:  # type: ignore[type-arg]
    return [name for rule in rules for name in rule.calls.split()]


@pytest.mark.parametrize("name", REFUSED)
def test_dangerous_calls_are_not_allowed(name: str) -> None:
    assert name not in names(ALLOWED)


def test_nothing_is_both_allowed_and_not_implemented() -> None:
    lists = [set(names(rules)) for rules in (ALLOWED, NOT_IMPLEMENTED, IGNORED)]
    assert sum(map(len, lists)) == len(set.union(*lists))


def test_a_call_is_either_free_or_conditional() -> None:
    """libseccomp lets an unconditional rule win over the conditions beside it."""
    free = {name for rule in ALLOWED if not rule.when for name in rule.calls.split()}
    conditional = {name for rule in ALLOWED if rule.when for name in rule.calls.split()}
    assert not free & conditional
    assert {
        "clone",
        "socket",
        "socketpair",
        "prctl",
        "ioctl",
        "personality",
        "prlimit64",
        "mknod",
        "sched_setscheduler",
    } <= conditional


def test_every_rule_has_a_reason() -> None:
    assert all(len(rule.reason) > 3 for rule in (*ALLOWED, *NOT_IMPLEMENTED))


def test_filter_compiles_to_what_the_kernel_takes() -> None:
    program = compile_filter()
    instructions = list(struct.iter_unpack("HBBI", program))
    assert 100 < len(instructions) <= 4096  # BPF_MAXINSNS
    returns = {k for code, _, _, k in instructions if code == 0x06}
    allow, eperm, enosys = 0x7FFF0000, 0x00050001, 0x00050026
    assert returns == {allow, eperm, enosys, 0x00050000}  # and never a kill
