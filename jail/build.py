"""From a fresh clone to a whole jail: the steps init takes as root, in order.

See the package's docstring for why they stand in this order.
"""

import os
import signal
import socket
from dataclasses import dataclass

from jail.abi import CLONE_NEWCGROUP, CLONE_NEWUSER
from jail.credentials import drop_privileges, lower_rlimits, take_host_id
from jail.rootfs import LAYERS, NEW_ROOT, enter_root, plan_rootfs
from jail.spec import BOX, JailSpec, step
from jail.syscalls import (
    load_seccomp_filter,
    set_no_new_privs,
    set_parent_death_signal,
    set_undumpable,
    sethostname,
    unshare,
)

HOSTNAME = "runjail"
# Init and jailer, over their own socket pair.
ASK_ID_MAPS = b"m"
ASK_ALIVE = b"a"
ANSWER = b"+"
# Before anything of the host: whatever else runs short of memory, a jail goes first.
_OOM_SCORE_ADJ = b"1000"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What the jailer found out once, for all its jails."""

    seccomp_filter: bytes
    masked_proc: tuple[str, ...]
    last_capability: int


def build_jail(spec: JailSpec, facts: HostFacts, jailer: socket.socket, keep_fds: list[int]) -> None:
    """Turn this process, PID 1 of its namespace, into a jail's init; raise JailError naming the step.

    ``keep_fds``: its control socket, then the cgroup's descriptors, which are closed here.
    """
    with step("close descriptors"):
        _close_all_but([*keep_fds, jailer.fileno()])
    with step("join cgroup"):
        _join_cgroup(spec, keep_fds[1:])
    with step("protect the host from memory shortage"):
        _write("/proc/self/oom_score_adj", _OOM_SCORE_ADJ)
    os.umask(0o022)
    os.chdir(LAYERS)  # the overlay's layers are named relative to it
    for operation in plan_rootfs(spec, facts.masked_proc):
        with step(str(operation)):
            operation.execute()
    with step("pivot"):
        enter_root(NEW_ROOT)
        os.chdir(BOX)  # where programs start
        _standard_streams_to_null()
    with step("name the host"):
        sethostname(HOSTNAME)
    with step("unshare the cgroup namespace"):
        unshare(CLONE_NEWCGROUP)
    with step("map ids"):
        os.setgroups([])  # while it is allowed: the map forbids it
        # Already with the jail's own id: to whoever makes a user namespace the kernel counts, on the
        # host, what is used in it (inotify instances, bytes of queues), and root's are all jails'.
        take_host_id(spec.host_id)
        unshare(CLONE_NEWUSER)
        _ask(jailer, ASK_ID_MAPS)
    with step("lower the limits"):
        lower_rlimits(spec)
    with step("drop privileges"):
        drop_privileges(facts.last_capability)
    with step("confine"):
        # After the ids changed, which resets it. A jailer that died before this line does not answer.
        set_parent_death_signal(signal.SIGKILL)
        _ask(jailer, ASK_ALIVE)
        set_undumpable()
        set_no_new_privs()
        load_seccomp_filter(facts.seccomp_filter)


def _close_all_but(fds: list[int]) -> None:
    previous = 2
    for fd in [*sorted(fds), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(previous + 1, fd)
        previous = fd


def _join_cgroup(spec: JailSpec, cgroup_fds: list[int]) -> None:
    for fd in cgroup_fds:
        if spec.cgroup_version == 1:
            os.write(fd, b"0")
        os.close(fd)


def _standard_streams_to_null() -> None:
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def _ask(jailer: socket.socket, question: bytes) -> None:
    """Wait until the jailer has done its part; it is asked ASK_ID_MAPS, then ASK_ALIVE."""
    jailer.send(question)
    if jailer.recv(1) != ANSWER:
        raise OSError(0, "the jailer is gone, or could not do it")


def _write(path: str, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, content)
    finally:
        os.close(fd)
