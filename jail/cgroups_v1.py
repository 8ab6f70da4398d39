"""Leaf cgroups on hosts whose controllers are still on cgroup v1: one folder in each hierarchy."""

import contextlib
import os
import signal
from pathlib import Path

from jail.cgroups import (
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

_CPU_SHARES = 1024  # of a cgroup by default


class LeafV1(Leaf):
    version = 1

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders  # by controller; some may share a hierarchy, and so a folder
        try:
            for folder in dict.fromkeys(folders.values()):
                folder.mkdir()
        except OSError:
            self.remove()
            raise

    def join_fds(self) -> list[int]:
        fds: list[int] = []
        try:
            for folder in dict.fromkeys(self.folders.values()):
                # Not cgroup.procs, for which the kernel stops all forks of the host and waits for milliseconds:
                # a process that moves its only thread is spared that (cgroup.c, since Linux 5.12).
                fds.append(os.open(f"{folder}/tasks", os.O_WRONLY | os.O_CLOEXEC))
        except OSError:
            for fd in fds:
                os.close(fd)
            raise
        return fds

    def _file(self, controller: str, name: str) -> str:
        return f"{self.folders[controller]}/{name}"

    def _limit_memory(self, memory_bytes: int) -> None:
        files = [self._file("memory", "memory.limit_in_bytes")]
        if os.path.exists(with_swap := self._file("memory", "memory.memsw.limit_in_bytes")):
            files.append(with_swap)
        else:
            write_if_swap(with_swap, "0")
        # Memory with swap may never be below memory alone, so the order depends on the direction.
        raised = memory_bytes > int(read(files[0]))
        for file in reversed(files) if raised else files:
            write(file, str(memory_bytes))

    def _limit_pids(self, pids: int) -> None:
        write(self._file("pids", "pids.max"), str(pids))

    def _limit_cpu(self, us_per_period: int) -> None:
        write(self._file("cpu", "cpu.cfs_period_us"), str(CPU_PERIOD_US))
        write(self._file("cpu", "cpu.cfs_quota_us"), str(us_per_period))

    def set_cpu_weight(self, part: float) -> None:
        write(self._file("cpu", "cpu.shares"), str(round(_CPU_SHARES * part)))

    def reset_peak(self) -> None:
        write(self._file("memory", "memory.max_usage_in_bytes"), "0")

    def memory_now(self) -> int:
        return int(read(self._file("memory", "memory.usage_in_bytes")))

    def page_cache(self) -> int:
        stat = flat_keyed(self._file("memory", "memory.stat"))
        return stat["cache"] - stat["shmem"]

    def cpu_ns(self) -> int:
        return int(read(self._file("cpuacct", "cpuacct.usage")))

    def kernel_ns(self) -> int:
        return int(read(self._file("cpuacct", "cpuacct.usage_sys")))

    def usage(self) -> Usage:
        return Usage(
            memory_peak_bytes=int(read(self._file("memory", "memory.max_usage_in_bytes"))),
            cpu_ns=self.cpu_ns(),
            oom_kills=flat_keyed(self._file("memory", "memory.oom_control"))["oom_kill"],
            refused_forks=flat_keyed(self._file("pids", "pids.events"))["max"],
        )

    def oom_eventfd(self) -> int | None:
        with open(self._file("memory", "memory.oom_control"), "rb") as control:
            eventfd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            try:
                write(self._file("memory", "cgroup.event_control"), f"{eventfd} {control.fileno()}")
            except BaseException:
                os.close(eventfd)
                raise
        return eventfd

    def kill(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # removed already
            _kill_members(self.folders["pids"])

    def remove(self) -> None:
        for folder in dict.fromkeys(self.folders.values()):
            with contextlib.suppress(FileNotFoundError):  # an earlier try came this far
                folder.rmdir()


class CgroupsV1(Cgroups):
    def __init__(self, roots: dict[str, Path]) -> None:
        self.roots = roots
        self._locks: list[int] = []

    def prepare(self) -> list[str]:
        for root in dict.fromkeys(self.roots.values()):
            self._locks.append(own(root))
        left = self.leaves()
        for name in left:
            self.clear(name)
        return left

    def make_leaf(self, name: str) -> Leaf:
        return LeafV1({controller: root / name for controller, root in self.roots.items()})

    def leaves(self) -> list[str]:
        return sorted({f.name for root in self.roots.values() for f in root.iterdir() if f.is_dir()})

    def accounts_swap(self) -> bool:
        return (self.roots["memory"].parent / "memory.memsw.limit_in_bytes").exists()

    def kernel_memory(self) -> int:
        return int(read(self.roots["memory"] / "memory.kmem.usage_in_bytes"))

    def clear(self, name: str, seconds: float = 10) -> None:
        for root in dict.fromkeys(self.roots.values()):
            kill_and_remove(root / name, _kill_members, seconds)

    def remove(self) -> None:
        for root in dict.fromkeys(self.roots.values()):
            root.rmdir()
        while self._locks:
            os.close(self._locks.pop())


def _kill_members(folder: Path) -> None:
    """v1 has no cgroup.kill: signal every member there is now."""
    pidfds: dict[str, int] = {}
    try:
        for pid in _members(folder):
            with contextlib.suppress(ProcessLookupError):
                pidfds[pid] = os.pidfd_open(int(pid))
        # A pid may have passed to a stranger before it was opened; a stranger is not a member.
        for pid in _members(folder):
            if pid in pidfds:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfds[pid], signal.SIGKILL)
    finally:
        for pidfd in pidfds.values():
            os.close(pidfd)


def _members(folder: Path) -> list[str]:
    return (folder / "cgroup.procs").read_text().split()
