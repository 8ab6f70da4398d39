"""Which cgroups this host has its controllers on, by looking."""

import errno
import os
from pathlib import Path

from jail.cgroups import CONTROLLERS, Cgroups, read
from jail.cgroups_v1 import CgroupsV1
from jail.cgroups_v2 import MEMBERS, CgroupsV2
from jail.spec import JailError


def find_cgroups(name: str, mountinfo: str = "/proc/self/mountinfo") -> Cgroups:
    """Choose the implementation by where this host's controllers are; raise JailError when some are nowhere."""
    mounted = hierarchies(Path(mountinfo).read_text())
    if (unified := mounted.get("")) and not missing_controllers(unified):
        home = delegated(unified, Path("/proc/self/cgroup").read_text()) or unified
        if missing := missing_controllers(home):
            raise JailError(
                "find cgroup controllers", errno.ENOENT, f"{home} was delegated without {', '.join(missing)}"
            )
        return CgroupsV2(home / name)
    needed = (*CONTROLLERS, "cpuacct")
    missing = [controller for controller in needed if controller not in mounted]
    if missing:
        raise JailError("find cgroup controllers", errno.ENOENT, f"neither v2 nor v1 has {', '.join(missing)}")
    return CgroupsV1({controller: mounted[controller] / name for controller in needed})


def hierarchies(mountinfo: str) -> dict[str, Path]:
    """Where each v1 controller is mounted, and v2 under the empty name."""
    found: dict[str, Path] = {}
    for line in mountinfo.splitlines():
        fields = line.split()
        fstype, _, options = fields[fields.index("-") + 1 :][:3]
        if fstype == "cgroup2":
            found.setdefault("", Path(fields[4]))
        elif fstype == "cgroup":
            for option in options.split(","):
                found.setdefault(option, Path(fields[4]))
    return found


def missing_controllers(home: Path) -> list[str]:
    available = read(home / "cgroup.controllers").split()
    return [controller for controller in CONTROLLERS if controller not in available]


def delegated(unified: Path, cgroups: str) -> Path | None:
    """Our own cgroup if systemd gave it to us to divide (Delegate=yes); None when it did not.

    ``cgroups``: those that we are in, as /proc/self/cgroup has them.
    """
    own = next(line.removeprefix("0::") for line in cgroups.splitlines() if line.startswith("0::"))
    folder = unified / own.lstrip("/")
    # Where a supervisor that was here before us has moved everybody, or systemd itself (DelegateSubgroup=).
    if folder.name == MEMBERS:
        folder = folder.parent
    try:
        return folder if os.getxattr(folder, "trusted.delegate") == b"1" else None
    except OSError:
        return None
