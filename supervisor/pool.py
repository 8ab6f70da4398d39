"""Jails kept warm for every runtime, so that none is built while a client waits.

Two tasks build, one those in which a compiler gets warm, one all others: one jail
at a time, the shelf furthest below its target first, and with little of the
processors while executions want them. A request that finds no jail has one built
for itself at once. A jail is used once: ``acquire`` gives it away for good,
``retire`` ends it.
"""

import itertools
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import trio

from jail.spec import JailError
from protocol.messages import Fault, RuntimePool
from supervisor.config import Config
from supervisor.demand import share_out
from supervisor.jails import Jail
from supervisor.launcher import Launcher
from supervisor.shelf import Shelf
from supervisor.validation import Installed
from supervisor.warm import Program, program_of

log = logging.getLogger(__name__)

_FAULTS = 20
# After a jail that could not be built: waits grow from the first to the second.
_BACKOFF_S = (0.1, 5.0)
# How often targets above the floor are looked at when nothing happens.
_SHRINK_S = 1.0
# Next to executions: a tenth of what each of them gets.
_BUILDING_CPU_WEIGHT = 0.1
# As long as a small program takes.
_HOLD_S = 0.02
# Jails on their way out. A host that can't keep up with clearing away starts no more for a while.
_MAX_DYING = 64
_SLOW_RETIREMENT_S = 20


def _nothing(program: Program) -> bool:
    return False


