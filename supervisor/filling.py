"""Keeping shelves at their targets, which follow what is asked for.

Two tasks build, one those in which a compiler gets warm, one all others: one jail
at a time, the shelf furthest below its target first, and with little of the
processors while executions want them.
"""

import logging
import math
from collections.abc import Awaitable, Callable, Sequence

import trio

from jail.spec import JailError
from supervisor.demand import share_out
from supervisor.jails import Jail
from supervisor.shelf import Shelf

log = logging.getLogger(__name__)

# How often targets above the floor are looked at when nothing happens.
_SHRINK_S = 1.0
# Next to executions: a tenth of what each of them gets.
_BUILDING_CPU_WEIGHT = 0.1


class Filling:
    """Fills shelves. Within a budget their targets follow demand; without one they stay as they are."""

    def __init__(
        self,
        shelves: Sequence[Shelf],
        budget_bytes: int | None,
        build: Callable[[Shelf, float], Awaitable[Jail]],
        clear_away: Callable[[Jail], None],
        hold: Callable[[], Awaitable[None]],
    ) -> None:
        self._shelves = shelves
        self.budget_bytes = budget_bytes
        self._build = build  # with this share of busy processors
        self._clear_away = clear_away
        self._hold = hold  # for as long as executions are to go first
        self._wanted = trio.Event()
        self._is_draining = False

    async def run(self) -> None:
        """Build whenever a target is not met; runs until cancelled."""
        async with trio.open_nursery() as nursery:
            for slow in (False, True):
                nursery.start_soon(self._keep_filled, [shelf for shelf in self._shelves if shelf.fills_slowly is slow])

    def wake(self) -> None:
        """Look again: something has changed."""
        self._wanted.set()
        self._wanted = trio.Event()

    def drain(self) -> None:
        """Build no more, and let all go that wait."""
        self._is_draining = True
        for shelf in self._shelves:
            self._shrink(shelf, 0)

    async def _keep_filled(self, shelves: list[Shelf]) -> None:
        while True:
            wanted = self._wanted  # set from now on, it says that something has changed
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
                await self._hold()

    def _follow_demand(self) -> None:
        if self._is_draining:
            return
        if self.budget_bytes is None:
            for shelf in self._shelves:
                shelf.target = shelf.floor
                self._shrink(shelf, shelf.floor)
            return
        now, shelves = trio.current_time(), self._shelves
        wanted = [max(shelf.floor, shelf.demand.jails(now)) for shelf in shelves]
        floors, costs = [shelf.floor for shelf in shelves], [shelf.jail_bytes for shelf in shelves]
        for shelf, target in zip(shelves, share_out(wanted, floors, costs, self.budget_bytes), strict=True):
            shelf.target = target
            self._shrink(shelf, max(target, shelf.floor))

    def _shrink(self, shelf: Shelf, number: int) -> None:
        while len(shelf.jails) > number:
            self._clear_away(shelf.jails.popleft())

    async def _refill(self, shelf: Shelf) -> None:
        try:
            jail = await self._build(shelf, _BUILDING_CPU_WEIGHT)
        except JailError:
            return  # recorded where it happened
        except Exception:
            # The boundary of one refill: a bug in it must not end the pool.
            log.exception("refilling %s failed", shelf.installed.name)
            shelf.note_failure(trio.current_time())
            return
        if self._is_draining:
            self._clear_away(jail)
        else:
            shelf.jails.append(jail)
