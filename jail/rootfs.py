"""The file systems of a jail: a plan made as data, then carried out step by step.

Two roots are made here. The jailer's own, once: a small read-only tree with
nothing in it but the layers and a /proc, so that the rest of the
host is out of its sight before the first jail is built. And a jail's: an
overlay of its layers below a tmpfs that holds all it can ever write.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from jail.abi import (
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
)
from jail.spec import BOX, JailSpec
from jail.syscalls import mount, pivot_root, umount2

# In the jailer's root.
LAYERS = "/layers"
STAGE = "/stage"  # where a jail's root is put together, in its own mount namespace
NEW_ROOT = f"{STAGE}/root"
EMPTY = f"{STAGE}/empty"

_DEVICE_NUMBERS = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}

# What /proc tells of the host and no toolchain asks for: covered, by an empty file or folder.
MASKED_PROC = (
    "acpi", "asound", "bus", "cmdline", "config.gz", "diskstats", "driver", "dynamic_debug", "fs", "interrupts",
    "iomem", "ioports", "irq", "kallsyms", "kcore", "key-users", "keys", "kmsg", "latency_stats", "locks", "modules",
    "mtrr", "pagetypeinfo", "partitions", "pressure", "sched_debug", "schedstat", "scsi", "slabinfo", "softirqs",
    "sys/kernel/random/boot_id", "sysrq-trigger", "timer_list", "tty", "vmallocinfo", "zoneinfo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MakeDirectory:
    """Create a directory with this mode and owner."""

    path: str
    mode: int
    owner: int = 0

    def __str__(self) -> str:
        return f"create {self.path}"

    def execute(self) -> None:
        os.mkdir(self.path)
        os.chown(self.path, self.owner, self.owner)
        os.chmod(self.path, self.mode)  # after chown, which clears special bits; mkdir's is cut by the umask


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount(2)."""

    source: str
    target: str
    fstype: str
    flags: int = 0
    options: str = ""

    def __str__(self) -> str:
        return f"mount {self.source if self.flags & MS_BIND else self.fstype} on {self.target}"

    def execute(self) -> None:
        mount(self.source, self.target, self.fstype, self.flags, self.options)


@dataclass(frozen=True, slots=True)
class MakeDevice:
    """Create a character device that everybody may use."""

    path: str
    major: int
    minor: int

    def __str__(self) -> str:
        return f"create {self.path}"

    def execute(self) -> None:
        os.mknod(self.path, stat.S_IFCHR | 0o666, os.makedev(self.major, self.minor))
        os.chmod(self.path, 0o666)  # mknod's mode is cut by the umask


@dataclass(frozen=True, slots=True)
class MakeLink:
    """Create a symbolic link."""

    path: str
    target: str

    def __str__(self) -> str:
        return f"create {self.path}"

    def execute(self) -> None:
        os.symlink(self.target, self.path)


Operation = MakeDirectory | MakeDevice | MakeLink | Mount


def plan_rootfs(spec: JailSpec, masked: Sequence[str]) -> list[Operation]:
    """The steps that make a jail's root at NEW_ROOT; ``masked`` as of ``existing_masks``."""
    upper = f"{STAGE}/upper"
    quota = f"mode=0755,size={spec.disk_bytes},nr_inodes={spec.disk_inodes}"
    # Relative to LAYERS, the working directory: the mount table inside shows options as they were
    # given, and a path of the host is none of the program's business.
    overlay = f"lowerdir={':'.join(spec.layers)},upperdir={upper},workdir={STAGE}/work"
    # No metacopy, redirects or inode index: they trust extended attributes and file handles of
    # the upper layer, and buy nothing for a tree this short-lived (kernel doc overlayfs.rst).
    overlay += ",metacopy=off,redirect_dir=off,index=off"
    shared_memory = f"mode=1777,size={spec.disk_bytes},nr_inodes={spec.disk_inodes}"
    return [
        Mount("tmpfs", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, quota),
        MakeDirectory(NEW_ROOT, 0o755),
        MakeDirectory(f"{STAGE}/work", 0o755),
        MakeDirectory(upper, 0o755),
        # The only places a program may write; everything else belongs to a uid it does not have.
        MakeDirectory(upper + BOX, 0o700, spec.host_id),
        MakeDirectory(f"{upper}/tmp", 0o1777),
        MakeDirectory(f"{upper}/var", 0o755),
        MakeDirectory(f"{upper}/var/tmp", 0o1777),
        Mount("overlay", NEW_ROOT, "overlay", MS_NOSUID | MS_NODEV, overlay),
        # Each jail has devices of its own: locks and watches are on inodes, and a shared one is a channel.
        Mount("tmpfs", f"{NEW_ROOT}/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k,nr_inodes=32"),
        *(MakeDevice(f"{NEW_ROOT}/dev/{name}", *numbers) for name, numbers in _DEVICE_NUMBERS.items()),
        *(MakeLink(f"{NEW_ROOT}/dev/{name}", target) for name, target in _DEVICE_LINKS.items()),
        MakeDirectory(f"{NEW_ROOT}/dev/shm", 0o755),
        Mount("", f"{NEW_ROOT}/dev", "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC),
        # POSIX shared memory and semaphores; charged to the jail's memory like any tmpfs.
        Mount("tmpfs", f"{NEW_ROOT}/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, shared_memory),
        # Read-only: nothing under /proc needs writing, and much of it should not be. hidepid: PID 1,
        # which is not dumpable, is not even listed.
        Mount("proc", f"{NEW_ROOT}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=ptraceable"),
        MakeDirectory(EMPTY, 0o555),
        *(_mask(name) for name in masked),
        Mount("", f"{NEW_ROOT}/proc", "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC),
    ]  # fmt: skip


def existing_masks() -> list[str]:
    """The names in MASKED_PROC that this kernel has; looked up once, from the jailer's /proc."""
    return [name for name in MASKED_PROC if os.path.lexists(f"/proc/{name}")]


def plan_jailer_root(layers: str) -> list[Operation]:
    """The steps that make the jailer's own root on top of its folder, the working directory."""
    here = os.getcwd()
    read_only = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID
    return [
        # Nothing mounted from here on is seen by the host, and nothing of the host's comes in.
        Mount("", "/", "", MS_REC | MS_PRIVATE),
        Mount("tmpfs", here, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m"),
        *(MakeDirectory(here + name, 0o755) for name in (LAYERS, STAGE, "/proc")),
        Mount(layers, here + LAYERS, "", MS_BIND),
        Mount("", here + LAYERS, "", read_only | MS_NODEV),
        # Of the host's PID namespace: the jailer writes the id maps of its children here.
        Mount("proc", f"{here}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC),
        Mount("", here, "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC),
    ]


def enter_root(path: str) -> None:
    """Make ``path`` the root and let go of the old one, wholly."""
    os.chdir(path)
    # The same directory twice stacks the old root on top, where it can be detached at once:
    # pivot_root(2), "pivot_root(".", ".")".
    pivot_root(".", ".")
    umount2(".", MNT_DETACH)
    os.chdir("/")


def _mask(name: str) -> Mount:
    source = EMPTY if os.path.isdir(f"/proc/{name}") else f"{NEW_ROOT}/dev/null"
    return Mount(source, f"{NEW_ROOT}/proc/{name}", "", MS_BIND)
