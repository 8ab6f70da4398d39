"""Leaf cgroups: one for each jail; limits, peaks and causes of death come from here.

Runs in the supervisor, which alone may write below its subtree. This is the
interface (``Cgroups`` makes leaves, ``Leaf`` is one); ``cgroups_v2.py`` and
``cgroups_v1.py`` stand behind it, and ``find_cgroups.py`` chooses.
"""

import errno
import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jail.spec import JailError

CONTROLLERS = ("memory", "pids", "cpu")
CPU_PERIOD_US = 100_000  # the kernel's default


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupLimits:
    """Ceilings of a whole process tree."""

    memory_bytes: int  # memory files and kernel memory included; no swap on top
    pids: int
    cpus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process tree used, as the kernel counted."""

    memory_peak_bytes: int  # since reset_peak
    cpu_ns: int  # since the leaf was made
    oom_kills: int
    refused_forks: int  # at the pids limit


class Leaf(ABC):
    """The cgroup of one jail."""

    version: int
    _limits: CgroupLimits | None = None  # as they are now

    def set_limits(self, limits: CgroupLimits) -> None:
        """Set what is not so already; OSError EBUSY when more memory is in use than that."""
        before, self._limits = self._limits, None
        if not before or before.memory_bytes != limits.memory_bytes:
            self._limit_memory(limits.memory_bytes)
        if not before or before.pids != limits.pids:
            self._limit_pids(limits.pids)
        if not before or before.cpus != limits.cpus:
            self._limit_cpu(round(limits.cpus * CPU_PERIOD_US))
        self._limits = limits

    @abstractmethod
    def _limit_memory(self, memory_bytes: int) -> None: ...

    @abstractmethod
    def _limit_pids(self, pids: int) -> None: ...

    @abstractmethod
    def _limit_cpu(self, us_per_period: int) -> None: ...

    @abstractmethod
    def set_cpu_weight(self, part: float) -> None:
        """How much of busy processors it gets, next to the other leaves: 1 is as much as they do."""

    @abstractmethod
    def join_fds(self) -> list[int]:
        """Open what init needs to be born in, or join, this cgroup; the caller closes it."""

    resets_peak = True  # else the peak is of all that ever ran in it

    @abstractmethod
    def reset_peak(self) -> None:
        """Start a new measurement of the memory peak, where the kernel can."""

    @abstractmethod
    def memory_now(self) -> int: ...

    @abstractmethod
    def page_cache(self) -> int:
        """The part of the memory that is cached content of real files, in bytes; not that of tmpfs."""

    @abstractmethod
    def cpu_ns(self) -> int: ...

    @abstractmethod
    def kernel_ns(self) -> int:
        """The part of the CPU time that was spent in the kernel."""

    @abstractmethod
    def usage(self) -> Usage: ...

    @abstractmethod
    def oom_eventfd(self) -> int | None:
        """An eventfd that tells of a kill for want of memory; None where such a kill takes the whole jail."""

    @abstractmethod
    def kill(self) -> None:
        """Kill what is in it, in one pass; what forks meanwhile may need another."""

    @abstractmethod
    def remove(self) -> None:
        """Remove the emptied cgroup; OSError EBUSY while a process is still on its way out."""


class Cgroups(ABC):
    """The subtree that holds all leaves."""

    @abstractmethod
    def prepare(self) -> list[str]:
        """Make the subtree; remove what a predecessor left in it, processes first, and return the names of that."""

    @abstractmethod
    def make_leaf(self, name: str) -> Leaf: ...

    @abstractmethod
    def leaves(self) -> list[str]: ...

    @abstractmethod
    def accounts_swap(self) -> bool:
        """Whether a memory limit holds for swap as well."""

    @abstractmethod
    def kernel_memory(self) -> int:
        """Bytes of the kernel's own that are charged to the jails, all together."""

    @abstractmethod
    def clear(self, name: str, seconds: float = 10) -> None:
        """Kill what is in a leaf that nobody has, and remove it; waits, and raises JailError when it does not go."""

    @abstractmethod
    def remove(self) -> None:
        """Remove the subtree, which is empty."""


def own(folder: Path) -> int:
    """Make a folder, and be the only one who has it while the returned descriptor is open; JailError if another is."""
    folder.mkdir(exist_ok=True)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        message = f"{folder} belongs to another supervisor that is running: give this one a cgroup_name of its own"
        raise JailError("own the cgroups", errno.EBUSY, message) from error
    return fd


def kill_and_remove(folder: Path, kill: Callable[[Path], None], seconds: float) -> None:
    """Of a leaf that nobody has, until it is gone."""
    import time

    deadline = time.monotonic() + seconds
    while True:
        try:
            kill(folder)
            return folder.rmdir()
        except FileNotFoundError:
            return  # somebody else was quicker
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise JailError("remove a leftover cgroup", error.errno or 0, str(folder)) from error
            time.sleep(0.01)


def read(path: str | Path) -> str:
    """A small file of the kernel's, in three calls: read_text makes nine, and each execution reads a dozen."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 65_536).decode()
    finally:
        os.close(fd)


def flat_keyed(path: str | Path) -> dict[str, int]:
    return {key: int(value) for key, value in (line.split() for line in read(path).splitlines()) if value.isdigit()}


def write_if_swap(path: str, value: str) -> None:
    """Limit swap; where the kernel doesn't account it, there must be none, or the memory limit is a lie."""
    if os.path.exists(path):
        write(path, value)
    elif len(Path("/proc/swaps").read_text().splitlines()) > 1:
        raise JailError("limit swap", errno.ENOTSUP, "this host swaps, and its cgroups do not account for it")


def write(path: str | Path, value: str) -> None:
    # Not write_text: the kernel's answer comes with the write, and must not wait for a buffer's flush.
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)
