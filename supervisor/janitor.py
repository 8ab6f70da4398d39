"""Cgroups that no jail has: whatever mistake left one, it does not stay."""

import logging
from collections.abc import Callable

import trio

from jail.cgroups import Cgroups
from jail.spec import JailError
from supervisor.launcher import Launcher

log = logging.getLogger(__name__)

_EVERY_S = 60
_PATIENCE_S = 1  # a stop waits for it


class Janitor:
    """Looks for them now and then, and clears them away."""

    def __init__(self, cgroups: Cgroups, launcher: Launcher, report: Callable[[str], None]) -> None:
        self._cgroups = cgroups
        self._launcher = launcher
        self._report = report

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await trio.sleep(_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Once. What does not go is told of again the next time."""
        try:
            names = self._cgroups.leaves()
        except OSError as error:  # of a host that is short of descriptors
            return log.error("the cgroups can't be looked at: %s", error)
        for name in set(names) - self._launcher.names:
            self._report(f"cgroup {name} was left by a jail that is gone")
            try:
                await trio.to_thread.run_sync(self._cgroups.clear, name, _PATIENCE_S)
            except (JailError, OSError) as error:
                log.error("cgroup %s could not be cleared away: %s", name, error)
