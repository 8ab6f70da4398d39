"""Which cgroups jails get on this host, why these, and what is missing of them. Only looks; changes nothing."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cli.check import Unfit
from jail.cgroups import CONTROLLERS
from jail.cgroups_v2 import NEEDED_FILES
from jail.find_cgroups import delegated, hierarchies, missing_controllers

_V1_CONTROLLERS = (*CONTROLLERS, "cpuacct")
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
    lacks_v2 = missing_controllers(unified) if unified else list(CONTROLLERS)
    if unified and not lacks_v2:
        return f"v2, at {unified}: {_delegation(unified, tables)}, {_peaks(tables.release)}"
    lacks_v1 = [name for name in _V1_CONTROLLERS if name not in mounted]
    if not lacks_v1:
        why = f"v2, at {unified}, has no {', '.join(lacks_v2)}" if unified else "v2 is not mounted"
        return f"v1, as {why}"
    raise _neither(tables, unified, lacks_v2, lacks_v1)


def _delegation(unified: Path, tables: Tables) -> str:
    """Whose subtree it is; Unfit when systemd gave us one without what is needed."""
    folder = delegated(unified, tables.own)
    if not folder:
        return "in the root"
    if lacking := missing_controllers(folder):
        raise Unfit(
            f"the host has {', '.join(lacking)}, and the unit that is delegated, {folder}, has not",
            f"Delegate={' '.join(CONTROLLERS)} (or yes) in the unit, then systemctl daemon-reload and restart it",
        )
    return f"in {folder}, which is delegated"


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
    for name, since in NEEDED_FILES.items():
        there = any(unified.glob(f"*/{name}")) or any(unified.glob(f"*/*/{name}"))
        if not there and version_of(tables.release) < version_of(since):
            raise Unfit(f"Linux {tables.release} has no {name}, which came with {since}")
    return ", ".join(NEEDED_FILES)


def can_be_made(tables: Tables) -> str:
    """Make a cgroup where those of jails will be, and remove it; OSError when that can't be done."""
    mounted = hierarchies(tables.mountinfo)
    unified = _used_v2(tables)
    folders = [delegated(unified, tables.own) or unified] if unified else [mounted[name] for name in _V1_CONTROLLERS]
    for folder in dict.fromkeys(folders):
        probe = folder / f"runjail-doctor-{os.getpid()}"
        probe.mkdir()
        probe.rmdir()
    return ", ".join(map(str, dict.fromkeys(folders)))


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
    return unified if unified and not missing_controllers(unified) else None


def version_of(release: str) -> tuple[int, ...]:
    """The first two numbers of a kernel's release, such as 6.12-rc3 or 5.15.0-91-generic."""
    return tuple(map(int, re.findall(r"\d+", release)[:2]))
