"""The host's last guard: kernel memory that no cgroup counts, and that programs can fill all the same.

Record locks of files are such memory: millions of them can be taken in a
second, and the kernel has no limit for them. So the host's own figure is
watched. When it grows by more than an allowance while programs run, the one
that spends the most time in the kernel is ended, then the next, until the
growth is gone: a guess, as the kernel's own choice is when a host runs out.
"""

import math
import os
from collections import deque
from contextlib import suppress

import trio

from jail.cgroups import Cgroups
from protocol.messages import Status
from supervisor.jails import Jail
from supervisor.pool import Pool

_CHECK_S = 0.1
_WINDOW = 600  # checks: as long as the longest stage takes
# Of the host's memory, and what jails that come and go may add at the least.
_SHARE, _LEAST_BYTES = 128, 128 * 1024 * 1024
# Of one processor, in the kernel: who takes this much memory is busy there.
_BUSY = 0.3


class KernelMemoryGuard:
    """Ends programs while uncounted kernel memory is above its lowest level of late by more than the allowance."""

    def __init__(self, pool: Pool, cgroups: Cgroups) -> None:
        self._pool = pool
        self._cgroups = cgroups
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        self._allowance = max(_LEAST_BYTES, memory // _SHARE)
        # All of it, and all but what is charged to jails. The second alone would not do: page tables, for
        # one, are charged but not in the first, and when they go it only seems to grow.
        self._levels: deque[tuple[int, int]] = deque(maxlen=_WINDOW)
        self._kernel_ns: dict[Jail, int] = {}

    async def run(self) -> None:
        """Look, for as long as the service runs."""
        while True:
            await self._pool.wait_busy()
            await trio.sleep(_CHECK_S)
            with suppress(OSError):  # of a host that is short of descriptors
                self._look()

    def _look(self) -> None:
        level = unreclaimable_bytes()
        self._levels.append((level, level - self._cgroups.kernel_memory()))
        grown = min(series[-1] - min(series) for series in zip(*self._levels, strict=True))
        busiest, share = self._busiest()
        if grown > self._allowance and busiest and share > _BUSY:
            self._end(busiest, grown)

    def _busiest(self) -> tuple[Jail | None, float]:
        """The jail that spent the largest share of the time since the last look in the kernel."""
        before, self._kernel_ns = self._kernel_ns, {j: j.leaf.kernel_ns() for j in self._pool.busy if j.stop}
        spent = {jail: ns - before.get(jail, ns) for jail, ns in self._kernel_ns.items()}
        busiest = max(spent, key=spent.__getitem__, default=None)
        return busiest, spent[busiest] / _CHECK_S / 1e9 if busiest else -math.inf

    def _end(self, jail: Jail, grown: int) -> None:
        reason = f"{grown >> 20} MiB of the host's kernel memory were taken, past every limit"
        self._pool.report_fault(f"jail {jail.name} is ended: {reason}")
        if jail.stop:
            jail.stop(Status.OUT_OF_MEMORY, reason)


def unreclaimable_bytes() -> int:
    """Kernel memory of the whole host that is in use, by whomever (proc(5), meminfo)."""
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("SUnreclaim:"))
