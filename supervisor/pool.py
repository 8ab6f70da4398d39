"""Jails kept warm for every runtime, so that none is built while a client waits.

They stand on shelves, which are kept filled (filling.py). A request that finds no
jail has one built for itself at once. A jail is used once: ``acquire`` gives it away
for good, ``retire`` ends it.
"""

import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

import trio

from jail.spec import JailError
from protocol.pool import Fault, RuntimePool
from supervisor.clearing import Clearing
from supervisor.config import Config
from supervisor.figures import Figures
from supervisor.filling import Filling
from supervisor.jails import Jail
from supervisor.launcher import Launcher
from supervisor.residents import Residents
from supervisor.shelf import Shelf
from supervisor.validation import Installed
from supervisor.warm import Program, programs_of

log = logging.getLogger(__name__)

_FAULTS = 20
# As long as a small program takes.
_HOLD_S = 0.02


def _nothing(program: Program) -> bool:
    return False


class Pool:
    """Warm jails of every installed runtime."""

    def __init__(
        self,
        launcher: Launcher,
        runtimes: Iterable[Installed],
        nursery: trio.Nursery,
        config: Config,
        figures: Figures,
    ) -> None:
        self._launcher = launcher
        self._nursery = nursery  # of the tasks that watch and clear away
        self.figures = figures
        self._clearing = Clearing(launcher, nursery, partial(self.report_leak, "clearing"))
        self._residents = Residents(config.resident_compilers, nursery, self._clearing.start)
        # Of each runtime, those that are prepared furthest first; the last one's are ready and no more.
        self._shelves = {installed.name: _make_shelves(installed, config) for installed in runtimes}
        self._filling = Filling(
            list(self._all()), _budget(config), self._build, self._clearing.start, self._let_executions_go_first
        )
        self.keep_filled = self._filling.run
        self.busy: dict[Jail, Shelf] = {}
        self._is_busy = trio.Event()
        self._one_is_done = trio.Event()
        self.faults: deque[Fault] = deque(maxlen=_FAULTS)

    def reconfigure(self, config: Config) -> None:
        """Keep as many jails as this says from now on."""
        for shelf in self._all():
            shelf.floor = _floor(shelf.installed, shelf.program, config)
        self._filling.budget_bytes = _budget(config)
        self._filling.wake()

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
        return [shelf.describe(self._residents.count(shelf)) for shelf in self._all()]

    async def acquire(
        self, installed: Installed, can_use: Callable[[Program], bool] = _nothing, owner: str = ""
    ) -> Jail:
        """A jail of this runtime, the furthest prepared one that there is and that can be used.

        The caller retires it, whatever happens, or lets it stay.
        """
        shelves = [shelf for shelf in self._shelves[installed.name] if not shelf.program or can_use(shelf.program)]
        wanted = shelves[0]
        started = time.monotonic_ns()
        await self._clearing.keep_up()
        jail = self._residents.take(owner, wanted) or self._take(shelves) or await self._build_to_hand_out(shelves[-1])
        self._hand_out(jail, wanted)
        ms = (time.monotonic_ns() - started) / 1e6
        wanted.acquire_ms.append(ms)
        self.figures.of[installed.name].phases["acquire"].note(ms / 1000)
        return jail

    def starts(self, installed: Installed, stage: str) -> bool:
        """Whether programs of this stage are started before their request comes."""
        return any(shelf.program and shelf.program.stage == stage for shelf in self._shelves[installed.name])

    def take(self, installed: Installed, can_use: Callable[[Program], bool]) -> Jail | None:
        """A jail of this runtime with a program that can be used, if there is one; as from ``acquire``."""
        shelves = [shelf for shelf in self._shelves[installed.name] if shelf.program and can_use(shelf.program)]
        jail = self._take(shelves) if shelves else None
        if jail:
            self._hand_out(jail, shelves[0])
        return jail

    def _take(self, shelves: list[Shelf]) -> Jail | None:
        """From the first that has one; it is the first that counts it."""
        wanted = shelves[0]
        wanted.demand.note(trio.current_time())
        self._discard_dead(shelves)
        filled = next((shelf for shelf in shelves if shelf.jails), None)
        if filled is wanted:
            wanted.hits += 1
        else:
            wanted.misses += 1
        self._filling.wake()
        return filled.jails.popleft() if filled else None

    async def acquire_new(self, installed: Installed) -> Jail:
        """A jail that has not waited; as from ``acquire``."""
        shelf = self._shelves[installed.name][-1]
        await self._clearing.keep_up()
        jail = await self._build_to_hand_out(shelf)
        self._hand_out(jail, shelf)
        return jail

    def _hand_out(self, jail: Jail, shelf: Shelf) -> None:
        shelf.busy += 1
        self.busy[jail] = shelf
        self._is_busy.set()

    def retire(self, jail: Jail) -> None:
        """End a jail, at once; what is left of it is cleared away in the background."""
        self._take_back(jail)
        self._clearing.start(jail)

    def may_stay(self, owner: str, jail: Jail) -> bool:
        """Whether the compiler that waits in this jail is to be asked to stay."""
        return self._residents.may_stay(owner, jail)

    def keep(self, owner: str, jail: Jail) -> None:
        """Keep a jail, whose compiler has stayed, for its key's next request."""
        self._residents.keep(owner, jail, self._take_back(jail))

    def _take_back(self, jail: Jail) -> Shelf:
        shelf = self.busy.pop(jail)
        shelf.busy -= 1
        self._one_is_done.set()
        self._one_is_done = trio.Event()
        return shelf

    async def wait_busy(self) -> None:
        """Return while there are jails in use, or when the next one is."""
        if not self.busy:
            self._is_busy = trio.Event()
            await self._is_busy.wait()

    def _all(self) -> Iterator[Shelf]:
        return itertools.chain.from_iterable(self._shelves.values())

    async def _let_executions_go_first(self) -> None:
        """Wait until the executions of the moment are over, but not for long.

        Building at once would take the processors from the very one whose place is to be filled.
        """
        with trio.move_on_after(_HOLD_S):
            while self.busy:
                await self._one_is_done.wait()

    def drain(self) -> None:
        """Retire every warm jail and build no more."""
        self._residents.drain()
        self._filling.drain()

    def report_fault(self, message: str) -> None:
        """Log a fault and remember it for those who ask for the pool's state."""
        log.error("%s", message)
        self.figures.faults += 1
        self.faults.appendleft(Fault(at=datetime.now(UTC).isoformat(timespec="milliseconds"), message=message))

    def report_leak(self, found: str, message: str) -> None:
        """A fault, and a jail of which something was left; ``found``: at what, as ``Figures.leaks`` has it."""
        self.figures.leaks[found] += 1
        self.report_fault(message)

    async def _build_to_hand_out(self, shelf: Shelf) -> Jail:
        try:
            return await self._build(shelf)
        finally:
            self._filling.wake()  # it counted as filling up

    async def _build(self, shelf: Shelf, cpu_weight: float = 1) -> Jail:
        shelf.starting += 1
        started = time.monotonic_ns()
        try:
            jail = await self._launcher.build(shelf.installed, shelf.program, cpu_weight)
        except JailError as error:
            shelf.note_failure(trio.current_time())
            self.figures.of[shelf.installed.name].build_failures += 1
            self.report_fault(f"no jail for {shelf.installed.name}: {error} (errno {error.errno})")
            raise
        finally:
            shelf.starting -= 1
        ms = (time.monotonic_ns() - started) / 1e6
        shelf.note_built(jail, ms)
        self.figures.of[shelf.installed.name].builds[shelf.mode, shelf.stage].note(ms / 1000)
        self._nursery.start_soon(self._notice_death, jail, shelf)
        return jail

    def _discard_dead(self, shelves: Iterable[Shelf]) -> None:
        dead = []
        for shelf in shelves:
            died = shelf.take_dead()
            self.figures.of[shelf.installed.name].deaths += len(died)
            dead += died
        for jail in dead:
            self._clearing.start(jail)
        if dead:  # one line for all: when the jailer dies, all do
            names = ", ".join(jail.name for jail in dead)
            self.report_fault(f"{len(dead)} jails died while they were waiting: {names}")

    async def _notice_death(self, jail: Jail, shelf: Shelf) -> None:
        await jail.dead.wait()
        if jail in shelf.jails:
            self._discard_dead(self._all())  # of all, for they may have died together
            self._filling.wake()


def _make_shelves(installed: Installed, config: Config) -> list[Shelf]:
    programs: list[Program | None] = []
    if config.warm:
        programs += programs_of(installed, compilers_stay=config.resident_compilers > 0)
    return [Shelf(installed, program, _floor(installed, program, config)) for program in [*programs, None]]


def _budget(config: Config) -> int | None:
    """Bytes for all jails that wait, those of the floors included; None where the floors are all that is wanted."""
    return config.warm_memory_bytes if config.warm_jails is None else None


def _floor(installed: Installed, program: Program | None, config: Config) -> int:
    floor = installed.manifest.pool_floor
    if config.warm_jails is None:
        return floor
    # Roslyn takes 150 MB and two seconds of CPU time: nobody who asks for a hundred jails means a hundred of those.
    return min(config.warm_jails, floor) if program and program.warm.mode == "exercised" else config.warm_jails
