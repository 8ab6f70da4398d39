"""The jails of one runtime that are prepared equally far, and what is known of them."""

from collections import deque

from protocol.pool import RuntimePool
from supervisor.demand import Demand
from supervisor.jails import Jail
from supervisor.validation import Installed
from supervisor.warm import Program

# After a jail that could not be built: waits grow from the first to the second.
_BACKOFF_S = (0.1, 5.0)
_SAMPLES = 200  # of times, for the percentiles that operators see
# What a jail's init takes that its cgroup does not count: its own part of the interpreter it was forked from.
INIT_BYTES = 3 * 1024 * 1024


class Shelf:
    """Where jails wait: *ready* ones, or with one program *started* in each."""

    def __init__(self, installed: Installed, program: Program | None, floor: int) -> None:
        self.installed = installed
        self.program = program
        self.target = self.floor = floor
        self.demand = Demand()
        # That one of them takes while it waits, at the most; a guess until there was one.
        self.jail_bytes = 2 * INIT_BYTES
        self.jails: deque[Jail] = deque()
        self.starting = 0
        self.busy = 0
        self.hits = 0
        self.misses = 0
        self.build_not_before = 0.0  # of trio's clock, after a failure
        self.failures = 0  # in a row
        self.acquire_ms: deque[float] = deque(maxlen=_SAMPLES)
        self.build_ms: deque[float] = deque(maxlen=_SAMPLES)

    @property
    def mode(self) -> str:
        """How far its jails are prepared."""
        return "started" if self.program else "ready"

    @property
    def stage(self) -> str | None:
        """Whose program waits in them."""
        return self.program.stage if self.program else None

    @property
    def filling(self) -> float:
        """The part of the target that is there or to come."""
        return (len(self.jails) + self.starting) / self.target if self.target else 1.0

    @property
    def fills_slowly(self) -> bool:
        """Compilers take up to a hundred times as long to start as all else."""
        return self.program is not None and self.program.is_compiler

    def note_built(self, jail: Jail, ms: float) -> None:
        self.failures = 0
        so_far = self.jail_bytes if self.build_ms else 0
        self.jail_bytes = max(so_far, jail.waiting_memory_bytes + INIT_BYTES)
        self.build_ms.append(ms)

    def note_failure(self, now: float) -> None:
        """None is built for a while; ``now``: of trio's clock."""
        shortest, longest = _BACKOFF_S
        self.build_not_before = now + min(shortest * 2**self.failures, longest)
        self.failures += 1

    def take_dead(self) -> list[Jail]:
        """Those that died while they were waiting, which are none of its jails any more."""
        dead = [jail for jail in self.jails if jail.dead.is_set()]
        if dead:
            self.jails = deque(jail for jail in self.jails if jail not in dead)
        return dead

    def describe(self, residents: int) -> RuntimePool:
        return RuntimePool(
            runtime=self.installed.name,
            language=self.installed.manifest.language,
            version=self.installed.runtime.version,
            mode=self.mode,
            stage=self.stage,
            warm=len(self.jails),
            starting=self.starting,
            busy=self.busy,
            resident=residents,
            target=self.target,
            hits=self.hits,
            misses=self.misses,
            acquire_ms_p50=_percentile(self.acquire_ms, 50),
            acquire_ms_p99=_percentile(self.acquire_ms, 99),
            build_ms_p50=_percentile(self.build_ms, 50),
            jail_bytes=self.jail_bytes,
        )


def _percentile(samples: deque[float], percent: int) -> float | None:
    ordered = sorted(samples)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 3) if ordered else None
