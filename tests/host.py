"""What a service may leave on the host: looked up from the kernel, to be compared before and after."""

import os
from dataclasses import dataclass
from pathlib import Path

from jail.find_cgroups import find_cgroups


@dataclass(frozen=True)
class Traces:
    """Everything of a service that can be seen on the host."""

    processes: frozenset[str]
    mounts: frozenset[str]
    cgroups: frozenset[str]


def traces_of(cgroup_name: str, session_ids: set[int]) -> Traces:
    """Processes of these sessions or of the service's cgroups, mounts and cgroups that carry its name."""
    return Traces(
        processes=frozenset(_processes(cgroup_name, session_ids)),
        mounts=frozenset(line for line in Path("/proc/self/mountinfo").read_text().splitlines() if cgroup_name in line),
        cgroups=frozenset(cgroups(cgroup_name)),
    )


NO_TRACES = Traces(frozenset(), frozenset(), frozenset())


def open_fds(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def rss_kb(pid: int) -> int:
    """Resident memory of a process that is its own, not shared with files."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))


def leaves(cgroup_name: str) -> list[str]:
    """The jails' cgroups that there are."""
    return find_cgroups(cgroup_name).leaves()


def cgroups(cgroup_name: str) -> list[str]:
    """The service's own, of all controllers, which hold those of its jails."""
    # Not by "**", which would walk through the jails that come and go.
    return [str(path) for depth in ("", "*/", "*/*/") for path in Path("/sys/fs/cgroup").glob(depth + cgroup_name)]


def members(cgroup_name: str) -> dict[int, str]:
    """The processes in the jails' cgroups, with their names."""
    found = (line.split(maxsplit=1) for line in _processes(cgroup_name, set()))
    return {int(pid): name for pid, name in found}


def _processes(cgroup_name: str, session_ids: set[int]) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # Session id is field 6 of stat, the fourth after the name in brackets.
            session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            groups = (entry / "cgroup").read_text()
            name = (entry / "comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z" and (session in session_ids or f"/{cgroup_name}/" in groups):
            found.append(f"{entry.name} {name}")
    return found
