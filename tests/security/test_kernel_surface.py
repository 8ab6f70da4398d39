"""Group 11: system calls that no language needs, made by hand and by what languages have for them."""

import errno
from collections import Counter

import pytest

from jail.policy import ALLOWED
from tests.security.attacks import Program, named, variants
from tests.security.policy_model import number_of
from tests.service import Service

pytestmark = pytest.mark.service

EPERM, ENOSYS = str(errno.EPERM), str(errno.ENOSYS)
# Attempts that are made along with the refused ones, and are no attack.
HARMLESS = {"pidfd_open", "personality_back", "posix_fadvise_is_done", "start_normal", "true", "getpid"}
# By name: what a runtime must take for a call that this kernel is too old for.
NOT_THERE = ("clone3", "io_uring", "io_setup", "io_submit", "io_getevents", "io_cancel", "io_destroy", "fanotify")
# Refused by the mount of /proc, which is read-only.
READ_ONLY = {"setgroups", "gid_map", "uid_map"}
CALLS = """
mount P P P 0 0|umount2 P 2|pivot_root P P|unshare 10000000|unshare 20000|setns 0 0|chroot P|ptrace 3 1 0 P|
process_vm_readv 1 P 1 P 1 0|process_vm_writev 1 P 1 P 1 0|kcmp 1 1 0 0 0|bpf 0 P 80|userfaultfd 1|perf_event_open P 0 ffffffffffffffff ffffffffffffffff 0|
add_key P P P 1 fffffffffffffffe|request_key P P 0 0|keyctl 0 fffffffffffffffe 0|init_module P 1 P|delete_module P 800|reboot 1 2 3 P|
swapon P 800000|swapoff P|syslog a 0 0|sethostname P 1|iopl 4|modify_ldt 0 P 80|memfd_secret 0|
name_to_handle_at ffffff9c P P P 0|open_tree ffffff9c P 1|fsopen P 0|move_mount 0 P 0 P 0|personality 40000|seccomp 2 0 P|
socket 10 3 0|socket 11 3 0|socket 2 3 ff|socket 100000010 3 0|ioctl 0 5412 P|ioctl 0 100005412 P|ioctl 0 541c P|
clone3 P 0|io_uring_setup 4 P|io_setup 8 P|fanotify_init 0 0|getpid|
""".replace("\n", "").strip("|").split("|")  # fmt: skip
# How each call of <asm/unistd_32.h> in entry_points.c reads: refused as of another architecture.
FOREIGN = f"-{ENOSYS}"


def outcomes(stdout: str) -> dict[str, str]:
    """By attempt: the errno, 0 when it was done. Every attempt has a line, and a name of its own."""
    lines = [line.split(maxsplit=1) for line in stdout.splitlines()]
    assert max(Counter(name for name, _ in lines).values()) == 1, stdout
    return {line[0]: line[1] for line in lines}


def expected(name: str) -> str:
    if name in HARMLESS:
        return "0"
    if name in READ_ONLY:
        return str(errno.EROFS)
    return ENOSYS if name.startswith(NOT_THERE) else EPERM


def calls_by_hand() -> str:
    """For by_hand.*: names with a running number, as some are tried twice."""
    split = [line.split() for line in CALLS]
    return "".join(
        " ".join([f"{name}_{i}" if name != "getpid" else name, str(number_of(name)), *args]) + "\n"
        for i, (name, *args) in enumerate(split)
    )


C_PROGRAMS = {
    "mount_calls": 18, "fresh_user_namespace": 8, "namespaces": 64, "other_memory": 25, "keys": 42,
    "administration": 39, "late_io": 13,
}  # fmt: skip
# Those that change nothing outside of their namespaces need root for it to count; the others must not be root.
AS_ROOT = {"mount_calls", "namespaces", "other_memory", "administration", "late_io"}


@pytest.mark.parametrize("name", C_PROGRAMS)
def test_call_is_refused(service: Service, name: str) -> None:
    run = Program(f"kernel_surface/{name}.c").run(service)
    found = outcomes(run["stdout"])
    assert (run["status"], len(found)) == ("ok", C_PROGRAMS[name])
    assert found == {name: expected(name) for name in found}


@pytest.mark.parametrize("name", C_PROGRAMS)
def test_call_is_possible_outside(service: Service, name: str) -> None:
    """The control: done, or refused for what it asked and not because of who asked."""
    args = ["harmless"] if name == "administration" else []
    program = Program(f"kernel_surface/{name}.c")
    found = outcomes(program.run_outside(service.state, args=args, as_root=name in AS_ROOT).stdout)
    assert len(found) == C_PROGRAMS[name]
    # A few keyring operations want a capability.
    assert [call for call, answer in found.items() if answer == EPERM and not call.startswith("keyctl")] == []
    assert list(found.values()).count("0") > 2


BY_HAND = [*variants("kernel_surface/by_hand"), *variants("kernel_surface/machine_code")]


@pytest.mark.parametrize("program", BY_HAND, ids=named)
def test_call_by_hand_is_refused(service: Service, program: Program) -> None:
    """Through what each language has to call C, or the kernel, or machine code."""
    run = program.run(service, stdin=calls_by_hand(), run_timeout=20_000)
    found = outcomes(run["stdout"])
    own_pid = found.pop("getpid")
    assert own_pid == "0" or program.language == "javascript"  # there, it is the exit code
    assert len(found) == len(CALLS) - 1
    assert found == {name: expected(name) for name in found}


