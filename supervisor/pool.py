"""Jails kept ready for every runtime, so that none is built while a client waits.

One task builds, one jail at a time, the runtime furthest below its target
first. A request that finds no warm jail has one built for itself at once.
A jail is used once: ``acquire`` gives it away for good, ``retire`` ends it.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

import trio

from jail.spec import JailError
from protocol.messages import Fault, RuntimePool
from supervisor.demand import Demand, share_out
from supervisor.jails import Jail
from supervisor.launcher import Launcher
from supervisor.validation import Installed

log = logging.getLogger(__name__)

_SAMPLES = 200  # of times, for the percentiles that operators see
_FAULTS = 20
# After a jail that could not be built: waits grow from the first to the second.
_BACKOFF_S = (0.1, 5.0)
# How often targets above the floor are looked at when nothing happens.
_SHRINK_S = 1.0
# What a jail's init takes that its cgroup does not count: its own part of the interpreter it was forked from.
_INIT_BYTES = 3 * 1024 * 1024
_FIRST_GUESS_BYTES = 2 * _INIT_BYTES
# As long as a small program takes.
_HOLD_S = 0.02
# Jails on their way out. A host that can't keep up with clearing away starts no more for a while.
_MAX_DYING = 64
_SLOW_RETIREMENT_S = 20


class Warm:
    """The jails of one runtime, and what is known of them."""

    def __init__(self, installed: Installed, mode: str, floor: int) -> None:
        self.installed = installed
        self.mode = mode
        self.target = self.floor = floor
        self.demand = Demand()
        self.jail_bytes = _FIRST_GUESS_BYTES  # that one of them takes, waiting
        self.jails: deque[Jail] = deque()
        self.starting = 0
        self.busy = 0
        self.hits = 0
        self.misses = 0
        self.build_not_before = 0.0  # of trio's clock, after a failure
        self.failures = 0  # in a row
        self.acquire_ms: deque[float] = deque(maxlen=_SAMPLES)
        self.build_ms: deque[float] = deque(maxlen=_SAMPLES)

    def describe(self) -> RuntimePool:
        return RuntimePool(
            runtime=self.installed.name,
            language=self.installed.manifest.language,
            version=self.installed.runtime.version,
            mode=self.mode,
            warm=len(self.jails),
            starting=self.starting,
            busy=self.busy,
            target=self.target,
            hits=self.hits,
            misses=self.misses,
            acquire_ms_p50=_percentile(self.acquire_ms, 50),
            acquire_ms_p99=_percentile(self.acquire_ms, 99),
            build_ms_p50=_percentile(self.build_ms, 50),
        )


class Pool:
    """Warm jails of every installed runtime."""

    def __init__(
        self,
        launcher: Launcher,
        runtimes: Iterable[Installed],
        nursery: trio.Nursery,
        warm_jails: int | None,
        budget_bytes: int,
    ) -> None:
        """``warm_jails``: always this many of each runtime; None: as they are asked for, within the budget."""
        self._launcher = launcher
        self._follows_demand = warm_jails is None
        self._budget_bytes = budget_bytes
        self._nursery = nursery  # of the tasks that retire
        self._warm = {
            installed.name: Warm(
                installed,
                launcher.mode_of(installed),
                installed.manifest.pool_floor if warm_jails is None else warm_jails,
            )
            for installed in runtimes
        }
        self._wanted = trio.Event()
        self._is_draining = False
        self._dying = 0  # jails that are being cleared away
        self._one_is_gone = trio.Event()
        self.busy: set[Jail] = set()
        self._is_busy = trio.Event()
        self._one_is_done = trio.Event()
        self.faults: deque[Fault] = deque(maxlen=_FAULTS)

    def problems(self) -> list[str]:
        """Why executions may fail or wait: what can't be built, and what was not built yet."""
        found = []
        for name, warm in self._warm.items():
            if warm.failures:
                found.append(f"{name}: jails can't be built")
            elif warm.target and not warm.build_ms:
                # Not "has none just now": a busy host is a host that is ready.
                found.append(f"{name}: the first jail is not built yet")
        return found

    def describe(self) -> list[RuntimePool]:
        return [warm.describe() for warm in self._warm.values()]

    async def acquire(self, installed: Installed) -> Jail:
        """A jail of this runtime, warm if there is one. The caller retires it, whatever happens."""
        warm = self._warm[installed.name]
        warm.demand.note(trio.current_time())
        started = time.monotonic_ns()
        while self._dying >= _MAX_DYING:
            await self._one_is_gone.wait()
        jail = self._take_warm(warm)
        self._wanted.set()
        if jail:
            warm.hits += 1
        else:
            warm.misses += 1
            jail = await self._build(warm, in_advance=False)
        warm.busy += 1
        self.busy.add(jail)
        self._is_busy.set()
        warm.acquire_ms.append((time.monotonic_ns() - started) / 1e6)
        return jail

    def retire(self, installed: Installed, jail: Jail) -> None:
        """End a jail, at once; what is left of it is cleared away in the background."""
        self._warm[installed.name].busy -= 1
        self.busy.discard(jail)
        self._one_is_done.set()
        self._one_is_done = trio.Event()
        self._clear_away_soon(jail)

    async def wait_busy(self) -> None:
        """Return while there are jails in use, or when the next one is."""
        if not self.busy:
            self._is_busy = trio.Event()
            await self._is_busy.wait()

    async def keep_filled(self) -> None:
        """Build whenever a target is not met; runs until cancelled."""
        while True:
            self._wanted = trio.Event()
            self._discard_dead()
            self._follow_demand()
            needy = [] if self._is_draining else [warm for warm in self._warm.values() if _filling(warm) < 1]
            able = [warm for warm in needy if warm.build_not_before <= trio.current_time()]
            if able:
                await self._refill(min(able, key=_filling))
            else:
                next_look = min((warm.build_not_before for warm in needy), default=math.inf)
                if any(warm.target > warm.floor for warm in self._warm.values()):
                    next_look = min(next_look, trio.current_time() + _SHRINK_S)
                with trio.CancelScope(deadline=next_look):
                    await self._wanted.wait()
                await self._let_executions_go_first()

    def _follow_demand(self) -> None:
        if not self._follows_demand or self._is_draining:
            return
        now, all_warm = trio.current_time(), list(self._warm.values())
        wanted = [max(warm.floor, warm.demand.jails(now)) for warm in all_warm]
        floors, costs = [warm.floor for warm in all_warm], [warm.jail_bytes for warm in all_warm]
        for warm, target in zip(all_warm, share_out(wanted, floors, costs, self._budget_bytes), strict=True):
            warm.target = target
            while len(warm.jails) > max(target, warm.floor):
                self._clear_away_soon(warm.jails.popleft())

    async def _let_executions_go_first(self) -> None:
        """Wait until the executions of the moment are over, but not for long.

        Building at once would take the processors from the very one whose place is to be filled.
        """
        with trio.move_on_after(_HOLD_S):
            while self.busy:
                await self._one_is_done.wait()

    async def _refill(self, warm: Warm) -> None:
        try:
            jail = await self._build(warm, in_advance=True)
        except JailError:
            return  # recorded where it happened
        except Exception:
            # The boundary of one refill: a bug in it must not end the pool.
            log.exception("refilling %s failed", warm.installed.name)
            self._back_off(warm)
            return
        if self._is_draining:
            self._clear_away_soon(jail)
        else:
            warm.jails.append(jail)

    def drain(self) -> None:
        """Retire every warm jail and build no more."""
        self._is_draining = True
        for warm in self._warm.values():
            while warm.jails:
                jail = warm.jails.popleft()
                self._clear_away_soon(jail)

    def report_fault(self, message: str) -> None:
        """Log a fault and remember it for those who ask for the pool's state."""
        log.error("%s", message)
        self.faults.appendleft(Fault(at=datetime.now(UTC).isoformat(timespec="milliseconds"), message=message))

    async def _build(self, warm: Warm, in_advance: bool) -> Jail:
        warm.starting += 1
        started = time.monotonic_ns()
        try:
            jail = await self._launcher.build(warm.installed, in_advance)
        except JailError as error:
            self._back_off(warm)
            self.report_fault(f"no jail for {warm.installed.name}: {error} (errno {error.errno})")
            raise
        finally:
            warm.starting -= 1
        warm.failures = 0
        warm.jail_bytes = max(warm.jail_bytes, jail.waiting_memory_bytes + _INIT_BYTES)
        warm.build_ms.append((time.monotonic_ns() - started) / 1e6)
        self._nursery.start_soon(self._notice_death, jail)
        return jail

    def _take_warm(self, warm: Warm) -> Jail | None:
        self._discard_dead()
        return warm.jails.popleft() if warm.jails else None

    def _discard_dead(self) -> None:
        dead: list[Jail] = []
        for warm in self._warm.values():
            dead += [jail for jail in warm.jails if jail.dead.is_set()]
            warm.jails = deque(jail for jail in warm.jails if not jail.dead.is_set())
        for jail in dead:
            self._clear_away_soon(jail)
        if dead:  # one line for all: when the jailer dies, all do
            names = ", ".join(jail.name for jail in dead)
            self.report_fault(f"{len(dead)} jails died while they were waiting: {names}")

    async def _notice_death(self, jail: Jail) -> None:
        await jail.dead.wait()
        self._wanted.set()

    def _back_off(self, warm: Warm) -> None:
        shortest, longest = _BACKOFF_S
        warm.build_not_before = trio.current_time() + min(shortest * 2**warm.failures, longest)
        warm.failures += 1
        # A build for a request counted as filling up, and did not come: keep_filled has to look again.
        self._wanted.set()

    def _clear_away_soon(self, jail: Jail) -> None:
        self._dying += 1
        self._nursery.start_soon(self._clear_away, jail, name=f"retire {jail.name}")

    async def _clear_away(self, jail: Jail) -> None:
        started = trio.current_time()
        with trio.CancelScope(shield=True):
            try:
                await self._launcher.retire(jail)
            except Exception:
                # The boundary of one jail's end: a bug in it must not end the pool.
                log.exception("jail %s could not be cleared away", jail.name)
        self._dying -= 1
        self._one_is_gone.set()
        self._one_is_gone = trio.Event()
        if (seconds := trio.current_time() - started) > _SLOW_RETIREMENT_S:
            self.report_fault(f"jail {jail.name} took {seconds:.1f} s to die")


def _filling(warm: Warm) -> float:
    return (len(warm.jails) + warm.starting) / warm.target if warm.target else 1.0


def _percentile(samples: deque[float], percent: int) -> float | None:
    ordered = sorted(samples)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 3) if ordered else None
