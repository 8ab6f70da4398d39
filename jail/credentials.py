"""Giving up every privilege, in an order that leaves no way back."""

import os
import resource

from jail.abi import (
    SECBIT_NO_CAP_AMBIENT_RAISE,
    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
    SECBIT_NO_SETUID_FIXUP,
    SECBIT_NO_SETUID_FIXUP_LOCKED,
    SECBIT_NOROOT,
    SECBIT_NOROOT_LOCKED,
)
from jail.spec import INNER_ID, JailSpec
from jail.syscalls import capset_none, clear_ambient_capabilities, drop_bounding_capability, set_securebits

_LOCKED_DOWN = (
    SECBIT_NOROOT
    | SECBIT_NOROOT_LOCKED
    | SECBIT_NO_SETUID_FIXUP
    | SECBIT_NO_SETUID_FIXUP_LOCKED
    | SECBIT_NO_CAP_AMBIENT_RAISE
    | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED
)


def last_capability() -> int:
    """The highest capability this kernel knows."""
    with open("/proc/sys/kernel/cap_last_cap") as file:
        return int(file.read())


def write_id_maps(pid: int, host_id: int) -> None:
    """Map the child's one inner id to its host id. Called by the jailer: the child may not."""
    for name, text in (
        ("setgroups", "deny"),  # first: refused once the map is there
        ("uid_map", f"{INNER_ID} {host_id} 1"),
        ("gid_map", f"{INNER_ID} {host_id} 1"),
    ):
        with open(f"/proc/{pid}/{name}", "w") as file:
            file.write(text)


def take_host_id(host_id: int) -> None:
    """Become the jail's own user of the host, keeping the capabilities that the next steps need."""
    set_securebits(SECBIT_NO_SETUID_FIXUP)
    os.setresgid(host_id, host_id, host_id)
    os.setresuid(host_id, host_id, host_id)


def drop_privileges(last_capability: int) -> None:
    """Become the unprivileged inner user, without capabilities, for good."""
    # While CAP_SETPCAP is there: bounding set and securebits, so that no exec or setuid gives any back.
    for capability in range(last_capability + 1):
        drop_bounding_capability(capability)
    set_securebits(_LOCKED_DOWN)
    os.setresgid(INNER_ID, INNER_ID, INNER_ID)
    os.setresuid(INNER_ID, INNER_ID, INNER_ID)
    # Changing uid keeps capabilities here (NO_SETUID_FIXUP, and no root is mapped): drop them by name.
    capset_none()
    clear_ambient_capabilities()


def lower_rlimits(spec: JailSpec) -> None:
    """Set the limits the kernel keeps per process, for all of the jail; memory, pids and CPU are the cgroup's."""
    for limit, value in (
        # Not 0: a core_pattern that is a pipe would still start the host's handler, as root, on the
        # program's memory. One byte is the kernel's word for "neither file nor pipe" (coredump.c).
        (resource.RLIMIT_CORE, 1),
        (resource.RLIMIT_NOFILE, spec.open_files),
        (resource.RLIMIT_FSIZE, spec.file_size_bytes),
        (resource.RLIMIT_STACK, spec.stack_bytes),
        (resource.RLIMIT_MEMLOCK, 64 * 1024),  # the kernel's old default; more pins memory of the host
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_MSGQUEUE, 819_200),  # the kernel's default
        (resource.RLIMIT_SIGPENDING, 4096),
    ):
        hard = resource.getrlimit(limit)[1]
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)  # raising is not ours to do
        resource.setrlimit(limit, (lowered, lowered))
