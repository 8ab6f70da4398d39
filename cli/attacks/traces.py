"""What there is of a program on the host: looked up from the kernel, which no program can deceive."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jail.cgroups import CONTROLLERS


@dataclass(frozen=True, slots=True)
class Seen:
    """A process, told apart from a later one of the same number by when it started."""

    pid: int
    parent: int
    started: int  # clock ticks since boot
    uid: int
    cgroups: tuple[tuple[str, str], ...]  # controllers, "" for v2, and the path in their hierarchy

    def leaves(self, mounted: Mapping[str, Path]) -> list[Path]:
        """The folders of the jail's own cgroup: in the hierarchies jails use, and not in others the host has."""
        on_v1 = any("pids" in names.split(",") for names, _ in self.cgroups)
        used = {*CONTROLLERS, "cpuacct"} if on_v1 else {""}
        found = [(set(names.split(",")) & used, path) for names, path in self.cgroups]
        return [mounted[min(names)] / path.lstrip("/") for names, path in found if names]


def processes(mark: str) -> list[Seen]:
    """Those with this word in their command line: a program that was given it, and what it forked."""
    word = mark.encode()
    return _look_at(pid for pid in _pids() if word in _read(f"/proc/{pid}/cmdline").split(b"\0"))


def processes_of(uid: int, until: int) -> list[Seen]:
    """Those of a user that had started by then; later ones are another jail's."""
    return [seen for seen in _look_at(_pids()) if seen.uid == uid and seen.started <= until]


def now() -> int:
    """The time as ``Seen.started`` has it."""
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return int(uptime * os.sysconf("SC_CLK_TCK"))


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _look_at(pids: Iterable[int]) -> list[Seen]:
    return [seen for pid in pids if (seen := _look(pid))]


def _look(pid: int) -> Seen | None:
    """None when it is gone, or dead and only not yet waited for."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    status = _read(f"/proc/{pid}/status").decode(errors="replace")
    uids = [line.split()[1] for line in status.splitlines() if line.startswith("Uid:")]
    if not fields or fields[0] in (b"Z", b"X") or not uids:
        return None
    lines = [line.split(":", 2) for line in _read(f"/proc/{pid}/cgroup").decode().splitlines()]
    return Seen(pid, int(fields[1]), int(fields[19]), int(uids[0]), tuple((names, path) for _, names, path in lines))


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
