"""Leaf cgroups on cgroup v2, the home ground: births into the cgroup, kills of whole cgroups, own peaks."""

import contextlib
import errno
import os
from pathlib import Path

from jail.cgroups import (
    CONTROLLERS,
    CPU_PERIOD_US,
    Cgroups,
    Leaf,
    Usage,
    flat_keyed,
    kill_and_remove,
    own,
    read,
    write,
    write_if_swap,
)
from jail.spec import JailError

MEMBERS = "supervisor"  # the cgroup of the processes of a delegated one
_CPU_WEIGHT = 100  # of a cgroup by default
# What is used of it that not every kernel has, and the release that brought it.
NEEDED_FILES = {"cgroup.kill": "5.14", "memory.peak": "5.19"}
_PASSES = 100  # over processes that may fork while they are moved


class LeafV2(Leaf):
    version = 2

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._peak_fd = -1
        folder.mkdir()
        try:
            # One shot for all: the jail ends as a whole, not one process of it.
            write(self._file("memory.oom.group"), "1")
            write_if_swap(self._file("memory.swap.max"), "0")
            # An own descriptor: since Linux 6.12 a write resets the peak for its reader alone.
            self._peak_fd = os.open(self._file("memory.peak"), os.O_RDWR | os.O_CLOEXEC)
            self.reset_peak()
        except (OSError, JailError):
            self.remove()
            raise

    def _file(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def join_fds(self) -> list[int]:
        return [os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]

    def _limit_memory(self, memory_bytes: int) -> None:
        write(self._file("memory.max"), str(memory_bytes))

    def _limit_pids(self, pids: int) -> None:
        write(self._file("pids.max"), str(pids))

    def _limit_cpu(self, us_per_period: int) -> None:
        write(self._file("cpu.max"), f"{us_per_period} {CPU_PERIOD_US}")

    def set_cpu_weight(self, part: float) -> None:
        write(self._file("cpu.weight"), str(round(_CPU_WEIGHT * part)))

    def reset_peak(self) -> None:
        try:
            os.pwrite(self._peak_fd, b"reset", 0)
        except OSError:  # before Linux 6.12
            self.resets_peak = False

    def memory_now(self) -> int:
        return int(read(self._file("memory.current")))

    def page_cache(self) -> int:
        stat = flat_keyed(self._file("memory.stat"))
        return stat["file"] - stat["shmem"]

    def cpu_ns(self) -> int:
        return flat_keyed(self._file("cpu.stat"))["usage_usec"] * 1000

    def kernel_ns(self) -> int:
        return flat_keyed(self._file("cpu.stat"))["system_usec"] * 1000

    def usage(self) -> Usage:
        return Usage(
            memory_peak_bytes=int(os.pread(self._peak_fd, 32, 0)),
            cpu_ns=self.cpu_ns(),
            oom_kills=flat_keyed(self._file("memory.events"))["oom_kill"],
            refused_forks=flat_keyed(self._file("pids.events"))["max"],
        )

    def oom_eventfd(self) -> int | None:
        return None

    def kill(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # removed already
            write(self._file("cgroup.kill"), "1")

    def remove(self) -> None:
        self.folder.rmdir()
        if self._peak_fd >= 0:
            os.close(self._peak_fd)
            self._peak_fd = -1


class CgroupsV2(Cgroups):
    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = -1

    def prepare(self) -> list[str]:
        self._lock = own(self.root)
        left = self.leaves()
        for name in left:
            self.clear(name)
        try:
            _vacate(self.root.parent)
            for folder in (self.root.parent, self.root):
                _switch_on_controllers(folder)
            need_files(self.root)
        except JailError:
            self.remove()
            raise
        return left

    def make_leaf(self, name: str) -> Leaf:
        return LeafV2(self.root / name)

    def leaves(self) -> list[str]:
        return [folder.name for folder in self.root.iterdir() if folder.is_dir()]

    def accounts_swap(self) -> bool:
        return any(self.root.parent.glob("*/memory.swap.max"))

    def kernel_memory(self) -> int:
        return flat_keyed(self.root / "memory.stat")["kernel"]

    def clear(self, name: str, seconds: float = 10) -> None:
        kill_and_remove(self.root / name, lambda folder: write(folder / "cgroup.kill", "1"), seconds)

    def remove(self) -> None:
        self.root.rmdir()
        os.close(self._lock)
        self._lock = -1


def _vacate(home: Path) -> None:
    """Move whoever is in a cgroup down: one with members can't have controllers for its children (cgroups(7))."""
    if not (home / "cgroup.type").exists():
        return  # the root of all, to which that does not apply
    for _ in range(_PASSES):
        pids = read(home / "cgroup.procs").split()
        if not pids:
            return
        (home / MEMBERS).mkdir(exist_ok=True)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                write(home / MEMBERS / "cgroup.procs", pid)


def _switch_on_controllers(folder: Path) -> None:
    try:
        write(folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in CONTROLLERS))
    except OSError as error:
        message = f"{folder}: {error.strerror}"
        if error.errno == errno.EBUSY:
            message = f"{folder} has processes in it that do not move: {read(folder / 'cgroup.procs').split()}"
        raise JailError("switch on the cgroup controllers", error.errno or 0, message) from error


def need_files(folder: Path) -> None:
    """Raise JailError, naming the kernel it takes, when a cgroup has not all that is used of one."""
    for name, release in NEEDED_FILES.items():
        if not (folder / name).exists():
            message = f"cgroup v2 of this kernel has no {name}, which came with Linux {release}"
            raise JailError("look for what is needed of cgroup v2", errno.ENOSYS, message)
