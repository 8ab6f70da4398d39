"""Which cgroups jails get on this host, why these, and what is missing of them. Only looks; changes nothing."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cli.check import Unfit
from jail.cgroups import CONTROLLERS
from jail.find_cgroups import hierarchies

_V1_CONTROLLERS = (*CONTROLLERS, "cpuacct")
# What jails need of v2 beyond its controllers, and since when Linux has it; some distributions have it in older ones.
_V2_FILES = {"cgroup.kill": (5, 14), "memory.peak": (5, 19)}
_PEAK_RESET = (6, 12)  # memory.peak can be started anew


@dataclass(frozen=True, slots=True)
class Tables:
    """What the kernel tells of its cgroups; of another host, for tests."""

    mountinfo: str
    enabled: str  # /proc/cgroups
    own: str  # /proc/self/cgroup
    release: str

    @classmethod
    def of_this_host(cls) -> "Tables":
        mountinfo, enabled, own = (Path("/proc") / name for name in ("self/mountinfo", "cgroups", "self/cgroup"))
        return cls(mountinfo.read_text(), enabled.read_text(), own.read_text(), os.uname().release)


def which_cgroups(tables: Tables) -> str:
    """Say which are used and why; Unfit when neither v2 nor v1 has all that is needed."""
    mounted = hierarchies(tables.mountinfo)
    unified = mounted.get("")
    lacks_v2 = _missing(CONTROLLERS, _controllers(unified)) if unified else list(CONTROLLERS)
    if unified and not lacks_v2:
        return f"v2, at {unified}: {_delegation(unified, tables)}, {_peaks(tables.release)}"
    lacks_v1 = _missing(_V1_CONTROLLERS, mounted)
    if not lacks_v1:
        why = f"v2, at {unified}, has no {', '.join(lacks_v2)}" if unified else "v2 is not mounted"
        return f"v1, as {why}"
    raise _neither(tables, unified, lacks_v2, lacks_v1)


def _controllers(folder: Path) -> list[str]:
    return (folder / "cgroup.controllers").read_text().split()


def _missing(wanted: Iterable[str], available: Iterable[str]) -> list[str]:
    return [name for name in wanted if name not in available]


def _delegation(unified: Path, tables: Tables) -> str:
    """Whose subtree it is; Unfit when systemd gave us one without what is needed."""
    folder = _parent(unified, tables)
    if folder == unified:
        return "in the root"
    if lacking := _missing(CONTROLLERS, _controllers(folder)):
        raise Unfit(
            f"the host has {', '.join(lacking)}, and the unit that is delegated, {folder}, has not",
            f"Delegate={' '.join(CONTROLLERS)} (or yes) in the unit, then systemctl daemon-reload and restart it",
        )
    return f"in {folder}, which is delegated"


def _parent(unified: Path, tables: Tables) -> Path:
    """The cgroup below which those of jails are made, as jail/find_cgroups.py chooses it."""
    own = next((line.removeprefix("0::") for line in tables.own.splitlines() if line.startswith("0::")), "/")
    folder = unified / own.lstrip("/")
    return folder if _is_delegated(folder) else unified


def _is_delegated(folder: Path) -> bool:
    try:
        return os.getxattr(folder, "trusted.delegate") == b"1"
    except OSError:
        return False


def _peaks(release: str) -> str:
    if version_of(release) >= _PEAK_RESET:
        return "memory is told for each stage"
    return "memory told of a run may be its compiler's (Linux 6.12 could tell them apart)"


def _neither(tables: Tables, unified: Path | None, lacks_v2: list[str], lacks_v1: list[str]) -> Unfit:
    switched_off = [name for name in _V1_CONTROLLERS if _is_off(name, tables.enabled)]
    where = f"v2, at {unified}, has no {', '.join(lacks_v2)}" if unified else "v2 is not mounted"
    problem = f"{where}; v1 has no {', '.join(lacks_v1)}"
    if switched_off:
        names = ", ".join(switched_off)
        return Unfit(f"{problem}; switched off at boot: {names}", f"boot without cgroup_disable={names}")
    if not unified and len(lacks_v1) == len(_V1_CONTROLLERS):
        return Unfit(problem, "mount -t cgroup2 cgroup2 /sys/fs/cgroup; in a container, give it the host's cgroups")
    return Unfit(problem, f"boot with systemd.unified_cgroup_hierarchy=1, or mount {', '.join(lacks_v1)} as v1")


def _is_off(name: str, enabled: str) -> bool:
    lines = [line.split() for line in enabled.splitlines() if not line.startswith("#")]
    return any(line[0] == name and line[3] == "0" for line in lines)


def v2_files(tables: Tables) -> str:
    """Unfit when v2 is used, and the kernel is too old for what jails need of it."""
    unified = _used_v2(tables)
    if not unified:
        return "v1 needs nothing more"
    for name, since in _V2_FILES.items():
        there = any(unified.glob(f"*/{name}")) or any(unified.glob(f"*/*/{name}"))
        if not there and version_of(tables.release) < since:
            raise Unfit(f"Linux {tables.release} has no {name}")
    return ", ".join(_V2_FILES)


def can_be_made(tables: Tables) -> str:
    """Make a cgroup where those of jails will be, and remove it; OSError when that can't be done."""
    mounted = hierarchies(tables.mountinfo)
    unified = _used_v2(tables)
    folders = [_parent(unified, tables)] if unified else [mounted[name] for name in _V1_CONTROLLERS]
    if unified:
        _refuse_members(folders[0], unified)
    for folder in dict.fromkeys(folders):
        probe = folder / f"runjail-doctor-{os.getpid()}"
        probe.mkdir()
        probe.rmdir()
    return ", ".join(map(str, dict.fromkeys(folders)))


def _refuse_members(folder: Path, unified: Path) -> None:
    """A cgroup with members can't give controllers to those below it, unless it is the host's root (cgroup-v2.rst).

    A delegated one is ours to divide: its members are the supervisor, which moves down.
    """
    is_real_root = not (folder / "cgroup.type").exists()
    if is_real_root or folder != unified:
        return
    given = (folder / "cgroup.subtree_control").read_text().split()
    if _missing(CONTROLLERS, given) and (folder / "cgroup.procs").read_text():
        raise Unfit(
            f"{folder} has processes of its own, so that jails below it get no controllers",
            "in a container, use the host's cgroups (--cgroupns=host), or move its processes down first",
        )


def swap(tables: Tables, swaps: str) -> str:
    """Unfit when the host swaps and limits of memory would not hold for that; ``swaps`` is /proc/swaps."""
    areas = [line.split()[0] for line in swaps.splitlines()[1:]]
    if not areas:
        return "no swap"
    if unified := _used_v2(tables):
        is_counted = any(unified.glob("*/memory.swap.max"))
    else:
        is_counted = (hierarchies(tables.mountinfo)["memory"] / "memory.memsw.limit_in_bytes").exists()
    if not is_counted:
        raise Unfit(f"this host swaps to {', '.join(areas)}, and its cgroups do not account for it")
    return f"{', '.join(areas)}: accounted for"


def _used_v2(tables: Tables) -> Path | None:
    unified = hierarchies(tables.mountinfo).get("")
    return unified if unified and not _missing(CONTROLLERS, _controllers(unified)) else None


def version_of(release: str) -> tuple[int, ...]:
    """The first two numbers of a kernel's release, such as 6.12-rc3 or 5.15.0-91-generic."""
    return tuple(map(int, re.findall(r"\d+", release)[:2]))
