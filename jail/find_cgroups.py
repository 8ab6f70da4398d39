"""Which cgroups this host has its controllers on, by looking."""

import errno
import os
from pathlib import Path

from jail.cgroups import CONTROLLERS, Cgroups, write
from jail.cgroups_v1 import CgroupsV1
from jail.cgroups_v2 import CgroupsV2
from jail.spec import JailError


def find_cgroups(name: str, mountinfo: str = "/proc/self/mountinfo") -> Cgroups:
    """Choose the implementation by where this host's controllers are; raise JailError when some are nowhere."""
    mounted = hierarchies(Path(mountinfo).read_text())
    if unified := mounted.get(""):
        available = (unified / "cgroup.controllers").read_text().split()
        if all(controller in available for controller in CONTROLLERS):
            return CgroupsV2(_delegated(unified) / name)
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


def _delegated(unified: Path) -> Path:
    """Our own cgroup if systemd gave it to us to divide (Delegate=yes), else the root of the hierarchy."""
    own = next(
        line.removeprefix("0::")
        for line in Path("/proc/self/cgroup").read_text().splitlines()
        if line.startswith("0::")
    )
    folder = unified / own.lstrip("/")
    try:
        if os.getxattr(folder, "trusted.delegate") != b"1":
            return unified
    except OSError:
        return unified
    # A cgroup with members can't have controllers switched on for its children: move ourselves down.
    (folder / "supervisor").mkdir(exist_ok=True)
    write(folder / "supervisor" / "cgroup.procs", "0")
    return folder