class Pool:
    """Warm jails of every installed runtime."""

    def __init__(
        self, launcher: Launcher, runtimes: Iterable[Installed], nursery: trio.Nursery, config: Config
    ) -> None:
        self._launcher = launcher
        self._follows_demand = config.warm_jails is None
        self._budget_bytes = config.warm_memory_bytes
        self._nursery = nursery  # of the tasks that retire
        # Of each runtime, those that are prepared furthest first; the last one's are ready and no more.
        self._shelves = {installed.name: _make_shelves(installed, config) for installed in runtimes}
        self._wanted = trio.Event()
        self._is_draining = False
        self._dying = 0  # jails that are being cleared away
        self._one_is_gone = trio.Event()
        self.busy: dict[Jail, Shelf] = {}
        self._is_busy = trio.Event()
        self._one_is_done = trio.Event()
        self.faults: deque[Fault] = deque(maxlen=_FAULTS)

    def problems(self) -> list[str]:
        """Why executions may fail or wait: what can't be built, and what was not built yet."""
        found = []
        for name, shelves in self._shelves.items():
            # Without warm compilers executions only take longer: the faults tell of them.
            if any(shelf.failures for shelf in shelves if not shelf.fills_slowly):
                found.append(f"{name}: jails can't be built")
            elif shelves[-1].target and not any(shelf.build_ms for shelf in shelves):
                # Not "has none just now": a busy host is a host that is ready.
                found.append(f"{name}: the first jail is not built yet")
        return found

    def describe(self) -> list[RuntimePool]:
        return [shelf.describe() for shelf in self._all()]

    async def acquire(self, installed: Installed, can_use: Callable[[Program], bool] = _nothing) -> Jail:
        """A jail of this runtime, the furthest prepared one that there is and that can be used.

        The caller retires it, whatever happens.
        """
        shelves = [shelf for shelf in self._shelves[installed.name] if not shelf.program or can_use(shelf.program)]
        wanted = shelves[0]
        wanted.demand.note(trio.current_time())
        started = time.monotonic_ns()
        await self._keep_up()
        self._discard_dead()
        filled = next((shelf for shelf in shelves if shelf.jails), None)
        jail = filled.jails.popleft() if filled else None
        self._wake()
        if filled is wanted:
            wanted.hits += 1
        else:
            wanted.misses += 1
        if not jail:
            jail = await self._build(shelves[-1])
        self._hand_out(jail, wanted)
        wanted.acquire_ms.append((time.monotonic_ns() - started) / 1e6)
        return jail

    async def acquire_new(self, installed: Installed) -> Jail:
        """A jail that has not waited; as from ``acquire``."""
        shelf = self._shelves[installed.name][-1]
        await self._keep_up()
        jail = await self._build(shelf)
        self._hand_out(jail, shelf)
        return jail

    async def _keep_up(self) -> None:
        while self._dying >= _MAX_DYING:
            await self._one_is_gone.wait()

    def _hand_out(self, jail: Jail, shelf: Shelf) -> None:
        shelf.busy += 1
        self.busy[jail] = shelf
        self._is_busy.set()

    def retire(self, jail: Jail) -> None:
        """End a jail, at once; what is left of it is cleared away in the background."""
        self.busy.pop(jail).busy -= 1
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
        async with trio.open_nursery() as nursery:
            for slow in (False, True):
                nursery.start_soon(self._keep_filled, [shelf for shelf in self._all() if shelf.fills_slowly is slow])

    async def _keep_filled(self, shelves: list[Shelf]) -> None:
        while True:
            wanted = self._wanted  # set from now on, it says that something has changed
            self._discard_dead()
            self._follow_demand()
            needy = [] if self._is_draining else [shelf for shelf in shelves if shelf.filling < 1]
            able = [shelf for shelf in needy if shelf.build_not_before <= trio.current_time()]
            if able:
                await self._refill(min(able, key=lambda shelf: shelf.filling))
            else:
                next_look = min((shelf.build_not_before for shelf in needy), default=math.inf)
                if any(shelf.target > shelf.floor for shelf in shelves):
                    next_look = min(next_look, trio.current_time() + _SHRINK_S)
                with trio.CancelScope(deadline=next_look):
                    await wanted.wait()
                await self._let_executions_go_first()

    def _all(self) -> Iterator[Shelf]:
        return itertools.chain.from_iterable(self._shelves.values())

    def _wake(self) -> None:
        """Have the tasks that fill look again."""
        self._wanted.set()
        self._wanted = trio.Event()

    def _follow_demand(self) -> None:
        if not self._follows_demand or self._is_draining:
            return
        now, shelves = trio.current_time(), list(self._all())
        wanted = [max(shelf.floor, shelf.demand.jails(now)) for shelf in shelves]
        floors, costs = [shelf.floor for shelf in shelves], [shelf.jail_bytes for shelf in shelves]
        for shelf, target in zip(shelves, share_out(wanted, floors, costs, self._budget_bytes), strict=True):
            shelf.target = target
            while len(shelf.jails) > max(target, shelf.floor):
                self._clear_away_soon(shelf.jails.popleft())

    async def _let_executions_go_first(self) -> None:
        """Wait until the executions of the moment are over, but not for long.

        Building at once would take the processors from the very one whose place is to be filled.
        """
        with trio.move_on_after(_HOLD_S):
            while self.busy:
                await self._one_is_done.wait()

    async def _refill(self, shelf: Shelf) -> None:
        try:
            jail = await self._build(shelf, _BUILDING_CPU_WEIGHT)
        except JailError:
            return  # recorded where it happened
        except Exception:
            # The boundary of one refill: a bug in it must not end the pool.
            log.exception("refilling %s failed", shelf.installed.name)
            self._back_off(shelf)
            return
        if self._is_draining:
            self._clear_away_soon(jail)
        else:
            shelf.jails.append(jail)

    def drain(self) -> None:
        """Retire every warm jail and build no more."""
        self._is_draining = True
        for shelf in self._all():
            while shelf.jails:
                self._clear_away_soon(shelf.jails.popleft())

    def report_fault(self, message: str) -> None:
        """Log a fault and remember it for those who ask for the pool's state."""
        log.error("%s", message)
        self.faults.appendleft(Fault(at=datetime.now(UTC).isoformat(timespec="milliseconds"), message=message))

    async def _build(self, shelf: Shelf, cpu_weight: float = 1) -> Jail:
        shelf.starting += 1
        started = time.monotonic_ns()
        try:
            jail = await self._launcher.build(shelf.installed, shelf.program, cpu_weight)
        except JailError as error:
            self._back_off(shelf)
            self.report_fault(f"no jail for {shelf.installed.name}: {error} (errno {error.errno})")
            raise
        finally:
            shelf.starting -= 1
        shelf.note_built(jail, (time.monotonic_ns() - started) / 1e6)
        self._nursery.start_soon(self._notice_death, jail)
        return jail

    def _discard_dead(self) -> None:
        dead: list[Jail] = []
        for shelf in self._all():
            dead += [jail for jail in shelf.jails if jail.dead.is_set()]
            shelf.jails = deque(jail for jail in shelf.jails if not jail.dead.is_set())
        for jail in dead:
            self._clear_away_soon(jail)
        if dead:  # one line for all: when the jailer dies, all do
            names = ", ".join(jail.name for jail in dead)
            self.report_fault(f"{len(dead)} jails died while they were waiting: {names}")

    async def _notice_death(self, jail: Jail) -> None:
        await jail.dead.wait()
        self._wake()

    def _back_off(self, shelf: Shelf) -> None:
        shortest, longest = _BACKOFF_S
        shelf.build_not_before = trio.current_time() + min(shortest * 2**shelf.failures, longest)
        shelf.failures += 1
        # A build for a request counted as filling up, and did not come: those that fill have to look again.
        self._wake()

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


def _make_shelves(installed: Installed, config: Config) -> list[Shelf]:
    floor = installed.manifest.pool_floor if config.warm_jails is None else config.warm_jails
    program = program_of(installed) if config.warm else None
    return [Shelf(installed, each, floor) for each in ([program] if program else []) + [None]]