@pytest.mark.parametrize("program", BY_HAND, ids=named)
def test_call_by_hand_is_made_outside(service: Service, program: Program) -> None:
    """The control: as an unprivileged user most get further than that."""
    done = program.run_outside(service.state, stdin=calls_by_hand().encode())
    found = outcomes(done.stdout)
    assert len(found) == len(CALLS), done.stderr
    assert len([name for name, answer in found.items() if answer != expected(name)]) > len(CALLS) / 3


WAYS = {"py": 10, "go": 17, "sh": 16, "rb": 6}


@pytest.mark.parametrize("program", variants("kernel_surface/own_ways"), ids=named)
def test_own_way_of_a_language_is_refused(service: Service, program: Program) -> None:
    found = outcomes(program.run(service)["stdout"])
    assert len(found) == WAYS[program.name.rpartition(".")[2]]
    shell = program.language == "bash"  # whose tools say no more than that it did not work
    assert found == {name: "0" if name in HARMLESS else "1" if shell else expected(name) for name in found}


@pytest.mark.parametrize("program", variants("kernel_surface/own_ways"), ids=named)
def test_own_way_of_a_language_works_outside(service: Service, program: Program) -> None:
    found = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert len(found) == WAYS[program.name.rpartition(".")[2]]
    assert list(found.values()).count("0") > len(found) / 2


def test_filter_is_in_every_thread_and_child(service: Service) -> None:
    program = Program("kernel_surface/everywhere.c")
    places = [line.split() for line in program.run(service)["stdout"].splitlines()]
    assert len(places) == 12
    assert [place for place in places if place[1] != EPERM] == []
    outside = program.run_outside(service.state, as_root=True).stdout.splitlines()
    assert [line.split()[1] for line in outside] == ["0"] * 12


def test_chroot_walk_leads_nowhere(service: Service) -> None:
    """There is no second root to walk out of; outside, the walk ends in the first one."""
    program = Program("kernel_surface/chroot_walk.c")
    assert program.run(service)["stdout"] == "1 the same root\n1 the same root\n"
    assert program.run_outside(service.state, as_root=True).stdout == "0 another root\n0 the same root\n"


def test_other_doors_are_closed(service: Service) -> None:
    program = Program("kernel_surface/entry_points.c")
    found = outcomes(program.run(service)["stdout"])
    by_int80 = {name: answer for name, answer in found.items() if name.startswith("int80")}
    assert by_int80 == dict.fromkeys(by_int80, FOREIGN)
    assert len(by_int80) == 14
    assert found["segment_int80"] == FOREIGN
    # Which of these exist depends on the processor's maker.
    assert {found[name] for name in ("sysenter", "segment_syscall", "segment_sysenter")} <= {FOREIGN, "died"}
    # Answered by the kernel without a table, for programs of 2002; the page itself can't be read.
    assert found["vsyscall"] in ("time", "died")
    assert found["vsyscall_read"] == "died"


def test_other_doors_are_open_outside(service: Service) -> None:
    found = outcomes(Program("kernel_surface/entry_points.c").run_outside(service.state).stdout)
    assert int(found["int80_20"]) > 0
    assert int(found["segment_int80"]) > 0
    assert FOREIGN not in found.values()


def test_program_of_32_bits_can_do_nothing(service: Service) -> None:
    """Not even exit: it runs into the illegal instruction behind."""
    assert Program("kernel_surface/elf32.py").run(service)["stdout"] == "-4\n"
    assert Program("kernel_surface/elf32.py").run_outside(service.state).stdout == "7\n"


# Past the numbers of 16 bits: TIOCSTI and TIOCLINUX with upper bits, then TUNSETIFF, NS_GET_PARENT, NS_GET_USERNS, FICLONE,
# FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR, FIFREEZE, UFFDIO_API, KVM_CREATE_VM, LOOP_SET_FD, PIDFD_GET_MNT_NAMESPACE, TIOCGPTPEER's family.
MORE_IOCTLS = [
    "100005412",
    "ffffffff00005412",
    "8000000000005412",
    "10000541c",
    "ffffffff0000541c",
    "400454ca",
    "b702",
    "b701",
    "40049409",
    "40086602",
    "401c5820",
    "c0045877",
    "c018aa3f",
    "ae01",
    "4c00",
    "ff03",
    "80045432",
    "80045438",
    "40045436",
]


def test_ioctls_are_refused_whatever_they_are_asked_of(service: Service) -> None:
    """All numbers of 16 bits, on 20 kinds of descriptors; what is not refused is what the policy names."""
    run = Program("kernel_surface/ioctls.c").run(service, stdin=" ".join(MORE_IOCTLS), run_timeout=30_000)
    *lines, tried = run["stdout"].splitlines()
    assert tried == f"tried {20 * (65_536 + len(MORE_IOCTLS))}"
    allowed = {rule.when[0].equals for rule in ALLOWED if rule.calls == "ioctl"}
    for kind in {line.split()[0] for line in lines}:
        found = {int(line.split()[1], 16) for line in lines if line.split()[0] == kind}
        assert found == {number for number in allowed if number < 65_536}, kind
    assert len({line.split()[0] for line in lines}) == 20


def test_ioctls_are_possible_outside(service: Service) -> None:
    done = Program("kernel_surface/ioctls.c").run_outside(service.state, stdin=" ".join(MORE_IOCTLS).encode())
    assert "stdin 5412\n" in done.stdout
    assert "stdin ffffffff00005412\n" in done.stdout
