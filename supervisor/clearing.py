"""Jails on their way out: ended at once, cleared away in the background."""

import logging
from collections.abc import Callable

import trio

from supervisor.jails import Jail
from supervisor.launcher import Launcher

log = logging.getLogger(__name__)

# A host that can't keep up with clearing away starts no more for a while.
_MAX_DYING = 64
_SLOW_S = 20


class Clearing:
    """Clears jails away, one task for each."""

    def __init__(self, launcher: Launcher, nursery: trio.Nursery, report: Callable[[str], None]) -> None:
        self._launcher = launcher
        self._nursery = nursery
        self._report = report  # what is left of a jail
        self._dying = 0
        self._one_is_gone = trio.Event()

    async def keep_up(self) -> None:
        """Return when there are not too many on their way."""
        while self._dying >= _MAX_DYING:
            await self._one_is_gone.wait()

    def start(self, jail: Jail) -> None:
        """End a jail that is nobody's any more."""
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
                self._report(f"jail {jail.name} could not be cleared away")
        self._dying -= 1
        self._one_is_gone.set()
        self._one_is_gone = trio.Event()
        if (seconds := trio.current_time() - started) > _SLOW_S:
            self._report(f"jail {jail.name} took {seconds:.1f} s to die")
