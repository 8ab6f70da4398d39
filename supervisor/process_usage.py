"""What a process uses, as the kernel counts (proc(5))."""

import os
import resource
from pathlib import Path

from protocol.figures import ProcessUsage

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = resource.getpagesize()
# Fields of stat after the name, which may have anything in it: numbers as in proc(5), less the three before.
_UTIME, _STIME, _START_TIME, _RSS = 14 - 3, 15 - 3, 22 - 3, 24 - 3


def process_usage(name: str, pid: int) -> ProcessUsage | None:
    """What the process with this pid uses, told by this name; None when there is none any more."""
    folder = Path(f"/proc/{pid}")
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        open_fds = len(os.listdir(folder / "fd"))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return ProcessUsage(
        process=name,
        started_at=_boot_time() + int(fields[_START_TIME]) * _TICK_S,
        cpu_s=(int(fields[_UTIME]) + int(fields[_STIME])) * _TICK_S,
        resident_bytes=int(fields[_RSS]) * _PAGE_BYTES,
        open_fds=open_fds,
    )


def _boot_time() -> float:
    """In seconds since 1970."""
    with open("/proc/stat") as file:
        return next(float(line.split()[1]) for line in file if line.startswith("btime "))
